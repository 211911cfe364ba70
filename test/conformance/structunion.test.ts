/**
 * What structures and unions have in common.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  alignment,
  bits,
  CData,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_int8,
  c_int16,
  c_int32,
  c_long,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  type Fields,
  field,
  Opaque,
  POINTER,
  type Pointer,
  Structure,
  sizeof,
  type TypeOf,
  Union,
} from "ctypes-js";
import { checkFields, fieldOf } from "./field-check.ts";
import { hexOf } from "./memory.ts";
import { row } from "./row.ts";
import { open, throws, undeclared } from "./support.ts";

const FILE = "test_structunion.py";
const kinds = [
  { base: Structure, isUnion: false, kind: "structure" },
  { base: Union as unknown as typeof Structure, isUnion: true, kind: "union" },
];

type Body = (base: typeof Structure, isUnion: boolean, kind: string) => void;

/** A row that holds for both kinds. */
function both(cls: string, name: string, body: Body): void {
  row(FILE, cls, name, () => {
    for (const { base, isUnion, kind } of kinds) body(base, isUnion, kind);
  });
}

// -- StructUnionTestBase ---------------------------------------------------------------------------

const CLASS = "StructUnionTestBase";

both(CLASS, "test_subclass", (base, isUnion) => {
  const ofX = { a: c_int };
  const ofY = { b: c_int };
  class X extends base(ofX) {}
  class Y extends X.extend(ofY) {}
  class Z extends X {}
  for (const type of [X, Y, Z]) checkFields(type, { isUnion });
  assert.deepEqual([sizeof(X), sizeof(Y), sizeof(Z)], [4, isUnion ? 4 : 8, 4]);
  assert.equal(X._fields_, ofX);
  assert.equal(Y._fields_, ofY);
  assert.equal(Z._fields_, ofX);
  assert.deepEqual([field(Y, "a").offset, field(Y, "b").offset], [0, isUnion ? 0 : 4]);
  const y = new Y({ a: 1, b: 2 });
  assert.deepEqual([y.a, y.b, y instanceof X], [isUnion ? 2 : 1, 2, true]);
});

both(CLASS, "test_subclass_delayed", (base, isUnion, kind) => {
  class X extends base<{ a: c_int }>() {}
  throws(() => sizeof(X), TypeError, `${kind} 'X' is incomplete: its _fields_ were never given`);
  const ofX = { a: c_int };
  X._fields_ = ofX;
  class Y extends X.extend() {
    declare b: number;
  }
  throws(() => sizeof(Y), TypeError, `${kind} 'Y' is incomplete: its _fields_ were never given`);
  const ofY = { b: c_int };
  Y._fields_ = ofY;
  class Z extends X {}
  assert.deepEqual([sizeof(X), sizeof(Y), sizeof(Z)], [4, isUnion ? 4 : 8, 4]);
  type Readable = { readonly _fields_: object };
  assert.equal((X as unknown as Readable)._fields_, ofX);
  assert.equal(Y._fields_, ofY);
  assert.equal((Z as unknown as Readable)._fields_, ofX);
  const y = new Y({ a: 1, b: 2 });
  assert.deepEqual([y.a, y.b, y instanceof X], [isUnion ? 2 : 1, 2, true]);
});

both(CLASS, "test_metaclass_details", (base, _isUnion, kind) => {
  throws(() => new (CData as unknown as new () => CData)(), TypeError, /CData is an abstract class/);
  class Empty extends base<{ a: c_int }>() {}
  throws(() => new Empty(), TypeError, `${kind} 'Empty' is incomplete: its _fields_ were never given`);
  class Hidden extends Opaque("hidden") {}
  throws(() => new Hidden(undefined as never), TypeError, /'Hidden' is opaque/);
  Empty._fields_ = { a: c_int };
  throws(() => (Empty._fields_ = { a: c_int }), TypeError, "Empty._fields_ is final");
  assert.equal(new Empty().a, 0);
});

