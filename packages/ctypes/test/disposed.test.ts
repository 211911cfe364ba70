/**
 * Texts that the caller frees.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CDLL,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_char16_p,
  c_int,
  c_void_p,
  type Disposer,
  disposed,
  POINTER,
} from "ctypes-js";
import { compileLibrary, type Equal, expectType, throws } from "./support.ts";

const library = compileLibrary(
  "disposed",
  `
  #include <stdlib.h>
  #include <string.h>
  #include <uchar.h>
  int living;
  char *greeting(const char *name) {
    if (name == NULL) return NULL;
    char *text = malloc(strlen(name) + 7);
    living++;
    return strcat(strcpy(text, "hello "), name);
  }
  char16_t *wide(void) { char16_t *text = malloc(6); memcpy(text, u"hi", 6); living++; return text; }
  void release(char *text) { memset(text, '!', 2); free(text); living--; }
  `,
);

const lib = new CDLL(library, {
  living: c_int,
  release: CFUNCTYPE(null, POINTER(c_char)),
  greeting: () =>
    CFUNCTYPE<c_char_p, [name: c_char_p]>(
      disposed(c_char_p, (): Disposer => lib.release),
      c_char_p,
    ),
  wide: () => CFUNCTYPE(disposed(c_char16_p, (): Disposer => lib.release)),
});

test("a text is given, and its memory is freed", () => {
  const text = lib.greeting("you");
  expectType<Equal<typeof text, string | null>>();
  assert.equal(text, "hello you");
  assert.equal(lib.wide(), "hi");
  assert.equal(lib.living.value, 0);
});

test("NULL is null, and is not freed", () => {
  assert.equal(lib.greeting(null), null);
  assert.equal(lib.living.value, 0);
});

test("a call on another thread is refused, since its result is not what C gives", () => {
  throws(
    () => lib.greeting.async,
    TypeError,
    'greeting.async: only functions whose parameters and result are C types, and are no "..."',
  );
});

test("what is no type of text, and what is no function, is refused", () => {
  throws(
    () => disposed(c_void_p as never, () => lib.release),
    TypeError,
    "disposed(): argument 1: expected a type of text, such as c_char_p, got the class c_void_p",
  );
  throws(
    () => disposed(c_char_p, "free" as never),
    TypeError,
    'disposed(): argument 2: expected a function giving a C function, got the string "free"',
  );
  const wrong = new CDLL(library, {
    greeting: CFUNCTYPE(
      disposed(c_char_p, () => 5 as never),
      c_char_p,
    ),
  });
  throws(() => wrong.greeting("you"), TypeError, "disposed(): expected a C function, got the number 5");
});
