/**
 * The rows of test_stringptr.py: text that pointers point to.
 */
import assert from "node:assert/strict";
import { c_char, c_char_p, create_string_buffer, NullPointerError, POINTER, type Pointer, Structure } from "ctypes-js";
import { row as rowOf } from "./row.ts";
import { bytes, throws, undeclared } from "./support.ts";

const row = (name: string, body: () => void) => rowOf("test_stringptr.py", "StringPtrTestCase", name, body);

row("test__POINTER_c_char", () => {
  class X extends Structure({ str: POINTER(c_char) }) {}
  const x = new X();
  assert.equal(x.str, null);
  throws(() => new (POINTER(c_char))().contents, NullPointerError, "POINTER(c_char).contents: the pointer is NULL");

  const buffer = create_string_buffer("Hello, World");
  x.str = buffer as never;
  for (let i = 0; i < buffer.length; i++) assert.equal(x.str?.[i], buffer[i]);
  buffer[0] = "J";
  assert.equal(x.str?.[0], "J", "the pointer points to the buffer itself");

  throws(() => (x.str = "Hello, World" as never), TypeError, /^X\.str: expected POINTER\(c_char\)/);
  assert.equal(x.str?.[0], "J");
});

row("test_functions", () => {
  for (const type of [c_char_p, POINTER(c_char)]) {
    const strchr = undeclared("my_strchr");
    strchr.restype = c_char_p;
    strchr.argtypes = [type, c_char];
    assert.equal(strchr("abcdef", "c"), "cdef");
    assert.equal(strchr(bytes("abcdef\0"), "c"), "cdef");
    assert.equal(strchr(create_string_buffer("abcdef"), "c"), "cdef");
    assert.equal(strchr("abcdef", "x"), null);
  }

  const strchr = undeclared("my_strchr");
  strchr.restype = POINTER(c_char);
  strchr.argtypes = [POINTER(c_char), c_char];
  const buffer = create_string_buffer("abcdef");
  const found = strchr(buffer, "c") as Pointer<c_char>;
  assert.deepEqual([found[0], found[1], found[2], found[3], found[4]], ["c", "d", "e", "f", "\0"]);
});