both(CLASS, "test_alignment", (base, isUnion) => {
  const layout = (type: TypeOf) => [alignment(type), sizeof(type)];
  class X extends base({ x: ARRAY(c_char, 3) }) {}
  checkFields(X, { isUnion });
  assert.deepEqual(layout(X), [1, 3]);

  class Y extends base({ x: ARRAY(c_char, 3), y: c_int }) {}
  checkFields(Y, { isUnion });
  assert.deepEqual(layout(Y), [4, isUnion ? 4 : 8]);

  class SI extends base({ a: X, b: Y }) {}
  checkFields(SI, { isUnion });
  assert.deepEqual(layout(SI), [4, isUnion ? 4 : 12]);

  class IS extends base({ b: Y, x: X }) {}
  checkFields(IS, { isUnion });
  assert.deepEqual(layout(IS), [4, isUnion ? 4 : 12]);

  class XX extends base({ a: X, b: X }) {}
  checkFields(XX, { isUnion });
  assert.deepEqual(layout(XX), [1, isUnion ? 3 : 6]);
});

both(CLASS, "test_empty", (base, isUnion) => {
  class X extends base({}) {}
  assert.deepEqual([alignment(X), sizeof(X)], [1, 0]);
  assert.equal(hexOf(new X()), "");
  class XX extends base({ a: X, b: X }) {}
  checkFields(XX, { isUnion });
  assert.deepEqual([alignment(XX), sizeof(XX)], [1, 0]);
  assert.ok(new XX().b instanceof X);
});

both(CLASS, "test_fields", (base, isUnion) => {
  class X extends base({ x: c_int, y: c_char }) {}
  checkFields(X, { isUnion });
  const [x, y] = [field(X, "x"), field(X, "y")];
  assert.deepEqual([x.offset, x.size, y.offset, y.size], [0, 4, isUnion ? 0 : 4, 1]);
  for (const found of [x, y]) {
    const name = found.name;
    for (const key of ["offset", "size", "name", "type", "bit_size"] as const) {
      const before = found[key];
      throws(() => ((found as unknown as Record<string, unknown>)[key] = 92), TypeError, /read only/);
      assert.equal(found[key], before, `${name}.${key}`);
    }
  }
});

both(CLASS, "test_field_descriptor_attributes", (base, isUnion) => {
  class Inner extends Structure({ a: c_int16, b: bits(c_int8, 1), c: bits(c_int8, 2) }) {}
  class X extends base({ x: c_int32, y: bits(c_int16, 1), _: Inner }, { anonymous: ["_"] }) {}
  checkFields(Inner);
  checkFields(X, { isUnion, anonymous: ["_"] });
  const wanted = {
    x: { type: c_int32, offset: 0 },
    y: { type: c_int16, offset: isUnion ? 0 : 4, bits: [1, 0] },
    _: { type: Inner, offset: isUnion ? 0 : 6 },
    a: { type: c_int16, offset: isUnion ? 0 : 6 },
    b: { type: c_int8, offset: isUnion ? 2 : 8, bits: [1, 0] },
    c: { type: c_int8, offset: isUnion ? 2 : 8, bits: [2, 1] },
  };
  for (const [name, { type, offset, ...rest }] of Object.entries(wanted)) {
    const found = fieldOf(X, name);
    const size = sizeof(type);
    assert.equal(found.name, name);
    assert.equal(found.type, type, name);
    assert.deepEqual([found.offset, found.byte_offset, found.byte_size], [offset, offset, size], name);
    const [bitSize, bitOffset] = "bits" in rest ? (rest.bits as [number, number]) : [8 * size, 0];
    assert.deepEqual([found.bit_size, found.bit_offset], [bitSize, bitOffset], name);
    assert.equal(found.is_bitfield, "bits" in rest, name);
    assert.equal(found.size, "bits" in rest ? (bitSize << 16) | bitOffset : size, name);
    assert.equal(found.is_anonymous, name === "_", name);
  }
});

both(CLASS, "test_invalid_field_types", (base, _isUnion, kind) => {
  const Kind = kind === "union" ? "Union" : "Structure";
  const message = `${Kind}(): member 'x': expected a C type, got the number 1`;
  throws(() => base({ x: 1, y: 2 } as unknown as Fields), TypeError, message);
  class Late extends base<{ x: c_int }>() {}
  throws(
    () => (Late._fields_ = { x: 1 } as never),
    TypeError,
    "Late._fields_: member 'x': expected a C type, got the number 1",
  );
});

