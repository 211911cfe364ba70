/**
 * Random aggregates and signatures, the same for the same seed and index.
 */
import { sizeof } from "ctypes-js";
import { Classes, swappable } from "./classes.ts";
import { SCALARS, type Scalar, type ScalarName, scalarOf } from "./scalars.ts";
import {
  type Aggregate,
  type AggregateItem,
  isAggregate,
  isArray,
  leavesOf,
  type Member,
  type SignatureItem,
  type Type,
} from "./spec.ts";
import { type Random, randomFor } from "./values.ts";

export function aggregateItem(seed: number, index: number): AggregateItem {
  const random = randomFor(seed, `aggregate ${index}`);
  const maker = new TypeMaker(random, 40);
  return { index, seed: random.below(2 ** 31), aggregate: maker.aggregate(0) };
}

export function signatureItem(seed: number, index: number): SignatureItem {
  const random = randomFor(seed, `signature ${index}`);
  const maker = new TypeMaker(random, 24);
  const count = random.chance(3) ? 0 : random.chance(3) ? 13 + random.below(20) : 1 + random.below(12);
  const fixed = count > 1 && random.chance(15) ? 1 + random.below(count - 1) : undefined;
  const parameters = Array.from({ length: count }, (_, i) => maker.value(fixed !== undefined && i >= fixed));
  const result = random.chance(8) ? null : maker.value(false);
  const signature = { result, parameters, ...(fixed !== undefined && { fixed }) };
  return { index, seed: random.below(2 ** 31), signature };
}

// -- Types -----------------------------------------------------------------------------------------

/** gcc knows `ms_struct` on x86-64 alone. */
export const hasMicrosoftLayout = process.arch === "x64";

const ALL = Object.keys(SCALARS) as ScalarName[];
/** Small enough that several make an aggregate that travels in registers. */
const SMALL = ALL.filter((name) => scalarOf(name).bytes <= 4);
const FIELDS = ALL.filter((name) => ((scalarOf(name) as Scalar).widest ?? 0) > 0);

/** What the members of an aggregate are picked from. */
interface Style {
  readonly scalars: readonly ScalarName[];
  readonly fields: readonly ScalarName[];
  readonly fieldChance: number;
  readonly depth: number;
}

class TypeMaker {
  private readonly random: Random;
  private readonly mostLeaves: number;
  private readonly known: Aggregate[] = [];
  private nextId = 0;
  private nextMember = 0;
  private leavesLeft = 0;

  constructor(random: Random, mostLeaves: number) {
    this.random = random;
    this.mostLeaves = mostLeaves;
  }

  /** A type of an argument or result. */
  value(isVariadic: boolean): Type {
    if (this.random.chance(60)) {
      const name = this.random.pick(ALL);
      return isVariadic && isWrongInVaArg(name) ? "double" : name;
    }
    if (this.known.length > 0 && this.random.chance(15)) {
      const again = this.random.pick(this.known);
      if (!(isVariadic && isWrongInVaArg(again))) return again;
    }
    for (;;) {
      const made = this.aggregate(0);
      if (isKnownDifference(made) || (isVariadic && isWrongInVaArg(made))) continue;
      this.known.push(made);
      return made;
    }
  }

  aggregate(depth: number, order?: "big", kind?: Aggregate["kind"]): Aggregate {
    const { random } = this;
    if (depth === 0) this.leavesLeft = this.mostLeaves;
    const isUnion = kind === undefined ? random.chance(20) : kind === "union";
    const isBig = kind === undefined ? swappable.length > 0 && random.chance(12) : order === "big";
    const scalars = random.chance(depth === 0 ? 40 : 60) ? SMALL : ALL;
    const style: Style = {
      scalars: isBig ? scalars.filter((name) => swappable.includes(name)) : scalars,
      fields: isBig ? FIELDS.filter((name) => swappable.includes(name)) : FIELDS,
      fieldChance: random.chance(40) ? random.pick([20, 60, 100]) : 0,
      depth,
    };
    const mark = isUnion ? "union" : "struct";
    const base = depth < 2 && random.chance(8) ? this.aggregate(depth + 1, isBig ? "big" : undefined, mark) : undefined;
    const members: Member[] = [];
    const count = random.chance(2) ? 0 : 1 + random.below(random.chance(70) ? 4 : 9);
    for (let i = 0; i < count && this.leavesLeft > 0; i++) members.push(this.member(style));
    const options = this.options(isUnion, members);
    const id = this.nextId++;
    return { kind: mark, id, members, ...(base && { base }), ...options, ...(isBig && { order: "big" }) };
  }

