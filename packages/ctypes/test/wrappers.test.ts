/** The source of wrappers: what it costs where nothing is out of the ordinary. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ArgumentError, CDLL, CFUNCTYPE, c_char_p, c_int, c_size_t, Structure } from "ctypes-js";
import { Sequence } from "ctypes-js/sequence";
import { throws } from "./support.ts";

class div_t extends Structure({ quot: c_int, rem: c_int }) {}
const ten = Array.from({ length: 10 }, () => c_int);

const libc = new CDLL(null, {
  abs: CFUNCTYPE(c_int, c_int, { leaf: true }),
  strlen: CFUNCTYPE(c_size_t, c_char_p),
  div: CFUNCTYPE(div_t, c_int, c_int),
  snprintf: CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, "..."),
});
// More arguments than are written out for who takes the call over.
const { abs: long } = new CDLL(null, { abs: CFUNCTYPE(c_int, ...ten) });

const WRAPPERS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  "by registers": libc.abs,
  "by registers, many": long,
  "by the frame": libc.strlen,
  "a structure": libc.div,
  "arguments after ...": libc.snprintf,
  "a sequence": new Sequence([libc.abs, Sequence.argument(0)]).run,
};

for (const [how, wrapper] of Object.entries(WRAPPERS)) {
  test(`no wrapper spreads its arguments: ${how}`, () => {
    const source = Function.prototype.toString.call(wrapper);
    assert.match(source, /^(function|\()/);
    assert.doesNotMatch(source, /\w\(\.\.\.\w+\)/);
  });
}

test("what is out of the ordinary gets all arguments", () => {
  throws(() => (libc.abs as (...args: number[]) => number)(1, 2), ArgumentError, "abs(): expected 1 argument, got 2");
  throws(() => (long as (...args: number[]) => number)(1), ArgumentError, "abs(): expected 10 arguments, got 1");
});