both(CLASS, "test_invalid_name", (base) => {
  throws(
    () => base({ [Symbol("x")]: c_int } as Fields),
    TypeError,
    /\(\): expected a string as the name of a member, got a symbol$/,
  );
  const message = /\(\): member '1': a member's name cannot be a number, since JavaScript reorders numeric names$/;
  throws(() => base({ a: c_int, 1: c_char }), TypeError, message);
  throws(() => base([["x", c_int]] as unknown as Fields), TypeError, /member '0': expected a C type, got an array$/);
  assert.equal(
    sizeof(base({ "01": c_int, "1a": c_int, null: c_char })) > 0,
    true,
    "what C would not take is no error as such",
  );
});

both(CLASS, "test_str_name", (base) => {
  class Odd extends String {
    override valueOf(): string {
      return "unwanted value";
    }
    get [Symbol.toStringTag](): string {
      return "unwanted tag";
    }
  }
  const name = new Odd("f");
  class S extends base({ [name as unknown as string]: c_int } as { f: typeof c_int }) {}
  assert.equal(field(S, "f").name, "f");
  assert.equal(typeof field(S, "f").name, "string");
  assert.equal(new S({ f: 3 }).f, 3);
});

both(CLASS, "test_intarray_fields", (base) => {
  const INTARRAY = ARRAY(c_int, 4);
  class SomeInts extends base({ a: INTARRAY }) {}
  // A plain array stands for the nested one, where Python takes a tuple and refuses a list.
  const { a } = new SomeInts([[1, 2]]);
  assert.deepEqual(a.slice(), [1, 2, 0, 0]);
  assert.deepEqual(a.slice(null, null, -1), [0, 0, 2, 1]);
  assert.deepEqual(a.slice(null, null, 2), [1, 0]);
  assert.deepEqual(a.slice(1, 5, 6), [2]);
  assert.deepEqual(a.slice(6, 4, -1), []);
  assert.deepEqual(new SomeInts({ a: [1, 2, 3, 4] }).a.slice(), [1, 2, 3, 4]);
  assert.deepEqual(new SomeInts({ a: new INTARRAY(5, 6) }).a.slice(), [5, 6, 0, 0]);
  const message = "SomeInts.a: 5 items are too many for ARRAY(c_int, 4)";
  throws(() => new SomeInts([[1, 2, 3, 4, 5]]), RangeError, message);
  throws(() => new SomeInts([[1, "2"]]), TypeError, 'SomeInts.a[1]: expected an integer for c_int, got the string "2"');
  throws(
    () => new SomeInts([1]),
    TypeError,
    /^SomeInts\.a: expected ARRAY\(c_int, 4\) or an array of its items, got the number 1/,
  );
});

both(CLASS, "test_huge_field_name", (base) => {
  for (let digits = 0; digits <= 7; digits++) {
    const name = "a".repeat(10 ** digits);
    class X extends base({ [name]: c_int } as Fields) {}
    const x = new X({ [name]: 7 } as never) as unknown as Record<string, number>;
    assert.equal(x[name], 7);
    x[name] = 8;
    assert.equal(fieldOf(X, name).get(x as never), 8);
  }
});

both(CLASS, "test_abstract_class", (base) => {
  class X extends base({ a: c_int }) {
    static readonly _abstract_ = "something";
    twice(): number {
      return 2 * this.a;
    }
  }
  const message = "X is an abstract class: it has no size and no instances";
  throws(() => new X(), TypeError, message);
  throws(() => X.from_buffer(new Uint8Array(4)), TypeError, message);
  throws(() => X.from_buffer_copy(new Uint8Array(4)), TypeError, message);
  throws(() => X.from_address(1), TypeError, message);
  throws(() => sizeof(X), TypeError, message);
  class Y extends X.extend({ b: c_int }) {}
  assert.equal(new Y({ a: 4 }).twice(), 8, "what is derived from it has instances");
  throws(() => new X(), TypeError, message);
});

both(CLASS, "test_methods", (base) => {
  class X extends base({ a: c_int }) {}
  for (const name of ["in_dll", "from_address", "from_buffer", "from_buffer_copy", "from_param"] as const) {
    assert.equal(typeof (X as unknown as Record<string, unknown>)[name], "function", name);
  }
  const read = undeclared("get_an_integer");
  const variable = X.in_dll(open(), "an_integer");
  assert.equal(variable.a, read());
});

