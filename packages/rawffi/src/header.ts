/**
 * What TypeScript, C++ and machine code share, in one table. `native/build.mjs` writes it as a header, `build/table.h`,
 * and both binaries report which table they were built with, so that a stale one is noticed when it is loaded.
 *
 * Of this file `dist` has the hash alone, as the number that it is (`scripts/setup/bundle.mjs`).
 */
import { CALLBACK_FRAME, FAULT, FRAME, FRONT, PUSHED, SCRATCH_ALIGN, SCRATCH_BYTES, SUSPENDED, WORD } from "./frame.ts";
import { AGGREGATE_CODE, HANDOVER_CODES, OFFSET, SCALAR_CODES, THROWING_STUB } from "./table.ts";

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
  return `// Written by native/build.mjs from src/header.ts.
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
