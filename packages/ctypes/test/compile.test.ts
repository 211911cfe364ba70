/**
 * Functions of their own source (`ctypes/sequence`): copies where the source stands by itself, the function where not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { anew, compile } from "ctypes/sequence";

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
