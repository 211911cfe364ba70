/**
 * Processors without stubs of our own: every call and every callback goes through libffi. This only describes types to
 * it, by the scalars that they consist of; how those travel is libffi's own knowledge of the ABI.
 *
 * libffi knows neither unions nor bit-fields nor packed structures. Where scalars overlap, or do not stand where libffi
 * expects them, a structure of the same size is described, of integers: no ABI passes such types in floating-point
 * registers, except those that consist of floats of one kind.
 *
 * Not known here: whether a single member is that of a union, of which riscv64 and loong64 pass none in
 * floating-point registers.
 */
import type { AggregateType, RawType, ScalarType, Signature } from "../types.ts";
import type { Abi, FfiArgument, FfiScalar, FfiType } from "./abi.ts";
import { alignUp, LOWERED } from "./lower.ts";
import { isWide } from "./slots.ts";

/** What is different on one of these processors. */
interface Machine {
  /** How it passes scalars, where that is not how it passes the structures of {@link PAIRS}. */
  readonly scalars?: Partial<Record<ScalarType, FfiScalar | FfiType>>;
  /** Unions of floats of one kind travel as structures of them do. */
  readonly hasUnionsOfFloats?: boolean;
}

const COMPLEX = { cfloat: "cfloat", cdouble: "cdouble", clongdouble: "clongdouble" } as const;

/** By Node's names. On loong64 the contract was never run: its ABI passes types as that of riscv64 does. */
const MACHINES: Readonly<Record<string, Machine>> = {
  loong64: {},
  ppc64: {
    // ELFv2 begins a structure, but no integer, at an even doubleword; each half of a complex number has one.
    scalars: { ...COMPLEX, sint128: pair("sint64", 8), uint128: pair("uint64", 8) },
    hasUnionsOfFloats: true,
  },
  riscv64: {},
};

/** The description of types on the processor `arch`; null where none is known. */
export function generic(arch: string): Abi | null {
  const machine = MACHINES[arch];
  if (machine === undefined) return null;
  const lower = (type: RawType) => lowerType(type, machine);
  return {
    name: "libffi",
    writeStub: () => null,
    callsNothing: () => false,
    writeHandover: () => null,
    writeGo: () => null,
    writeClosureStub: () => null,
    lowerResult: lower,
    lowerParameters: (signature) => lowerParameters(signature, lower),
    libffiFault: () => null,
  };
}

// Not yet: s390x, whose byte order the frame does not know.

// -- Types -----------------------------------------------------------------------------------------

/** What has no name in libffi, or not on all processors: structures of two. */
const PAIRS: Partial<Record<ScalarType, FfiType>> = {
  sint128: { ...pair("sint64", 8), align: 16 },
  uint128: { ...pair("uint64", 8), align: 16 },
  cfloat: pair("float", 4),
  cdouble: pair("double", 8),
  clongdouble: pair("longdouble", 16),
};

function pair(element: FfiScalar, size: number): FfiType {
  return { size: 2 * size, align: size, elements: [element, element] };
}

const SIZES: Partial<Record<FfiScalar, number>> = {
  ...{ uint8: 1, sint8: 1, uint16: 2, sint16: 2, uint32: 4, sint32: 4, float: 4 },
  ...{ uint64: 8, sint64: 8, pointer: 8, double: 8, longdouble: 16 },
};

function lowerType(type: RawType, machine: Machine): FfiScalar | FfiType {
  if (typeof type !== "string") return type.size === 0 ? "void" : lowerAggregate(type, machine);
  return LOWERED[type] ?? machine.scalars?.[type] ?? PAIRS[type] ?? "void";
}

function lowerParameters({ parameters }: Signature, lower: Abi["lowerResult"]): FfiArgument[] {
  return parameters.flatMap((type, slot) => {
    // GCC passes nothing for an empty structure, and libffi has no such type.
    if (typeof type !== "string" && type.size === 0) return [];
    return [{ slot, isWide: isWide(type), type: lower(type), ...(type === "number" && { isNumber: true }) }];
  });
}

interface Piece {
  readonly type: FfiScalar;
  readonly size: number;
  readonly offset: number;
}

/** No ABI looks into larger ones: eight floating-point registers of sixteen bytes are the most. */
const LARGEST = 128;

function lowerAggregate(type: AggregateType, { hasUnionsOfFloats = false }: Machine): FfiType {
  const { size, align } = type;
  if (size > LARGEST) return { size, align, elements: ["uint8", "uint64"] };
  const pieces = piecesOf(type);
  const distinct = pieces.filter(
    ({ type, offset }, i) => type !== pieces[i - 1]?.type || offset !== pieces[i - 1]?.offset,
  );
  const isUnion = distinct.length < pieces.length;
  const isKnown = isLaidOut(distinct) && (!isUnion || (hasUnionsOfFloats && distinct.every(isFloat)));
  return { size, align, elements: isKnown ? distinct.map((piece) => piece.type) : integersFor(size, align) };
}

/** The scalars of an aggregate in the order of their offsets. */
function piecesOf({ leaves }: AggregateType): Piece[] {
  const pieces = leaves.flatMap(({ type, offset, count = 1 }) => {
    const lowered = LOWERED[type] ?? PAIRS[type] ?? "void";
    const parts = (typeof lowered === "string" ? [lowered] : lowered.elements) as readonly FfiScalar[];
    return Array.from({ length: count * parts.length }, (_, i): Piece => {
      const part = parts[i % parts.length] as FfiScalar;
      const size = SIZES[part] ?? 0;
      return { type: part, size, offset: offset + i * size };
    });
  });
  return pieces.sort((a, b) => a.offset - b.offset || a.type.localeCompare(b.type));
}

function isFloat({ type }: Piece): boolean {
  return type === "float" || type === "double" || type === "longdouble";
}

/** Whether libffi, which gives each its natural alignment, finds them where they are. */
function isLaidOut(pieces: readonly Piece[]): boolean {
  let end = 0;
  for (const { size, offset } of pieces) {
    if (offset !== alignUp(end, size)) return false;
    end = offset + size;
  }
  return pieces.length > 0;
}

function integersFor(size: number, align: number): FfiScalar[] {
  const [type, width]: [FfiScalar, number] =
    align >= 8 ? ["uint64", 8] : align === 4 ? ["uint32", 4] : align === 2 ? ["uint16", 2] : ["uint8", 1];
  return Array<FfiScalar>(Math.ceil(size / width)).fill(type);
}
