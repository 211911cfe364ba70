/**
 * Functions of the C library: numbers, complex numbers, sorting with a callback.
 */
import assert from "node:assert/strict";
import {
  CFUNCTYPE,
  type Complex,
  c_char,
  c_double,
  c_double_complex,
  c_float_complex,
  c_int,
  c_longdouble_complex,
  c_size_t,
  c_void_p,
  create_string_buffer,
  POINTER,
  sizeof,
} from "ctypes-js";
import { row } from "./row.ts";
import { bytes, isWindows, undeclared } from "./support.ts";

row("test_libc.py", "LibTest", "test_sqrt", () => {
  const sqrt = undeclared("my_sqrt");
  sqrt.argtypes = [c_double];
  sqrt.restype = c_double;
  assert.equal(sqrt(4.0), 2.0);
  assert.equal(sqrt(2.0), Math.sqrt(2));
});

row("test_libc.py", "LibTest", "test_csqrt", () => {
  const functions = {
    my_csqrt: c_double_complex,
    my_csqrtf: c_float_complex,
    // mingw's own takes a long double of 80 bits.
    ...(!isWindows && { my_csqrtl: c_longdouble_complex }),
  };
  for (const [name, type] of Object.entries(functions)) {
    const csqrt = undeclared(name);
    csqrt.argtypes = [type];
    csqrt.restype = type;
    assert.deepEqual(csqrt(4), { re: 2, im: 0 }, name);
    near(csqrt({ re: -1, im: 0.01 }), { re: 0.004999937502734214, im: 1.0000124996093955 }, name);
    near(csqrt({ re: -1, im: -0.01 }), { re: 0.004999937502734214, im: -1.0000124996093955 }, name);
  }
});

/** Equal to seven places. */
function near(value: unknown, expected: Complex, message: string): void {
  const { re, im } = value as Complex;
  const distance = Math.max(Math.abs(re - expected.re), Math.abs(im - expected.im));
  assert.ok(distance < 5e-8, `${message}: ${re} + ${im}i is not near ${expected.re} + ${expected.im}i`);
}

row("test_libc.py", "LibTest", "test_qsort", () => {
  const Compare = CFUNCTYPE(c_int, POINTER(c_char), POINTER(c_char));
  const sort = undeclared("my_qsort");
  sort.argtypes = [c_void_p, c_size_t, c_size_t, Compare];
  sort.restype = null;

  const text = create_string_buffer("spam, spam, and spam");
  let comparisons = 0;
  const compare = new Compare((a, b) => {
    comparisons++;
    const [x, y] = [a?.[0] ?? "", b?.[0] ?? ""];
    return x < y ? -1 : x > y ? 1 : 0;
  });
  sort(text, text.length - 1, sizeof(c_char), compare);
  assert.deepEqual(Uint8Array.from(text.raw), bytes("   ,,aaaadmmmnpppsss\0"));
  assert.ok(comparisons > 0);
});
