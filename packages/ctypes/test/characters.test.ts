/**
 * Characters of 16 and 32 bits, C11's char16_t and char32_t, and their strings and arrays.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  _SimpleCData,
  ARRAY,
  ArgumentError,
  BigEndianStructure,
  CDLL,
  CFUNCTYPE,
  c_char16,
  c_char16_p,
  c_char32,
  c_char32_p,
  c_int,
  c_size_t,
  c_wchar,
  c_wchar_p,
  POINTER,
  pointer,
  Structure,
  sizeof,
  toPlain,
} from "ctypes-js";
import { compileLibrary, type Equal, expectType, isWindows, throws } from "./support.ts";

const library = compileLibrary(
  "characters",
  `#include <stddef.h>
   #include <uchar.h>
   size_t length16(const char16_t *text) { size_t n = 0; while (text[n]) n++; return n; }
   size_t length32(const char32_t *text) { size_t n = 0; while (text[n]) n++; return n; }
   const char16_t *text16(void) { return u"größe 😀"; }
   const char32_t *text32(void) { return U"größe 😀"; }
   char16_t next16(char16_t c) { return c + 1; }
   char32_t next32(char32_t c) { return c + 1; }
   void upper16(char16_t *text) { for (; *text; text++) if (*text >= 'a' && *text <= 'z') *text -= 32; }
   int call16(int (*f)(char16_t, const char16_t *), char16_t c) { return f(c, u"ab"); }
   struct named { char16_t name[4]; char32_t initial; const char16_t *text; };
   size_t size_of_named(void) { return sizeof(struct named); }
   char32_t initial_of(struct named n) { return n.initial; }`,
);

class Named extends Structure({ name: ARRAY(c_char16, 4), initial: c_char32, text: c_char16_p }) {}
const lib = new CDLL(library, {
  length16: CFUNCTYPE(c_size_t, c_char16_p),
  length32: CFUNCTYPE(c_size_t, c_char32_p),
  text16: CFUNCTYPE(c_char16_p),
  text32: CFUNCTYPE(c_char32_p),
  next16: CFUNCTYPE(c_char16, c_char16),
  next32: CFUNCTYPE(c_char32, c_char32),
  upper16: CFUNCTYPE(null, POINTER(c_char16)),
  call16: CFUNCTYPE(c_int, CFUNCTYPE(c_int, c_char16, c_char16_p), c_char16),
  size_of_named: CFUNCTYPE(c_size_t),
  initial_of: CFUNCTYPE(c_char32, Named),
});

test("text goes to C and comes back", () => {
  assert.equal(lib.length16("größe 😀"), 8);
  assert.equal(lib.length32("größe 😀"), 7);
  assert.equal(lib.length16(""), 0);
  const text = lib.text16();
  expectType<Equal<typeof text, string | null>>();
  assert.equal(text, "größe 😀");
  assert.equal(lib.text32(), "größe 😀");
  throws(() => lib.length16("a\0b"), ArgumentError, /argument 1: expected text without NUL characters/);
});

test("characters are strings of one", () => {
  assert.equal(lib.next16("a"), "b");
  assert.equal(lib.next16("\ud83c"), "\ud83d");
  assert.equal(lib.next32("😀"), "😁");
  assert.deepEqual([sizeof(c_char16), sizeof(c_char32)], [2, 4]);
  assert.equal(new c_char16().value, "\0");
  const unit = "expected a string of one UTF-16 unit, or an integer up to 0xFFFF, for c_char16";
  const character = "expected a string of one character, or an integer up to 0x10FFFF, for c_char32";
  throws(() => new c_char16("😀"), TypeError, `${unit}, got the string "😀"`);
  throws(() => new c_char32("ab"), TypeError, `${character}, got the string "ab"`);
  throws(() => new c_char32(""), TypeError, `${character}, got the string ""`);
});

test("characters are stored by their codes as well, and read as strings", () => {
  assert.deepEqual([new c_char16(65).value, new c_char32(0x1f600).value], ["A", "😀"]);
  assert.deepEqual([new c_char16(0xffff).value, new c_char32(0x10ffff).value], ["\uffff", "\u{10ffff}"]);
  assert.deepEqual([lib.next16(97), lib.next32(0x1f600)], ["b", "😁"]);
  const named = new Named({ initial: 0x1f600 });
  named.name[0] = 0xd83d as never;
  assert.deepEqual([named.initial, named.name[0]], ["😀", "\ud83d"]);
  assert.deepEqual([...new (ARRAY(c_char32, 2))(97, "b")], ["a", "b"]);
  for (const wrong of [-1, 0x10000, 1.5, Number.NaN]) {
    throws(() => new c_char16(wrong), TypeError, new RegExp(`for c_char16, got the number ${wrong}$`));
  }
  for (const wrong of [-1, 0x110000, 1.5, 2 ** 32]) {
    throws(() => new c_char32(wrong), TypeError, new RegExp(`for c_char32, got the number ${wrong}$`));
  }
  throws(() => lib.next16(0x10000), ArgumentError, /^next16\(\): argument 1: expected a string of one UTF-16 unit/);
  // What C stores can be no character: it reads as the replacement character.
  assert.equal(c_char32.from_buffer(new Uint32Array([0x110000])).value, "\ufffd");
  // As in Python, a wchar_t takes text alone.
  const refused = `expected a string of one ${isWindows ? "UTF-16 unit" : "character"} for c_wchar, got the number 65`;
  // @ts-expect-error a number is no wide character
  throws(() => new c_wchar(65), TypeError, refused);
});

test("arrays of them are text", () => {
  const named = new Named({ name: "ab", initial: "é", text: "größe" });
  assert.equal(sizeof(Named), lib.size_of_named());
  assert.equal(lib.initial_of(named), "é");
  assert.equal(named.name.value, "ab");
  named.name.value = "cdef";
  assert.equal(`${named.name}`, "cdef");
  assert.equal(named.name.slice(1, 3), "de");
  const plain = toPlain(named);
  expectType<Equal<typeof plain, { name: string; initial: string; text: string | null }>>();
  assert.deepEqual(plain, { name: "cdef", initial: "é", text: "größe" });
  throws(() => (named.name.value = "abcde"), RangeError, "5 characters are too many for ARRAY(c_char16, 4)");
  const wide = new (ARRAY(c_char32, 3))("é", "😀");
  assert.equal(wide.value, "é😀");
  assert.deepEqual([...wide.view], [0xe9, 0x1f600, 0]);
  assert.ok(wide.view instanceof Uint32Array);
});

test("a typed array of such units is text, too, and ended", () => {
  const units = Uint16Array.from("abc", (c) => c.charCodeAt(0));
  for (let i = 0; i < 100; i++) assert.equal(lib.length16(units), 3);
  assert.equal(lib.length32(Uint32Array.of(65, 0, 66)), 1);
  assert.throws(
    () => lib.length16(new Uint8Array(4) as never),
    /expected a string, Uint16Array or null for c_char16_p/,
  );
  assert.equal(new c_char16_p(units).value, "abc");
  assert.equal(new c_wchar_p(new (isWindows ? Uint16Array : Uint32Array)([65, 66]) as never).value, "AB");
});

test("a pointer to them takes text and arrays, and C writes there", () => {
  const buffer = new (ARRAY(c_char16, 6))();
  buffer.value = "hello";
  lib.upper16(buffer);
  assert.equal(buffer.value, "HELLO");
  const units = Uint16Array.of(97, 98, 0);
  lib.upper16(units);
  assert.deepEqual([...units], [65, 66, 0]);
  const letter = new c_char16("x");
  assert.equal(pointer(letter).contents.value, "x");
});

test("callbacks get them", () => {
  const seen: unknown[] = [];
  const f = new (CFUNCTYPE(c_int, c_char16, c_char16_p))((c, text) => seen.push(c, text));
  assert.equal(lib.call16(f, "é"), 2);
  assert.deepEqual(seen, ["é", "ab"]);
});

test("they have another byte order, and letters of their own", () => {
  class Header extends BigEndianStructure({ mark: c_char16, letter: c_char32 }) {}
  assert.deepEqual(toPlain(Header.from_buffer(new Uint8Array([0x26, 0x3a, 0, 0, 0, 1, 0xf6, 0]))), {
    mark: "☺",
    letter: "😀",
  });
  assert.equal(new (_SimpleCData("s"))("a").value, "a");
  assert.equal(new (_SimpleCData("T"))("ab").value, "ab");
});
