/**
 * The rows of test_pointers.py: targets, NULL, pointers to pointers, and what they keep alive.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import {
  ARRAY,
  byref,
  CFUNCTYPE,
  c_byte,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  cast,
  NullPointerError,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  sizeof,
  type TypeOf,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { collect, throws, undeclared } from "./support.ts";

const row = (name: string, body: () => void | Promise<void>) =>
  rowOf("test_pointers.py", "PointersTestCase", name, body);

const numeric = [
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
] as unknown as (typeof c_int)[];

/** The pointer type that was made of a type, if any. */
const pointerTypeOf = (type: unknown) => (type as { __pointer_type__?: unknown }).__pointer_type__;

row("test_pass_pointers", () => {
  const func = undeclared("_testfunc_p_p");
  func.restype = c_longlong;
  const number = new c_int(12345678);
  const address = func(byref(number)) as bigint;
  assert.equal(typeof address, "bigint");
  assert.equal(c_int.from_address(address).value, 12345678);

  func.restype = POINTER(c_int);
  const result = func(pointer(number)) as Pointer<c_int>;
  assert.equal(result.contents.value, 12345678);
  assert.equal(result[0], 12345678);
});

row("test_change_pointers", () => {
  const func = undeclared("_testfunc_p_p");
  const number = new c_int(87654);
  func.restype = POINTER(c_int);
  func.argtypes = [POINTER(c_int)];
  const result = func(pointer(number)) as Pointer<c_int>;
  assert.equal(result[0], 87654);
  assert.equal(result.contents.value, 87654);

  result[0] = 54345;
  assert.equal(number.value, 54345, "an item that is stored changes the pointee");

  const other = new c_int(12321);
  result.contents = other;
  assert.equal(result.contents.value, 12321);
  assert.equal(number.value, 54345, "contents that is stored points elsewhere");
  other.value = -99;
  assert.equal(result.contents.value, -99);
});

row("test_callbacks_with_pointers", () => {
  const Callback = CFUNCTYPE(c_int, POINTER(c_int));
  const seen: number[] = [];
  const callback = new Callback((table) => {
    for (let i = 0; i < 10; i++) seen.push(table?.[i] as number);
    return 0;
  });
  const func = undeclared("_testfunc_callback_with_pointer");
  func(callback);
  func(callback);
  const table = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  assert.deepEqual(seen, [...table, ...table]);
});

row("test_basics", () => {
  for (const type of numeric) {
    const number = new type(42);
    const p = pointer(number);
    assert.equal(p.contents.constructor, type);
    assert.equal(Number(p.contents.value), 42, type.name);
    assert.equal(Number(p[0]), 42, type.name);
    delete p[0];
    assert.equal(Number(p[0]), 42, `${type.name}: what a pointer points to cannot be deleted`);
  }
});

row("test_from_address", () => {
  const Twice = POINTER(POINTER(c_int));
  assert.equal(sizeof(Twice), sizeof(c_void_p));
  const inner = pointer(new c_int(5));
  assert.equal(Twice.from_address(cast(pointer(pointer(inner)), c_void_p).value as number)[0]?.[0], 5);
});

row("test_pointer_from_pointer", () => {
  const p1 = POINTER(c_int);
  const p2 = POINTER(p1);
  assert.notEqual(p1, p2 as unknown);
  assert.equal(pointerTypeOf(p1), p2);
  assert.equal(p2._type_, p1);
});

row("test_other", () => {
  class Table extends Structure({ a: c_int, b: c_int, c: c_int }) {}
  const table = new Table([1, 2, 3]);
  const p = pointer(table);
  assert.deepEqual([p.contents.a, p.contents.b, p.contents.c], [1, 2, 3]);
  p.contents.c = 33;
  assert.equal(table.c, 33);
});

row("test_basic", () => {
  const p = pointer(new c_int(42));
  assert.equal((p as { length?: unknown }).length, undefined, "C knows no length of what is pointed to");
  assert.equal("length" in p, false);
  assert.equal(p[0], 42);
  assert.deepEqual(p.slice(0, 1), [42]);
  assert.equal(p.contents.value, 42);
});

row("test_charpp", () => {
  const func = undeclared("_testfunc_c_p_p");
  func.restype = c_char_p;
  const words = new (ARRAY(c_char_p, 2))("hello", "world");
  assert.equal(func(byref(new c_int(2)), words), "world");
  assert.equal(func(byref(new c_int(1)), words), "hello");
});

row("test_bug_1467852", async () => {
  const pp = (() => {
    const p = pointer(new c_int(5));
    return pointer(p);
  })();
  const others = [];
  for (let i = 0; i < 32_000; i++) others.push(new c_int(i));
  (() => {
    pp[0] = pointer(new c_int(6));
  })();
  await collect();
  for (let i = 0; i < 32_000; i++) others.push(new c_int(i));
  assert.equal(pp.contents[0], 6);
  assert.equal(pp[0]?.[0], 6);
  assert.equal(others.length, 64_000);
});

