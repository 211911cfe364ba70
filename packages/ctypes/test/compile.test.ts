/**
 * Functions of their own source (`ctypes-js/sequence`): copies where the source stands by itself, the
 * function where not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ARRAY, c_char_p, c_int, POINTER, pointer, Structure } from "ctypes-js";
import { anew, compile } from "ctypes-js/sequence";

/** Where code may be made of strings; `no-eval.test.ts` runs this file where it may not. */
const mayEvaluate = compile("function () {}", {}) !== null;
const outside = 40;

/** Whether a function that gives its own stack was evaluated from source. */
function isCopy(stack: () => string | undefined): boolean {
  return /\beval at\b/.test(stack() ?? "");
}

test("a function that needs only its parts is evaluated anew, and does the same", () => {
  function make({ base, names: [first], rest = "b:c" }: { base: number; names: readonly string[]; rest?: string }) {
    const sum = base + 2;
    // A name in a comment, `outside`, is no name; nor is one in a string.
    return (more: number) => (more > 0 ? [{ outside: sum + more }, first, rest, "outside"] : new Error().stack);
  }
  const made = anew(make, { base: 1, names: ["a"] });
  assert.deepEqual(made(4), [{ outside: 7 }, "a", "b:c", "outside"]);
  assert.equal(
    isCopy(() => made(0) as string),
    mayEvaluate,
  );
  assert.notEqual(anew(make, { base: 1, names: [] }), made);
});

test("a function whose source has other names in it serves itself", () => {
  const counted = { b: 0 };
  const makers = [
    ({ base }: { base: number }) => (base > 0 ? () => (outside > 0 ? new Error().stack : "") : () => ""),
    ({ base }: { base: number }) =>
      () =>
        base > counted.b++ ? new Error().stack : "",
    ({ base }: { base: number }) =>
      () =>
        base > 0 ? [new Error().stack, ...[outside]].join() : String(counted),
    ({ base }: { base: number }) =>
      () =>
        `${base + outside} ${new Error().stack}`,
  ];
  for (const make of makers) assert.equal(isCopy(anew(make, { base: 1 })), false, String(make));
});

test("what a scope holds is in sight of a compiled function, and nothing else is", () => {
  if (!mayEvaluate) return assert.equal(compile("function () {}", {}), null);
  assert.equal(compile<(b: number) => number>("function (b) { return a + b; }", { a: 1 })?.(2), 3);
  assert.throws(() => compile<() => number>("function () { return outside; }", {})?.(), ReferenceError);
  assert.throws(() => compile("function (", {}), SyntaxError);
});

test("what each type has of its own is made of copies", () => {
  class Point extends Structure({ x: c_int, y: c_int, text: c_char_p }) {}
  const point = new Point();
  const points = new (ARRAY(Point, 2))();
  const numbers = new (ARRAY(c_int, 2))();
  const to = pointer(point);
  const nowhere = new (POINTER(Point))();
  const wrong = Symbol("wrong") as never;
  const members = Object.getPrototypeOf(Point.prototype);
  const faults: Record<string, [fewest: number, act: () => unknown]> = {
    "a member is read": [1, () => Reflect.get(members, "x", {})],
    "a member is stored": [2, () => Reflect.set(point, "x", wrong)],
    "a member is stored that keeps": [1, () => Reflect.set(point, "text", wrong)],
    "an object is made of a record": [3, () => new Point({ x: wrong })],
    "an object is made of a list": [2, () => new Point([wrong])],
    "a simple object is made": [1, () => new c_int(wrong)],
    "an item is read": [2, () => points.at(9)],
    "an item is stored": [1, () => Reflect.set(numbers, 0, wrong)],
    "items are iterated": [1, () => numbers[Symbol.iterator]().next.call(undefined)],
    "a pointer is followed": [2, () => nowhere.contents],
    "what is after it is read": [2, () => nowhere.at(1)],
    "what is after it is stored": [1, () => Reflect.set(to, 0, wrong)],
    "a whole object is stored": [1, () => Reflect.set(points, 0, wrong)],
  };
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  try {
    for (const [name, [fewest, act]] of Object.entries(faults)) {
      const copies = stackOf(act).match(/\beval at\b/g)?.length ?? 0;
      assert.ok(mayEvaluate ? copies >= fewest : copies === 0, `${name}: ${copies} copies in\n${stackOf(act)}`);
    }
  } finally {
    Error.stackTraceLimit = limit;
  }
});

function stackOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).stack as string;
  }
  assert.fail("it throws nothing");
}
