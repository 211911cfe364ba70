/**
 * Structures: packing, initialisers, and structures, unions and bit-fields as arguments of C functions.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  bits,
  byref,
  CDLL,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_ubyte,
  c_uint,
  c_uint8,
  c_uint16,
  c_uint32,
  c_ulong,
  c_wchar,
  type DynamicFunction,
  field,
  POINTER,
  Structure,
  sizeof,
  type TypeOf,
  Union,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { checkFields } from "./field-check.ts";
import { bytesOf, hexOf } from "./memory.ts";
import { row } from "./row.ts";
import { isWindows, throws, undeclared } from "./support.ts";

const FILE = "test_structures.py";
const CLASS = "StructureTestCase";

// -- Packing ---------------------------------------------------------------------------------------

row(FILE, CLASS, "test_packed", () => {
  const fields = { a: c_byte, b: c_longlong };
  const wanted = [
    { pack: 1, size: 9, offset: 1 },
    { pack: 2, size: 10, offset: 2 },
    { pack: 4, size: 12, offset: 4 },
    { pack: 8, size: 16, offset: 8 },
  ];
  for (const { pack, size, offset } of wanted) {
    class X extends Structure(fields, { pack, layout: "ms" }) {}
    checkFields(X);
    assert.deepEqual([sizeof(X), field(X, "b").offset], [size, offset], `pack ${pack}`);
  }
  throws(
    () => Structure(fields, { pack: -1, layout: "ms" }),
    RangeError,
    "Structure(): pack: expected a power of two, got -1",
  );
  throws(
    () => Structure(fields, { pack: 1.5 }),
    TypeError,
    "Structure(): pack: expected an integer, got the number 1.5",
  );
});

row(FILE, CLASS, "test_packed_c_limits", () => {
  for (const pack of [2 ** 31, 2 ** 32 + 1]) {
    throws(
      () => Structure({ a: c_byte }, { pack, layout: "ms" }),
      RangeError,
      `Structure(): pack: at most 2 ** 28, got ${pack}`,
    );
    throws(
      () => Structure({ a: c_byte }, { align: pack }),
      RangeError,
      `Structure(): align: at most 2 ** 28, got ${pack}`,
    );
  }
});

// -- Initialisers ----------------------------------------------------------------------------------

row(FILE, CLASS, "test_initializers", () => {
  class Person extends Structure({ name: ARRAY(c_char, 6), age: c_int }) {}
  throws(
    () => new Person(42 as never),
    TypeError,
    "Person: expected Person or an object of its members, got the number 42",
  );
  throws(
    () => new Person(["asldkjaslkdjaslkdj"]),
    RangeError,
    "Person.name: 18 bytes are too many for ARRAY(c_char, 6)",
  );
  throws(() => new Person(["Name", "HI"]), TypeError, 'Person.age: expected an integer for c_int, got the string "HI"');
  assert.equal(new Person(["12345"]).name.value, "12345");
  assert.equal(new Person(["123456"]).name.value, "123456", "exactly, without a NUL");
  throws(() => new Person(["1234567"]), RangeError, "Person.name: 7 bytes are too many for ARRAY(c_char, 6)");
});

class POINT extends Structure({ x: c_int, y: c_int }) {}

row(FILE, CLASS, "test_conflicting_initializers", () => {
  class Polar extends Structure({ phi: c_int, rho: c_int }) {}
  // Values in order and by name cannot be mixed; what is left of the conflict is a name that is none, and too many
  // values.
  throws(
    () => new Polar({ phi: 2, rho: 3, Phi: 4 } as never),
    TypeError,
    "Polar has no member 'Phi'; did you mean 'phi'?",
  );
  throws(() => new Polar({ rho: 3, r: 4 } as never), TypeError, /has no member 'r'; its members are phi, rho$/);
  throws(() => new Polar([2, 3, 4]), TypeError, "Polar: too many initializers: 3 for 2 members");
});

row(FILE, CLASS, "test_keyword_initializers", () => {
  const inOrder = new POINT([1, 2]);
  const byName = new POINT({ y: 2, x: 1 });
  assert.deepEqual([inOrder.x, inOrder.y], [1, 2]);
  assert.deepEqual([byName.x, byName.y], [1, 2]);
});

class Phone extends Structure({ areacode: ARRAY(c_char, 6), number: ARRAY(c_char, 12) }) {}
class Person extends Structure({ name: ARRAY(c_char, 12), phone: Phone, age: c_int }) {}

row(FILE, CLASS, "test_nested_initializers", () => {
  const person = new Person(["Someone", ["1234", "5678"], 5]);
  assert.equal(person.name.value, "Someone");
  assert.deepEqual([person.phone.areacode.value, person.phone.number.value], ["1234", "5678"]);
  assert.equal(person.age, 5);
});

row(FILE, CLASS, "test_structures_with_wchar", () => {
  class Wide extends Structure({ name: ARRAY(c_wchar, 12), age: c_int }) {}
  const someone = new Wide(["Someone\xe9"]);
  assert.equal(someone.name.value, "Someone\xe9");
  for (const text of ["1234567890", "12345678901", "123456789012"]) assert.equal(new Wide([text]).name.value, text);
  throws(() => new Wide(["1234567890123"]), RangeError, "Wide.name: 13 characters are too many for ARRAY(c_wchar, 12)");
});

row(FILE, CLASS, "test_init_errors", () => {
  throws(
    () => new Person(["Someone", [1, 2]]),
    TypeError,
    "Person.phone.areacode: expected ARRAY(c_char, 6) or an array of its items, got the number 1",
  );
  throws(() => new Person(["Someone", ["a", "b", "c"]]), TypeError, /Phone: too many initializers: 3 for 2 members$/);
});

row(FILE, CLASS, "test_positional_args", () => {
  class W extends Structure({ a: c_int, b: c_int }) {}
  class X extends W.extend({ c: c_int }) {}
  class Y extends X {}
  class Z extends Y.extend({ d: c_int, e: c_int, f: c_int }) {}
  const read = ({ a, b, c, d, e, f }: Z) => [a, b, c, d, e, f];
  const z = new Z([1, 2, 3, 4, 5, 6]);
  assert.deepEqual(read(z), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(read(new Z([1])), [1, 0, 0, 0, 0, 0]);
  throws(() => new Z([1, 2, 3, 4, 5, 6, 7]), TypeError, "Z: too many initializers: 7 for 6 members");
});

// -- By value --------------------------------------------------------------------------------------

/** A function of the helper library with these types. */
function declared(name: string, restype: TypeOf | null, argtypes: TypeOf[]): DynamicFunction {
  const found = undeclared(name);
  found.restype = restype as never;
  found.argtypes = argtypes as never;
  return found;
}

