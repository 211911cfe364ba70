/**
 * Objects of C as JavaScript's own tools see them: `JSON`, `Object.keys`, spread, templates, and plain values and back.
 * Comparing is `equality.test.ts`.
 */
import assert from "node:assert";
import { test } from "node:test";
import { inspect } from "node:util";
import * as workers from "node:worker_threads";
import {
  _SimpleCData,
  ARRAY,
  addressof,
  assign,
  CDLL,
  CFUNCTYPE,
  c_bool,
  c_char,
  c_char_p,
  c_char16_p,
  c_char32_p,
  c_double,
  c_int,
  c_longlong,
  c_ubyte,
  c_void_p,
  c_wchar_p,
  POINTER,
  pointer,
  Structure,
  toPlain,
  Union,
} from "ctypes-js";
import { rawffi } from "rawffi";
import { callback, Flags, Handler, Id, Matrix, Named, Node, next, Point, Rect, Tagged, Value } from "./equality.ts";
import { type Equal, expectType, throws } from "./support.ts";

test("structuredClone and postMessage refuse objects of C, where the runtime lets an object refuse", (context) => {
  const objects = [new Point({ x: 1 }), new Rect().a, new (ARRAY(c_int, 2))(), pointer(new c_int(1)), new c_int(1)];
  if (rawffi.uncloneable === null) {
    assert.deepEqual(structuredClone(objects[0]), {});
    context.skip("objects cannot refuse: Node is older than 22.10, or the V8 part is not there");
    return;
  }
  const { port1 } = new MessageChannel();
  for (const object of objects) {
    assert.throws(() => structuredClone(object), { name: "DataCloneError" });
    assert.throws(() => structuredClone({ within: [object] }), { name: "DataCloneError" });
    assert.throws(() => port1.postMessage(object), { name: "DataCloneError" });
  }
  port1.close();
  assert.deepEqual(structuredClone(toPlain(objects[0] as Point)), { x: 1, y: 0 });
});

test("where Node can mark objects, the V8 part finds the mark", () => {
  const canMark = "markAsUncloneable" in workers;
  const hasV8Part = process.platform !== "win32" && !["frame", "libffi"].includes(process.env.RAWFFI_TIER ?? "");
  assert.equal(rawffi.uncloneable !== null, canMark && hasV8Part, process.version);
});

test("nobody sees what an object is made of", () => {
  const point = new Point({ x: 1 });
  const objects = [point, new Rect().a, new (ARRAY(c_int, 2))(), pointer(point), new c_int(1), new Value(), new Id()];
  for (const object of objects) {
    if ("view" in object) void (object as { view: unknown }).view;
    assert.deepEqual(Reflect.ownKeys(object), []);
    assert.deepEqual(Reflect.ownKeys({ ...object }), []);
    assert.deepEqual(Reflect.ownKeys(Object.assign({}, object)), []);
    assert.deepEqual(Object.entries(object), []);
  }
  assert.deepEqual(Object.keys(callback), []);
  assert.deepEqual(Reflect.ownKeys({ ...callback }), []);
});

test("instances are of their class, whether they own their memory or share it", () => {
  for (const point of [new Point(), new Rect().a, Point.from_buffer(new Uint8Array(8))]) {
    assert.ok(point instanceof Point);
    assert.equal(point.constructor, Point);
    assert.ok(Object.prototype.isPrototypeOf.call(Point.prototype, point));
  }
  class Counted extends Point {
    #secret = 5;
    readonly visible = 6;
    get secret() {
      return this.#secret;
    }
  }
  const counted = new Counted({ x: 1 });
  assert.deepEqual([counted.x, counted.secret, counted.visible], [1, 5, 6]);
  assert.deepEqual(Object.keys(counted), ["visible"]);
});

test("an object under another prototype has no memory", () => {
  const small = new c_ubyte(1);
  Object.setPrototypeOf(small, Object.getPrototypeOf(new Rect()));
  assert.throws(() => (small as unknown as Rect).b.y, TypeError);
  Object.setPrototypeOf(small, Rect.prototype);
  assert.throws(() => (small as unknown as Rect).b.y, TypeError);
});

// -- Plain values and back -------------------------------------------------------------------------