  private options(isUnion: boolean, members: readonly Member[]): Pick<Aggregate, "pack" | "align" | "layout"> {
    const { random } = this;
    const pack = random.chance(20) ? random.pick([1, 2, 4, 8]) : undefined;
    const align = random.chance(12) ? random.pick([1, 2, 4, 8, 16, 32, 64, 128, 512]) : undefined;
    // A packed union of bit-fields is smaller with gcc's ms_struct than with Microsoft's compiler, which we follow.
    const differs = isUnion && pack !== undefined && members.some((member) => member.width !== undefined);
    const isMs = random.chance(15) && !differs && hasMicrosoftLayout;
    return { ...(pack && { pack }), ...(align && { align }), ...(isMs && { layout: "ms" }) };
  }

  private member({ scalars, fields, fieldChance, depth }: Style): Member {
    const { random } = this;
    const name = `m${this.nextMember++}`;
    if (random.chance(fieldChance)) {
      const type = random.pick(fields);
      this.leavesLeft--;
      return { name, type, width: 1 + random.below((scalarOf(type) as Scalar).widest ?? 1) };
    }
    if (depth < 3 && random.chance(18)) {
      const type = this.aggregate(depth + 1);
      return random.chance(25) ? { name, type, isAnonymous: true } : { name, type: this.repeated(type) };
    }
    this.leavesLeft--;
    return { name, type: this.repeated(random.pick(scalars)) };
  }

  /** The type itself, or an array of it, or of arrays of it. */
  private repeated(type: Type): Type {
    if (!this.random.chance(20)) return type;
    const each = leavesOf(type).length;
    const most = Math.max(1, Math.min(5, Math.floor(this.leavesLeft / Math.max(1, each))));
    const length = this.random.chance(3) ? 0 : 1 + this.random.below(most);
    this.leavesLeft -= each * Math.max(0, length - 1);
    const array = { of: type, length };
    return this.random.chance(15) && this.leavesLeft > 3 * length * each ? { of: array, length: 2 } : array;
  }
}

// -- What the compiler itself gets wrong -----------------------------------------------------------

/**
 * What gcc 12 reads wrongly by `va_arg`: a 16-aligned type of 16 bytes that came in two integer registers (an aligned
 * load from an 8-aligned place).
 */
function isWrongInVaArg(type: Type): boolean {
  if (typeof type === "string") return type.endsWith("int128");
  return sizeof(new Classes().of(type)) === 16 && alignOf(type) >= 16;
}

function alignOf(type: Type): number {
  if (typeof type === "string") return ["longdouble", "clongdouble", "int128", "uint128"].includes(type) ? 16 : 8;
  if (isArray(type)) return alignOf(type.of);
  const members = type.members.map((member) => alignOf(member.type));
  return Math.max(type.align ?? 1, type.base === undefined ? 1 : alignOf(type.base), ...members);
}

/**
 * Types small enough for registers that are left out by value: the differences from gcc that
 * `rawffi/src/stubs/classify.ts` names, and what gcc itself gets wrong.
 */
function isKnownDifference(type: Aggregate): boolean {
  return sizeof(new Classes().of(type)) <= 16 && differs(type, { isPacked: false, isInUnion: false });
}

function differs(type: Type, outside: { isPacked: boolean; isInUnion: boolean }): boolean {
  if (typeof type === "string") return false;
  if (isArray(type)) {
    // It classifies the first item of an array for all, even if there is none.
    const item = itemOf(type);
    if (leavesOf(type).length === 0) return true;
    return (isAggregate(item) && (outside.isPacked || hasPacked(item))) || differs(item, outside);
  }
  const isPacked = outside.isPacked || type.pack !== undefined;
  const isUnion = type.kind === "union";
  // It takes an aligned bit-field as wide as an integer type for a member of that type, and in a union any bit-field.
  if (isPacked && type.members.some(({ width }) => (isUnion ? width !== undefined : [16, 32, 64].includes(width ?? 0))))
    return true;
  // gcc 12 mixes up the parts: passed from C to C, { 1, 2 } arrives as { 2, 1 }.
  if (type.order === "big" && type.members.some((member) => isComplex(itemOf(member.type)))) return true;
  // A long double in a union inside a union; flattened, the inner union is not seen.
  const isInner = outside.isInUnion && isUnion;
  if (isInner && leavesOf(type).some(({ scalar }) => scalar === "longdouble")) return true;
  const inside = { isPacked, isInUnion: outside.isInUnion || isUnion };
  const parts = [...(type.base === undefined ? [] : [type.base]), ...type.members.map((member) => member.type)];
  return parts.some((part) => differs(part, inside));
}

function isComplex(type: Type): boolean {
  return type === "cfloat" || type === "cdouble" || type === "clongdouble";
}

function itemOf(type: Type): Type {
  return isArray(type) ? itemOf(type.of) : type;
}

function hasPacked(type: Type): boolean {
  if (typeof type === "string") return false;
  if (isArray(type)) return hasPacked(type.of);
  const { pack, base, members } = type;
  return (
    pack !== undefined || (base !== undefined && hasPacked(base)) || members.some((member) => hasPacked(member.type))
  );
}
