/** The mathematics library: doubles, floats and complex numbers, results through pointers, and the dynamic form. */
import assert from "node:assert/strict";
import { byref, CDLL, CFUNCTYPE, c_double, c_double_complex, c_float, c_int, POINTER } from "ctypes-js";
import { find_library } from "ctypes-js/util";

const UnaryFunction = CFUNCTYPE(c_double, c_double);

const libm = new CDLL(find_library("m"), {
  cos: UnaryFunction,
  erf: UnaryFunction,
  tgamma: UnaryFunction,
  sqrtf: CFUNCTYPE(c_float, c_float),
  fma: CFUNCTYPE(c_double, c_double, c_double, c_double),
  frexp: CFUNCTYPE(c_double, c_double, POINTER(c_int)),
  modf: CFUNCTYPE(c_double, c_double, POINTER(c_double)),
  csqrt: CFUNCTYPE(c_double_complex, c_double_complex),
});

// Functions JavaScript has, to be compared, and functions it lacks.
assert.ok(Math.abs(libm.cos(1) - Math.cos(1)) < 1e-15);
assert.equal(libm.tgamma(6), 120);
assert.ok(Math.abs(libm.erf(1) - 0.8427007929497149) < 1e-15);
console.log(`cos(1) = ${libm.cos(1)}, gamma(6) = ${libm.tgamma(6)}, erf(1) = ${libm.erf(1)}`);

// A float is a float: rounded to 24 bits.
assert.equal(libm.sqrtf(2), Math.fround(Math.SQRT2));
console.log(`sqrtf(2) = ${libm.sqrtf(2)}`);

// fma() rounds once: it finds the error of a rounded product.
const product = 0.1 * 0.1;
const error = libm.fma(0.1, 0.1, -product);
assert.ok(error !== 0 && Math.abs(error) < 1e-17);
console.log(`fma(0.1, 0.1, -(0.1 * 0.1)) = ${error}: what rounding lost`);

// Second results through pointers.
const exponent = new c_int();
const mantissa = libm.frexp(48, byref(exponent));
assert.equal(mantissa * 2 ** exponent.value, 48);
console.log(`frexp(48) = ${mantissa} * 2 ** ${exponent.value}`);

const whole = new c_double();
const fraction = libm.modf(-3.25, byref(whole));
assert.deepEqual([whole.value, fraction], [-3, -0.25]);
console.log(`modf(-3.25) = ${whole.value} and ${fraction}`);

// Complex numbers by value.
const root = libm.csqrt({ re: -3, im: 4 });
assert.deepEqual(root, { re: 1, im: 2 });
console.log(`csqrt(-3 + 4i) = ${root.re} + ${root.im}i`);

// The same library without declarations, as one would write it in Python.
const undeclared = new CDLL(find_library("m"));
const pow = undeclared.pow!;
pow.restype = c_double;
pow.argtypes = [c_double, c_double];
const power = pow(2, 0.5);
assert.equal(power, Math.SQRT2);
console.log(`pow(2, 0.5) = ${power}`);
