/**
 * Translations tried against libclang: it works out what a macro is worth for some arguments, and the translation must
 * be worth the same.
 */
import * as arithmetic from "ctypes-js/arithmetic";
import { ARITHMETIC } from "../names.ts";
import { flat } from "../print.ts";
import { literalOf, resultFor, type Sample, samplesFor } from "./samples.ts";
import { type Expression, operandsOf, type Refusal, type Translation } from "./syntax.ts";
import { wordsOf } from "./words.ts";

/** How many lists of arguments each macro is tried with. */
const TRIES = 24;

/** Those whose values differ, or of which none can be compared, with the reason. */
export function reasonsAgainst(
  results: ReadonlyMap<string, Translation | Refusal>,
  trees: ReadonlyMap<string, Expression>,
  headers: string,
  args: readonly string[],
): ReadonlyMap<string, string> {
  const tried = [...trees].flatMap(([name, tree]) => {
    const translation = results.get(name);
    return translation === undefined || "reason" in translation || translation.calls !== null || hasText(tree)
      ? []
      : [{ name, ours: answers(name, translation) }];
  });
  const theirs = wordsOf(
    tried.flatMap(({ ours }) => [...ours.keys()]),
    headers,
    args,
  );
  const reasons = new Map<string, string>();
  for (const { name, ours } of tried) {
    let compared = 0;
    for (const [call, value] of ours) {
      const word = theirs.get(call);
      if (word?.kind !== "constant") continue;
      compared++;
      const isAlike = value.code === word.code && same(value.result, word.value);
      if (!isAlike) reasons.set(name, `${call} is ${word.value} to clang, and would be ${value.result} here`);
    }
    if (compared === 0 && !reasons.has(name)) reasons.set(name, "clang has no value to compare it with");
  }
  return reasons;
}

// -- Private ---------------------------------------------------------------------------------------

interface Answer {
  readonly code: string;
  readonly result: unknown;
}

/** What the translation gives, by the call in C. */
function answers(name: string, { parameters, body }: Translation): ReadonlyMap<string, Answer> {
  const names = parameters.map((parameter) => parameter.name);
  const text = flat(body[0] as never);
  const call = new Function(ARITHMETIC, ...names, `return ${ARITHMETIC}.operand(${text})`) as (
    ...args: unknown[]
  ) => arithmetic.Operand;
  const found = new Map<string, Answer>();
  for (const sample of samplesFor(names.length, TRIES)) {
    const answer = answerTo(() => call(arithmetic, ...sample));
    if (answer !== null) found.set(`${name}(${sample.map((value: Sample) => literalOf(value)).join(", ")})`, answer);
  }
  return found;
}

function answerTo(call: () => arithmetic.Operand): Answer | null {
  let code = "";
  const result = resultFor(() => {
    const operand = call();
    code = operand.code;
    return operand;
  });
  return result === undefined ? null : { code, result };
}

function same(ours: unknown, theirs: number | bigint): boolean {
  if (typeof ours === "boolean") return Number(ours) === Number(theirs);
  if (Number.isNaN(ours)) return Number.isNaN(theirs);
  return ours === theirs || String(ours) === String(theirs);
}

function hasText(tree: Expression): boolean {
  return tree.kind === "text" || operandsOf(tree).some(hasText);
}
