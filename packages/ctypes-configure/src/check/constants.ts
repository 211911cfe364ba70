/**
 * Simple types, constants and enumerations of a module against C's.
 */
import { alignment, sizeof } from "ctypes-js";
import { letterOf } from "../configure/simple.ts";
import { ConstantBytes, ConstantDouble, ConstantInteger, ConstantString, SimpleType_ } from "../measure/entries.ts";
import type { TypeFact } from "../measure/facts.ts";
import { type AnyClass, isClass, kindsOf } from "./classes.ts";
import type { Known } from "./known.ts";
import { type Difference, type Question, question } from "./question.ts";

/** A typedef, or the integer of an enumeration; of an array of any items its size and alignment. */
export function simpleQuestion(name: string, cName: string, type: AnyClass, known: Known): Question {
  const aligned = !known.isRealigned(name);
  return question(name, { ...SimpleType_(cName), hides: true, aligned }, ({ align, ...fact }: TypeFact) => {
    const kinds = kindsOf(letterOf(type), fact);
    return [
      { name, what: "size", module: sizeof(type), headers: fact.size },
      ...(aligned ? [{ name, what: "alignment", module: alignment(type), headers: align }] : []),
      ...(kinds === null ? [] : [{ name, what: "kind", module: kinds[0], headers: kinds[1] }]),
    ];
  });
}

export function constantQuestion(name: string, cName: string, value: number | bigint | string): Question {
  // An integer as large as that is a bigint. Of what is negative C does not say here whether it is an integer, and no
  // unsigned one could hold it.
  const isDouble = typeof value === "number" && !(Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0));
  const ask = typeof value === "string" ? ConstantString : isDouble ? ConstantDouble : ConstantInteger;
  return question(name, ask(cName) as never, (fact) => [{ name, what: "value", module: value, headers: fact }]);
}

/** Bytes are compared as their hexadecimal digits. */
export function bytesQuestion(name: string, cName: string, value: Uint8Array): Question {
  const digits = Buffer.from(value).toString("hex");
  return question(name, ConstantBytes(cName), (fact: string) => [
    { name, what: "bytes", module: digits, headers: fact },
  ]);
}

/** Names of numbers: each is an enumerator or a macro, and an enumeration of that name has no others. */
export function enumQuestions(
  name: string,
  object: Readonly<Record<string, number | bigint>>,
  known: Known,
): Question[] {
  const entries = Object.entries(object);
  const values = entries.map(([key, value]) => constantQuestion(`${name}.${key}`, known.memberOf(name, key), value));
  const missing = (known.enumOf(name)?.values ?? []).flatMap(({ name: key, value }): Difference[] =>
    Object.hasOwn(object, key) ? [] : [{ name: `${name}.${key}`, what: "value", module: undefined, headers: value }],
  );
  const others: Question = { name, entries: [], words: [], compare: () => missing };
  return [...values, others];
}

/** Whether a value is an object or a class of such names; an object with getters is not. */
export function isEnumeration(value: unknown): value is Readonly<Record<string, number | bigint>> {
  const isClassOrObject = typeof value === "function" ? isClass(value) : typeof value === "object" && value !== null;
  if (!isClassOrObject || Array.isArray(value)) return false;
  const all = Object.values(Object.getOwnPropertyDescriptors(value as object)).filter(({ enumerable }) => enumerable);
  return all.length > 0 && all.every(({ value }) => typeof value === "number" || typeof value === "bigint");
}
