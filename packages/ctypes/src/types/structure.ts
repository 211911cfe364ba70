/**
 * Structures and unions.
 *
 * A record of name → type declares one; the class is laid out at its first use, when every class named by a `() => T`
 * member exists.
 */
import { describe } from "../memory/errors.ts";
import { type AggregateTraits, aggregate } from "./aggregate.ts";
import type { AggregateType, Fields, IncompleteType, OpaqueType, Options } from "./aggregatetype.ts";
import { CData, isCType } from "./cdata.ts";
import type { AnyData, TypeOf, Write } from "./inference.ts";
import type { AggregateOptions } from "./memberlist.ts";
import { type CType, DESCRIBE, type Traits, traitsOf, typeOfInstance } from "./protocol.ts";

/**
 * Declares a C structure; the class extends what this gives.
 *
 *     class Pair extends Structure({ x: c_int, y: c_int }) {}
 *     new Pair({ x: 3, y: 4 }).y;   // 4
 *
 * Instances are live views of their memory; assigning one to a member copies it. A member given as `() => type` is
 * resolved at the first use.
 *
 * @throws TypeError for what is no type or option, RangeError for an alignment that is no power of two.
 */
export function Structure<F extends Fields, const A extends keyof F = never>(
  fields: F,
  options?: Options<A>,
): AggregateType<F, A>;
/** Declares a C structure whose members come later: `class Node extends Structure<NodeMembers>() {}`. */
export function Structure<M>(): IncompleteType<M>;
export function Structure(fields?: object, options: AggregateOptions = {}): unknown {
  return aggregate(
    "Structure()",
    fields,
    { ...options, isUnion: false, isBigEndian: false },
    CData as unknown as CType,
  );
}

/** Declares a C union: a structure whose members share one place. */
export function Union<F extends Fields, const A extends keyof F = never>(
  fields: F,
  options?: Options<A>,
): AggregateType<F, A>;
export function Union<M>(): IncompleteType<M>;
export function Union(fields?: object, options: AggregateOptions = {}): unknown {
  return aggregate("Union()", fields, { ...options, isUnion: true, isBigEndian: false }, CData as unknown as CType);
}

/**
 * A structure whose members are in big-endian byte order, also its bit-fields, which are counted from the most
 * significant bit.
 *
 *     class Header extends BigEndianStructure({ length: c_uint16 }) {}
 *     Header.from_buffer(new Uint8Array([1, 2])).length;   // 258
 *
 * Nested structures keep their own order. Pointers, `c_wchar`, `c_bool` and `c_longdouble` have no other order, as in
 * ctypes.
 *
 * @throws TypeError at the first use, naming the member that has none.
 */
export const BigEndianStructure: typeof Structure = ((fields?: object, options: AggregateOptions = {}) =>
  aggregate(
    "BigEndianStructure()",
    fields,
    { ...options, isUnion: false, isBigEndian: true },
    CData as never,
  )) as never;

/** A union whose members are in big-endian byte order: see {@link BigEndianStructure}. */
export const BigEndianUnion: typeof Union = ((fields?: object, options: AggregateOptions = {}) =>
  aggregate("BigEndianUnion()", fields, { ...options, isUnion: true, isBigEndian: true }, CData as never)) as never;

/** The native order of this platform under its other name. */
export const LittleEndianStructure: typeof Structure = Structure;
/** The native order of this platform under its other name. */
export const LittleEndianUnion: typeof Union = Union;

/**
 * Declares a type of which only pointers are ever used: C's `typedef struct sqlite3 sqlite3`.
 *
 *     class FILE extends Opaque("FILE") {}
 *     POINTER(FILE).name;   // "LP_FILE"
 */
export function Opaque<const Name extends string>(name: Name): OpaqueType<Name> {
  class OpaqueData extends CData {
    static override [DESCRIBE](): Traits {
      throw new TypeError(`'${this.name}' is opaque: only pointers to it exist, it has no size and no instances`);
    }
  }
  Object.defineProperty(OpaqueData, "name", { value: name });
  return OpaqueData as unknown as OpaqueType<Name>;
}

/**
 * The distance in bytes from the start of `type` to its member `name`.
 *
 * Members of anonymous members count from the outer start, as in C.
 *
 *     offsetof(Point, "y");   // 4
 *
 * @throws TypeError when `type` has no such member, or the member is a bit-field, which has no address.
 */
export function offsetof<I extends AnyData>(type: TypeOf<I>, name: Extract<keyof I, string>): number {
  if (!isCType(type)) throw new TypeError(`offsetof(): argument 1: expected a C type, got ${describe(type)}`);
  const { members, promoted, name: owner } = traitsOf(type) as AggregateTraits;
  if (typeof (name as unknown) !== "string") {
    throw new TypeError(`offsetof(): argument 2: expected the name of a member, got ${describe(name)}`);
  }
  const member = members?.findLast((candidate) => candidate.name === name);
  if (member?.isBitField) throw new TypeError(`offsetof(): ${owner}.${name} is a bit-field and has no address`);
  const offset = member?.offset ?? promoted?.get(name);
  if (offset === undefined) throw new TypeError(`offsetof(): ${owner} has no member '${name}'`);
  return offset;
}

/**
 * Stores several members at once, taking what `new` takes: also strings, buffers and nested records, where a plain
 * assignment wants what reading the member gives (TypeScript allows no more).
 *
 *     assign(new Point({ x: 1 }), { y: 5 });   // Point { x: 1, y: 5 }
 *     assign(new Point(), new Point({ x: 1 }));   // Point { x: 1, y: 0 }
 *
 * Another object of the same type is copied.
 *
 * @throws TypeError naming the member that is unknown or of the wrong kind.
 */
export function assign<I extends AnyData>(object: I, values: Exclude<Write<I>, I>): I {
  const data = object as unknown;
  const traits = data instanceof CData ? (traitsOf(typeOfInstance(data)) as AggregateTraits) : undefined;
  if (traits?.initialise === undefined) {
    throw new TypeError(`assign(): argument 1: expected a structure or union, got ${describe(object)}`);
  }
  traits.initialise(data as CData, values as object);
  return object;
}
