/**
 * Bytes where C expects text: a NUL stands after them, and what C writes is seen. And what else is an argument without
 * being an object of C.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  assign,
  CDLL,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_size_t,
  c_ubyte,
  c_void_p,
  create_string_buffer,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  string_at,
  text_at,
} from "ctypes-js";
import { throws } from "./support.ts";

const Compare = CFUNCTYPE(c_int, POINTER(c_ubyte), POINTER(c_ubyte));
const libc = new CDLL(null, {
  strlen: CFUNCTYPE(c_size_t, c_char_p),
  strcmp: CFUNCTYPE(c_int, c_char_p, c_char_p),
  memset: CFUNCTYPE(c_void_p, c_char_p, c_int, c_size_t),
  qsort: CFUNCTYPE(null, c_char_p, c_size_t, c_size_t, Compare),
  memcmp: CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t),
});

test("bytes without a NUL end where the array does", () => {
  const letters = (count: number) => new Uint8Array(count).fill(65);
  for (let i = 0; i < 2000; i++) assert.equal(libc.strlen(letters(i % 40)), i % 40);
  assert.equal(libc.strlen(letters(100_000)), 100_000);
  assert.equal(libc.strlen(Buffer.from("größe")), 7);
  const full = letters(64);
  for (const length of [0, 3, 8, 63, 64]) assert.equal(libc.strlen(full.subarray(0, length)), length);
  assert.equal(libc.strlen(letters(5).buffer as never), 5);
  assert.equal(libc.strcmp(Buffer.from("abc"), "abc"), 0);
  assert.equal(libc.strcmp(string_at(create_string_buffer("abc")), string_at(create_string_buffer("abc"))), 0);
});

test("bytes with a NUL are passed where they are", () => {
  const bytes = new Uint8Array([65, 66, 0, 67]);
  assert.equal(libc.strlen(bytes), 2);
  assert.equal(libc.memset(bytes, 70, 1), Number(libc.memset(bytes, 70, 1)));
  assert.deepEqual([...bytes], [70, 66, 0, 67]);
});

test("what C writes into bytes is seen, and nothing after them is touched", () => {
  const whole = new Uint8Array(16).fill(1);
  libc.memset(whole.subarray(4, 8), 9, 3);
  assert.deepEqual([...whole], [1, 1, 1, 1, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

test("what JavaScript changes meanwhile stays", () => {
  const bytes = new Uint8Array([3, 1, 2, 7, 7]);
  const compare = new Compare((a, b) => {
    bytes[4] = 8;
    return (a?.contents.value ?? 0) - (b?.contents.value ?? 0);
  });
  libc.qsort(bytes, 3, 1, compare);
  assert.deepEqual([...bytes], [1, 2, 3, 7, 8]);
});

test("what C writes is seen also after a callback has thrown", () => {
  const bytes = new Uint8Array([2, 1]);
  const compare = new Compare(() => {
    throw new Error("no");
  });
  assert.throws(() => libc.qsort(bytes, 2, 1, compare), /no/);
  assert.deepEqual([...bytes].sort(), [1, 2]);
});

test("the same of calls on another thread", async () => {
  const bytes = new Uint8Array(100).fill(65);
  assert.equal(await libc.strlen.async(bytes), 100);
  await libc.memset.async(bytes, 66, 99);
  assert.deepEqual([...bytes.subarray(97)], [66, 66, 65]);
});

test("bytes that are stored are ended by a NUL, too", () => {
  class Named extends Structure({ name: c_char_p }) {}
  const bytes = new Uint8Array([65, 66, 67]);
  const named = new Named({ name: bytes });
  const names = new (ARRAY(c_char_p, 2))(bytes, Buffer.from("é"));
  const name = new c_char_p(bytes);
  for (let i = 0; i < 100; i++) new Uint8Array(3).fill(88);
  assert.equal(named.name, "ABC");
  assert.deepEqual([...names], ["ABC", "é"]);
  assert.equal(name.value, "ABC");
  // With a NUL it is the memory itself.
  const ended = new Uint8Array([65, 0]);
  assign(named, { name: ended });
  ended[0] = 66;
  assert.equal(named.name, "B");
  assert.equal(c_char_p.from_param(bytes) !== null, true);
});

// -- Other arguments -------------------------------------------------------------------------------

test("a void pointer takes text and bytes as an argument, and text as nothing else", () => {
  assert.equal(libc.memcmp("größe", Buffer.from("größe\0"), 8), 0);
  assert.ok(c_void_p.from_param("abc"));
  throws(
    // @ts-expect-error text is no address that could be stored
    () => new c_void_p("abc"),
    TypeError,
    'expected an address, a pointer, an array, a buffer or null for c_void_p, got the string "abc"',
  );
});

test("a JavaScript array is a pointer argument when its items fit", () => {
  const lib = new CDLL(null, {
    memcmp: CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int), c_size_t),
    bsearch: CFUNCTYPE(c_void_p, POINTER(c_char_p), POINTER(c_char_p), c_size_t, c_size_t, c_void_p),
  });
  assert.equal(lib.memcmp([1, 2, 3], new Int32Array([1, 2, 3]), 12), 0);
  assert.notEqual(lib.memcmp([1, 2, 3], [1, 2, 4], 12), 0);
  assert.equal(lib.memcmp([], [], 0), 0);
  throws(
    // @ts-expect-error a string is no item
    () => lib.memcmp([1, "2"], [1], 4),
    ArgumentError,
    'memcmp(): argument 1: [1]: expected an integer for c_int, got the string "2"',
  );
  class Point extends Structure({ x: c_double, y: c_double }) {}
  const points = new CDLL(null, { memcmp: CFUNCTYPE(c_int, POINTER(Point), POINTER(Point), c_size_t) });
  const array = new (ARRAY(Point, 2))({ x: 1 }, { y: 2 });
  assert.equal(points.memcmp([{ x: 1 }, new Point({ y: 2 })], array, 32), 0);
  const texts = new CDLL(null, { memcmp: CFUNCTYPE(c_int, POINTER(c_char_p), POINTER(c_char_p), c_size_t) });
  assert.equal(texts.memcmp([null, null], [null, null], 16), 0);
  const original = [3, 1];
  const sort = new CDLL(null, { qsort: CFUNCTYPE(null, POINTER(c_int), c_size_t, c_size_t, Compare) }).qsort;
  sort(original, 2, 4, new Compare((a, b) => (a?.contents.value ?? 0) - (b?.contents.value ?? 0)));
  assert.deepEqual(original, [3, 1], "the array was copied for the call");
});

test("an array of pointers is a pointer to pointers", () => {
  const one = new c_int(1);
  const array = new (ARRAY(POINTER(c_int), 2))(pointer(one), new (ARRAY(c_int, 2))(2, 3));
  const lib = new CDLL(null, { memcmp: CFUNCTYPE(c_int, POINTER(POINTER(c_int)), POINTER(POINTER(c_int)), c_size_t) });
  assert.equal(lib.memcmp(array, array, 16), 0);
  assert.equal(lib.memcmp([pointer(one)], array, 8), 0);
  class Table extends Structure({ rows: POINTER(POINTER(c_int)) }) {}
  const table = new Table({ rows: array });
  const rows = table.rows as Pointer<Pointer<c_int>>;
  assert.equal(rows[0]?.contents.value, 1);
  assert.equal(rows[1]?.[1], 3);
});

test("text_at reads text", () => {
  const buffer = create_string_buffer("größe");
  assert.equal(text_at(buffer), "größe");
  assert.equal(text_at(buffer, 2), "gr");
  assert.equal(text_at(buffer, 0), "");
  assert.equal(text_at(create_string_buffer(new Uint8Array([65, 0, 66])), 3), "A\0B");
  throws(() => text_at(buffer, -2), RangeError, /text_at\(\): argument 2: the size cannot be negative, got -2/);
  assert.throws(() => text_at(new (POINTER(c_char))()), /text_at\(\): argument 1: the pointer is NULL/);
});
