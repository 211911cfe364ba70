/**
 * C's arithmetic: types, promotions and what is undefined. `ctypes-configure`'s translated macros compare it with gcc.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  and,
  cast,
  choose,
  commonCode,
  either,
  equals,
  left,
  less,
  minus,
  negative,
  operand,
  over,
  plus,
  promoted,
  result,
  right,
  swapped,
  times,
} from "ctypes-js/arithmetic";
import { type Equal, expectType, isLongWide } from "./support.ts";

test("a number gets the type that it has in C where it is written in hexadecimal", () => {
  const codes = [0, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 31) - 1, 2n ** 63n, 0.5, 1e300, true];
  assert.deepEqual(
    codes.map((value) => operand(value).code),
    ["i", "i", "i", "I", "I", ...(isLongWide ? ["l", "l", "L"] : ["q", "q", "Q"]), "d", "d", "i"],
  );
  assert.equal(operand(300, "B").code, "B");
  assert.equal(result(operand(300, "B")), 44);
});

test("operators take numbers as they are, and give what C gives", () => {
  assert.equal(result(right(and(0x1234, 0xff00), 8)), 0x12);
  assert.equal(result(minus(operand(7, "I"), operand(8, "I"))), 2 ** 32 - 1);
  assert.equal(result(less(-1, operand(1, "I"))), 0);
  assert.equal(result(over(-7, 2)), -3);
  assert.equal(result(over(-7, 2.0)), -3);
  assert.equal(result(over(-7.5, 2)), -3.75);
  assert.equal(result(left(1, 31)), -(2 ** 31));
  assert.equal(result(swapped(0x1234, "H")), 0x3412);
  assert.equal(result(cast(-1, "B")), 255);
});

test("results are what ctypes reads of the type", () => {
  const wide = result<bigint>(operand(5, "q"));
  expectType<Equal<typeof wide, bigint>>();
  // @ts-expect-error: where a text is expected it is still a number
  const text: string = result(1);
  assert.equal(text, 1);
  assert.equal(wide, 5n);
  assert.equal(result(operand(5, "l")), 5);
  assert.equal(result<number | bigint>(times(2n ** 40n, 2n ** 20n)), 2n ** 60n);
  assert.equal(result<boolean>(cast(7, "?")), true);
  assert.equal(result(cast(0.1, "f")), Math.fround(0.1));
  assert.equal(result(cast(2n ** 63n + 2n ** 39n + 1n, "f")), 2 ** 63 + 2 ** 40);
  assert.equal(result<string>(choose(equals(1, 1), "yes", "no")), "yes");
});

test("the usual arithmetic conversions", () => {
  assert.deepEqual(
    [commonCode("b", "H"), commonCode("i", "I"), commonCode("l", "I")],
    ["i", "I", isLongWide ? "l" : "L"],
  );
  assert.deepEqual(
    [commonCode("q", "L"), commonCode("L", "d"), commonCode("f", "q")],
    [isLongWide ? "Q" : "q", "d", "f"],
  );
  assert.deepEqual([promoted("?"), promoted("H"), promoted("I")], ["i", "i", "I"]);
});

test("what C leaves undefined is an error when it is read, and only where it is evaluated", () => {
  const undefinedIn = (reason: RegExp) => (error: Error) => error instanceof RangeError && reason.test(error.message);
  assert.throws(() => result(over(1, 0)), undefinedIn(/^a division by zero: C leaves the result undefined$/));
  assert.throws(() => result(left(1, 32)), undefinedIn(/^a shift by 32 of 32 bits/));
  assert.throws(() => result(plus(2 ** 31 - 1, 1)), undefinedIn(/^2147483648 in 32 signed bits/));
  assert.throws(() => result(negative(-(2 ** 31))), undefinedIn(/in 32 signed bits/));
  assert.throws(() => result(cast(1e20, "q")), undefinedIn(/as an integer of 64 bits/));
  assert.equal(result(choose(0, over(1, 0), 7)), 7);
  assert.equal(result(either(1, over(1, 0))), 1);
  assert.throws(() => result(either(0, over(1, 0))), RangeError);
});

test("what is no number is refused", () => {
  assert.throws(() => operand(null), /operand\(\): argument 1: expected a number, a bigint or a boolean, got null/);
  assert.throws(() => operand(2n ** 64n), RangeError);
  assert.throws(() => plus("1", 1), TypeError);
  assert.throws(() => and(0.5, 1), /C's & takes integers, got 0.5/);
});
