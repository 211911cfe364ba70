/**
 * The rows of test_unicode.py: wide text, and bytes that are not ASCII.
 */
import assert from "node:assert/strict";
import { ArgumentError, c_char_p, c_wchar_p, create_string_buffer, create_unicode_buffer, string_at } from "ctypes-js";
import { row } from "./row.ts";
import { bytes, isWindows, throws, undeclared, wideUnits } from "./support.ts";

const file = "test_unicode.py";

row(file, "UnicodeTestCase", "test_wcslen", () => {
  const wcslen = undeclared("my_wcslen");
  wcslen.argtypes = [c_wchar_p];
  assert.equal(wcslen("abc"), 3);
  assert.equal(wcslen("ab\u2070"), 3);
  assert.equal(wcslen("ab😀"), isWindows ? 4 : 3, "UTF-16 has two wchar_t for it");
  throws(
    () => wcslen(bytes("ab\xe4")),
    ArgumentError,
    new RegExp(`argument 1: expected a string, ${wideUnits} or null for c_wchar_p`),
  );
});

row(file, "UnicodeTestCase", "test_buffers", () => {
  const buffer = create_unicode_buffer("abäöü");
  assert.equal(buffer.length, 6);
  assert.equal(buffer.slice(), "abäöü\0");
  assert.equal(buffer.slice(null, null, -1), "\0üöäba");
  assert.equal(buffer.slice(null, null, 2), "aäü");
  assert.equal(buffer.slice(6, 5, -1), "");
});

row(file, "StringTestCase", "test_func", () => {
  const func = undeclared("_testfunc_p_p");
  func.argtypes = [c_char_p];
  func.restype = c_char_p;
  assert.equal(func("abcä"), "abcä");
  // Text is UTF-8; other bytes come back as they are where they are read as bytes.
  const latin1 = bytes("abc\xe4\0");
  class Raw extends c_char_p {}
  func.restype = Raw;
  assert.deepEqual(string_at(func(latin1) as Raw), bytes("abc\xe4"));
});

row(file, "StringTestCase", "test_buffers", () => {
  const buffer = create_string_buffer(bytes("ab\xe4\xf6\xfc"));
  assert.equal(buffer.length, 6);
  assert.equal(buffer.slice(), "abäöü\0");
  assert.equal(buffer.slice(null, null, -1), "\0üöäba");
  assert.equal(buffer.slice(null, null, 2), "aäü");
  assert.equal(buffer.slice(6, 5, -1), "");
  assert.deepEqual(Uint8Array.from(buffer.raw), bytes("ab\xe4\xf6\xfc\0"));
});
