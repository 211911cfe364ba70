/**
 * Memory: many objects, large ones, aligned ones, and several threads of JavaScript at once.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import {
  ARRAY,
  ArgumentError,
  addressof,
  alignment,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_int128,
  c_longdouble,
  c_ubyte,
  cast,
  create_string_buffer,
  memset,
  POINTER,
  type Pointer,
  pointer,
  resize,
  Structure,
  sizeof,
  string_at,
} from "ctypes-js";
import { collect, functionsPath, many, noMeasuring, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}

/** What is in use after a collection, in MiB: objects of JavaScript, and the memory of buffers. */
async function used(): Promise<number> {
  await collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** Runs `make` 200,000 times, after a warm-up; what it leaves behind may not grow. */
async function staysFlat(make: (i: number) => void): Promise<void> {
  for (let i = 0; i < many(20_000); i++) make(i);
  const before = await used();
  for (let i = 0; i < many(200_000); i++) make(i);
  const grown = (await used()) - before;
  assert.ok(grown < 4, `${grown.toFixed(1)} MiB more in use`);
}

// -- Many ------------------------------------------------------------------------------------------

test("200,000 structures come and go", () =>
  staysFlat((i) => {
    assert.equal(new Point({ x: i }).x, i);
  }));

test("200,000 pointers and their targets come and go", () =>
  staysFlat((i) => {
    assert.equal(pointer(new Point({ y: i })).contents.y, i);
  }));

test("200,000 structures by value come and go", async () => {
  const lib = new CDLL(functionsPath, { same_Point: CFUNCTYPE(Point, Point) });
  await staysFlat((i) => {
    assert.equal(lib.same_Point({ x: i }).x, i);
  });
});

test("200,000 texts in members come and go", async () => {
  class Named extends Structure({ name: c_char_p }) {}
  await staysFlat((i) => {
    assert.equal(new Named({ name: `name ${i}` }).name, `name ${i}`);
  });
});

test("200,000 structures held at once are all right, and take little more than their bytes", {
  skip: noMeasuring,
}, async () => {
  const before = await used();
  const points = Array.from({ length: 200_000 }, (_, i) => new Point({ x: i, y: -i }));
  const each = (((await used()) - before) * 2 ** 20) / points.length;
  assert.ok(points.every(({ x, y }, i) => x === i && y === -i));
  assert.ok(each < 120, `${each.toFixed()} bytes each`);
});

test("large arrays come and go", async () => {
  for (let i = 0; i < many(500); i++) {
    const large = new (ARRAY(c_int, 2 ** 19))();
    large[i] = i;
    assert.equal(large.at(i), i);
    if (i % 100 === 99) await collect(1);
  }
  await collect();
  assert.ok(process.memoryUsage().arrayBuffers < 200 * 2 ** 20);
});

test("new memory is zero, also where old memory was", () => {
  class Page extends Structure({ bytes: ARRAY(c_ubyte, 1000) }) {}
  for (let i = 0; i < many(5000); i++) {
    const page = new Page();
    assert.ok(string_at(addressof(page), 1000).every((byte) => byte === 0));
    page.bytes.put(i % 1000, 255);
  }
});

// -- Large -----------------------------------------------------------------------------------------

test("a structure of more than 4 KiB is as any other", () => {
  class Large extends Structure({ before: c_int, bytes: ARRAY(c_ubyte, 10_000), after: c_double }) {}
  assert.equal(sizeof(Large), 10_016);
  const large = new Large({ before: 1, after: 0.5 });
  large.bytes[9_999] = 7;
  assert.deepEqual([large.before, large.bytes.at(-1), large.after], [1, 7, 0.5]);
  const copy = new (ARRAY(Large, 2))({}, large);
  assert.deepEqual([copy.at(1).before, copy.at(1).bytes.at(-1), copy.at(1).after], [1, 7, 0.5]);
  assert.equal(pointer(large).contents.after, 0.5);
});

test("sizes around the edge of a slab are all right", () => {
  for (const size of [4095, 4096, 4097, 65_535, 65_536, 65_537]) {
    const bytes = new (ARRAY(c_ubyte, size))();
    bytes[0] = 1;
    bytes[size - 1] = 2;
    assert.deepEqual([bytes.at(0), bytes.at(-1), bytes.at(1)], [1, 2, 0]);
  }
});

// -- Aligned ---------------------------------------------------------------------------------------

test("objects lie where their alignment wants them", () => {
  class Aligned64 extends Structure({ c: c_ubyte }, { align: 64 }) {}
  class Aligned4096 extends Structure({ c: c_ubyte }, { align: 4096 }) {}
  class Holder extends Structure({ c: c_ubyte, aligned: Aligned64 }) {}
  const types = [c_int, c_double, c_longdouble, c_int128, Aligned64, Aligned4096, Holder, ARRAY(Aligned64, 3)];
  for (let i = 0; i < 200; i++) {
    for (const type of types) {
      new c_ubyte();
      const object = new type();
      assert.equal(addressof(object) % alignment(type), 0, type.name);
    }
  }
  assert.equal(sizeof(Holder), 128);
  assert.equal(addressof(new Holder().aligned) % 64, 0);
});

test("results and arguments by value lie aligned, too", () => {
  class Wide extends Structure({ v: c_longdouble }) {}
  const Callback = CFUNCTYPE(Wide, Wide);
  const lib = new CDLL(functionsPath, { same_Wide: CFUNCTYPE(Wide, Wide), call_Wide: CFUNCTYPE(Wide, Callback, Wide) });
  const callback = new Callback((wide) => {
    assert.equal(addressof(wide) % alignment(Wide), 0);
    return wide;
  });
  for (let i = 0; i < 100; i++) {
    new c_ubyte();
    const result = lib.same_Wide({ v: i });
    assert.equal(addressof(result) % alignment(Wide), 0);
    assert.equal(lib.call_Wide(callback, result).v, i);
  }
});

test("memory from elsewhere need not be aligned", () => {
  const bytes = new Uint8Array(32);
  const point = Point.from_buffer(bytes, 3);
  point.x = 0x01020304;
  assert.deepEqual([...bytes.subarray(3, 7)], [4, 3, 2, 1]);
  const wide = c_double.from_buffer(bytes, 13);
  wide.value = 0.1;
  assert.equal(wide.value, 0.1);
});

// -- Buffers ---------------------------------------------------------------------------------------

test("an object in a buffer that was given away says so", () => {
  const buffer = new ArrayBuffer(8);
  const point = Point.from_buffer(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  assert.throws(() => point.x, TypeError);
  assert.throws(() => (point.y = 1), TypeError);
  const message =
    "addressof(): expected Point with memory, got a Point; its buffer is detached: the memory was transferred";
  throws(() => addressof(point), TypeError, message);
});

test("a pointer made before a resize still points to memory", async () => {
  const { target, first } = (() => {
    const object = create_string_buffer("hello", 5000);
    const first = new WeakRef(object.raw.buffer);
    const target = pointer(object);
    resize(object, 8000);
    resize(object, 50_000);
    return { target, first };
  })();
  await collect();
  assert.ok(first.deref() !== undefined);
  assert.equal(target.contents.value, "hello");
});

test("an address that can be none is an error that says where", () => {
  throws(() => c_int.from_address(5), RangeError, "c_int.from_address(): 0x5 lies in the page of NULL");
  const beyond = "c_int.from_address(): 0x800000000000 is not an address of user space";
  throws(() => c_int.from_address(2 ** 47), RangeError, beyond);
  const small = cast(5, POINTER(c_int)) as Pointer<c_int>;
  throws(() => small.contents, RangeError, "POINTER(c_int).contents: 0x5 lies in the page of NULL");
  throws(() => small[-5], RangeError, "POINTER(c_int)[-5]: -15 is not an address of user space");
  throws(() => string_at(1), RangeError, "string_at(): argument 1: 0x1 lies in the page of NULL");
  throws(
    () => memset(-1, 0, 1),
    RangeError,
    "memset(): argument 1: 0xffffffffffffffff is not an address of user space",
  );
});

test("what is too large names the function", () => {
  const tooLarge = (size: number) => `an object of ${size} bytes is too large; at most 1 GiB`;
  throws(() => create_string_buffer(2 ** 40), RangeError, `create_string_buffer(): ${tooLarge(2 ** 40)}`);
  throws(() => resize(new c_int(), 2 ** 40), RangeError, `resize(): argument 2: ${tooLarge(2 ** 40)}`);
});

test("a buffer that was given away is not passed to C", () => {
  const lib = new CDLL(functionsPath, { sum_ints: CFUNCTYPE(c_int, POINTER(c_int), c_int) });
  const numbers = new Int32Array(4);
  structuredClone(numbers.buffer, { transfer: [numbers.buffer] });
  throws(
    () => lib.sum_ints(numbers, 4),
    ArgumentError,
    "sum_ints(): argument 1: expected a buffer with memory, got an Int32Array; it is detached: its memory was transferred",
  );
});

test("a SharedArrayBuffer can be the memory", () => {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const point = Point.from_buffer(shared);
  point.y = 9;
  assert.equal(shared[1], 9);
});

// -- Threads ---------------------------------------------------------------------------------------

const worker = new URL("./fixtures/worker.mjs", import.meta.url);

function start(seed: number, stays = false) {
  const thread = new Worker(worker, { workerData: { seed, stays, path: functionsPath } });
  const sum = once(thread, "message").then(([value]) => value as number);
  return { thread, sum, exit: once(thread, "exit") };
}

function expectedOf(seed: number): number {
  let sum = 3;
  for (let i = 0; i < 20_000; i++) sum += 2 * seed + (i % 50);
  return sum;
}

test("two workers and the main thread use ctypes at once", async () => {
  const workers = [start(11), start(22)];
  const lib = new CDLL(functionsPath, { add: CFUNCTYPE(c_int, c_int, c_int) });
  for (let i = 0; i < 10_000; i++) assert.equal(lib.add(i, i), 2 * i);
  assert.deepEqual(await Promise.all(workers.map(({ sum }) => sum)), [expectedOf(11), expectedOf(22)]);
  await Promise.all(workers.map(({ exit }) => exit));
});

test("a worker with live callbacks can be terminated", async () => {
  for (let i = 0; i < 3; i++) {
    const { thread, sum } = start(33, true);
    await sum;
    assert.equal(await thread.terminate(), 1);
  }
});

test("workers come and go", async () => {
  for (let i = 0; i < 5; i++) {
    const { sum, exit } = start(i);
    assert.equal(await sum, expectedOf(i));
    await exit;
  }
});

test("the memory of C objects cannot be transferred away", () => {
  const text = create_string_buffer("hello");
  const neighbour = new c_int(7);
  const { buffer } = text.raw;
  try {
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
  } catch (error) {
    assert.equal((error as Error).name, "DataCloneError");
  }
  const message = "this buffer holds other C objects as well: copy the bytes with slice()";
  throws(() => (buffer as unknown as { transfer(): unknown }).transfer(), TypeError, message);
  assert.equal(text.value, "hello");
  assert.equal(neighbour.value, 7);
});
