/**
 * Descriptions of members: ctypes' field descriptors.
 */
import { describe, located } from "../memory/errors.ts";
import { keep } from "../memory/keep.ts";
import type { AggregateTraits } from "./aggregate.ts";
import { CData, isCType } from "./cdata.ts";
import type { AnyData, TypeOf } from "./inference.ts";
import type { Member } from "./memberlist.ts";
import { accessOf } from "./members.ts";
import { type CType, INSPECT, MEMORY, OFFSET, traitsOf } from "./protocol.ts";

/**
 * Where a member lies and how it is read. All sizes and offsets count from the start of the structure it was asked of.
 *
 *     field(Point, "y").offset;   // 4
 */
export class CField {
  readonly name: string;
  /** The declared type; in a structure of the other byte order, that type's other-endian variant. */
  readonly type: TypeOf;
  /** In bytes; `byte_offset` is the same. */
  readonly offset: number;
  readonly byte_offset: number;
  /** The size in bytes of the type, also of a bit-field. */
  readonly byte_size: number;
  /** In bits: the width of a bit-field, else eight times the size. */
  readonly bit_size: number;
  /**
   * Counted from the least significant bit of the `byte_size` bytes at `offset`, read in the structure's byte order.
   */
  readonly bit_offset: number;
  readonly is_bitfield: boolean;
  /** Whether its own members are reached without naming it. */
  readonly is_anonymous: boolean;
  /** In bytes; of a bit-field `bit_size << 16 | bit_offset`, as ctypes has it. */
  readonly size: number;
  readonly #owner: CType;
  readonly #member: Member;

  /** @internal Descriptions are made by {@link field}. */
  constructor(key: unknown, owner: CType, member: Member, offset: number, isAnonymous: boolean) {
    if (key !== KEY) throw new TypeError("CField cannot be instantiated; field(type, name) gives one");
    this.#owner = owner;
    this.#member = member;
    this.name = member.name;
    this.type = member.traits.type as unknown as TypeOf;
    this.offset = offset;
    this.byte_offset = offset;
    this.byte_size = member.traits.size;
    this.bit_size = member.bitSize;
    this.bit_offset = member.bitOffset;
    this.is_bitfield = member.isBitField;
    this.is_anonymous = isAnonymous;
    this.size = member.isBitField ? member.bitSize * 0x10000 + member.bitOffset : member.traits.size;
    Object.freeze(this);
  }

  /**
   * What the member of `object` reads as. @throws TypeError when `object` is no instance of the type that was asked.
   */
  get(object: AnyData): unknown {
    const { load, at, data } = this.#access(object);
    return load(data[MEMORY], data[OFFSET] + at, data, this.#member.index);
  }

  /**
   * Stores the member of `object`. @throws TypeError when `object` is no instance of the type that was asked, or
   * `value` of the wrong kind.
   */
  set(object: AnyData, value: unknown): void {
    const { store, at, data } = this.#access(object);
    const kept = located(`${this.#owner.name}.${this.name}`, () => store(data[MEMORY], data[OFFSET] + at, value));
    if (kept !== undefined) keep(data, this.#member.index, kept);
  }

  #access(object: unknown) {
    if (!(object instanceof CData)) {
      throw new TypeError(`field ${this.name}: expected a C object, got ${describe(object)}`);
    }
    // Another type's memory may end before this member.
    if (!(object instanceof this.#owner)) {
      const { name } = this.#owner;
      throw new TypeError(`field ${name}.${this.name}: expected an instance of ${name}, got ${describe(object)}`);
    }
    const { load, store, at } = accessOf(this.#member);
    return { load, store, at: at + this.offset - this.#member.offset, data: object };
  }

  [INSPECT](): string {
    const bits = this.is_bitfield ? `bit_size=${this.bit_size}, bit_offset=${this.bit_offset}` : `size=${this.size}`;
    return `<CField '${this.name}' type=${(this.type as { name?: string }).name}, ofs=${this.offset}, ${bits}>`;
  }
}

/**
 * The description of the member `name` of a structure or union; of members of anonymous members too.
 *
 * @throws TypeError when `type` has no such member.
 */
export function field<I extends AnyData>(type: TypeOf<I>, name: Extract<keyof I, string>): CField {
  if (!isCType(type)) throw new TypeError(`field(): argument 1: expected a C type, got ${describe(type)}`);
  const traits = traitsOf(type as unknown as CType) as AggregateTraits;
  if (typeof (name as unknown) !== "string") {
    throw new TypeError(`field(): argument 2: expected the name of a member, got ${describe(name)}`);
  }
  const found = find(traits, name);
  if (found === undefined) throw new TypeError(`field(): ${traits.name} has no member '${name}'`);
  return new CField(KEY, type as unknown as CType, found.member, found.offset, found.isAnonymous);
}

// -- Private ---------------------------------------------------------------------------------------

const KEY = Symbol("field");

function find(
  traits: AggregateTraits,
  name: string,
): { member: Member; offset: number; isAnonymous: boolean } | undefined {
  const member = traits.members?.findLast((candidate) => candidate.name === name);
  if (member !== undefined) return { member, offset: member.offset, isAnonymous: traits.anonymous.includes(name) };
  // Of two anonymous members with a member of this name the later one brings it.
  for (const outer of [...(traits.members ?? [])].reverse()) {
    const inner = traits.anonymous.includes(outer.name) && find(outer.traits as AggregateTraits, name);
    if (inner) return { ...inner, offset: inner.offset + outer.offset };
  }
  return undefined;
}
