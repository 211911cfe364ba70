/**
 * Structures and unions aligned more than their members ask for, in both byte orders.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  alignment,
  BigEndianStructure,
  BigEndianUnion,
  c_byte,
  c_char,
  c_ubyte,
  c_uint16,
  c_uint32,
  field,
  LittleEndianStructure,
  LittleEndianUnion,
  Structure,
  sizeof,
} from "ctypes-js";
import { checkFields } from "./field-check.ts";
import { bytesOf, pack } from "./memory.ts";
import { row } from "./row.ts";
import { bytes, throws } from "./support.ts";

const FILE = "test_aligned_structures.py";
const CLASS = "TestAlignedStructures";

/** Both orders, with the kinds of types in each. */
const orders = [
  { isBigEndian: false, Struct: LittleEndianStructure, Uni: LittleEndianUnion },
  { isBigEndian: true, Struct: BigEndianStructure, Uni: BigEndianUnion },
];

row(FILE, CLASS, "test_aligned_string", () => {
  for (const { isBigEndian, Struct } of orders) {
    class Aligned extends Struct({ value: ARRAY(c_char, 12) }, { align: 16 }) {}
    class Main extends Struct({ first: c_uint32, string: Aligned }) {}
    checkFields(Aligned, { isBigEndian });
    checkFields(Main, { isBigEndian });
    const data = new Uint8Array(32);
    data.set(pack(isBigEndian, ["i", 7]));
    data.set(bytes("hello world!"), 16);
    const main = Main.from_buffer(data);
    assert.equal(main.first, 7);
    assert.equal(main.string.value.value, "hello world!");
    assert.deepEqual(bytesOf(main.string), bytes("hello world!\0\0\0\0"));
    assert.deepEqual([field(Main, "string").offset, field(Main, "string").size], [16, 16]);
    assert.equal(alignment(main.string), 16);
    assert.equal(alignment(main), 16);
    assert.equal(sizeof(Main), 32);
  }
});

row(FILE, CLASS, "test_aligned_structures", () => {
  for (const { isBigEndian, Struct } of orders) {
    class SomeBools extends Struct({ bool1: c_ubyte, bool2: c_ubyte }, { align: 4 }) {}
    class Main extends Struct({ x: c_ubyte, y: SomeBools, z: c_ubyte }) {}
    checkFields(SomeBools, { isBigEndian });
    checkFields(Main, { isBigEndian });
    const main = Main.from_buffer(bytes([1, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0]));
    for (const of of [SomeBools, main, main.y]) assert.equal(alignment(of), 4);
    assert.equal(field(Main, "x").size, 1);
    assert.deepEqual([field(Main, "y").offset, field(Main, "y").size], [4, 4]);
    assert.deepEqual([main.y.bool1, main.y.bool2], [1, 0]);
    assert.equal(field(Main, "z").offset, 8);
    assert.equal(main.z, 7);
  }
});

const bases = { Structure, LittleEndianStructure, BigEndianStructure };

row(FILE, CLASS, "test_negative_align", () => {
  for (const [name, base] of Object.entries(bases)) {
    throws(() => base({}, { align: -1 }), RangeError, /^\w+\(\): align: expected a power of two, got -1$/);
    assert.equal(alignment(class extends base({}) {}), 1, `${name} is none the worse`);
  }
});

row(FILE, CLASS, "test_zero_align_no_fields", () => {
  for (const [name, base] of Object.entries(bases)) {
    class Empty extends base({}, { align: 0 }) {}
    assert.equal(alignment(Empty), 1, name);
    assert.equal(alignment(new Empty()), 1, name);
  }
});

row(FILE, CLASS, "test_zero_align_with_fields", () => {
  for (const [name, base] of Object.entries(bases)) {
    class One extends base({ x: c_ubyte }, { align: 0 }) {}
    assert.equal(alignment(One), 1, name);
    assert.equal(alignment(new One()), 1, name);
  }
});

row(FILE, CLASS, "test_oversized_structure", () => {
  for (const { Struct } of orders) {
    class SomeBoolsTooBig extends Struct({ bool1: c_ubyte, bool2: c_ubyte, bool3: c_ubyte }, { align: 8 }) {}
    class Main extends Struct({ y: SomeBoolsTooBig, z: c_uint32 }) {}
    throws(
      () => Main.from_buffer(new Uint8Array(8)),
      RangeError,
      "Main.from_buffer(): the buffer is too small: 8 bytes instead of at least 16",
    );
  }
});

row(FILE, CLASS, "test_aligned_subclasses", () => {
  for (const { isBigEndian, Struct } of orders) {
    class UnalignedSub extends Struct({ x: c_uint32 }) {}
    class AlignedStruct extends UnalignedSub.extend({ y: c_uint32 }, { align: 8 }) {}
    class Main extends Struct({ a: c_uint32, b: AlignedStruct }) {}
    checkFields(UnalignedSub, { isBigEndian });
    checkFields(AlignedStruct, { isBigEndian });
    checkFields(Main, { isBigEndian });
    const main = Main.from_buffer(pack(isBigEndian, ["i", 1], ["i", 2], ["i", 3], ["i", 4]));
    assert.equal(alignment(main.b), 8);
    assert.equal(alignment(main), 8);
    assert.equal(sizeof(main.b), 8);
    assert.equal(sizeof(main), 16);
    assert.deepEqual([main.a, main.b.x, main.b.y], [1, 3, 4]);
    assert.deepEqual([field(Main, "b").offset, field(Main, "b").size], [8, 8]);
    class Further extends AlignedStruct.extend({ z: c_ubyte }) {}
    assert.equal(alignment(Further), 8, "the alignment is inherited");
  }
});

