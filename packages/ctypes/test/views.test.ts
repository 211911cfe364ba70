/**
 * Typed arrays on C's memory: `array.view` and `pointer.view(length)`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  ARRAY,
  addressof,
  BigEndianStructure,
  CDLL,
  CFUNCTYPE,
  c_bool,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_int64,
  c_longdouble,
  c_short,
  c_size_t,
  c_ssize_t,
  c_ubyte,
  c_uint,
  c_uint64,
  c_ushort,
  c_void_p,
  c_wchar,
  cast,
  NullPointerError,
  POINTER,
  pointer,
  resize,
  Structure,
} from "ctypes-js";
import { rawffi } from "rawffi";
import { collect, type Equal, expectType, noWindows, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
const { malloc, free, qsort } = new CDLL(null, {
  malloc: CFUNCTYPE(c_void_p, c_size_t),
  free: CFUNCTYPE(null, c_void_p),
  qsort: CFUNCTYPE(null, c_void_p, c_size_t, c_size_t, CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))),
});

// -- What it is ------------------------------------------------------------------------------------

test("a view is the array's memory as a typed array, live both ways", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  const { view } = numbers;
  expectType<Equal<typeof view, Int32Array>>();
  assert.deepEqual(view, new Int32Array([1, 2, 3]));
  view[0] = 10;
  numbers[2] = 30;
  assert.deepEqual([...numbers], [10, 2, 30]);
  assert.deepEqual([...view], [10, 2, 30]);
});

test("each type of number has its typed array", () => {
  const views = {
    byte: new (ARRAY(c_byte, 1))(-1).view,
    ubyte: new (ARRAY(c_ubyte, 1))(255).view,
    char: new (ARRAY(c_char, 1))("a").view,
    bool: new (ARRAY(c_bool, 1))(true).view,
    short: new (ARRAY(c_short, 1))(-2).view,
    ushort: new (ARRAY(c_ushort, 1))(65535).view,
    uint: new (ARRAY(c_uint, 1))(2 ** 32 - 1).view,
    long: new (ARRAY(c_ssize_t, 1))(-3).view,
    size: new (ARRAY(c_size_t, 1))(2 ** 53).view,
    int64: new (ARRAY(c_int64, 1))(-4n).view,
    uint64: new (ARRAY(c_uint64, 1))(2n ** 64n - 1n).view,
    float: new (ARRAY(c_float, 1))(0.5).view,
    double: new (ARRAY(c_double, 1))(0.1).view,
  };
  interface Expected {
    byte: Int8Array;
    ubyte: Uint8Array;
    char: Uint8Array;
    bool: Uint8Array;
    short: Int16Array;
    ushort: Uint16Array;
    uint: Uint32Array;
    long: BigInt64Array;
    size: BigUint64Array;
    int64: BigInt64Array;
    uint64: BigUint64Array;
    float: Float32Array;
    double: Float64Array;
  }
  expectType<Equal<{ [K in keyof Expected]: (typeof views)[K] }, { [K in keyof Expected]: Expected[K] }>>();
  assert.deepEqual(views, {
    byte: new Int8Array([-1]),
    ubyte: new Uint8Array([255]),
    char: new Uint8Array([97]),
    bool: new Uint8Array([1]),
    short: new Int16Array([-2]),
    ushort: new Uint16Array([65535]),
    uint: new Uint32Array([2 ** 32 - 1]),
    long: new BigInt64Array([-3n]),
    size: new BigUint64Array([2n ** 53n]),
    int64: new BigInt64Array([-4n]),
    uint64: new BigUint64Array([2n ** 64n - 1n]),
    float: new Float32Array([0.5]),
    double: new Float64Array([0.1]),
  });
});

test("asking again gives the same view", () => {
  const numbers = new (ARRAY(c_int, 3))();
  assert.equal(numbers.view, numbers.view);
  const empty = new (ARRAY(c_double, 0))();
  assert.equal(empty.view.length, 0);
});

test("arrays of arrays are seen flat, row after row", () => {
  const matrix = new (ARRAY(ARRAY(c_double, 3), 2))([1, 2, 3], [4, 5, 6]);
  const { view } = matrix;
  expectType<Equal<typeof view, Float64Array>>();
  assert.deepEqual([...view], [1, 2, 3, 4, 5, 6]);
  view[1 * 3 + 2] = 60;
  assert.equal(matrix[1]?.[2], 60);
  assert.deepEqual([...(matrix[1]?.view ?? [])], [4, 5, 60]);
});

test("members, derived types and arrays that say themselves what they are have views", () => {
  class Pixel extends c_ubyte {}
  class Image extends Structure({ width: c_short, pixels: ARRAY(Pixel, 4), grey: ARRAY(c_short, 2) }) {}
  const image = new Image({ grey: [5, 6] });
  expectType<Equal<typeof image.pixels.view, Uint8Array>>();
  image.pixels.view.fill(7);
  assert.deepEqual([...image.grey.view], [5, 6]);
  assert.deepEqual([...image.pixels.view], [7, 7, 7, 7]);
});

test("C sees what was written through a view, and the view what C wrote", () => {
  const numbers = new (ARRAY(c_int, 1000))();
  const { view } = numbers;
  for (let i = 0; i < 1000; i++) view[i] = (i * 7919) % 1000;
  qsort(
    numbers,
    1000,
    4,
    new (CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int)))((a, b) => (a?.at(0) ?? 0) - (b?.at(0) ?? 0)),
  );
  assert.deepEqual(
    view,
    Int32Array.from({ length: 1000 }, (_, i) => i),
  );
});

// -- Where it lies ---------------------------------------------------------------------------------

test("a view of foreign memory reaches the items and nothing else", { skip: noWindows }, () => {
  const address = malloc(64) ?? 0;
  const numbers = ARRAY(c_int, 4).from_address(address);
  const { view } = numbers;
  view.set([1, 2, 3, 4]);
  assert.deepEqual([...numbers], [1, 2, 3, 4]);
  assert.deepEqual([view.buffer.byteLength, view.byteOffset], [16, 0]);
  assert.equal(numbers.view, view);
  free(address);
});

test("a view of a buffer's memory lies in that buffer", () => {
  const shared = new SharedArrayBuffer(16);
  const numbers = ARRAY(c_int, 2).from_buffer(shared, 8);
  assert.equal(numbers.view.buffer, shared);
  assert.equal(numbers.view.byteOffset, 8);
});

test("a pointer gives a view of as many items as it is told", () => {
  const numbers = new (ARRAY(c_int, 4))(1, 2, 3, 4);
  const p = cast(numbers, POINTER(c_int));
  const view = p.view(3);
  expectType<Equal<typeof view, Int32Array>>();
  assert.deepEqual([...view], [1, 2, 3]);
  view[1] = 20;
  assert.equal(numbers[1], 20);
  assert.equal(p.view(0).length, 0);
});

test("after resize the view is of the new memory", () => {
  const numbers = new (ARRAY(c_int, 2))(1, 2);
  const before = numbers.view;
  resize(numbers, 64);
  assert.notEqual(numbers.view, before);
  numbers[0] = 10;
  assert.deepEqual([...numbers.view], [10, 2]);
});

// -- How long it is valid --------------------------------------------------------------------------

test("a view keeps memory of C objects alive", async () => {
  const { view } = new (ARRAY(c_int, 1000))(...Array.from({ length: 1000 }, (_, i) => i));
  await collect();
  for (let i = 0; i < 1000; i++) new (ARRAY(c_int, 1000))().view.fill(-1);
  assert.equal(
    view.reduce((sum, n) => sum + n),
    499_500,
  );
});

test("a view through a pointer keeps what the pointer kept, also when that points elsewhere now", async () => {
  const Numbers = ARRAY(c_int, 2000);
  const p = pointer(new Numbers(7));
  const view = p.contents.view;
  const items = cast(new Numbers(8), POINTER(c_int)).view(2000);
  p.contents = new Numbers(9);
  await setImmediate();
  await collect();
  for (let i = 0; i < 100; i++) new Numbers().view.fill(-1);
  assert.deepEqual([view[0], items[0], p.contents[0]], [7, 8, 9]);
});

test("views, and what they keep, are collected", async () => {
  const Numbers = ARRAY(c_int, 2000);
  const refs: WeakRef<object>[] = [];
  for (let i = 0; i < 20; i++) {
    const numbers = new Numbers(i);
    refs.push(new WeakRef(numbers), new WeakRef(pointer(numbers).contents.view));
  }
  await setImmediate();
  await collect();
  assert.ok(refs.filter((ref) => ref.deref() !== undefined).length <= 2);
});

test("an array on a buffer that was detached or shrunk has no view any more", () => {
  const buffer = new ArrayBuffer(8);
  const numbers = ARRAY(c_int, 2).from_buffer(buffer);
  assert.equal(numbers.view.length, 2);
  structuredClone(buffer, { transfer: [buffer] });
  throws(
    () => numbers.view,
    TypeError,
    "ARRAY(c_int, 2).view: expected ARRAY(c_int, 2) with memory, got an ARRAY(c_int, 2); its buffer is detached: the memory was transferred",
  );
  const resizable = new (
    ArrayBuffer as unknown as new (
      size: number,
      options: object,
    ) => ArrayBuffer & { resize(size: number): void }
  )(8, {
    maxByteLength: 16,
  });
  const shrunk = ARRAY(c_int, 2).from_buffer(resizable);
  assert.equal(shrunk.view.length, 2);
  resizable.resize(4);
  throws(() => shrunk.view, RangeError, /^ARRAY\(c_int, 2\)\.view: the buffer of .* shrank to 4 bytes; it ends at 8$/);
  resizable.resize(16);
  assert.equal(shrunk.view.length, 2, "and has one again when it grew");
});

// -- What has none ---------------------------------------------------------------------------------

test("items that are no numbers have no view, which the compiler knows", () => {
  const points = new (ARRAY(Point, 2))();
  const words = new (ARRAY(c_char_p, 2))();
  expectType<Equal<typeof points.view, never>>();
  expectType<Equal<typeof words.view, never>>();
  const end = "has no typed array; read and store the items one by one";
  throws(() => points.view, TypeError, `ARRAY(Point, 2).view: Point ${end}`);
  throws(() => words.view, TypeError, `ARRAY(c_char_p, 2).view: c_char_p ${end}`);
  throws(() => new (ARRAY(c_wchar, 2))().view, TypeError, `ARRAY(c_wchar, 2).view: c_wchar ${end}`);
  throws(() => new (ARRAY(c_longdouble, 2))().view, TypeError, `ARRAY(c_longdouble, 2).view: c_longdouble ${end}`);
  throws(() => pointer(new Point()).view(1), TypeError, `POINTER(Point).view(): Point ${end}`);
});

test("items in the other byte order have no view", () => {
  class Header extends BigEndianStructure({ lengths: ARRAY(c_ushort, 2), bytes: ARRAY(c_ubyte, 2) }) {}
  const header = new Header({ bytes: [1, 2] });
  throws(
    () => header.lengths.view,
    TypeError,
    "ARRAY(c_ushort_be, 2).view: c_ushort_be has the other byte order, which no typed array has; read and store the items one by one",
  );
  assert.deepEqual([...header.bytes.view], [1, 2], "bytes have none");
});

test("memory that is not aligned has no view", () => {
  class Packed extends Structure({ tag: c_byte, values: ARRAY(c_int, 2), bytes: ARRAY(c_ubyte, 2) }, { pack: 1 }) {}
  const packed = new Packed({ values: [1, 2], bytes: [3, 4] });
  throws(
    () => packed.values.view,
    RangeError,
    /^ARRAY\(c_int, 2\)\.view: its memory is at 0x[\da-f]+[19], and a typed array begins at a multiple of 4; read and store/,
  );
  assert.deepEqual([...packed.bytes.view], [3, 4]);
  const odd = cast(addressof(packed) + 1, POINTER(c_int));
  throws(
    () => odd.view(2),
    RangeError,
    /^POINTER\(c_int\)\.view\(\): its memory is at 0x[\da-f]+[19], and a typed array/,
  );
});

test("a pointer's view is told its length, and needs a pointee", () => {
  const p = pointer(new c_int(1));
  throws(() => p.view(-1), RangeError, "POINTER(c_int).view(): argument 1: the length cannot be negative, got -1");
  throws(
    () => (p.view as () => unknown)(),
    TypeError,
    "POINTER(c_int).view(): argument 1: expected an integer length, got undefined",
  );
  throws(() => new (POINTER(c_int))().view(1), NullPointerError, "POINTER(c_int).view(): the pointer is NULL");
  throws(
    () => p.view(2 ** 40),
    TypeError,
    rawffi.hasWindows
      ? /^POINTER\(c_int\)\.view\(\): this runtime has no view of 4398046511104 bytes of foreign memory; read and/
      : /^POINTER\(c_int\)\.view\(\): this runtime, as Electron, lets no ArrayBuffer be C's memory; read and/,
  );
  throws(() => cast(1, POINTER(c_int)).view(1), RangeError, "POINTER(c_int).view(): 0x1 lies in the page of NULL");
});
