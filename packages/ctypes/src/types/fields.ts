/**
 * The members of a structure or union: what is declared, and where each lies.
 */
import type { Leaf } from "rawffi";
import { describe } from "../memory/errors.ts";
import { type Layout, type LayoutRule, layOut, type MemberPlace } from "../memory/layout.ts";
import { CData, type CType, isCType, leavesOf, type Traits, traitsOf } from "./cdata.ts";
import type { AnyData, Simple, TypeOf } from "./inference.ts";

/** An integer member that takes `width` bits. */
export interface BitField<I extends AnyData> {
  readonly type: TypeOf<I>;
  readonly width: number;
}

/** The letters of types that can be bit-fields. */
export type IntegerCode = "b" | "B" | "h" | "H" | "i" | "I" | "l" | "L" | "q" | "Q" | "?";

// biome-ignore lint/suspicious/noExplicitAny: any integer, whatever its JavaScript values
export type IntegerData = Simple<IntegerCode, any, any, any>;

/**
 * A bit-field: `bits(c_uint, 3)` is C's `unsigned name : 3`.
 *
 * @throws TypeError when `type` is no integer type, RangeError when it has not that many bits.
 */
export function bits<I extends IntegerData>(type: TypeOf<I>, width: number): BitField<I> {
  if (!isCType(type)) throw new TypeError(`bits(): argument 1: expected a C type, got ${describe(type)}`);
  const code = (type as unknown as { _type_?: string })._type_;
  if (code === undefined || !"bBhHiIlLqQ?".includes(code)) {
    throw new TypeError(`bits(): argument 1: bit-fields are integers, and ${type.name} is none`);
  }
  const most = code === "?" ? 1 : 8 * traitsOf(type).size;
  if (!Number.isInteger(width)) {
    throw new TypeError(`bits(): argument 2: expected an integer width, got ${describe(width)}`);
  }
  if (width < 1 || width > most) {
    throw new RangeError(
      `bits(): argument 2: ${type.name} has ${most === 1 ? "1 bit" : `1 to ${most} bits`}, got ${width}`,
    );
  }
  return { type, width };
}

/** What a user may give as a member's type: a type, a bit-field, or a function giving one of them, for what is not there yet. */
export type Declared = CType | BitField<AnyData> | (() => unknown);

export interface AggregateOptions {
  readonly pack?: number;
  readonly align?: number;
  readonly layout?: LayoutRule;
  readonly anonymous?: readonly PropertyKey[];
}

/** A member, laid out. */
export interface Member {
  readonly name: string;
  readonly traits: Traits;
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly isBitField: boolean;
  /** Its place in the order of declaration, bases first: the key of what it keeps alive. */
  readonly index: number;
}

/** The members of one class, and the layout of the whole. */
export interface MemberList {
  readonly layout: Layout;
  readonly members: readonly Member[];
  readonly leaves: readonly Leaf[];
}

/** Lays out the members `declared`, behind those of a base. @throws TypeError naming the member that is no C type. */
export function layOutMembers(
  owner: string,
  declared: Readonly<Record<string, Declared>>,
  options: AggregateOptions & { readonly isUnion: boolean },
  base: { size: number; align: number; members: readonly Member[]; leaves: readonly Leaf[] } | null,
): MemberList {
  const resolved = Object.entries(declared).map(([name, type]) => ({ name, ...resolve(owner, name, type) }));
  const layout = layOut(
    resolved.map(({ traits, width }) => ({ size: traits.size, align: traits.align, bits: width })),
    {
      isUnion: options.isUnion,
      rule: options.layout ?? "gcc-sysv",
      pack: options.pack ?? 0,
      align: options.align ?? 1,
      baseSize: base?.size ?? 0,
      baseAlign: base?.align ?? 1,
    },
  );
  const first = base?.members.length ?? 0;
  const members = resolved.map(({ name, traits, width }, i) => {
    const place = layout.places[i] as MemberPlace;
    return { name, traits, ...place, isBitField: width !== undefined, index: first + i };
  });
  const leaves = [...(base?.leaves ?? []), ...members.flatMap(memberLeaves)];
  return { layout, members: [...(base?.members ?? []), ...members], leaves };
}

/** Checks the options of a structure or union. @throws TypeError, RangeError */
export function checkOptions(where: string, options: AggregateOptions, names: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key))
      throw new TypeError(`${where}: there is no option "${key}"; there are ${OPTIONS.join(", ")}`);
  }
  for (const key of ["pack", "align"] as const) {
    const value = options[key];
    if (value === undefined) continue;
    if (!Number.isInteger(value)) throw new TypeError(`${where}: ${key}: expected an integer, got ${describe(value)}`);
    if (value < 0 || (value & (value - 1)) !== 0) {
      throw new RangeError(`${where}: ${key}: expected a power of two, got ${value}`);
    }
  }
  if (options.layout !== undefined && options.layout !== "ms" && options.layout !== "gcc-sysv") {
    throw new TypeError(`${where}: layout: expected "gcc-sysv" or "ms", got ${describe(options.layout)}`);
  }
  for (const name of options.anonymous ?? []) {
    if (!names.includes(String(name))) throw new TypeError(`${where}: anonymous: there is no member '${String(name)}'`);
  }
}

// -- Private ---------------------------------------------------------------------------------------

const OPTIONS = ["pack", "align", "layout", "anonymous"];

function resolve(owner: string, name: string, declared: unknown): { traits: Traits; width?: number } {
  if (isCType(declared)) return { traits: traitsOf(declared) };
  if (isBitField(declared)) return { traits: traitsOf(declared.type as unknown as CType), width: declared.width };
  if (typeof declared === "function" && declared !== CData && declared.prototype === undefined) {
    return resolve(owner, name, declared());
  }
  throw new TypeError(`${owner}.${name}: expected a C type, got ${describe(declared)}`);
}

function isBitField(value: unknown): value is BitField<AnyData> {
  return typeof value === "object" && value !== null && "width" in value && "type" in value;
}

// A bit-field is, to the machine, the bytes its bits touch.
function memberLeaves(member: Member): Leaf[] {
  if (!member.isBitField) return leavesOf(member.traits.raw, member.offset);
  const first = Math.floor(member.bitOffset / 8);
  const last = Math.floor((member.bitOffset + member.bitSize - 1) / 8);
  return [{ type: "uint8", offset: member.offset + first, count: last - first + 1 }];
}
