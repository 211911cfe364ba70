/**
 * Whether what a structure or union says of its members is consistent, and true: the rules of the reference's §25, and
 * that storing a member changes exactly the bits that its description names.
 */
import assert from "node:assert/strict";
import { ARRAY, type CField, type Fields, field, sizeof, type TypeOf } from "ctypes-js";
import { bytesOf } from "./memory.ts";

/** What the class cannot be asked. */
export interface Declaration {
  readonly isUnion?: boolean;
  readonly isBigEndian?: boolean;
  readonly anonymous?: readonly string[];
}

/** A class with members, of whatever names. */
export interface Checked {
  new (init?: any): object;
  readonly _fields_: Fields;
}

/** Checks every member that `type` itself declares, those of a base not. */
export function checkFields(type: Checked, declaration: Declaration = {}): void {
  const { isUnion = false, isBigEndian = false, anonymous = [] } = declaration;
  const size = sizeof(type as unknown as TypeOf);
  const used = new Set<number>();
  for (const [name, declared] of Object.entries(type._fields_)) {
    const where = `${type.name}.${name}`;
    const found = fieldOf(type, name);
    const wanted = resolve(declared);
    const bytes = found.byte_size;
    assert.equal(found.name, name, where);
    assert.equal(found.type, isBigEndian ? bigEndian(wanted.type) : wanted.type, `${where}: type`);
    assert.equal(found.byte_offset, found.offset, `${where}: offset`);
    if (isUnion) assert.equal(found.offset, 0, `${where}: members of a union begin together`);
    assert.equal(bytes, sizeof(wanted.type), `${where}: byte_size`);
    assert.equal(found.is_bitfield, wanted.width !== undefined, `${where}: is_bitfield`);
    assert.equal(found.bit_size, wanted.width ?? 8 * bytes, `${where}: bit_size`);
    assert.equal(found.is_anonymous, anonymous.includes(name), `${where}: is_anonymous`);
    if (!found.is_bitfield) {
      assert.ok(found.offset >= 0 && found.offset + bytes <= size, `${where}: within ${size} bytes`);
      assert.equal(found.bit_offset, 0, `${where}: bit_offset`);
      assert.equal(found.size, bytes, `${where}: size`);
    } else {
      assert.ok(found.bit_offset >= 0 && found.bit_offset + found.bit_size <= 8 * bytes, `${where}: within its unit`);
      assert.equal(found.size, (found.bit_size << 16) | found.bit_offset, `${where}: size`);
      const first = isBigEndian ? 8 * bytes - found.bit_size : 0;
      if (isUnion) assert.equal(found.bit_offset, first, `${where}: bits of a union begin together`);
    }
    const bits = bitsOf(found, isBigEndian);
    for (const bit of bits) {
      assert.ok(bit >= 0 && bit < 8 * size, `${where}: bit ${bit} is within ${size} bytes`);
      if (!isUnion) assert.ok(!used.has(bit), `${where}: shares bit ${bit} with another member`);
      used.add(bit);
    }
    if (isInteger(wanted.type)) checkStore(type, found, bits, where);
  }
}

/** The description of a member of any name. */
export function fieldOf(type: unknown, name: string): CField {
  return field(type as TypeOf, name as never);
}

// -- Private ---------------------------------------------------------------------------------------

/** Storing all ones sets the bits of the member, and storing zero in all ones clears them; no other bit is touched. */
function checkStore(type: Checked, found: CField, bits: readonly number[], where: string): void {
  const object = new type() as Record<string, unknown>;
  object[found.name] = -1;
  assert.deepEqual(onesIn(bytesOf(object)), [...bits].sort(ascending), `${where} = -1`);
  const full = (type as never as { from_buffer_copy(b: Uint8Array): Record<string, unknown> }).from_buffer_copy(
    new Uint8Array(sizeof(type as unknown as TypeOf)).fill(0xff),
  );
  full[found.name] = 0;
  const cleared = bytesOf(full).map((byte) => ~byte);
  assert.deepEqual(onesIn(cleared), [...bits].sort(ascending), `${where} = 0`);
}

/**
 * The bits of a member, counted from the start of the structure, eight to a byte and from each byte's least significant
 * one.
 */
function bitsOf(found: CField, isBigEndian: boolean): number[] {
  return Array.from({ length: found.bit_size }, (_, i) => {
    const bit = found.bit_offset + i;
    const byte = isBigEndian && isScalar(found) ? found.byte_size - 1 - Math.floor(bit / 8) : Math.floor(bit / 8);
    return 8 * (found.offset + byte) + (bit % 8);
  });
}

function onesIn(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((b) => byte & (1 << b)).map((b) => 8 * i + b));
}

function ascending(a: number, b: number): number {
  return a - b;
}

function resolve(declared: unknown): { type: TypeOf; width?: number } {
  if (typeof declared === "object") return declared as { type: TypeOf; width: number };
  const isLater = (declared as { prototype?: unknown }).prototype === undefined;
  return isLater ? resolve((declared as () => unknown)()) : { type: declared as TypeOf };
}

interface Asked {
  readonly _type_?: unknown;
  readonly _length_?: number;
  readonly __ctype_be__?: unknown;
}

/** What a member of this type is of in a big-endian structure. */
function bigEndian(type: unknown): unknown {
  const { _type_: item, _length_: length, __ctype_be__: other } = type as Asked;
  if (length !== undefined) return ARRAY(bigEndian(item) as TypeOf, length);
  return other ?? type;
}

function isScalar(found: CField): boolean {
  return typeof (found.type as Asked)._type_ === "string";
}

function isInteger(type: unknown): boolean {
  const code = (type as Asked)._type_;
  return typeof code === "string" && "bBhHiIlLqQ".includes(code);
}
