/**
 * The members of a structure or union: what is declared, and where each lies.
 */
import { type Leaf, own, rawffi } from "rawffi";
import { describe } from "../memory/errors.ts";
import { type Layout, type LayoutRule, layOut, type MemberPlace } from "../memory/layout.ts";
import { CData, isCType } from "./cdata.ts";
import { insideOf, leavesOf } from "./construct.ts";
import type { AnyData, Simple, TypeOf } from "./inference.ts";
import { type CType, LARGEST_SIZE, SWAPPED, type Traits, traitsOf } from "./protocol.ts";

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
 * A bit-field: `bits(c_uint, 3)` is C's `unsigned name : 3`. `bits(c_uint, 0)` is C's `unsigned : 0`, under any name:
 * no member, but the next one begins at a boundary of the type.
 *
 * @throws TypeError when `type` is no integer type, RangeError when it has not that many bits.
 */
export function bits<I extends IntegerData>(type: TypeOf<I>, width: 0): BitField<never>;
export function bits<I extends IntegerData>(type: TypeOf<I>, width: number): BitField<I>;
export function bits<I extends IntegerData>(type: TypeOf<I>, width: number): BitField<I> {
  if (!isCType(type)) throw new TypeError(`bits(): argument 1: expected a C type, got ${describe(type)}`);
  const code = (type as unknown as { _type_?: string })._type_;
  if (code === undefined || !"bBhHiIlLqQ?".includes(code)) {
    throw new TypeError(`bits(): argument 1: expected an integer type for a bit-field, got ${type.name}`);
  }
  const most = code === "?" ? 1 : 8 * traitsOf(type).size;
  if (!Number.isInteger(width)) {
    throw new TypeError(`bits(): argument 2: expected an integer width, got ${describe(width)}`);
  }
  if (width < 0 || width > most) {
    throw new RangeError(
      `bits(): argument 2: ${type.name} has ${most === 1 ? "0 or 1 bit" : `0 to ${most} bits`}, got ${width}`,
    );
  }
  return { type, width };
}

/**
 * What a user may give as a member's type: a type, a bit-field, or a function giving one of them, for what is not there
 * yet.
 */
export type Declared = CType | BitField<AnyData> | (() => unknown);

export interface AggregateOptions {
  readonly pack?: number;
  readonly align?: number;
  readonly layout?: LayoutRule;
  readonly anonymous?: readonly PropertyKey[];
}

/** The rule of this system's compilers. */
const COMPILERS_RULE: LayoutRule = rawffi.platform.os === "win32" ? "ms" : "gcc-sysv";

/** A member, laid out. */
export interface Member {
  readonly name: string;
  readonly traits: Traits;
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly isBitField: boolean;
  readonly isBigEndian: boolean;
  /** The first byte after it, of the `ms` rule after its unit. */
  readonly end: number;
  /** Its place in the order of declaration, bases first: the key of what it keeps alive. */
  readonly index: number;
}

/** The members of one class, and the layout of the whole. */
export interface MemberList {
  readonly layout: Layout;
  readonly members: readonly Member[];
  readonly leaves: readonly Leaf[];
}

/** Lays out the members `declared`, after those of a base. @throws TypeError naming the member that is no C type. */
export function layOutMembers(
  owner: string,
  declared: Readonly<Record<string, Declared>>,
  given: AggregateOptions & { readonly isUnion: boolean; readonly isBigEndian: boolean },
  base: { size: number; align: number; members: readonly Member[]; leaves: readonly Leaf[] } | null,
): MemberList {
  const options = own(given);
  const resolved = Object.entries(declared).map(([name, type]) => ({
    name,
    ...inOrder(owner, name, resolve(owner, name, type), options.isBigEndian),
  }));
  const layout = layOut(
    resolved.map(({ traits, width }) => ({ size: traits.size, align: traits.align, bits: width })),
    {
      isUnion: options.isUnion,
      rule: options.layout ?? COMPILERS_RULE,
      pack: options.pack ?? 0,
      align: options.align ?? 1,
      isBigEndian: options.isBigEndian,
      baseSize: base?.size ?? 0,
      baseAlign: base?.align ?? 1,
      doEndsAlign: rawffi.platform.arch === "arm64" && rawffi.platform.os !== "darwin",
    },
  );
  if (layout.size > LARGEST_SIZE) {
    throw new RangeError(`${owner}: ${layout.size} bytes are too many for a type; at most 2 ** 50`);
  }
  const first = base?.members.length ?? 0;
  const { isBigEndian } = options;
  // Bit-fields without a width are no members.
  const members = resolved
    .map((member, i) => ({ ...member, place: layout.places[i] as MemberPlace }))
    .filter(({ width }) => width !== 0)
    .map(({ name, traits, width, place }, i) => {
      return { name, traits, ...place, isBitField: width !== undefined, isBigEndian, index: first + i };
    });
  const leaves = insideOf(layout.size, () => [...(base?.leaves ?? []), ...members.flatMap(memberLeaves)]);
  return { layout, members: [...(base?.members ?? []), ...members], leaves };
}