test("toPlain gives values all the way down", () => {
  const rect = toPlain(new Rect({ a: { x: 1, y: 2 } }));
  expectType<Equal<typeof rect, { a: { x: number; y: number }; b: { x: number; y: number } }>>();
  assert.deepStrictEqual(rect, { a: { x: 1, y: 2 }, b: { x: 0, y: 0 } });
  const named = toPlain(new Named({ name: "ab", wide: "é", text: "t", size: 2n ** 60n }));
  expectType<Equal<typeof named, { name: string; wide: string; text: string | null; size: bigint }>>();
  assert.deepStrictEqual(named, { name: "ab", wide: "é", text: "t", size: 2n ** 60n });
  const matrix = toPlain(
    new Matrix({
      rows: [
        [1, 2],
        [3, 4],
      ],
    }),
  );
  expectType<Equal<typeof matrix, { rows: number[][] }>>();
  assert.deepStrictEqual(matrix, {
    rows: [
      [1, 2],
      [3, 4],
    ],
  });
  assert.deepStrictEqual(toPlain(new Flags({ kind: 5, low: -3 })), { kind: 5, low: -3, big: 0n });
  assert.deepStrictEqual(toPlain(new Value({ i: 1 })), { i: 1, f: 2 ** -149, bytes: [1, 0, 0, 0, 0, 0, 0, 0] });
  const numbers = toPlain(new (ARRAY(c_int, 2))(1, 2));
  expectType<Equal<typeof numbers, number[]>>();
  assert.deepStrictEqual(numbers, [1, 2]);
  const five = toPlain(new c_int(5));
  expectType<Equal<typeof five, number>>();
  assert.equal(five, 5);
  // @ts-expect-error what is no C object has no plain values
  throws(() => toPlain({}), TypeError, "toPlain(): argument 1: expected a C object, got an object");
});

test("what toPlain gives makes the same object again", () => {
  const target = new c_int(7);
  class Everything extends Structure({ p: POINTER(c_int), h: Handler, t: Tagged, m: Matrix, f: Flags, n: Named }) {}
  const one = new Everything({ p: pointer(target), h: { call: callback, data: 16 }, t: { tag: 1, value: { i: 5 } } });
  assign(one, {
    m: {
      rows: [
        [1, 2],
        [3, 4],
      ],
    },
    f: { kind: 1, low: -1 },
    n: { name: "abc", wide: "d", text: "e" },
  });
  assert.deepStrictEqual(new Everything(toPlain(one)), one);
  assert.deepStrictEqual(assign(new Everything(), toPlain(one)), one);
});

test("a plain copy does not follow the object, and its pointers keep what they point to", () => {
  const node = new Node({ value: 1, next });
  const plain = toPlain(node);
  node.value = 2;
  node.next = null;
  assert.equal(plain.value, 1);
  assert.equal(plain.next?.contents.value, 2);
});

test("JSON.stringify writes members, items and text", () => {
  assert.equal(JSON.stringify(new Rect({ a: { x: 1 } })), '{"a":{"x":1,"y":0},"b":{"x":0,"y":0}}');
  assert.equal(JSON.stringify(new (ARRAY(Point, 1))({ x: 1 })), '[{"x":1,"y":0}]');
  assert.equal(
    JSON.stringify(new Named({ name: 'a"b', wide: "é" })),
    '{"name":"a\\"b","wide":"é","text":null,"size":0}',
  );
  assert.equal(JSON.stringify({ id: new Id(5), flag: new c_bool(true) }), '{"id":5,"flag":true}');
  assert.equal(JSON.stringify(new Matrix()), '{"rows":[[0,0],[0,0]]}');
});

test("JSON has integers beyond 2^53 as strings, addresses as C prints them, and no NaN", () => {
  assert.equal(
    JSON.stringify([new c_longlong(2n ** 53n - 1n), new c_longlong(-(2n ** 53n))]),
    '[9007199254740991,"-9007199254740992"]',
  );
  const address = JSON.parse(JSON.stringify(new Node({ next }))) as { next: string };
  assert.match(address.next, /^0x[0-9a-f]+$/);
  assert.equal(JSON.stringify(new Node()), '{"value":0,"next":null}');
  assert.match(JSON.stringify(callback), /^"0x[0-9a-f]+"$/);
  assert.equal(JSON.stringify([new c_double(Number.NaN)]), "[null]");
  assert.equal(JSON.stringify(new Handler({ data: 16 })), '{"call":null,"data":16}');
});