row(FILE, CLASS, "test_pass_by_value", () => {
  class X extends Structure({ first: c_ulong, second: c_ulong, third: c_ulong }) {}
  const s = new X({ first: 0xdeadbeef, second: 0xcafebabe, third: 0x0bad1dea });
  declared("_testfunc_large_struct_update_value", null, [X])(s);
  assert.deepEqual([s.first, s.second, s.third], [0xdeadbeef, 0xcafebabe, 0x0bad1dea]);
});

row(FILE, CLASS, "test_pass_by_value_in_register", () => {
  class X extends Structure({ first: c_uint, second: c_uint }) {}
  const s = new X({ first: 0xdeadbeef, second: 0xcafebabe });
  declared("_testfunc_reg_struct_update_value", null, [X])(s);
  assert.deepEqual([s.first, s.second], [0xdeadbeef, 0xcafebabe]);
  const got = declared("get_last_tfrsuv_arg", X, [])() as X;
  assert.ok(got instanceof X);
  assert.deepEqual([got.first, got.second], [s.first, s.second]);
});

/**
 * C's `atan2(y, x)`, given both in one structure: two doubles of a structure travel in the same registers as two
 * arguments.
 */
const byReference = isWindows && "a structure goes by reference there";
function atan2(type: TypeOf): (vector: unknown) => unknown {
  const found = new CDLL(find_library("m")).atan2 as DynamicFunction;
  found.argtypes = [type] as never;
  found.restype = c_double;
  return found as never;
}

row(
  FILE,
  CLASS,
  "test_issue18060_a",
  () => {
    class Base extends Structure({ y: c_double, x: c_double }) {}
    class Mid extends Base.extend() {}
    Mid._fields_ = {};
    class Vector extends Mid {}
    assert.equal(atan2(Vector)(new Vector({ y: 0.0, x: -1.0 })), Math.PI);
  },
  byReference,
);

row(
  FILE,
  CLASS,
  "test_issue18060_b",
  () => {
    class Base extends Structure({ y: c_double, x: c_double }) {}
    class Mid extends Base.extend({}) {}
    class Vector extends Mid.extend({}) {}
    assert.equal(atan2(Vector)(new Vector({ y: 0.0, x: -1.0 })), Math.PI);
  },
  byReference,
);

row(
  FILE,
  CLASS,
  "test_issue18060_c",
  () => {
    class Base extends Structure({ y: c_double }) {}
    class Mid extends Base.extend({}) {}
    class Vector extends Mid.extend({ x: c_double }) {}
    assert.equal(atan2(Vector)(new Vector({ y: 0.0, x: -1.0 })), Math.PI);
  },
  byReference,
);