// -- Sizes of pairs --------------------------------------------------------------------------------

const types = {
  c_byte,
  c_ubyte,
  c_short,
  c_ushort,
  c_int,
  c_uint,
  c_long,
  c_ulong,
  c_longlong,
  c_ulonglong,
  c_float,
  c_double,
  c_void_p,
};

row(FILE, "StructureTestCase", "test_simple_structs", () => {
  const sizes = { 1: 2, 2: 4, 4: 8, 8: 16 } as Record<number, number>; // the second member at its own alignment
  for (const [name, type] of Object.entries(types)) {
    class X extends Structure({ x: c_char, y: type as typeof c_int }) {}
    checkFields(X);
    assert.equal(sizeof(X), sizes[sizeof(type)], name);
    assert.equal(alignment(X), alignment(type), name);
    assert.equal(field(X, "y").offset, alignment(type), name);
  }
});

row(FILE, "UnionTestCase", "test_simple_unions", () => {
  for (const [name, type] of Object.entries(types)) {
    class X extends Union({ x: c_char, y: type as typeof c_int }) {}
    checkFields(X, { isUnion: true });
    assert.equal(sizeof(X), sizeof(type), name);
    assert.equal(alignment(X), alignment(type), name);
  }
});

// -- Pointer members -------------------------------------------------------------------------------

both("PointerMemberTestBase", "test", (base) => {
  class S extends base({ array: POINTER(c_int) }) {}
  const s = new S();
  assert.equal(s.array, null);
  s.array = new (ARRAY(c_int, 3))(1, 2, 3) as unknown as Pointer<c_int>;
  const items = () => [0, 1, 2].map((i) => s.array![i]);
  assert.deepEqual(items(), [1, 2, 3]);
  s.array![0] = 42;
  assert.deepEqual(items(), [42, 2, 3]);
  s.array![0] = 1;
  assert.deepEqual(items(), [1, 2, 3]);
});

row(FILE, "PointerMemberTestCase_Struct", "test_none_to_pointer_fields", () => {
  class S extends Structure({ x: c_int, p: POINTER(c_int) }) {}
  const s = new S();
  s.x = 12345678;
  s.p = null;
  assert.deepEqual([s.x, s.p], [12345678, null]);
});

row(FILE, "PointerMemberTestCase_Union", "test_none_to_pointer_fields", () => {
  class S extends Union({ x: c_int, p: POINTER(c_int) }) {}
  const s = new S();
  s.x = 12345678;
  s.p = null;
  assert.deepEqual([s.x, s.p], [0, null]);
});

// -- TestRecursiveBase -----------------------------------------------------------------------------

both("TestRecursiveBase", "test_contains_itself", (base, _isUnion, kind) => {
  const message = `${kind} 'Recursive' cannot contain itself; a pointer to it can be a member`;
  class Recursive extends base({ next: () => Recursive }) {}
  throws(() => sizeof(Recursive), TypeError, message);
  throws(() => new Recursive(), TypeError, message);

  class Late extends base<{ next: unknown }>() {}
  Late._fields_ = { next: Late } as never;
  throws(() => sizeof(Late), TypeError, message.replace("Recursive", "Late"));
  class InArray extends base({ some: () => ARRAY(InArray, 2) }) {}
  throws(() => sizeof(InArray), TypeError, message.replace("Recursive", "InArray"));

  class Linked extends base({ next: () => POINTER(Linked) }) {}
  assert.equal(sizeof(Linked), 8);
});

both("TestRecursiveBase", "test_vice_versa", (base, _isUnion, kind) => {
  interface Members {
    other: Pointer<c_int>;
  }
  class First extends base<Members>() {}
  class Second extends base<Members>() {}
  First._fields_ = { other: Second } as never;
  Second._fields_ = { other: First } as never;
  throws(() => sizeof(First), TypeError, `${kind} 'First' cannot contain itself; a pointer to it can be a member`);
  throws(() => sizeof(Second), TypeError, `${kind} 'Second' cannot contain itself; a pointer to it can be a member`);
  throws(() => (Second._fields_ = { other: POINTER(c_int) }), TypeError, "Second._fields_ is final");
});
