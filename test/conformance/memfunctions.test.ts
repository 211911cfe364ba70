/**
 * The rows of test_memfunctions.py: memory by address.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  addressof,
  byref,
  c_byte,
  c_char_p,
  c_ubyte,
  c_void_p,
  cast,
  create_string_buffer,
  create_unicode_buffer,
  memmove,
  memoryview_at,
  memset,
  POINTER,
  sizeof,
  string_at,
  wstring_at,
} from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { bytes, throws } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_memfunctions.py", "MemFunctionsTest", name, body);

row("test_overflow", () => {
  for (const size of [Number.MAX_SAFE_INTEGER - 1, 2 ** 62, 2 ** 31]) {
    throws(
      () => wstring_at(create_unicode_buffer("foo"), size),
      RangeError,
      /^wstring_at\(\): argument 2: .* too many/,
    );
    throws(() => string_at(bytes("foo"), size), RangeError, /^string_at\(\): argument 2: .* too many/);
  }
});

row("test_memmove", () => {
  const a = create_string_buffer(1_000_000);
  const p = bytes("Hello, World");
  const result = memmove(a, p, p.length);
  assert.equal(a.value, "Hello, World");
  assert.equal(result, addressof(a));
  assert.deepEqual(string_at(result), bytes("Hello, World"));
  assert.deepEqual(string_at(result, 5), bytes("Hello"));
  assert.deepEqual(string_at(result, 16), bytes("Hello, World\0\0\0\0"));
  assert.deepEqual(string_at(result, 0), bytes(""));
  memmove(addressof(a) + 2, a, 12);
  assert.equal(a.value, "HeHello, World", "overlapping memory is moved");
});

row("test_memset", () => {
  const a = create_string_buffer(1_000_000);
  const result = memset(a, "x".charCodeAt(0), 16);
  assert.equal(a.value, "xxxxxxxxxxxxxxxx");
  assert.deepEqual(string_at(result), bytes("xxxxxxxxxxxxxxxx"));
  assert.deepEqual(string_at(a), bytes("xxxxxxxxxxxxxxxx"));
  assert.deepEqual(string_at(a, 20), bytes("xxxxxxxxxxxxxxxx\0\0\0\0"));
});

row("test_cast", () => {
  const a = new (ARRAY(c_ubyte, 32))(...bytes("abcdef"));
  assert.equal(cast(a, c_char_p).value, "abcdef");
  const p = cast(a, POINTER(c_byte));
  assert.deepEqual(p.slice(null, 7), [97, 98, 99, 100, 101, 102, 0]);
  assert.deepEqual(p.slice(6, -1, -1), [0, 102, 101, 100, 99, 98, 97]);
  assert.deepEqual(p.slice(null, 7, 2), [97, 99, 101, 0]);
  assert.deepEqual(p.slice(null, 7, 7), [97]);
});

row("test_string_at", () => {
  const text = bytes("foo bar\0");
  assert.deepEqual(string_at(text), bytes("foo bar"));
  assert.deepEqual(string_at(text, 7), bytes("foo bar"));
  assert.deepEqual(string_at(text, 3), bytes("foo"));
  const copy = string_at(text, 3);
  text[0] = 0;
  assert.deepEqual(copy, bytes("foo"), "it is a copy");
});

row("test_wstring_at", () => {
  const p = create_unicode_buffer("Hello, World");
  const a = create_unicode_buffer(1_000_000);
  const result = memmove(a, p, sizeof(p));
  assert.equal(a.value, "Hello, World");
  assert.equal(wstring_at(result), "Hello, World");
  assert.equal(wstring_at(a), "Hello, World");
  assert.equal(wstring_at(a, 5), "Hello");
  assert.equal(wstring_at(a, 16), "Hello, World\0\0\0\0");
  assert.equal(wstring_at(a, 0), "");
});

row("test_memoryview_at", () => {
  const source = new (ARRAY(c_byte, 10))();
  const pointers = [source, cast(source, c_void_p), byref(source), addressof(source), BigInt(addressof(source))];
  pointers.forEach((pointer, i) => {
    const view = memoryview_at(pointer, 10);
    assert.equal(view.length, 10);
    assert.deepEqual([...view], [...source]);
    source[2] = i + 1;
    assert.equal(view[2], i + 1, "what is stored in the array shows in the view");
    view[3] = i + 100;
    assert.equal(source[3], i + 100, "and the other way round");
    view.set([7, 8], 8);
    assert.deepEqual(source.slice(-2), [7, 8]);
    source[9] = 0;

    throws(() => memoryview_at(pointer, -1), RangeError, /cannot be negative/);
    throws(() => memoryview_at(pointer, Number.MAX_SAFE_INTEGER + 1), RangeError, /too many/);
    assert.equal(memoryview_at(pointer, 0).length, 0);
  });
});

row("test_memoryview_at_readonly", () => {
  const source = new (ARRAY(c_byte, 10))();
  for (const pointer of [source, cast(source, c_void_p), byref(source), addressof(source)]) {
    const view = memoryview_at(pointer, 10, true);
    assert.equal(view.length, 10);
    source[1] = 5;
    assert.equal(view[1], 5);
    const writes = [
      () => (view[1] = 9),
      () => view.set([9], 1),
      () => view.fill(9),
      () => view.copyWithin(0, 1),
      () => view.sort(),
      () => Object.defineProperty(view, "1", { value: 9 }),
    ];
    for (const write of writes) throws(write, TypeError, /this view is read-only/);
    assert.deepEqual([...source], [0, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...view], [...source]);
  }
});
