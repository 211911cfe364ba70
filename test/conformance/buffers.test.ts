/**
 * The rows of test_buffers.py: buffers of characters.
 */
import assert from "node:assert/strict";
import { c_char, c_wchar, create_string_buffer, create_unicode_buffer, sizeof } from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { bytes, throws } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_buffers.py", "StringBufferTestCase", name, body);

row("test_buffer", () => {
  const empty = create_string_buffer(32);
  assert.equal(empty.length, 32);
  assert.equal(sizeof(empty), 32 * sizeof(c_char));
  assert.equal(empty[0], "\0", "an item is a string of one character");

  // Bytes and text are both characters of C here.
  for (const init of ["abc", bytes("abc")]) {
    const buffer = create_string_buffer(init);
    assert.equal(buffer.length, 4, "with its NUL");
    assert.equal(sizeof(buffer), 4 * sizeof(c_char));
    assert.equal(buffer[0], "a");
    assert.equal(buffer.slice(), "abc\0");
    assert.equal(buffer.slice(null, null, -1), "\0cba");
    assert.equal(buffer.slice(null, null, 2), "ac");
    assert.equal(buffer.slice(null, null, 5), "a");
  }
  for (const wrong of [null, undefined, ["a"], {}, 1n, true]) {
    throws(() => create_string_buffer(wrong as never), TypeError, /expected a string, Uint8Array or number/);
  }
});

row("test_buffer_interface", () => {
  assert.equal(Uint8Array.from(create_string_buffer(0).raw).length, 0);
  assert.equal(Uint8Array.from(create_string_buffer(1).raw).length, 1);
  assert.deepEqual(Uint8Array.from(create_string_buffer("ab").raw), bytes("ab\0"));
});

row("test_unicode_buffer", () => {
  const empty = create_unicode_buffer(32);
  assert.equal(empty.length, 32);
  assert.equal(sizeof(empty), 32 * sizeof(c_wchar));
  assert.equal(empty[0], "\0");

  const buffer = create_unicode_buffer("abc");
  assert.equal(buffer.length, 4);
  assert.equal(sizeof(buffer), 4 * sizeof(c_wchar));
  assert.equal(buffer[0], "a");
  assert.equal(buffer.slice(), "abc\0");
  assert.equal(buffer.slice(null, null, -1), "\0cba");
  assert.equal(buffer.slice(null, null, 2), "ac");
  assert.equal(buffer.slice(null, null, 5), "a");
  throws(
    () => create_unicode_buffer(bytes("abc") as never),
    TypeError,
    /expected a string or number, got a Uint8Array/,
  );
});

row("test_unicode_conversion", () => {
  const buffer = create_unicode_buffer("äbc");
  assert.equal(buffer.length, 4);
  assert.equal(sizeof(buffer), 4 * sizeof(c_wchar), "one unit a character, however long its UTF-8 is");
  assert.equal(buffer[0], "ä");
  assert.equal(buffer.slice(), "äbc\0");
  assert.equal(buffer.slice(null, null, -1), "\0cbä");
  assert.equal(buffer.slice(null, null, 2), "äc");
  assert.equal(buffer.slice(null, null, 5), "ä");
});

row("test_create_unicode_buffer_non_bmp", () => {
  const expected = sizeof(c_wchar) === 2 ? 5 : 3;
  for (const text of ["\u{10000}\u{100000}", "😀🎉", "\u{10000}\u{10ffff}"]) {
    const buffer = create_unicode_buffer(text);
    assert.equal(buffer.length, expected, text);
    assert.equal(buffer[expected - 1], "\0");
    assert.equal(buffer.value, text);
  }
});
