/**
 * The rows of test_strings.py: arrays of characters as text and as bytes.
 */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ARRAY, byref, c_char, c_wchar, create_string_buffer, create_unicode_buffer, sizeof } from "ctypes-js";
import { row } from "./row.ts";
import { bytes, throws } from "./support.ts";

const file = "test_strings.py";
const copy = (buffer: { readonly raw: Uint8Array }) => Uint8Array.from(buffer.raw);

row(file, "StringArrayTestCase", "test", () => {
  const buffer = new (ARRAY(c_char, 4))("a", "b", "c");
  assert.equal(buffer.value, "abc");
  assert.deepEqual(copy(buffer), bytes("abc\0"));

  buffer.value = "ABCD";
  assert.equal(buffer.value, "ABCD");
  assert.deepEqual(copy(buffer), bytes("ABCD"));

  buffer.value = "x";
  assert.equal(buffer.value, "x");
  assert.deepEqual(copy(buffer), bytes("x\0CD"), "one NUL, and the rest stays");

  buffer[1] = "Z";
  assert.equal(buffer.value, "xZCD");
  assert.deepEqual(copy(buffer), bytes("xZCD"));

  throws(() => (buffer.value = "aaaaaaaa"), RangeError, /8 bytes are too many/);
  throws(() => (buffer.value = 42 as never), TypeError, /expected a string or Uint8Array, got the number 42/);
  assert.equal(buffer.value, "xZCD");
});

row(file, "StringArrayTestCase", "test_create_string_buffer_value", () => {
  const buffer = create_string_buffer(32);
  buffer.value = "Hello, World";
  assert.equal(buffer.value, "Hello, World");
  buffer.value = bytes("Hello, bytes");
  assert.equal(buffer.value, "Hello, bytes");

  const view = new DataView(bytes("Hello, World").buffer);
  throws(() => (buffer.value = view as never), TypeError, /expected a string or Uint8Array, got a DataView/);
  throws(() => (buffer.value = view.buffer as never), TypeError, /got an ArrayBuffer/);
  throws(() => (buffer.raw = new DataView(new ArrayBuffer(100))), RangeError, /100 bytes are too many/);
  assert.equal(buffer.value, "Hello, bytes");
});

row(file, "StringArrayTestCase", "test_create_string_buffer_raw", () => {
  const buffer = create_string_buffer(32);
  const hello = bytes("--Hello, World");
  buffer.raw = new DataView(hello.buffer, 2);
  assert.equal(buffer.value, "Hello, World");
  buffer.raw = bytes("Jelly").buffer;
  assert.equal(buffer.value, "Jelly, World", "raw adds no NUL");
  buffer.raw = new Uint16Array(bytes("Hello!").buffer);
  assert.equal(buffer.value, "Hello! World");

  throws(() => (buffer.value = new DataView(hello.buffer) as never), TypeError);
  throws(() => (buffer.raw = new DataView(new ArrayBuffer(100))), RangeError);
  throws(() => (buffer.raw = "Hello" as never), TypeError, /expected a Uint8Array or another buffer, got the string/);
});

row(file, "StringArrayTestCase", "test_param_1", () => {
  assert.equal(new (ARRAY(c_char, 4))().value, "");
});

row(file, "StringArrayTestCase", "test_param_2", () => {
  assert.deepEqual(copy(new (ARRAY(c_char, 4))()), new Uint8Array(4));
});

row(file, "StringArrayTestCase", "test_del_segfault", () => {
  const buffer = new (ARRAY(c_char, 4))("a");
  delete (buffer as { raw?: unknown }).raw;
  assert.deepEqual(copy(buffer), bytes("a\0\0\0"), "raw is still there, and works");
  buffer.raw = bytes("b");
  assert.equal(buffer.value, "b");
});

row(file, "WStringArrayTestCase", "test", () => {
  const buffer = new (ARRAY(c_wchar, 4))("a", "b", "c");
  assert.equal(buffer.value, "abc");
  buffer.value = "ABCD";
  assert.equal(buffer.value, "ABCD");
  buffer.value = "x";
  assert.equal(buffer.value, "x");
  buffer[1] = "Z";
  assert.equal(buffer.value, "xZCD");
});

row(file, "WStringArrayTestCase", "test_nonbmp", () => {
  const last = "\u{10ffff}";
  if (sizeof(c_wchar) === 2) throws(() => new c_wchar(last), TypeError);
  else assert.equal(new c_wchar(last).value, last, "one wchar_t, two units of JavaScript");
});

row(file, "WStringTestCase", "test_wchar", () => {
  assert.equal(inspect(new c_wchar("x")), "c_wchar('x')");
  assert.equal(inspect(byref(new c_wchar("x"))), "byref(c_wchar('x'))");
});

row(file, "WStringTestCase", "test_basic_wstrings", () => {
  const buffer = create_unicode_buffer("abcdef");
  assert.equal(buffer.value, "abcdef");
  buffer.value = "abc";
  assert.equal(buffer.value, "abc");
  assert.equal(buffer[4], "e", "what stands after the NUL stays");
  buffer.value = "def\0z";
  assert.equal(buffer.value, "def", "text ends at its NUL");

  assert.equal(create_unicode_buffer("abc\0def").value, "abc");

  const small = create_unicode_buffer(3);
  assert.equal(small.value, "");
  small.value = "abc";
  assert.equal(small.value, "abc", "full, without a NUL");
});

row(file, "WStringTestCase", "test_toolong", () => {
  const buffer = create_unicode_buffer("abc");
  throws(() => (buffer.value = "abcdef"), RangeError, /6 characters are too many for ARRAY\(c_wchar, 4\)/);
  const empty = create_unicode_buffer(4);
  throws(() => (empty.value = "abcdef"), RangeError, /6 characters are too many for ARRAY\(c_wchar, 4\)/);
  assert.equal(buffer.value, "abc");
});
