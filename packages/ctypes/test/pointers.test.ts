/**
 * Pointers: NULL, contents, indices, casts and references.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  addressof,
  byref,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_short,
  c_size_t,
  c_uint,
  c_ushort,
  c_void_p,
  cast,
  NullPointerError,
  POINTER,
  type Pointer,
  pointer,
  type Ref,
  Structure,
  sizeof,
} from "ctypes-js";
import { type Equal, expectType, sizeName, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}

// -- Pointing --------------------------------------------------------------------------------------

test("a pointer's contents is the object itself", () => {
  const n = new c_int(5);
  const p = pointer(n);
  expectType<Equal<typeof p, Pointer<c_int>>>();
  expectType<Equal<typeof p.contents, c_int>>();
  assert.equal(p.contents.value, 5);
  p.contents.value = 6;
  assert.equal(n.value, 6);
  assert.notEqual(p.contents, n, "but another view of it");
  assert.equal(addressof(p.contents), addressof(n));
});

test("assigning contents points elsewhere", () => {
  const first = new c_int(1);
  const second = new c_int(2);
  const p = pointer(first);
  p.contents = second;
  assert.equal(p.contents.value, 2);
  p.contents.value = 20;
  assert.deepEqual([first.value, second.value], [1, 20]);
});

test("the same pointee type gives the same pointer type", () => {
  assert.equal(POINTER(c_int), POINTER(c_int));
  assert.equal(POINTER(null), c_void_p);
  assert.equal(POINTER(c_int)._type_, c_int);
  assert.equal(POINTER(c_int).name, "LP_c_int");
  assert.equal(sizeof(POINTER(c_int)), 8);
});

test("a pointer copied from a pointer points to the same", () => {
  const n = new c_int(5);
  const p = new (POINTER(c_int))(pointer(n));
  p.contents.value = 9;
  assert.equal(n.value, 9);
});

test("a pointer to a pointer leads to the pointee", () => {
  const n = new c_int(5);
  const pp = pointer(pointer(n));
  expectType<Equal<typeof pp.contents, Pointer<c_int>>>();
  pp.contents.contents.value = 7;
  assert.equal(n.value, 7);
  assert.equal(pp.at(0)?.contents.value, 7);
});

test("a class derived from a pointer type points to the same type", () => {
  class Counter extends POINTER(c_int) {
    next(): number {
      return ++this.contents.value;
    }
  }
  const n = new c_int(4);
  const counter = new Counter(n);
  assert.ok(counter instanceof Counter);
  assert.equal(counter.next(), 5);
  assert.equal(n.value, 5);
  assert.equal(sizeof(Counter), 8);
  throws(
    () => new Counter(new c_uint(1) as never),
    TypeError,
    "POINTER(c_int).contents: expected an instance of c_int, got a c_uint",
  );
});

test("what has no pointee is no pointer", () => {
  // @ts-expect-error a number is no C object
  throws(() => pointer(5), TypeError, "pointer(): expected a C object, got the number 5");
  throws(() => POINTER(5 as never), TypeError, "POINTER(): expected a C type, got the number 5");
  throws(
    // @ts-expect-error a pointer to one thing is no pointer to another
    () => new (POINTER(c_int))(new c_uint(1)),
    TypeError,
    "POINTER(c_int).contents: expected an instance of c_int, got a c_uint",
  );
  throws(
    () => (pointer(new c_int()).contents = 5 as never),
    TypeError,
    "POINTER(c_int).contents: expected an instance of c_int, got the number 5",
  );
});

// -- NULL ------------------------------------------------------------------------------------------

test("a pointer without a pointee is NULL, and following it is an error", () => {
  const p = new (POINTER(Point))();
  throws(() => p.contents, NullPointerError, "POINTER(Point).contents: the pointer is NULL");
  throws(() => p[0], NullPointerError, "POINTER(Point)[0]: the pointer is NULL");
  throws(() => p.at(3), NullPointerError, "POINTER(Point)[3]: the pointer is NULL");
  throws(() => (p[1] = new Point()), NullPointerError, "POINTER(Point)[1]: the pointer is NULL");
  assert.ok(new NullPointerError() instanceof TypeError);
  assert.equal(new NullPointerError().code, "ERR_CTYPES_NULL_POINTER");
});

test("a NULL pointer can be given a pointee", () => {
  const p = new (POINTER(Point))();
  p.contents = new Point({ x: 4 });
  assert.equal(p.contents.x, 4);
});

test("a NULL member reads as null, and null is stored as NULL", () => {
  class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {}
  const node = new Node();
  expectType<Equal<typeof node.next, Pointer<Node> | null>>();
  assert.equal(node.next, null);
  node.next = pointer(new Node({ value: 2 }));
  assert.equal(node.next?.contents.value, 2);
  node.next = null;
  assert.equal(node.next, null);
});

test("NULL items of an array of pointers read as null", () => {
  const pointers = new (ARRAY(POINTER(c_int), 2))(pointer(new c_int(3)));
  expectType<Equal<(typeof pointers)[0], Pointer<c_int> | null>>();
  assert.equal(pointers.at(0)?.contents.value, 3);
  assert.equal(pointers.at(1), null);
});

test("a NULL pointer stored as a member reads as null", () => {
  class Holder extends Structure({ p: POINTER(c_int) }) {}
  const holder = new Holder({ p: new (POINTER(c_int))() });
  assert.equal(holder.p, null);
});

// -- Arithmetic ------------------------------------------------------------------------------------

test("an index counts items from the pointee, without bounds, as in C", () => {
  const numbers = new (ARRAY(c_int, 4))(10, 20, 30, 40);
  const p = cast(numbers, POINTER(c_int));
  expectType<Equal<(typeof p)[0], number>>();
  assert.deepEqual([p[0], p[1], p.at(3)], [10, 20, 40]);
  p[2] = 33;
  assert.equal(numbers[2], 33);
  const middle = pointer(c_int.from_address(addressof(numbers) + 8));
  assert.equal(middle[-1], 20);
  middle[-2] = 11;
  assert.equal(numbers[0], 11);
});

test("items that are structures are views", () => {
  const points = new (ARRAY(Point, 2))({ x: 1 }, { x: 2 });
  const p = cast(points, POINTER(Point));
  p.at(1).y = 5;
  assert.equal(points.at(1).y, 5);
  p[0] = points.at(1);
  assert.equal(points.at(0).y, 5);
});

test("an index must be an integer", () => {
  const p = pointer(new c_int());
  throws(() => p.at(1.5), TypeError, "POINTER(c_int): expected an integer index, got the number 1.5");
  throws(
    () => (p[0] = "x" as never),
    TypeError,
    'POINTER(c_int)[0]: expected an integer for c_int, got the string "x"',
  );
});

// -- Members and items -----------------------------------------------------------------------------

class Holder extends Structure({ numbers: POINTER(c_int), point: POINTER(Point) }) {}

test("a pointer member takes a pointer or an array of the pointee", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  const holder = new Holder({ numbers, point: pointer(new Point({ y: 5 })) });
  assert.equal(holder.numbers?.at(2), 3);
  assert.equal(holder.point?.contents.y, 5);
  assert.equal(holder.numbers?.at(0), 1);
});

test("a pointer member that was read follows the member", () => {
  const holder = new Holder({ numbers: pointer(new c_int(1)) });
  const view = holder.numbers as Pointer<c_int>;
  holder.numbers = pointer(new c_int(2));
  assert.equal(view.contents.value, 2, "it is a view of the member, as in ctypes");
  view.contents = new c_int(3);
  assert.equal(holder.numbers?.contents.value, 3);
});

test("a pointer member refuses what does not keep its pointee", () => {
  const holder = new Holder();
  const refuses = (value: unknown, got: string) =>
    throws(
      () => (holder.numbers = value as never),
      TypeError,
      `Holder.numbers: expected POINTER(c_int), an array or buffer of c_int, or null, got ${got}`,
    );
  refuses(5, "the number 5");
  refuses("text", 'the string "text"');
  refuses(byref(new c_int()), "a byref() or from_param() result");
  refuses(new c_int(), "a c_int");
  refuses(pointer(new c_uint()), "a POINTER(c_uint)");
  refuses(new (ARRAY(c_short, 2))(), "an ARRAY(c_short, 2)");
  refuses(undefined, "undefined");
});

// -- byref -----------------------------------------------------------------------------------------

test("byref refers to an object, for an argument list", () => {
  const n = new c_int(5);
  const ref = byref(n);
  expectType<Equal<typeof ref, Ref<c_int>>>();
  assert.equal(ref._obj, n);
  // @ts-expect-error only objects have addresses
  throws(() => byref(5), TypeError, "byref(): argument 1: expected a C object, got the number 5");
  throws(() => byref(n, 0.5), TypeError, "byref(): argument 2: expected an integer offset, got the number 0.5");
});

test("a pointer parameter takes instances of derived classes, and nothing that only says it is one", () => {
  class Handle extends c_int {}
  class Handles extends ARRAY(c_int, 2) {}
  class Spot extends POINTER(c_int) {}
  const first = new (CFUNCTYPE(c_int, POINTER(c_int)))((p) => p?.contents.value ?? -1);
  for (const _ of [1, 2]) {
    assert.equal(first(new Handle(3)), 3);
    assert.equal(first(byref(new Handle(4))), 4);
    assert.equal(first(new Handles(5, 6)), 5);
    assert.equal(first(new Spot(new c_int(7))), 7);
    assert.equal(first(new Int32Array([8])), 8);
    assert.equal(first(null), -1);
    for (const forged of [{ constructor: c_int }, { constructor: POINTER(c_int) }, c_int.prototype]) {
      throws(() => first(forged as never), ArgumentError, /argument 1: expected POINTER\(c_int\), c_int, byref/);
    }
  }
});

test("what byref gives shows the object alone", () => {
  assert.deepEqual(Object.keys(byref(new c_int(1))), ["_obj"]);
});

test("byref with an offset refers to what lies after", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  assert.equal(cast(byref(numbers, 8), POINTER(c_int)).contents.value, 3);
});

// -- cast ------------------------------------------------------------------------------------------

test("cast gives the same address another type", () => {
  const n = new c_int(0x01020304);
  const bytes = cast(pointer(n), POINTER(c_char));
  expectType<Equal<typeof bytes, Pointer<c_char>>>();
  assert.equal(bytes[0], "\x04");
});

test("cast takes arrays, addresses, pointers, buffers, text pointers and null", () => {
  const numbers = new (ARRAY(c_int, 2))(1, 2);
  assert.equal(cast(numbers, POINTER(c_int)).at(1), 2);
  assert.equal(cast(addressof(numbers), POINTER(c_int)).at(1), 2);
  assert.equal(cast(BigInt(addressof(numbers)), POINTER(c_int)).at(1), 2);
  assert.equal(cast(pointer(numbers), POINTER(c_int)).at(1), 2);
  assert.equal(cast(byref(numbers), POINTER(c_int)).at(1), 2);
  assert.equal(cast(Int32Array.of(7, 8), POINTER(c_int)).at(1), 8);
  assert.equal(cast(new c_char_p("xyz"), POINTER(c_char)).at(1), "y");
  assert.equal(cast(new c_void_p(addressof(numbers)), POINTER(c_int)).at(1), 2);
  throws(() => cast(null, POINTER(c_int)).contents, NullPointerError, "POINTER(c_int).contents: the pointer is NULL");
});

test("cast to a text pointer reads the text", () => {
  const buffer = new (ARRAY(c_char, 6))();
  buffer.value = "hello";
  const text = cast(buffer, c_char_p);
  expectType<Equal<typeof text, c_char_p>>();
  assert.equal(text.value, "hello");
  assert.equal(cast(buffer, c_void_p).value, addressof(buffer));
});

test("cast to a function type calls what lies there", () => {
  const Binary = CFUNCTYPE(c_int, c_int, c_int);
  const add = new Binary((a, b) => a + b);
  const again = cast(cast(add, c_void_p), Binary);
  assert.equal(again(2, 3), 5);
  throws(() => cast(null, Binary), TypeError, "cast(): argument 1: NULL is not a function; use null");
});

test("cast refuses what is no pointer", () => {
  const message = "cast(): argument 1: expected an address, a pointer, an array, a buffer or null for c_void_p, got ";
  // @ts-expect-error text is no address
  throws(() => cast("text", POINTER(c_char)), TypeError, `${message}the string "text"`);
  // @ts-expect-error an integer object is no pointer
  throws(() => cast(new c_int(), POINTER(c_char)), TypeError, `${message}a c_int`);
  // @ts-expect-error a structure is no pointer
  throws(() => cast(new Point(), POINTER(c_char)), TypeError, `${message}a Point`);
  throws(() => cast(1.5, POINTER(c_char)), TypeError, `${message}the number 1.5`);
  throws(() => cast(null, c_int), TypeError, "cast(): argument 2: expected a pointer type, got c_int");
  throws(() => cast(null, Point), TypeError, "cast(): argument 2: expected a pointer type, got Point");
  throws(
    () => cast(null, ARRAY(c_int, 2)),
    TypeError,
    "cast(): argument 2: expected a pointer type, got ARRAY(c_int, 2)",
  );
  throws(() => cast(null, {} as never), TypeError, "cast(): argument 2: expected a pointer type, got an object");
});

// -- Addresses -------------------------------------------------------------------------------------

test("from_address refuses NULL and what is no address", () => {
  throws(() => c_int.from_address(0), NullPointerError, "c_int.from_address(): the address is NULL");
  throws(
    () => c_int.from_address("x" as never),
    TypeError,
    'c_int.from_address(): expected an address (an integer of 64 bits), got the string "x"',
  );
  throws(
    () => c_int.from_address(-1),
    RangeError,
    "c_int.from_address(): 0xffffffffffffffff is not an address of user space",
  );
  throws(() => c_int.from_address(16), RangeError, "c_int.from_address(): 0x10 lies in the page of NULL");
  throws(() => c_int.from_address(2 ** 60), RangeError, /is not an address of user space$/);
});

test("addressof, sizeof and alignment refuse what is no C thing", () => {
  // @ts-expect-error a type has no address
  throws(() => addressof(c_int), TypeError, "addressof(): expected a C object, got the class c_int");
  // @ts-expect-error a number is no C object
  throws(() => addressof(5), TypeError, "addressof(): expected a C object, got the number 5");
  // @ts-expect-error nor has it a size
  throws(() => sizeof(5), TypeError, "sizeof(): expected a C type or object, got the number 5");
  assert.equal(sizeof(pointer(new c_double())), 8);
});

test("from_buffer checks the buffer", () => {
  throws(
    () => c_int.from_buffer([1, 2] as never),
    TypeError,
    "c_int.from_buffer(): expected a buffer, typed array or C object, got an array",
  );
  throws(
    () => c_size_t.from_buffer(new Uint8Array(7)),
    RangeError,
    `${sizeName}.from_buffer(): the buffer is too small: 7 bytes instead of at least 8`,
  );
  throws(
    () => c_size_t.from_buffer_copy(new Uint8Array(16), 9),
    RangeError,
    `${sizeName}.from_buffer_copy(): the buffer is too small: 16 bytes instead of at least 17`,
  );
  throws(
    () => c_int.from_buffer(new Uint8Array(8), -1),
    RangeError,
    "c_int.from_buffer(): the offset cannot be negative, got -1",
  );
  throws(
    () => c_int.from_buffer(new Uint8Array(8), 0.5),
    TypeError,
    "c_int.from_buffer(): expected an integer offset, got the number 0.5",
  );
  assert.equal(c_ushort.from_buffer(new DataView(Uint8Array.of(0, 1, 2).buffer, 1)).value, 0x201);
});
