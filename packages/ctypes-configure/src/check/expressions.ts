/**
 * Functions of a module that macros and inline functions became: called with some values, and compared with what the C
 * compiler makes of the same.
 */
import { literalOf, resultFor, samplesFor } from "../generate/macros/samples.ts";
import { ConstantDouble, ConstantInteger } from "../measure/entries.ts";
import type { Difference, Question } from "./question.ts";

/** How many lists of arguments each function is tried with. */
const TRIES = 32;

/** A question of all calls that have a result in C. */
export function expressionQuestion(name: string, cName: string, call: (...args: unknown[]) => unknown): Question {
  const calls = samplesFor(call.length, TRIES).flatMap((sample) => {
    const ours = resultFor(() => call(...sample));
    if (typeof ours !== "number" && typeof ours !== "bigint" && typeof ours !== "boolean") return [];
    const text = `${cName}(${sample.map(literalOf).join(", ")})`;
    // A double shows a fraction, an integer all the digits; an integer that no number holds is a bigint.
    const entry = (typeof ours === "bigint" ? ConstantInteger : ConstantDouble)(text);
    return [{ ours, shown: `${cName}(${sample.join(", ")})`, entry: { ...entry, where: { file: cName, line: 1 } } }];
  });
  return {
    name,
    entries: calls.map(({ entry }) => entry),
    words: [cName],
    compare: (factOf) =>
      calls.map(({ ours, shown, entry }): Difference => {
        const theirs = factOf(entry);
        return { name, what: shown, module: same(ours, theirs) ? theirs : ours, headers: theirs };
      }),
  };
}

/** Whether a value is a function, and no class. */
export function isPlainFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === "function" && Object.getOwnPropertyDescriptor(value, "prototype")?.writable !== false;
}

// -- Private ---------------------------------------------------------------------------------------

function isInteger(value: unknown): boolean {
  return typeof value !== "number" || Number.isInteger(value);
}

/** A bigint is as good as the number that it is, and a truth as 0 or 1; C has no negative zero among its integers. */
function same(ours: unknown, theirs: unknown): boolean {
  return (
    Object.is(ours, theirs) ||
    (isInteger(ours) && isInteger(theirs) && BigInt(ours as number) === BigInt(theirs as number))
  );
}