row("test_c_void_p", () => {
  const all = 2n ** 64n - 1n;
  assert.equal(sizeof(c_void_p), 8);
  assert.equal(new c_void_p(0xffffffff).value, 0xffffffff);
  assert.equal(new c_void_p(all).value as unknown, all, "beyond 2^53 it reads as a bigint, exactly");
  for (const same of [2n ** 96n - 1n, -1n, -1]) assert.equal(new c_void_p(same).value as unknown, all, String(same));
  throws(() => new c_void_p(3.14), TypeError, /expected an address/);
  throws(() => new c_void_p({} as never), TypeError, /expected an address/);
});

row("test_read_null_pointer", () => {
  const empty = new (POINTER(c_int))();
  throws(() => empty[0], NullPointerError, "POINTER(c_int)[0]: the pointer is NULL");
  throws(() => empty.contents, NullPointerError, "POINTER(c_int).contents: the pointer is NULL");
});

row("test_write_null_pointer", () => {
  const empty = new (POINTER(c_int))();
  throws(() => (empty[0] = 1), NullPointerError, "POINTER(c_int)[0]: the pointer is NULL");
});

row("test_set_pointer_to_null_and_read", () => {
  class Bar extends Structure({ values: POINTER(c_int) }) {}
  const bar = new Bar({ values: new (ARRAY(c_int, 3))(1, 2, 3) });
  assert.deepEqual(bar.values?.slice(0, 3), [1, 2, 3]);
  const { values } = bar;
  bar.values = null;
  assert.equal(bar.values, null, "NULL reads as null");
  throws(() => values?.[0], NullPointerError, "POINTER(c_int)[0]: the pointer is NULL");
});

row("test_pointers_bool", () => {
  // Objects of JavaScript are always true; a NULL pointer is null where it is read from memory.
  const read = (p: Pointer<c_int>) => pointer(p)[0];
  assert.equal(Boolean(read(new (POINTER(c_int))())), false);
  assert.equal(Boolean(read(pointer(new c_int()))), true);
  assert.equal(Boolean(cast(new (POINTER(c_int))(), c_void_p).value), false);

  const Nothing = CFUNCTYPE(null);
  class Holder extends Structure({ func: Nothing }) {}
  throws(() => new Nothing(0), TypeError, /got NULL; use null/);
  assert.equal(Boolean(new Holder().func), false);
  const holder = new Holder({ func: new Nothing(42) });
  assert.equal(Boolean(holder.func), true);
});

row("test_pointer_type_name", () => {
  const name = "A".repeat(2 ** 20);
  const Long = { [name]: class extends Structure({ x: c_int }) {} }[name] as TypeOf;
  assert.equal(Long.name, name);
  assert.equal(POINTER(Long).name, `LP_${name}`);
  assert.equal(new (POINTER(Long))(new (Long as new () => never)()).contents.constructor, Long);
});

row("test_abstract", () => {
  // There is no base of all pointers whose pointee could be set; a pointer type is made of its pointee, for good.
  for (const none of [42, undefined, "c_int", {}]) {
    throws(() => POINTER(none as never), TypeError, /^POINTER\(\): expected a C type, got /);
  }
});

row("test_pointer_types_equal", () => {
  const type = POINTER(c_int);
  assert.equal(POINTER(c_int), type);
  assert.equal(new type().constructor, type);
  assert.equal(new type(new c_int(1)).constructor, type);
  assert.equal(pointer(new c_int(1)).constructor, type);
});

row("test_pointer_not_ctypes_type", () => {
  throws(() => POINTER(Number as never), TypeError, "POINTER(): expected a C type, got the class Number");
  throws(() => pointer(Number as never), TypeError, "pointer(): expected a C object, got the class Number");
  throws(() => pointer(1 as never), TypeError, "pointer(): expected a C object, got the number 1");
});

row("test_pointer_type_attribute_is_none", () => {
  class Fresh extends Structure({ a: c_int }) {}
  assert.equal(pointerTypeOf(Fresh), undefined);
  const type = POINTER(Fresh);
  assert.equal(pointerTypeOf(Fresh), type);
  class Derived extends Fresh {}
  assert.equal(pointerTypeOf(Derived), undefined, "a derived class does not inherit it");
  assert.notEqual(POINTER(Derived), type as unknown);
  assert.equal(pointerTypeOf(Derived), POINTER(Derived));
});

row("test_pointer_types_factory", async () => {
  const refs = (() => {
    const types: object[] = [];
    for (let i = 0; i < 10; i++) {
      class Made extends Structure({ a: c_int, next: () => POINTER(Made) }) {}
      assert.equal(pointer(new Made({ a: i })).contents.a, i);
      types.push(Made, POINTER(Made), ARRAY(Made, 2));
    }
    return types.map((type) => new WeakRef(type));
  })();
  await setImmediate();
  await collect(8);
  const left = refs.filter((ref) => ref.deref() !== undefined).length;
  assert.equal(left, 0, `${left} of ${refs.length} types were not collected`);
});
