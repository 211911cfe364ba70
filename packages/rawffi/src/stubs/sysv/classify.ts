/**
 * In which kind of register each eightbyte of a value travels: System V AMD64 ABI 3.2.3, "Parameter Passing".
 *
 * `sysv.ts` uses it, for the stubs and for libffi. It knows no registers and no order of arguments.
 *
 *     struct { float x, y; int n; }   →   ["SSE", "INTEGER"]      x and y share eightbyte 0
 *     struct { char bytes[17]; }      →   ["MEMORY"]
 *
 * Known differences from GCC, all in types that no known header passes by value
 *   - It classifies only the first item of an array, even if there is none. In an array of packed structures it
 *     overlooks misaligned members of later items, in an array inside a packed structure it takes padding for data, and
 *     an empty array counts unless it begins an eightbyte. This file follows the ABI.
 *   - It treats an aligned bit-field as wide as an integer type, and any bit-field of a union, as a member of its
 *     declared type, which may be misaligned in a packed structure. Here bit-fields are bytes.
 *   - A `long double` that shares its memory with integers, in a union inside a union whose other members reach beyond
 *     its eighth byte, is memory to the ABI, which classifies the inner union first. Flattened, it looks like one
 *     union.
 */
import type { AggregateType, Leaf, RawType, ScalarType } from "../../types.ts";

/** The ABI's classes (without SSEUP, for 16-byte vectors, for which C has no portable type). */
export type EightbyteClass = "NO_CLASS" | "INTEGER" | "SSE" | "X87" | "X87UP" | "COMPLEX_X87" | "MEMORY";

interface ScalarRow {
  readonly size: number;
  /** Also the alignment that a leaf of an aggregate must have. */
  readonly align: number;
  /** The classes of its eightbytes; the last one repeats. */
  readonly classes: readonly EightbyteClass[];
}

/** ABI figure 3.1 (sizes and alignments) and 3.2.3 (classes). */
const SCALARS: Record<ScalarType, ScalarRow> = {
  void: { size: 0, align: 1, classes: [] },
  bool: { size: 1, align: 1, classes: ["INTEGER"] },
  sint8: { size: 1, align: 1, classes: ["INTEGER"] },
  uint8: { size: 1, align: 1, classes: ["INTEGER"] },
  sint16: { size: 2, align: 2, classes: ["INTEGER"] },
  uint16: { size: 2, align: 2, classes: ["INTEGER"] },
  sint32: { size: 4, align: 4, classes: ["INTEGER"] },
  uint32: { size: 4, align: 4, classes: ["INTEGER"] },
  sint64: { size: 8, align: 8, classes: ["INTEGER"] },
  uint64: { size: 8, align: 8, classes: ["INTEGER"] },
  pointer: { size: 8, align: 8, classes: ["INTEGER"] },
  number: { size: 8, align: 8, classes: ["INTEGER"] },
  float: { size: 4, align: 4, classes: ["SSE"] },
  double: { size: 8, align: 8, classes: ["SSE"] },
  longdouble: { size: 16, align: 16, classes: ["X87", "X87UP"] },
  sint128: { size: 16, align: 16, classes: ["INTEGER", "INTEGER"] },
  uint128: { size: 16, align: 16, classes: ["INTEGER", "INTEGER"] },
  // "Arguments of complex T where T is float or double are treated as if they are struct { T real, imag; }".
  cfloat: { size: 8, align: 4, classes: ["SSE"] },
  cdouble: { size: 16, align: 8, classes: ["SSE", "SSE"] },
  clongdouble: { size: 32, align: 16, classes: ["COMPLEX_X87"] },
};

export function sizeOf(type: RawType): number {
  return typeof type === "string" ? SCALARS[type].size : type.size;
}

export function alignOf(type: RawType): number {
  return typeof type === "string" ? SCALARS[type].align : type.align;
}

/**
 * The class of each eightbyte of `type`, as a result; `["MEMORY"]` for a value that is in memory as a whole, none for
 * `void` and for empty structures (GCC: a structure of size 0 takes no place).
 */
export function classify(type: RawType): readonly EightbyteClass[] {
  return typeof type === "string" ? SCALARS[type].classes : classifyAggregate(type);
}

/** The same for an argument: a value that is returned on the x87 stack is passed in memory (3.2.3, "Passing", 5). */
export function classifyArgument(type: RawType): readonly EightbyteClass[] {
  const classes = classify(type);
  const isX87 = classes[0] === "X87" || classes[0] === "COMPLEX_X87";
  return isX87 ? MEMORY : classes;
}

// -- Aggregates ------------------------------------------------------------------------------------

const MEMORY: readonly EightbyteClass[] = ["MEMORY"];

/** 3.2.3, "The classification of aggregate and union types works as follows". */
function classifyAggregate(type: AggregateType): readonly EightbyteClass[] {
  // 1: larger than two eightbytes (larger than eight, less vectors) is MEMORY.
  if (type.size > 16) return MEMORY;
  // 3: each eightbyte begins as NO_CLASS.
  const classes = new Array<EightbyteClass>(Math.ceil(type.size / 8)).fill("NO_CLASS");
  for (const leaf of type.leaves) {
    const isAligned = mergeLeaf(leaf, classes);
    if (!isAligned) return MEMORY;
  }
  return isInMemory(classes) ? MEMORY : classes;
}

/** 4: merges all scalars of `leaf` into `classes`; false when one is unaligned (1: such an aggregate is MEMORY). */
function mergeLeaf(leaf: Leaf, classes: EightbyteClass[]): boolean {
  const scalar = SCALARS[leaf.type];
  for (let item = 0; item < (leaf.count ?? 1); item++) {
    const offset = leaf.offset + item * scalar.size;
    if (offset % scalar.align !== 0) return false;
    const first = offset >> 3;
    const last = (offset + scalar.size - 1) >> 3;
    for (let i = first; i <= last; i++) {
      const ofScalar = scalar.classes[Math.min(i - first, scalar.classes.length - 1)];
      classes[i] = merge(classes[i] ?? "NO_CLASS", ofScalar ?? "NO_CLASS");
    }
  }
  return true;
}

/** 4 (a) to (f): the class of an eightbyte that two members share. */
function merge(one: EightbyteClass, other: EightbyteClass): EightbyteClass {
  if (one === other) return one;
  if (one === "NO_CLASS") return other;
  if (other === "NO_CLASS") return one;
  if (one === "MEMORY" || other === "MEMORY") return "MEMORY";
  if (one === "INTEGER" || other === "INTEGER") return "INTEGER";
  if (one !== "SSE" || other !== "SSE") return "MEMORY";
  return "SSE";
}

/** 5 (a) and (b), the "post merger cleanup". */
function isInMemory(classes: readonly EightbyteClass[]): boolean {
  return classes.some((c, i) => c === "MEMORY" || (c === "X87UP" && classes[i - 1] !== "X87"));
}
