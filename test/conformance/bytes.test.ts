/**
 * The rows of test_bytes.py: which of bytes and text a type takes.
 *
 * Python's two kinds are bytes and str. Here `char` is text that fits one byte, so what it must refuse is text that
 * does not; `wchar_t` is text, and must refuse bytes.
 */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ARRAY, type CharArray, c_char, c_char_p, c_wchar, c_wchar_p, Structure, type WideArray } from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { bytes, throws } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_bytes.py", "BytesTest", name, body);

row("test_c_char", () => {
  const letter = new c_char("x");
  assert.equal(letter.value, "x");
  letter.value = "y";
  assert.equal(letter.value, "y");
  for (const wrong of ["x\u0100", "\u0100", "xy", "", bytes("x"), null, 256, -1, 1.5]) {
    throws(() => new c_char(wrong as never), TypeError, /for c_char/);
    throws(() => (letter.value = wrong as never), TypeError, /for c_char/);
    throws(() => c_char.from_param(wrong), TypeError, /^c_char\.from_param\(\)/);
  }
  assert.equal(letter.value, "y");
  c_char.from_param("x");
  assert.match(inspect(c_char.from_param("\xbd")), /c_char\('½'\)/);

  assert.equal(new (ARRAY(c_char, 3))("a", "b", "c").slice(), "abc");
  assert.equal(new (ARRAY(c_char, 3))(97, 98, 99).slice(), "abc");
  throws(() => new (ARRAY(c_char, 3))("a", "b", "\u20ac"), TypeError, /^ARRAY\(c_char, 3\)\[2\]: /);
});

row("test_c_wchar", () => {
  const letter = new c_wchar("x");
  assert.equal(letter.value, "x");
  letter.value = "\u20ac";
  assert.equal(letter.value, "\u20ac");
  for (const wrong of [bytes("x"), "xy", "", 120, null]) {
    throws(() => new c_wchar(wrong as never), TypeError, /for c_wchar/);
    throws(() => (letter.value = wrong as never), TypeError, /for c_wchar/);
    throws(() => c_wchar.from_param(wrong), TypeError, /^c_wchar\.from_param\(\)/);
  }
  c_wchar.from_param("x");
  assert.equal(new (ARRAY(c_wchar, 3))("a", "b", "c").slice(), "abc");
  throws(() => new (ARRAY(c_wchar, 3))(...([bytes("a"), bytes("b"), bytes("c")] as never[])), TypeError, /\[0\]: /);
});

row("test_c_char_p", () => {
  assert.equal(new c_char_p("foo bar").value, "foo bar");
  assert.equal(new c_char_p(bytes("foo bar\0")).value, "foo bar");
  for (const wrong of [new (ARRAY(c_wchar, 4))("a"), 1.5, {}, ["a"]]) {
    throws(() => new c_char_p(wrong as never), TypeError, /for c_char_p/);
  }
});

row("test_c_wchar_p", () => {
  assert.equal(new c_wchar_p("foo bar").value, "foo bar");
  for (const wrong of [bytes("foo bar"), new (ARRAY(c_char, 4))("a"), 1.5]) {
    throws(() => new c_wchar_p(wrong as never), TypeError, /for c_wchar_p/);
  }
});

row("test_struct", () => {
  class X extends Structure({ a: ARRAY(c_char, 3) }) {}
  for (const text of ["abc", bytes("abc")]) {
    const x = new X([text]);
    const { a } = x as { a: CharArray };
    assert.equal(a.value, "abc");
    assert.deepEqual(Uint8Array.from(a.raw), bytes("abc"), "its bytes are bytes");
  }
  assert.equal(new X({ a: "abc" }).a.value, "abc");
  throws(() => new X([new (ARRAY(c_wchar, 3))("a", "b", "c")]), TypeError, /^X\.a: /);
  throws(() => new X([5]), TypeError, /^X\.a: /);
});

row("test_struct_W", () => {
  class X extends Structure({ a: ARRAY(c_wchar, 3) }) {}
  const x = new X(["abc"]);
  const { a } = x as { a: WideArray };
  assert.equal(a.value, "abc");
  assert.equal(typeof a.value, "string");
  throws(() => new X([bytes("abc")]), TypeError, /^X\.a/);
});