test("a list that leads back to itself is written and compared", () => {
  const node = new Node({ value: 1 });
  node.next = pointer(node);
  assert.match(JSON.stringify(node), /^\{"value":1,"next":"0x/);
  assert.deepStrictEqual(new Node({ value: 1, next: pointer(node) }), node);
});

test("text that cannot be read is its address: compared, as a plain value, as JSON and in a log", () => {
  class Text extends Structure({ text: c_char_p, wide: c_wchar_p }) {}
  class Texts extends ARRAY(c_char16_p, 2) {}
  class Either extends Union({ i: c_int, s: c_char_p, w: c_char32_p }) {}
  class Variant extends Structure({ kind: c_int, as: Either, all: Texts, next: POINTER(c_char_p) }) {}
  // Beside NULL, in the page of NULL, not of user space, and -1.
  for (const address of [5n, 4095n, 2n ** 47n, 2n ** 63n, 2n ** 64n - 1n]) {
    const number = address < 2n ** 53n ? Number(address) : address;
    const shown = `0x${address.toString(16)}`;
    const wild = (at: bigint) => Text.from_buffer(new BigUint64Array([at, at]));
    assert.deepStrictEqual(wild(address), wild(address));
    assert.notDeepStrictEqual(wild(address), wild(8192n));
    assert.deepStrictEqual(toPlain<Text>(wild(address)), { text: number, wide: number });
    assert.equal(JSON.stringify(wild(address)), JSON.stringify({ text: shown, wide: shown }));
    assert.equal(inspect(wild(address)), `Text { text: ${shown}, wide: ${shown} }`);
    const texts = Texts.from_buffer(new BigUint64Array([0n, address]));
    assert.deepStrictEqual(toPlain<Texts>(texts), [null, number]);
    assert.equal(JSON.stringify(texts), `[null,"${shown}"]`);
    assert.match(inspect(texts), new RegExp(` \\[ null, ${shown} \\]$`));
    const memory = new BigUint64Array([1n, address, address, 0n, address]);
    const variant = Variant.from_buffer(memory);
    const i = Number(BigInt.asIntN(32, address));
    const { next: pointerToText, ...values } = toPlain<Variant>(variant);
    assert.deepStrictEqual(values, { kind: 1, as: { i, s: number, w: number }, all: [number, null] });
    assert.deepStrictEqual(pointerToText, variant.next);
    assert.equal(
      JSON.stringify([variant]),
      JSON.stringify([{ kind: 1, as: { i, s: shown, w: shown }, all: [shown, null], next: shown }]),
    );
    assert.ok(inspect(variant, { breakLength: Infinity }).includes(`as: Either { i: ${i}, s: ${shown}, w: ${shown} }`));
    const one = c_char_p.from_buffer(new BigUint64Array([address]));
    assert.equal(inspect(one), `c_char_p(${shown})`);
    assert.equal(toPlain(one) as unknown, number);
    assert.equal(JSON.stringify(one), JSON.stringify(shown));
    assert.throws(() => wild(address).text);
    assert.throws(() => one.value);
  }
});

// -- Text ------------------------------------------------------------------------------------------

test("an array of characters is its text in a template", () => {
  const named = new Named({ name: "abc", wide: "é" });
  assert.equal(`${named.name}, ${named.wide}`, "abc, é");
  assert.equal(`${named.name}`, named.name.value);
  assert.equal(String(new (ARRAY(c_char, 3))("a", "b", "c")), "abc");
});

test("a function of a library is a function to everybody", () => {
  const { abs } = new CDLL(null, { abs: CFUNCTYPE(c_int, c_int) });
  assert.equal(Object.prototype.toString.call(abs), "[object Function]");
  assert.deepStrictEqual({ abs }, { abs });
});

// -- Memory of other objects -----------------------------------------------------------------------

test("from_buffer and from_buffer_copy take objects of C", () => {
  const numbers = new (ARRAY(c_int, 4))(1, 2, 3, 4);
  const point = Point.from_buffer(numbers, 8);
  point.x = 5;
  assert.deepEqual([...numbers], [1, 2, 5, 4]);
  const copied = Point.from_buffer_copy(numbers, 8);
  numbers[2] = 6;
  assert.deepEqual([point.x, copied.x, copied.y], [6, 5, 4]);
  assert.equal(c_int.from_buffer(new Rect({ b: { x: 7 } }).b).value, 7);
  const foreign = Point.from_address(addressof(numbers));
  assert.equal(Point.from_buffer(foreign).x, 1);
  throws(
    () => Rect.from_buffer(numbers, 4),
    RangeError,
    "Rect.from_buffer(): the buffer is too small: 16 bytes instead of at least 20",
  );
  throws(
    () => Point.from_buffer_copy("abc" as never),
    TypeError,
    'Point.from_buffer_copy(): expected a buffer, typed array or C object, got the string "abc"',
  );
});

test("objects of simple types are instances of _SimpleCData", () => {
  for (const object of [new c_int(1), new Id(1), new c_char_p("a"), new c_void_p(1), new (_SimpleCData("I"))(2)]) {
    assert.ok(object instanceof _SimpleCData);
  }
  for (const other of [new Point(), new (ARRAY(c_int, 1))(), pointer(new c_int()), callback, {}, null, 5]) {
    assert.ok(!((other as unknown) instanceof _SimpleCData));
  }
});
