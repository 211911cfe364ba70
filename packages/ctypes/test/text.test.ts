/**
 * Text: `char *`, `wchar_t *`, buffers of characters, and bytes by address.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  addressof,
  assign,
  byref,
  CDLL,
  CFUNCTYPE,
  type CharArray,
  c_char,
  c_char_p,
  c_int,
  c_size_t,
  c_void_p,
  type c_wchar,
  c_wchar_p,
  create_string_buffer,
  create_unicode_buffer,
  memmove,
  memset,
  NullPointerError,
  POINTER,
  pointer,
  Structure,
  sizeof,
  string_at,
  type WideArray,
  wstring_at,
} from "ctypes-js";
import { type Equal, expectType, functionsPath, isWindows, many, throws, wideUnits } from "./support.ts";

const lib = new CDLL(functionsPath, {
  length_of: CFUNCTYPE(c_size_t, c_char_p),
  wide_length_of: CFUNCTYPE(c_size_t, c_wchar_p),
  same_text: CFUNCTYPE(c_char_p, c_char_p),
  same_wide: CFUNCTYPE(c_wchar_p, c_wchar_p),
  wide_greeting: CFUNCTYPE(c_wchar_p),
  not_utf8: CFUNCTYPE(c_char_p),
  text_at: CFUNCTYPE(c_char_p, POINTER(c_char_p), c_int),
  lengths_of: CFUNCTYPE(c_size_t, POINTER(c_char_p), c_size_t),
  give_text: CFUNCTYPE(null, POINTER(c_char_p)),
});

// -- c_char_p --------------------------------------------------------------------------------------

test("c_char_p is UTF-8 text, or null", () => {
  const text = new c_char_p("héllo €😀");
  expectType<Equal<typeof text.value, string | null>>();
  assert.equal(text.value, "héllo €😀");
  text.value = null;
  assert.equal(text.value, null);
  text.value = "";
  assert.equal(text.value, "", "empty text is not NULL");
});

test("text is passed and given back", () => {
  for (const text of [
    "",
    "a",
    "hello",
    "x".repeat(23),
    "x".repeat(24),
    "x".repeat(25),
    "é",
    "€uro",
    "😀",
    "\u{10ffff}",
  ]) {
    assert.equal(lib.length_of(text), Buffer.byteLength(text));
    assert.equal(lib.same_text(text), text);
  }
});

test("text of any length is passed", () => {
  for (const length of [1000, 65536, 87381, 87382, 100_000, 300_000, 5_000_000]) {
    assert.equal(lib.length_of("x".repeat(length)), length);
    assert.equal(lib.length_of("é".repeat(length)), 2 * length);
  }
});

test("text is passed wherever V8 has put it, also at the end of its memory", () => {
  const { strlen } = new CDLL(null, { strlen: CFUNCTYPE(c_size_t, c_char_p) });
  const length = (text: string) => strlen(text);
  const bytes = Buffer.alloc(100, "x");
  // Texts of whole blocks, with others between them, so that some end where a page does.
  for (let round = 0; round < many(3000); round++) {
    const kept: string[] = [];
    for (let i = 0; i < 200; i++) {
      kept.push(
        bytes.toString("latin1", 0, 1 + ((7 * round + i) % 23)),
        bytes.toString("latin1", 0, 32 * (1 + (i % 3))),
      );
      const text = kept.at(-1) as string;
      assert.equal(length(text), text.length);
    }
  }
});

test("a lone surrogate becomes U+FFFD, as JavaScript's encoder has it", () => {
  assert.equal(lib.same_text("a\ud800b"), "a\ufffdb");
});

test("bytes that are no UTF-8 read as U+FFFD; string_at has them exactly", () => {
  assert.equal(lib.not_utf8(), "caf\ufffd");
  const raw = new CDLL(functionsPath, { not_utf8: CFUNCTYPE(c_void_p) });
  assert.deepEqual([...string_at(raw.not_utf8())], [0x63, 0x61, 0x66, 0xe9]);
});

test("NULL is null both ways", () => {
  assert.equal(lib.same_text(null), null);
  assert.equal(lib.length_of(null) as number | bigint, 2n ** 64n - 1n);
});

test("a Uint8Array is passed by address, with its own NUL", () => {
  assert.equal(lib.length_of(Buffer.from("bytes\0more")), 5);
  assert.equal(lib.same_text(Uint8Array.of(104, 105, 0)), "hi");
  const text = new c_char_p(Buffer.from("kept\0"));
  assert.equal(text.value, "kept");
});

test("a char * takes an array, a pointer and a reference of characters", () => {
  const buffer = create_string_buffer("buffer");
  assert.equal(lib.length_of(buffer), 6);
  assert.equal(lib.length_of(pointer(new c_char("\0"))), 0);
  assert.equal(lib.length_of(byref(new c_char("\0"))), 0);
  assert.equal(lib.length_of(new c_char_p("object")), 6);
  class Named extends Structure({ name: c_char_p }) {}
  assert.equal(new Named({ name: buffer as never }).name, "buffer");
});

test("a NUL inside text is refused: C would see only what stands before it", () => {
  const advice = "C would see only the part before the NUL";
  throws(
    () => new c_char_p("a\0b"),
    TypeError,
    `expected text without NUL characters, got the string "a\\u0000b"; ${advice}`,
  );
  throws(
    () => lib.length_of("a\0b"),
    ArgumentError,
    `length_of(): argument 1: expected text without NUL characters, got the string "a\\u0000b"; ${advice}`,
  );
  const long = `${"x".repeat(50)}\0`;
  throws(() => new c_wchar_p(long), TypeError, /^expected text without NUL characters, got the string "x{40}…"/);
});

test("c_char_p refuses what is no text", () => {
  const message = "expected a string, Uint8Array or null for c_char_p, got ";
  throws(() => new c_char_p(5 as never), TypeError, `${message}the number 5`);
  throws(() => new c_char_p(new c_int(5) as never), TypeError, `${message}a c_int`);
  throws(() => new c_char_p(new (ARRAY(c_int, 2))() as never), TypeError, `${message}an ARRAY(c_int, 2)`);
  throws(() => (new c_char_p().value = undefined as never), TypeError, `${message}undefined`);
});

test("an array of char * is an array of text", () => {
  const words = new (ARRAY(c_char_p, 3))("one", "zwei", "trois");
  assert.equal(lib.text_at(words, 1), "zwei");
  assert.equal(lib.lengths_of(words, 3), 12);
  words[1] = "due";
  assert.equal(lib.text_at(words, 1), "due");
});

test("C writes a char * through byref", () => {
  const text = new c_char_p();
  lib.give_text(byref(text));
  assert.equal(text.value, "given by C");
  lib.give_text(text);
  assert.equal(text.value, "given by C");
});

// -- c_wchar_p -------------------------------------------------------------------------------------

test("c_wchar_p is text of wchar_t, or null", () => {
  const text = new c_wchar_p("né😀");
  expectType<Equal<typeof text.value, string | null>>();
  assert.equal(text.value, "né😀");
  assert.equal(lib.wide_length_of("né😀"), isWindows ? 4 : 3, "wchar_t's, of which a character of UTF-16 may have two");
  assert.equal(lib.same_wide("né😀"), "né😀");
  assert.equal(lib.wide_greeting(), "héllo 😀");
  assert.equal(lib.same_wide(null), null);
  assert.equal(lib.wide_length_of(""), 0);
  assert.equal(lib.wide_length_of("x".repeat(100_000)), 100_000);
});

test("c_wchar_p refuses what is no text", () => {
  throws(
    () => new c_wchar_p(new Uint8Array(2) as never),
    TypeError,
    `expected a string, ${wideUnits} or null for c_wchar_p, got a Uint8Array`,
  );
  throws(
    () => new c_wchar_p(5 as never),
    TypeError,
    `expected a string, ${wideUnits} or null for c_wchar_p, got the number 5`,
  );
});

// -- Buffers ---------------------------------------------------------------------------------------

test("create_string_buffer makes room for the text and a NUL", () => {
  const buffer = create_string_buffer("héllo");
  expectType<Equal<typeof buffer, CharArray<c_char>>>();
  assert.equal(buffer.length, 7);
  assert.equal(sizeof(buffer), 7);
  assert.equal(buffer.value, "héllo");
  assert.deepEqual([...buffer.raw], [...Buffer.from("héllo\0")]);
});

test("create_string_buffer takes a size, with or without text, and bytes", () => {
  assert.equal(create_string_buffer(4).length, 4);
  assert.equal(create_string_buffer("hi", 10).length, 10);
  assert.equal(create_string_buffer("hi", 2).value, "hi", "as much as fits, without a NUL");
  assert.deepEqual([...create_string_buffer(Uint8Array.of(1, 0, 2)).raw], [1, 0, 2, 0]);
  assert.equal(create_string_buffer(0).length, 0);
});

test("create_string_buffer refuses the wrong kind and size", () => {
  const where = "create_string_buffer()";
  throws(
    () => create_string_buffer(null as never),
    TypeError,
    `${where}: argument 1: expected a string, Uint8Array or number, got null`,
  );
  throws(() => create_string_buffer(-1), RangeError, `${where}: argument 1: the size cannot be negative, got -1`);
  throws(
    () => create_string_buffer(1.5),
    TypeError,
    `${where}: argument 1: expected an integer size, got the number 1.5`,
  );
  throws(
    () => create_string_buffer("hello", -2),
    RangeError,
    `${where}: argument 2: the size cannot be negative, got -2`,
  );
  throws(() => create_string_buffer("hello", 3), RangeError, `${where}: 5 bytes are too many for ARRAY(c_char, 3)`);
});

test("create_unicode_buffer counts characters", () => {
  const buffer = create_unicode_buffer("né😀");
  expectType<Equal<typeof buffer, WideArray<c_wchar>>>();
  const length = isWindows ? 4 : 3;
  assert.equal(buffer.length, length + 1);
  assert.equal(buffer.value, "né😀");
  assert.equal(create_unicode_buffer(3).value, "");
  assert.equal(create_unicode_buffer("hi", 5).length, 5);
  assert.equal(lib.wide_length_of(buffer), length);
  const where = "create_unicode_buffer()";
  throws(
    () => create_unicode_buffer(null as never),
    TypeError,
    `${where}: argument 1: expected a string or number, got null`,
  );
  throws(() => create_unicode_buffer(-1), RangeError, `${where}: argument 1: the size cannot be negative, got -1`);
  throws(
    () => create_unicode_buffer("abc", 2),
    RangeError,
    `${where}: 3 characters are too many for ARRAY(c_wchar, 2)`,
  );
});

// -- By address ------------------------------------------------------------------------------------

test("string_at copies bytes up to a NUL, or as many as asked", () => {
  const buffer = create_string_buffer(Uint8Array.of(104, 105, 0, 106, 107));
  const bytes = string_at(buffer);
  expectType<Equal<typeof bytes, Uint8Array>>();
  assert.deepEqual([...bytes], [104, 105]);
  assert.deepEqual([...string_at(buffer, 5)], [104, 105, 0, 106, 107]);
  assert.deepEqual([...string_at(addressof(buffer), 1)], [104]);
  assert.deepEqual([...string_at(buffer, 0)], []);
  bytes[0] = 0;
  assert.equal(buffer.value, "hi", "a copy");
});

test("wstring_at reads text of wchar_t", () => {
  const buffer = create_unicode_buffer("né😀");
  assert.equal(wstring_at(buffer), "né😀");
  assert.equal(wstring_at(buffer, 2), "né");
  assert.equal(wstring_at(addressof(buffer), 0), "");
});

test("memmove and memset change memory and give the address", () => {
  const buffer = create_string_buffer("abcdef");
  assert.equal(memset(buffer, 120, 3), addressof(buffer));
  assert.equal(buffer.value, "xxxdef");
  assert.equal(memmove(buffer, byref(buffer, 2), 4), addressof(buffer));
  assert.equal(buffer.value, "xdefef", "the places may overlap");
  memmove(buffer, Uint8Array.of(72, 73), 2);
  assert.equal(buffer.value, "HIefef");
  memset(buffer, -1, 1);
  assert.equal(buffer.raw[0], 255);
  memset(buffer, 0, 0);
});

test("functions of memory refuse NULL, negative sizes and what is no pointer", () => {
  const buffer = create_string_buffer(8);
  throws(() => string_at(null), NullPointerError, "string_at(): argument 1: the pointer is NULL");
  throws(() => string_at(0), NullPointerError, "string_at(): argument 1: the pointer is NULL");
  throws(() => wstring_at(null), NullPointerError, "wstring_at(): argument 1: the pointer is NULL");
  throws(() => memmove(null, buffer, 1), NullPointerError, "memmove(): argument 1: the pointer is NULL");
  throws(() => memmove(buffer, null, 1), NullPointerError, "memmove(): argument 2: the pointer is NULL");
  throws(() => memset(null, 0, 1), NullPointerError, "memset(): argument 1: the pointer is NULL");
  throws(() => string_at(buffer, -2), RangeError, "string_at(): argument 2: the size cannot be negative, got -2");
  throws(() => wstring_at(buffer, -5), RangeError, "wstring_at(): argument 2: the size cannot be negative, got -5");
  throws(() => memmove(buffer, buffer, -1), RangeError, "memmove(): argument 3: the size cannot be negative, got -1");
  throws(() => memset(buffer, 0, -1), RangeError, "memset(): argument 3: the size cannot be negative, got -1");
  throws(() => memset(buffer, 0.5, 1), TypeError, "memset(): argument 2: expected an integer, got the number 0.5");
  throws(
    () => string_at(buffer, NaN),
    TypeError,
    "string_at(): argument 2: expected an integer size, got the number NaN",
  );
  throws(
    () => string_at(1.5),
    TypeError,
    "string_at(): argument 1: expected an address, a pointer, an array, a buffer or null for c_void_p, got the number 1.5",
  );
  throws(
    () => memmove(buffer, "text" as never, 1),
    TypeError,
    'memmove(): argument 2: expected an address, a pointer, an array, a buffer or null for c_void_p, got the string "text"',
  );
});

test("an array of c_char is as good as text for a c_char_p, live, and wide text is not", () => {
  class Named extends Structure({ name: c_char_p }) {}
  const named = new Named();
  const buffer = create_string_buffer("Hello, buffer");
  assign(named, { name: buffer });
  buffer[0] = "J";
  assert.equal(named.name, "Jello, buffer");
  for (const wrong of [create_unicode_buffer("wide"), 1.5, {}]) {
    throws(
      () => (named.name = wrong as never),
      TypeError,
      /^Named\.name: expected a string, Uint8Array or null for c_char_p/,
    );
  }
  assert.equal(named.name, "Jello, buffer");
});
