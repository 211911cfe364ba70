/**
 * Memory that JavaScript takes away while C works on it, or later: resizable buffers are refused, all others are kept.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  addressof,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_int,
  c_size_t,
  c_uint8,
  c_void_p,
  cast,
  memmove,
  memset,
  POINTER,
  pointer,
  Structure,
  string_at,
} from "ctypes-js";
import { rawffi } from "rawffi";
import { collect, functionsPath, isUnderAsan, noHolding, runTypeScript, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
class Holder extends Structure({ data: c_void_p, text: c_char_p, items: POINTER(c_int), points: POINTER(Point) }) {}
const Callback = CFUNCTYPE(c_int, c_int, c_int);
const lib = new CDLL(functionsPath, {
  sum_ints: CFUNCTYPE(c_int, POINTER(c_int), c_int),
  double_bytes: CFUNCTYPE(null, c_void_p, c_size_t),
  length_of: CFUNCTYPE(c_size_t, c_char_p),
  apply: CFUNCTYPE(c_int, Callback, c_int, c_int),
});
const libc = new CDLL(null, {
  memcpy: CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_size_t),
  strlen: CFUNCTYPE(c_size_t, POINTER(c_char)),
});

type Resizable = ArrayBuffer & { resize(byteLength: number): void };
function resizable(byteLength: number, maxByteLength = byteLength): Resizable {
  const Made = ArrayBuffer as unknown as new (byteLength: number, options: object) => Resizable;
  return new Made(byteLength, { maxByteLength });
}

const REFUSED = /resizable, and its memory could be freed while C uses it/;

test("a resizable buffer and its views are no argument of C, whatever the parameter is", async () => {
  const buffer = resizable(4096, 8192);
  const ways: [string, (given: never) => unknown, unknown[]][] = [
    [
      "c_void_p",
      (given) => lib.double_bytes(given, 0),
      [buffer, new Uint8Array(buffer), new DataView(buffer), new Float64Array(buffer, 8, 1), Buffer.from(buffer)],
    ],
    ["POINTER(c_int)", (given) => lib.sum_ints(given, 0), [new Int32Array(buffer), new Uint32Array(buffer, 4, 1)]],
    ["c_char_p", (given) => lib.length_of(given), [new Uint8Array(buffer), Buffer.from(buffer)]],
    ["POINTER(c_char)", (given) => libc.strlen(given), [new Uint8Array(buffer)]],
    ["memset", (given) => memset(given, 0, 1), [buffer, new Uint8Array(buffer)]],
    ["memmove", (given) => memmove(given, given, 1), [buffer]],
    ["string_at", (given) => string_at(given, 1), [buffer]],
    ["cast", (given) => cast(given, POINTER(c_int)), [new Int32Array(buffer)]],
    ["a member", (given) => new Holder({ data: given }), [buffer]],
    ["a member of text", (given) => new Holder({ text: given }), [new Uint8Array(buffer)]],
    ["a pointer member", (given) => new Holder({ items: given }), [new Int32Array(buffer)]],
    ["rawffi.addressOf", (given) => rawffi.addressOf(given), [buffer, new Uint8Array(buffer), new DataView(buffer)]],
  ];
  for (const [name, act, values] of ways) {
    for (const value of values) {
      // Also in optimised code, where native code looks at the buffer's own words.
      for (let i = 0; i < 2000; i++) {
        assert.throws(
          () => act(value as never),
          name === "rawffi.addressOf" ? /a resizable buffer has no address that stays/ : REFUSED,
          name,
        );
      }
    }
  }
  for (const value of [buffer, new Uint8Array(buffer)]) await assert.rejects(lib.double_bytes.async(value, 0), REFUSED);
});

test("what a buffer says of itself does not matter", () => {
  const buffer = resizable(64);
  Object.defineProperty(buffer, "resizable", { value: false });
  const view = new Uint8Array(buffer);
  Object.defineProperty(view, "buffer", { value: new ArrayBuffer(64) });
  const disguised = Object.setPrototypeOf(new Uint8Array(buffer), DataView.prototype);
  for (const given of [buffer, view, disguised]) assert.throws(() => lib.double_bytes(given as never, 1), REFUSED);
  assert.throws(() => rawffi.addressOf(disguised as never), /a resizable buffer/);
});

test("objects in a resizable buffer are for JavaScript: C gets no address of them", async () => {
  const buffer = resizable(4096);
  const point = Point.from_buffer(buffer, 8);
  point.x = 5;
  assert.equal(new Int32Array(buffer)[2], 5);
  const ints = ARRAY(c_int, 100).from_buffer(buffer);
  ints[99] = 7;
  const text = ARRAY(c_char, 100).from_buffer(buffer, 1024);
  text.value = "größe";
  assert.equal(text.value, "größe");
  assert.equal(text.raw.length, 100);
  assert.equal(ints.view[99], 7);
  const big = ARRAY(c_uint8, 1000).from_buffer_copy(buffer);
  assert.equal(big[8], 5);
  const ways: (() => unknown)[] = [
    () => addressof(point),
    () => lib.double_bytes(byref(point), 0),
    () => lib.sum_ints(ints, 0),
    () => pointer(point),
    () => cast(ints, POINTER(c_int)),
    () => new Holder({ points: pointer(point) }),
    () => memset(ints, 0, 4),
  ];
  for (const way of ways) assert.throws(way, REFUSED);
  await assert.rejects(lib.sum_ints.async(ints, 0), REFUSED);
  // Copies are good: by value, by assignment, by hand.
  const copy = Point.from_buffer_copy(buffer, 8);
  assert.equal(copy.x, 5);
  assert.ok(addressof(copy) > 0);
  const all = new (ARRAY(Point, 2))(point, point);
  assert.equal(all[1]?.x, 5);
  buffer.resize(4);
  assert.throws(() => point.x, RangeError);
  assert.throws(() => text.value, RangeError);
  throws(() => addressof(point), RangeError, "addressof(): the buffer of Point shrank to 4 bytes; it ends at 16");
  buffer.resize(4096);
  assert.equal(point.x, 0);
});

test("a growable SharedArrayBuffer keeps what it has, and is passed as any other", () => {
  const Growable = SharedArrayBuffer as unknown as new (
    n: number,
    o: object,
  ) => SharedArrayBuffer & { grow(n: number): void };
  const buffer = new Growable(4096, { maxByteLength: 2 ** 20 });
  const ints = new Int32Array(buffer, 0, 4);
  const address = rawffi.addressOf(ints);
  ints.set([1, 2, 3, 4]);
  let seen = 0;
  const callback = new Callback((a, b) => {
    buffer.grow(2 ** 20);
    seen = rawffi.addressOf(ints);
    return a + b;
  });
  assert.equal(lib.apply(callback, 1, 2), 3);
  assert.equal(seen, address);
  assert.equal(lib.sum_ints(ints, 4), 10);
  const inside = Point.from_buffer(buffer);
  assert.equal(addressof(inside), address);
  callback.dispose();
});

const PROLOGUE = `
  import { addressof, ARRAY, byref, CDLL, CFUNCTYPE, c_int, c_size_t, c_void_p, cast, POINTER, pointer, Structure } from "ctypes-js";
  const Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int));
  const COUNT = 200_000;
  const libc = new CDLL(null, { qsort: CFUNCTYPE(null, c_void_p, c_size_t, c_size_t, Compare), usleep: CFUNCTYPE(c_int, c_int),
    memcpy: CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_size_t) });
  const withErrno = new CDLL(null, { qsort: CFUNCTYPE(null, c_void_p, c_size_t, c_size_t, Compare) }, { use_errno: true });
  const numbers = () => { const made = new Int32Array(COUNT); for (let i = 0; i < COUNT; i++) made[i] = (i * 7919) % 1000003; return made; };
  const take = {
    clone: (buffer) => void structuredClone(buffer, { transfer: [buffer] }),
    post: (buffer) => { const { port1, port2 } = new MessageChannel(); port1.postMessage(buffer, [buffer]); port1.close(); port2.close(); },
    transfer: (buffer) => (buffer.transfer ? void buffer.transfer(0) : take.clone(buffer)),
  };
  const gone = () => { for (let i = 0; i < 3; i++) gc(); };
  // Memory that was freed is given to others, or back to the system.
  const churn = () => Array.from({ length: 20 }, () => new Uint8Array(4 * COUNT).fill(0xff)).length;
  const sorting = (act) => { let n = 0; return new Compare((a, b) => { if (n++ === 50) act(); return a.contents.value - b.contents.value; }); };
`;

test("a buffer that a callback transfers away stays where C works on it", {
  skip: (isUnderAsan && "it lets freed memory lie") || noHolding,
}, () => {
  const ended = runTypeScript(`${PROLOGUE}
    class Row extends ARRAY(c_int, COUNT) {}
    for (const way of Object.keys(take)) for (const { qsort } of [libc, withErrno]) {
      const pass = {
        view: (made) => made, buffer: (made) => made.buffer, object: (made) => Row.from_buffer(made), reference: (made) => byref(Row.from_buffer(made)),
        pointer: (made) => pointer(Row.from_buffer(made)), cast: (made) => cast(made, c_void_p), address: (made) => { kept = Row.from_buffer(made); return addressof(kept); },
      };
      let kept;
      for (const name of Object.keys(pass)) {
        const made = numbers();
        const { buffer } = made;
        const compare = sorting(() => { take[way](buffer); gone(); churn(); });
        qsort(pass[name](made), 5000, 4, compare);
        if (made.length !== 0) throw new Error("it was not transferred");
        compare.dispose();
      }
    }
    console.log("sorted");
  `);
  assert.deepEqual([ended.stdout, ended.stderr, ended.signal], ["sorted", "", null]);
});

test("memory that C keeps pointing to stays, too", {
  skip: (isUnderAsan && "it lets freed memory lie") || noHolding,
}, () => {
  const ended = runTypeScript(`${PROLOGUE}
    class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {}
    class Holder extends Structure({ data: c_void_p }) {}
    const first = new Node({ value: 1 });
    const buffer = new ArrayBuffer(2 ** 20);
    new Int32Array(buffer)[0] = 42;
    first.next = pointer(Node.from_buffer(buffer));
    const other = new Uint8Array(2 ** 20).fill(9);
    const holder = new Holder({ data: other });
    const at = cast(other, POINTER(c_int));
    take.clone(buffer);
    take.clone(other.buffer);
    gone();
    churn();
    const read = new Uint8Array(4);
    libc.memcpy(read, holder.data, 4);
    console.log(first.next.contents.value, read[0], at.contents.value === 0x09090909);
  `);
  assert.deepEqual([ended.stdout, ended.stderr, ended.signal], ["42 9 true", "", null]);
});

test("memory of WebAssembly that grows stays where C works on it", {
  skip: isUnderAsan && "it lets freed memory lie",
}, () => {
  const ended = runTypeScript(`${PROLOGUE}
    for (const options of [{ initial: 16 }, { initial: 16, maximum: 100 }, { initial: 16, maximum: 100, shared: true }]) {
      for (const isDropped of [false, true]) {
        let memory = new WebAssembly.Memory(options);
        const made = new Int32Array(memory.buffer, 0, COUNT);
        made.set(numbers());
        const compare = sorting(() => { memory.grow(50); if (isDropped) memory = null; gone(); churn(); });
        libc.qsort(made, 5000, 4, compare);
        if (!isDropped) {
          const sorted = new Int32Array(memory.buffer, 0, 5000);
          for (let i = 1; i < 5000; i++) if (sorted[i - 1] > sorted[i]) throw new Error("not sorted");
        }
        compare.dispose();
      }
    }
    console.log("sorted");
  `);
  assert.deepEqual([ended.stdout, ended.stderr, ended.signal], ["sorted", "", null]);
});

test("what is held goes with its buffer, in the collection itself", async () => {
  const callback = new Callback((a) => a);
  await collect();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 1; i <= 300; i++) {
    lib.double_bytes(new Uint8Array(2 ** 20), 0);
    Point.from_buffer(new ArrayBuffer(2 ** 20));
    // No turn of the event loop here: a finalizer of JavaScript would not have run.
    if (i % 100 === 0) for (let round = 0; round < 3; round++) globalThis.gc?.();
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 26);
  callback.dispose();
});
