/**
 * In which kind of register a value travels, and in how many: AAPCS64, "Parameter passing rules", stages B and C.
 *
 * `aapcs64.ts` uses it, for the stubs and for libffi. It knows no registers and no order of arguments.
 *
 *     struct { float x, y, z; }        →   three vector registers of 4 bytes: a homogeneous floating-point aggregate (HFA)
 *     struct { float x; int n; }       →   one general register
 *     struct { char bytes[17]; }       →   memory: the address of a copy
 *
 * Known differences from GCC, all in types that no known header passes by value: GCC considers padding that the
 * flattened type does not show. To GCC, a union of floats whose members are padded differently is no HFA; a flattened
 * type has no padding where another member fills it.
 */
import type { AggregateType, RawType, ScalarType } from "../../types.ts";
import type { VectorWidth } from "./assembler.ts";

/** The differences between platforms that follow the standard. */
export interface Rules {
  readonly name: string;
  /** How the scalars are laid out. */
  readonly scalars: Readonly<Record<ScalarType, ScalarRow>>;
  /**
   * Apple's: "Writing ARM64 code for Apple platforms". Stack arguments take no more than their size and alignment, all
   * variadic ones go on the stack, and a value of 16 bytes may begin in any register.
   */
  readonly isApple: boolean;
}

export interface Passing {
  /**
   * `"memory"`: an argument goes by the address of a copy, a result is stored at the address that the caller passes
   * (B.4, "Result return").
   */
  readonly kind: "general" | "vector" | "memory";
  /** How many registers it takes; 0 for an empty structure, for which GCC passes nothing in C. */
  readonly count: number;
  /** The bytes in each. */
  readonly width: VectorWidth;
  /** The alignment and the size on the stack (C.4, C.5, C.14, C.16). */
  readonly align: number;
  readonly stackSize: number;
  /** The first general register has an even number (C.10). */
  readonly isEven: boolean;
}

interface ScalarRow {
  readonly size: number;
  readonly align: number;
  /** The width of the registers of a floating-point type; null for other types. */
  readonly vector: VectorWidth | null;
}

/** "Arithmetic types": `long double` is IEEE quadruple precision, complex types are structures of two. */
const SCALARS: Readonly<Record<ScalarType, ScalarRow>> = {
  void: { size: 0, align: 1, vector: null },
  bool: { size: 1, align: 1, vector: null },
  sint8: { size: 1, align: 1, vector: null },
  uint8: { size: 1, align: 1, vector: null },
  sint16: { size: 2, align: 2, vector: null },
  uint16: { size: 2, align: 2, vector: null },
  sint32: { size: 4, align: 4, vector: null },
  uint32: { size: 4, align: 4, vector: null },
  sint64: { size: 8, align: 8, vector: null },
  uint64: { size: 8, align: 8, vector: null },
  pointer: { size: 8, align: 8, vector: null },
  number: { size: 8, align: 8, vector: null },
  float: { size: 4, align: 4, vector: 4 },
  double: { size: 8, align: 8, vector: 8 },
  longdouble: { size: 16, align: 16, vector: 16 },
  sint128: { size: 16, align: 16, vector: null },
  uint128: { size: 16, align: 16, vector: null },
  cfloat: { size: 8, align: 4, vector: 4 },
  cdouble: { size: 16, align: 8, vector: 8 },
  clongdouble: { size: 32, align: 16, vector: 16 },
};

export const STANDARD: Rules = { name: "AAPCS64", scalars: SCALARS, isApple: false };

/** A `long double` is a `double`. */
export const APPLE: Rules = {
  name: "Apple's AAPCS64",
  scalars: {
    ...SCALARS,
    longdouble: { size: 8, align: 8, vector: 8 },
    clongdouble: { size: 16, align: 8, vector: 8 },
  },
  isApple: true,
};

export function sizeOf(type: RawType, { scalars }: Rules): number {
  return typeof type === "string" ? scalars[type].size : type.size;
}

export function alignOf(type: RawType, { scalars }: Rules): number {
  return typeof type === "string" ? scalars[type].align : type.align;
}

/** How `type` travels, as an argument and as a result alike. */
export function classify(type: RawType, rules: Rules): Passing {
  const size = sizeOf(type, rules);
  const width = vectorWidth(type, rules);
  // B.4: larger than 16 bytes and not an HFA.
  const kind = width !== null ? "vector" : size > 16 ? "memory" : "general";
  const count = width !== null ? size / width : kind === "memory" ? 1 : Math.ceil(size / 8);
  const align = stackAlign(type, kind, width, rules);
  // B.5: of a value in memory this is the address.
  const stackSize = kind === "memory" ? 8 : isPacked(type, kind, rules) ? size : Math.ceil(size / 8) * 8;
  const isEven = kind === "general" && align === 16 && !rules.isApple;
  return { kind, count, width: width ?? 8, align, stackSize, isEven };
}

function stackAlign(type: RawType, kind: Passing["kind"], width: VectorWidth | null, rules: Rules): number {
  if (kind === "memory") return 8;
  if (!rules.isApple) return naturalAlign(type, rules) < 16 ? 8 : 16;
  // An HFA is its members; other aggregates are integers of 64 or 128 bits, by the alignment that they have.
  return width ?? (isPacked(type, kind, rules) ? alignOf(type, rules) : Math.max(8, alignOf(type, rules)));
}

/** Whether it takes no more than its size on the stack: Apple's scalars, and the members of an HFA. */
function isPacked(type: RawType, kind: Passing["kind"], { isApple }: Rules): boolean {
  return isApple && (kind === "vector" || typeof type === "string");
}

// -- Aggregates ------------------------------------------------------------------------------------

/**
 * "Composite Types": the natural alignment is the one "before any alignment adjustment of the entire composite is
 * applied".
 */
function naturalAlign(type: RawType, { scalars }: Rules): number {
  return typeof type === "string" ? scalars[type].align : (type.memberAlign ?? type.align);
}

/** The width of the vector registers that `type` travels in; null when it does not. */
function vectorWidth(type: RawType, { scalars }: Rules): VectorWidth | null {
  return typeof type === "string" ? scalars[type].vector : memberWidth(type, scalars);
}

/**
 * "Homogeneous Floating-point Aggregates": one to four members of one floating-point type, and nothing else, not even
 * padding; null for other aggregates.
 */
function memberWidth(type: AggregateType, scalars: Rules["scalars"]): VectorWidth | null {
  const [first] = type.leaves;
  const width = first === undefined ? null : scalars[first.type].vector;
  if (width === null || type.size > 4 * width) return null;
  const filled = new Set<number>();
  for (const leaf of type.leaves) {
    const scalar = scalars[leaf.type];
    if (scalar.vector !== width || leaf.offset % width !== 0) return null;
    const byteLength = scalar.size * (leaf.count ?? 1);
    for (let at = 0; at < byteLength; at += width) filled.add(leaf.offset + at);
  }
  return filled.size * width === type.size ? width : null;
}
