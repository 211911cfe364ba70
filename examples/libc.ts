/** The C library: text, a callback, a structure by value, variadics, errno. */
import assert from "node:assert/strict";
import { constants as fs } from "node:fs";
import { constants as os } from "node:os";
import {
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_size_t,
  create_string_buffer,
  get_errno,
  POINTER,
  Structure,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";

class div_t extends Structure({ quot: c_int, rem: c_int }) {}
const Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int));

const libc = new CDLL(
  find_library("c"),
  {
    strlen: CFUNCTYPE(c_size_t, c_char_p),
    qsort: CFUNCTYPE(null, POINTER(c_int), c_size_t, c_size_t, Compare),
    div: CFUNCTYPE(div_t, c_int, c_int),
    getenv: CFUNCTYPE(c_char_p, c_char_p),
    snprintf: CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, "..."),
    open: CFUNCTYPE(c_int, c_char_p, c_int, "..."),
    strerror: CFUNCTYPE(c_char_p, c_int),
  },
  { use_errno: true },
);

// A string becomes UTF-8 with a NUL; size_t comes back as a number.
const length = libc.strlen("héllo, wörld");
assert.equal(length, 14);
console.log(`strlen("héllo, wörld") = ${length}: bytes of UTF-8, not characters`);

// C sorts the memory of the Int32Array itself, and asks JavaScript at each comparison.
const numbers = Int32Array.from({ length: 10_000 }, (_, i) => Math.imul(i, 2654435761) >> 8);
const expected = numbers.toSorted();
let comparisons = 0;
const compare = new Compare((a, b) => {
  comparisons++;
  return a!.at(0) - b!.at(0);
});
libc.qsort(numbers, numbers.length, numbers.BYTES_PER_ELEMENT, compare);
assert.deepEqual(numbers, expected);
console.log(`qsort() sorted 10000 ints, calling JavaScript ${comparisons} times: ${numbers[0]} … ${numbers.at(-1)}`);

// A structure returned by value.
const { quot, rem } = libc.div(17, 5);
assert.deepEqual([quot, rem], [3, 2]);
console.log(`div(17, 5) = ${quot}, remainder ${rem}`);

// char * is a string, NULL is null.
assert.equal(libc.getenv("PATH"), process.env.PATH ?? null);
assert.equal(libc.getenv("CTYPES_NO_SUCH_VARIABLE"), null);
console.log("getenv() agrees with process.env, and gives null for a variable that is not set");

// Behind `...` a number says which one it is; a string is a char *.
const text = create_string_buffer(64);
const written = libc.snprintf(
  text,
  text.length,
  "%s is %.3f, %d in hex is %#x",
  "pi",
  new c_double(Math.PI),
  new c_int(255),
  new c_int(255),
);
assert.equal(text.value, "pi is 3.142, 255 in hex is 0xff");
assert.equal(written, text.value.length);
console.log(`snprintf() wrote ${written} bytes: ${text.value}`);

// With use_errno, errno is saved right after the call, before anything else can change it.
const file = libc.open("/no/such/file", fs.O_RDONLY);
const errno = get_errno();
assert.equal(file, -1);
assert.equal(errno, os.errno.ENOENT);
console.log(`open("/no/such/file") = ${file}, errno ${errno}: ${libc.strerror(errno)}`);