row(FILE, CLASS, "test_array_in_struct", () => {
  class Test2 extends Structure({ data: ARRAY(c_ubyte, 16) }) {}
  const bytes = Array.from({ length: 16 }, (_, i) => i);
  const s = new Test2({ data: bytes });
  assert.equal(declared("_testfunc_array_in_struct2", c_int, [Test2])(s), 120);
  assert.deepEqual([...s.data], bytes, "C had a copy");

  class Test3AParent extends Structure({ data: ARRAY(c_float, 2) }) {}
  class Test3A extends Test3AParent.extend({ more_data: ARRAY(c_float, 2) }) {}
  const a = new Test3A({ data: [3.25, 2.125], more_data: [-3.0, -2.0] });
  const sum = declared("_testfunc_array_in_struct3A", c_double, [Test3A])(a);
  assert.equal(sum, 0.375);
  assert.deepEqual([...a.data, ...a.more_data], [3.25, 2.125, -3, -2]);

  for (const [letter, length] of Object.entries({ B: 2, C: 4, D: 8, E: 9 })) {
    class Test3 extends Structure({ data: ARRAY(c_double, length) }) {}
    const items = Array.from({ length }, (_, i) => i);
    const object = new Test3({ data: items });
    const name = `_testfunc_array_in_struct3${letter}`;
    assert.equal(declared(name, c_double, [Test3])(object), (length * (length - 1)) / 2, name);
    assert.deepEqual([...object.data], items, `${name}: C had a copy`);
    const made = declared(`${name}_set_defaults`, Test3, [])() as Test3;
    assert.ok(made instanceof Test3);
    assert.deepEqual(
      [...made.data],
      items.map((i) => i + 1),
      `${name}_set_defaults`,
    );
  }
});

row(FILE, CLASS, "test_38368", () => {
  class U extends Union({ f1: ARRAY(c_uint8, 16), f2: ARRAY(c_uint16, 8), f3: ARRAY(c_uint32, 4) }) {}
  const u = new U();
  u.f3[0] = 0x01234567;
  u.f3[1] = 0x89abcdef;
  u.f3[2] = 0x76543210;
  u.f3[3] = 0xfedcba98;
  assert.equal(Buffer.from([...u.f1]).toString("hex"), "67452301efcdab891032547698badcfe");
  assert.deepEqual([...u.f2], [0x4567, 0x0123, 0xcdef, 0x89ab, 0x3210, 0x7654, 0xba98, 0xfedc]);
});

// Python's own rows are switched off: it says it refuses both by value, and does not. Here both work.
row(FILE, CLASS, "test_union_by_value", () => {
  class Nested1 extends Structure({ an_int: c_int, another_int: c_int }) {}
  class Test4 extends Union({ a_long: c_long, a_struct: Nested1 }) {}
  class Test5 extends Structure({ an_int: c_int, nested: Test4, another_int: c_int }) {}

  const union = new Test4({ a_long: 12345 });
  assert.equal(declared("_testfunc_union_by_value1", c_long, [Test4])(union), 12345);
  assert.equal(union.a_long, 12345, "C had a copy");
  assert.equal(declared("_testfunc_union_by_reference1", c_long, [POINTER(Test4)])(byref(union)), 12345);
  assert.equal(union.a_long, 0, "this was no copy");

  union.a_struct.an_int = 0x12340000;
  union.a_struct.another_int = 0x5678;
  assert.equal(declared("_testfunc_union_by_reference2", c_long, [POINTER(Test4)])(byref(union)), 0x12345678);
  assert.deepEqual([union.a_struct.an_int, union.a_struct.another_int], [0, 0]);

  const outer = new Test5({ an_int: 0x12000000, another_int: 0x78, nested: { a_struct: { an_int: 0x345600 } } });
  const before = hexOf(outer);
  assert.equal(declared("_testfunc_union_by_value2", c_long, [Test5])(outer), 0x12345678);
  assert.equal(hexOf(outer), before, "C had a copy");
  assert.equal(declared("_testfunc_union_by_reference3", c_long, [POINTER(Test5)])(byref(outer)), 0x12345678);
  assert.deepEqual(bytesOf(outer), new Uint8Array(sizeof(Test5)));
});

row(FILE, CLASS, "test_bitfield_by_value", () => {
  const few = (type: typeof c_int) => ({ A: bits(type, 1), B: bits(type, 2), C: bits(type, 3), D: bits(type, 2) });
  class Test6 extends Structure(few(c_int)) {}
  class Test7 extends Structure(few(c_uint as unknown as typeof c_int)) {}
  for (const { type, number, sum } of [
    { type: Test6, number: 1, sum: -4 },
    { type: Test7, number: 2, sum: 14 },
  ]) {
    const object = new type();
    object.A = 1;
    object.B = 3;
    object.C = 7;
    object.D = 3;
    const before = hexOf(object);
    assert.equal(declared(`_testfunc_bitfield_by_value${number}`, c_long, [type])(object), sum);
    assert.equal(hexOf(object), before, "C had a copy");
    assert.equal(declared(`_testfunc_bitfield_by_reference${number}`, c_long, [POINTER(type)])(byref(object)), sum);
    assert.deepEqual([object.A, object.B, object.C, object.D], [0, 0, 0, 0]);
  }
});

row(FILE, CLASS, "test_do_not_share_pointer_type_cache_via_stginfo_clone", () => {
  class Base extends Structure({ y: c_double, x: c_double }) {}
  class Mid extends Base.extend() {}
  const midPtr = POINTER(Mid);
  Mid._fields_ = {};
  class Vector extends Mid {}
  const pointers = new Set<unknown>([POINTER(Base), POINTER(Mid), POINTER(Vector)]);
  assert.equal(pointers.size, 3);
  assert.equal(POINTER(Mid), midPtr);
  assert.deepEqual(
    [...pointers].map((type) => (type as { _type_: unknown })._type_),
    [Base, Mid, Vector],
  );
});