/** Checks what declares a structure or union. @throws TypeError, RangeError */
export function checkFields(where: string, fields: Readonly<Record<string, unknown>>, options: AggregateOptions): void {
  if (typeof fields !== "object" || fields === null) {
    throw new TypeError(`${where}: expected a record of member name and C type, got ${describe(fields)}`);
  }
  if (Object.getOwnPropertySymbols(fields).length > 0) {
    throw new TypeError(`${where}: expected a string as the name of a member, got a symbol`);
  }
  for (const [name, type] of Object.entries(fields)) {
    const isLater = typeof type === "function" && (type as { prototype?: unknown }).prototype === undefined;
    if (!isLater && !isBitField(type) && !isCType(type)) {
      throw new TypeError(`${where}: member '${name}': expected a C type, got ${describe(type)}`);
    }
    if (name === "constructor") {
      throw new TypeError(
        `${where}: member 'constructor': JavaScript uses this name for the class of an object; choose another`,
      );
    }
    // Such keys come first in every object, wherever they were written.
    if (/^(0|[1-9]\d*)$/.test(name)) {
      throw new TypeError(
        `${where}: member '${name}': a member's name cannot be a number, since JavaScript reorders numeric names`,
      );
    }
  }
  checkOptions(where, options, Object.keys(fields));
}

function checkOptions(where: string, options: AggregateOptions, names: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key))
      throw new TypeError(`${where}: there is no option "${key}"; there are ${OPTIONS.join(", ")}`);
  }
  for (const key of ["pack", "align"] as const) {
    const value = options[key];
    if (value === undefined) continue;
    if (!Number.isInteger(value)) throw new TypeError(`${where}: ${key}: expected an integer, got ${describe(value)}`);
    if (value < 0 || (value <= LARGEST_ALIGNMENT && (value & (value - 1)) !== 0)) {
      throw new RangeError(`${where}: ${key}: expected a power of two, got ${value}`);
    }
    if (value > LARGEST_ALIGNMENT) throw new RangeError(`${where}: ${key}: at most 2 ** 28, got ${value}`);
  }
  if (options.layout !== undefined && options.layout !== "ms" && options.layout !== "gcc-sysv") {
    throw new TypeError(`${where}: layout: expected "gcc-sysv" or "ms", got ${describe(options.layout)}`);
  }
  if (options.anonymous !== undefined && !Array.isArray(options.anonymous)) {
    throw new TypeError(`${where}: anonymous: expected an array of member names, got ${describe(options.anonymous)}`);
  }
  for (const name of options.anonymous ?? []) {
    if (!names.includes(String(name))) throw new TypeError(`${where}: anonymous: there is no member '${String(name)}'`);
  }
}

// -- Private ---------------------------------------------------------------------------------------

const OPTIONS = ["pack", "align", "layout", "anonymous"];
/** What gcc takes. */
const LARGEST_ALIGNMENT = 2 ** 28;

interface Resolved {
  readonly traits: Traits;
  readonly width: number | undefined;
}

/** The member in the byte order of its structure. */
function inOrder(owner: string, name: string, member: Resolved, isBigEndian: boolean): Resolved {
  if (!isBigEndian) return member;
  const other = member.traits.type[SWAPPED]();
  if (other !== undefined) return { ...member, traits: traitsOf(other) };
  throw new TypeError(`${owner}.${name}: ${member.traits.name} does not support other endian`);
}

function resolve(owner: string, name: string, declared: unknown): Resolved {
  if (isCType(declared)) return { traits: traitsOf(declared), width: undefined };
  if (isBitField(declared)) return { traits: traitsOf(declared.type as unknown as CType), width: declared.width };
  if (typeof declared === "function" && declared !== CData && declared.prototype === undefined) {
    return resolve(owner, name, declared());
  }
  throw new TypeError(`${owner}.${name}: expected a C type, got ${describe(declared)}`);
}

function isBitField(value: unknown): value is BitField<AnyData> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "width") && Object.hasOwn(value, "type");
}

/** The bytes that the bits of a bit-field touch: the first, counted from the start of the structure, and how many. */
export function touchedBytes({
  offset,
  bitOffset,
  bitSize,
  traits,
  isBigEndian,
}: Omit<Member, "name" | "index" | "end">): {
  start: number;
  count: number;
} {
  const low = Math.floor(bitOffset / 8);
  const high = Math.floor((bitOffset + bitSize - 1) / 8);
  // In big-endian order the least significant byte is the last one.
  return { start: offset + (isBigEndian ? traits.size - 1 - high : low), count: high - low + 1 };
}

// A bit-field is, to the machine, the bytes its bits touch.
function memberLeaves(member: Member): Leaf[] {
  if (!member.isBitField) return leavesOf(member.traits.raw, member.offset);
  const { start, count } = touchedBytes(member);
  return [{ type: "uint8", offset: start, count }];
}
