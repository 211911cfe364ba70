/**
 * The numbers that TypeScript, C++ and machine code share, in one table. `native/build.mjs` writes it as a header,
 * `build/table.h`, and both binaries report which table they were built with, so that a stale one is noticed when it is
 * loaded.
 *
 * A row adds a number to all three. Offsets of members, which C++ knows by itself, are here for machine code;
 * `static_assert` compares them.
 */
import { CALLBACK_FRAME, FAULT, FRAME, FRONT, PUSHED, SCRATCH_ALIGN, SCRATCH_BYTES, SUSPENDED, WORD } from "./frame.ts";

/** Kinds of V8's fast calls: `v8/fast-call.h`; a word is one of ours, and a double to V8. */
export const HANDOVER_CODES = { void: 0, int32: 3, uint32: 4, float: 7, double: 8, word: 64 } as const;

/** The numbers of the scalars for `peek`, `poke` and `plan`. */
export const SCALAR_CODES = {
  void: 0,
  sint8: 1,
  uint8: 2,
  sint16: 3,
  uint16: 4,
  sint32: 5,
  uint32: 6,
  sint64: 7,
  uint64: 8,
  pointer: 9,
  float: 10,
  double: 11,
  longdouble: 12,
  cfloat: 13,
  cdouble: 14,
  clongdouble: 15,
} as const;

/** The code of an aggregate in a plan's description: its size, alignment, number of elements and elements follow. */
export const AGGREGATE_CODE = 16;

/** Offsets of members that machine code reads, in bytes. */
export const OFFSET = {
  /** In a thunk's data: where the thunk jumps to, and by what the stub there finds the closure. */
  THUNK_STUB: 0,
  THUNK_CLOSURE: 8,
  /** The function that a closure's stub calls. */
  CLOSURE_HANDLE: 0,
} as const;

/**
 * What the stub of a throwing call leaves in its stack frame for `native/callsite.cc`, in bytes from the frame pointer.
 */
export const THROWING_STUB = {
  x64: { GOES_ON: -8, CALL_SITE: -16 },
  arm64: { GOES_ON: 24, CALL_SITE: 32, SIZE: 48 },
} as const;

type Numbers = Readonly<Record<string, number>>;

/** By their names in C++: the integer constants of a namespace, or an enumeration. */
const TABLE: readonly {
  readonly name: string;
  readonly type: string;
  readonly isEnum: boolean;
  readonly rows: Numbers;
}[] = [
  { name: "slot", type: "std::ptrdiff_t", isEnum: false, rows: FRONT },
  { name: "slot", type: "std::size_t", isEnum: false, rows: { ...FRAME, ...prefixed("CALLBACK_", CALLBACK_FRAME) } },
  { name: "word", type: "std::size_t", isEnum: false, rows: WORD },
  { name: "offset", type: "std::size_t", isEnum: false, rows: OFFSET },
  { name: "scratch", type: "std::uint32_t", isEnum: false, rows: { ALIGN: SCRATCH_ALIGN, BYTES: SCRATCH_BYTES } },
  { name: "Fault", type: "std::uint32_t", isEnum: true, rows: FAULT },
  { name: "Asked", type: "std::uint32_t", isEnum: true, rows: SUSPENDED },
  { name: "Pushed", type: "std::int32_t", isEnum: true, rows: PUSHED },
  { name: "Scalar", type: "std::uint32_t", isEnum: true, rows: { ...SCALAR_CODES, aggregate: AGGREGATE_CODE } },
  { name: "handover", type: "std::uint8_t", isEnum: false, rows: HANDOVER_CODES },
];

/** The same for assembly, as macros: `RAWFFI_OUTER_STACK` is the offset in bytes. */
const MACROS: Numbers = {
  ...prefixed("RAWFFI_", Object.fromEntries(Object.entries(FRONT).map(([name, slot]) => [name, 8 * slot]))),
  RAWFFI_TARGET: 8 * FRAME.TARGET,
  ...prefixed("RAWFFI_X64_", THROWING_STUB.x64),
  ...prefixed("RAWFFI_ARM64_", THROWING_STUB.arm64),
};

/** The hash of the whole table, which both binaries export as `version`. */
export const TABLE_HASH: number = hashOf(JSON.stringify([TABLE, MACROS]));

/** The text of the header. Its macros come first, for assembly, too. */
export function headerText(): string {
  const macros = Object.entries(MACROS).map(([name, value]) => `#define ${name} ${value}`);
  const groups = TABLE.map(({ name, type, isEnum, rows }) => {
    const entries = Object.entries(rows).map(([key, value]) => [key.toUpperCase(), value] as const);
    return isEnum
      ? `namespace in${name} {\nenum ${name} : ${type} { ${entries.map(([key, value]) => `${key} = ${value}`).join(", ")} };\n}\nusing in${name}::${name};`
      : `namespace ${name} {\n${entries.map(([key, value]) => `constexpr ${type} ${key} = ${value};`).join("\n")}\n}`;
  });
  return `// Written by native/build.mjs from src/table.ts.
#pragma once

${macros.join("\n")}

#ifdef __cplusplus
#include <cstddef>
#include <cstdint>

namespace rawffi {

constexpr double TABLE_HASH = ${TABLE_HASH};

${groups.join("\n\n")}

}  // namespace rawffi
#endif
`;
}

// -- Private ---------------------------------------------------------------------------------------

function prefixed(prefix: string, rows: Numbers): Numbers {
  return Object.fromEntries(Object.entries(rows).map(([name, value]) => [prefix + name, value]));
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
