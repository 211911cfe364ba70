/** Arguments after `...` that come again and again: whatever came before, each call gets its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_size_t,
  c_ubyte,
  create_string_buffer,
  get_errno,
  set_errno,
} from "ctypes-js";
import { functionsPath } from "./support.ts";

const type = CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, "...");
const { snprintf } = new CDLL(null, { snprintf: type });
const text = create_string_buffer(200);

function format(how: string, ...args: unknown[]): string {
  const length = (snprintf as (...given: unknown[]) => number)(text, 200, how, ...args);
  assert.equal(length, text.value.length);
  return text.value;
}

test("arguments of the same kinds, again and again, are each call's own", () => {
  for (let i = 0; i < 3000; i++) {
    assert.equal(format("%d", new c_int(i)), `${i}`);
    assert.equal(format("%d", new c_int(-i)), `-${i}`.replace("-0", "0"));
  }
});

test("arguments of other kinds, and more or fewer, may come at any time", () => {
  const cases: readonly (readonly [string, readonly unknown[], string])[] = [
    ["%d", [new c_int(-5)], "-5"],
    ["%g", [new c_double(2.5)], "2.5"],
    ["%g", [new c_float(0.5)], "0.5"],
    ["%hhu", [new c_ubyte(255)], "255"],
    ["%lld", [2n ** 62n], String(2n ** 62n)],
    ["%lld", [new c_longlong(-1n)], "-1"],
    ["%ld", [new c_long(2n ** 62n + 1n)], String(2n ** 62n + 1n)],
    ["%s", ["text"], "text"],
    ["%s", [new c_char_p("other")], "other"],
    ["%s", [create_string_buffer("array")], "array"],
    ["plain", [], "plain"],
    ["%d %s %g", [new c_int(1), "two", new c_double(3)], "1 two 3"],
    ["%d %d %d %d %d %d", [1, 2, 3, 4, 5, 6].map((n) => new c_int(n)), "1 2 3 4 5 6"],
    ["%s", [{ _as_parameter_: "within" }], "within"],
  ];
  for (let i = 0; i < 40 * cases.length; i++) {
    const [how, args, expected] = cases[(i * i + i) % cases.length] as (typeof cases)[number];
    for (let again = 0; again < 20; again++) assert.equal(format(how, ...args), expected);
  }
});

test("what is wrong with an argument is said, also when such arguments were right before", () => {
  const buffer = new ArrayBuffer(8);
  const lent = c_int.from_buffer(buffer);
  for (let i = 0; i < 500; i++) assert.equal(format("%d", lent), "0");
  structuredClone(buffer, { transfer: [buffer] });
  assert.throws(() => format("%d", lent), /^ArgumentError: snprintf\(\): argument 4: .*detached/);
  for (let i = 0; i < 500; i++) assert.equal(format("%d", new c_int(i)), `${i}`);
  assert.throws(() => format("%d", 5), /argument 4: .*new c_int\(5\)/);
  assert.throws(() => (snprintf as unknown as () => unknown)(), /snprintf\(\): expected at least 3 arguments, got 0/);
});

test("a library that is closed, by a Proxy among the arguments too, is called no more", () => {
  const sum = CFUNCTYPE(c_long, c_int, "...");
  for (const isByProxy of [false, true]) {
    const library = new CDLL(functionsPath, { sum_of_ints: sum });
    const { sum_of_ints } = library;
    const two = new c_int(2);
    for (let i = 0; i < 500; i++) assert.equal(sum_of_ints(2, two, new c_int(i)), 2 + i);
    const closing = new Proxy(two, {
      get(target, key) {
        library.close();
        return Reflect.get(target, key);
      },
    });
    if (!isByProxy) library.close();
    assert.throws(() => sum_of_ints(2, two, isByProxy ? (closing as typeof two) : two), /closed|private/);
    assert.throws(() => sum_of_ints(2, two, two), /closed/);
  }
});

test("errno and an error check go with such calls", () => {
  const checked = CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, "...", { use_errno: true });
  const { snprintf } = new CDLL(null, { snprintf: checked });
  for (let i = 0; i < 500; i++) {
    set_errno(i);
    assert.equal(snprintf(text, 200, "%d", new c_int(i)), `${i}`.length);
    assert.equal(get_errno(), i);
  }
  snprintf.errcheck = (result) => (result as number) + 1000;
  assert.equal(snprintf(text, 200, "%d", new c_int(7)), 1001);
});