row(FILE, CLASS, "test_aligned_union", () => {
  for (const { isBigEndian, Struct, Uni } of orders) {
    class AlignedUnion extends Uni({ a: c_uint32, b: ARRAY(c_ubyte, 7) }, { align: 8 }) {}
    class Main extends Struct({ first: c_uint32, union: AlignedUnion }) {}
    checkFields(AlignedUnion, { isBigEndian, isUnion: true });
    checkFields(Main, { isBigEndian });
    const data = pack(isBigEndian, ["i", 1], ["i", 2], ["i", 3], ["i", 4]);
    const main = Main.from_buffer(data);
    assert.deepEqual([main.first, main.union.a], [1, 3]);
    assert.deepEqual(bytesOf(main.union.b), data.slice(8, 15));
    assert.deepEqual([field(Main, "union").offset, field(Main, "union").size], [8, 8]);
    assert.equal(alignment(main.union), 8);
    assert.equal(alignment(main), 8);
  }
});

row(FILE, CLASS, "test_aligned_struct_in_union", () => {
  for (const { isBigEndian, Struct, Uni } of orders) {
    class Sub extends Struct({ x: c_uint32, y: c_uint32 }, { align: 8 }) {}
    class MainUnion extends Uni({ a: c_uint32, b: Sub }) {}
    class Main extends Struct({ first: c_uint32, union: MainUnion }) {}
    checkFields(Sub, { isBigEndian });
    checkFields(MainUnion, { isBigEndian, isUnion: true });
    checkFields(Main, { isBigEndian });
    const main = Main.from_buffer(pack(isBigEndian, ["i", 1], ["i", 2], ["i", 3], ["i", 4]));
    assert.equal(field(Main, "first").size, 4);
    assert.equal(alignment(main.union), 8);
    assert.equal(alignment(main), 8);
    assert.deepEqual([field(Main, "union").offset, field(Main, "union").size], [8, 8]);
    assert.deepEqual([main.first, main.union.a, main.union.b.x, main.union.b.y], [1, 3, 3, 4]);
  }
});

row(FILE, CLASS, "test_smaller_aligned_subclassed_union", () => {
  for (const { isBigEndian, Struct, Uni } of orders) {
    class SubUnion extends Uni({ unsigned: c_ubyte, signed: c_byte }, { align: 2 }) {}
    class MainUnion extends SubUnion.extend({ num: c_uint32 }) {}
    class Main extends Struct({ first: c_uint16, union: MainUnion }) {}
    checkFields(SubUnion, { isBigEndian, isUnion: true });
    checkFields(MainUnion, { isBigEndian, isUnion: true });
    checkFields(Main, { isBigEndian });
    const data = pack(isBigEndian, ["H", 1], ["x", 2], ["I", 0xd60102d7]);
    const main = Main.from_buffer(data);
    assert.deepEqual([main.first, main.union.num], [1, 0xd60102d7]);
    assert.deepEqual([main.union.unsigned, main.union.signed], [data[4], data[4]! - 256]);
    assert.equal(alignment(main), 4);
    assert.equal(alignment(main.union), 4);
    assert.deepEqual([field(Main, "union").offset, field(Main, "union").size], [4, 4]);
    assert.equal(field(Main, "first").size, 2);
    assert.equal(sizeof(SubUnion), 2);
  }
});

row(FILE, CLASS, "test_larger_aligned_subclassed_union", () => {
  for (const { isBigEndian, Uni } of orders) {
    class SubUnion extends Uni({ unsigned: c_ubyte, signed: c_byte }, { align: 8 }) {}
    class Main extends SubUnion.extend({ num: c_uint32 }) {}
    checkFields(SubUnion, { isBigEndian, isUnion: true });
    checkFields(Main, { isBigEndian, isUnion: true });
    const main = Main.from_buffer(pack(isBigEndian, ["I", 0xd60102d6], ["x", 4]));
    assert.equal(alignment(main), 8);
    assert.equal(sizeof(main), 8);
    assert.deepEqual([main.num, main.unsigned, main.signed], [0xd60102d6, 0xd6, -42]);
  }
});

row(FILE, CLASS, "test_aligned_packed_structures", () => {
  for (const { isBigEndian, Struct } of orders) {
    class Inner extends Struct({ x: c_uint16, y: c_uint16 }, { align: 8 }) {}
    const fields = { a: c_ubyte, b: Inner, c: c_ubyte };
    class Main extends Struct(fields, { pack: 1, layout: "ms" }) {}
    class AsGcc extends Struct(fields, { pack: 1 }) {}
    checkFields(Inner, { isBigEndian });
    checkFields(Main, { isBigEndian });
    const data = pack(isBigEndian, ["B", 1], ["H", 2], ["H", 3], ["x", 4], ["B", 4]);
    for (const type of [Main, AsGcc]) {
      const main = type.from_buffer(data);
      assert.equal(sizeof(main), 10);
      assert.equal(field(type, "b").offset, 1);
      assert.equal(alignment(main.b), 8, "pack says where it lies, not what it is");
      assert.equal(sizeof(main.b), 8);
      assert.equal(field(type, "c").offset, 9);
      assert.deepEqual([main.a, main.b.x, main.b.y, main.c], [1, 2, 3, 4]);
    }
  }
});
