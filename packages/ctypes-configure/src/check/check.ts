/**
 * A module of declarations against the headers: everything in it that C knows, too, is measured and compared.
 *
 * A generated module says itself what it was made of; for one written by hand the headers are given, and its exports
 * are found in them by name: classes are structures, unions or typedefs, numbers, texts and bytes are macros or
 * enumerators, objects of numbers are enumerations, and what libraries are declared to have are functions and
 * variables.
 */
import { letterOf } from "../configure/simple.ts";
import { CompilationError } from "../measure/compiler.ts";
import type { Entry } from "../measure/entry.ts";
import { measureEntries } from "../measure/measure.ts";
import { asKeptBy } from "../measure/paths.ts";
import type { Settings } from "../measure/settings.ts";
import { type AnyClass, isClass } from "./classes.ts";
import { bytesQuestion, constantQuestion, enumQuestions, isEnumeration, simpleQuestion } from "./constants.ts";
import { expressionQuestion, isPlainFunction } from "./expressions.ts";
import { isLibrary, libraryQuestions } from "./functions.ts";
import { Known, type Origin } from "./known.ts";
import type { Difference, Question } from "./question.ts";
import { recordQuestion } from "./records.ts";

export interface Checked {
  readonly differences: readonly Difference[];
  /** How many facts were compared. */
  readonly compared: number;
  /** Exports, members and symbols that the headers do not have. */
  readonly unknown: readonly string[];
}

/**
 * Compares a module's exports with what the C compiler says of them.
 *
 * @throws CompilationError when the headers do not compile, TypeError when there are none, LibclangError when names
 * must be looked up in the headers and there is no libclang.
 */
export async function check(
  module: Readonly<Record<string, unknown>>,
  settings: Partial<Settings> = {},
): Promise<Checked> {
  const origin = module.__configure__ as Origin | undefined;
  const all: Settings = { ...(origin && asKeptBy(origin.url, origin.source)), ...definedOnly(settings) };
  if (!all.headers?.length)
    throw new TypeError("check(): a module that was not generated needs headers to be checked against");
  const known = new Known(all, origin);
  const unknown: string[] = [];
  const questions = Object.entries(module).flatMap(([name, value]) => {
    const asked = name === "__configure__" || name === "default" ? [] : questionsOf(name, value, known, unknown);
    if (asked === "unknown") unknown.push(name);
    return asked === "unknown" ? [] : asked;
  });
  all.progress?.(`asking C about ${questions.length} exports, members and symbols`);
  const compared = await answered(all, questions, unknown);
  return {
    differences: compared
      .filter(({ module, headers }) => !Object.is(module, headers))
      .map((difference) => placed(difference, known)),
    compared: compared.length,
    unknown,
  };
}

// -- Private ---------------------------------------------------------------------------------------

function placed(difference: Difference, known: Known): Difference {
  const place = known.placeOf(difference.name);
  return place === null ? difference : { ...difference, place };
}

function questionsOf(name: string, value: unknown, known: Known, unknown: string[]): readonly Question[] | "unknown" {
  const cName = known.nameOf(name);
  if (isClass(value) && value._fields_ !== undefined) {
    const asked = recordQuestion(name, value, known);
    return asked === "unknown" ? asked : asked === null ? [] : [asked];
  }
  if (isClass(value)) {
    if (isEnumeration(value)) return enumerationQuestions(name, value, known, unknown);
    const isAsked = letterOf(value) !== null || Number((value as { _length_?: unknown })._length_) > 0;
    return isAsked && known.has(cName) ? [simpleQuestion(name, cName, value, known)] : [];
  }
  const isConstant = ["number", "bigint", "string"].includes(typeof value) || value instanceof Uint8Array;
  if (isConstant && cName === "") return []; // C cannot name it
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") {
    return known.has(cName) ? [constantQuestion(name, cName, value)] : "unknown";
  }
  if (value instanceof Uint8Array) return known.has(cName) ? [bytesQuestion(name, cName, value)] : "unknown";
  if (isPlainFunction(value)) return known.isExpression(cName) ? [expressionQuestion(name, cName, value)] : [];
  if (isLibrary(value)) return libraryQuestions(name, value, known, unknown);
  return isEnumeration(value) ? constantsQuestions(name, value, known, unknown) : [];
}

/** An enumeration that is a type: its integer, and its names. */
function enumerationQuestions(
  name: string,
  type: AnyClass & Readonly<Record<string, number | bigint>>,
  known: Known,
  unknown: string[],
): readonly Question[] | "unknown" {
  const cName = known.enumOf(name)?.cName ?? known.nameOf(name);
  const names = constantsQuestions(name, type, known, unknown);
  if (names === "unknown") return names;
  // C cannot name all of them; their sizes are those of the members that have them.
  return cName === "" ? names : [simpleQuestion(name, cName, type, known), ...names];
}

function constantsQuestions(
  name: string,
  value: Readonly<Record<string, number | bigint>>,
  known: Known,
  unknown: string[],
): readonly Question[] | "unknown" {
  const nameable = Object.entries(value).filter(([key]) => known.memberOf(name, key) !== "");
  const [here, gone] = partition(nameable, ([key]) => known.hasConstant(known.memberOf(name, key)));
  if (here.length === 0) return gone.length === 0 ? [] : "unknown";
  unknown.push(...gone.map(([key]) => `${name}.${key}`));
  return enumQuestions(name, Object.fromEntries(here), known);
}

/** Asks; what the compiler does not know is unknown, and the others are asked again. */
async function answered(settings: Settings, questions: readonly Question[], unknown: string[]): Promise<Difference[]> {
  let asked = questions;
  for (;;) {
    try {
      const facts = await measureEntries(
        settings,
        asked.flatMap(({ entries }) => entries),
        null,
      );
      return asked.flatMap((question) => question.compare((entry: Entry) => facts.get(entry)));
    } catch (error) {
      const left = withoutUnknown(asked, error, unknown);
      if (left === null) throw withAdvice(error);
      asked = left;
    }
  }
}

/** What to do where libclang has read headers that the C compiler does not compile. */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof CompilationError) || !/\.h\w*$/.test(error.where?.file ?? "")) return error;
  const advice = "The C compiler does not compile the headers, which libclang has read: with CC=clang they are checked";
  return new CompilationError(`${error.message}\n${advice}`, error.output, error.where);
}

/** The questions without what the compiler says is not there; null when that is none of them. */
function withoutUnknown(questions: readonly Question[], error: unknown, unknown: string[]): readonly Question[] | null {
  if (!(error instanceof CompilationError)) return null;
  const members = new Set(quoted(error.output, /no member named ['‘"]([^'’"]+)/g));
  const names = new Set([
    ...quoted(error.output, /['‘"]([^'’"]+)['’"] undeclared/g),
    ...quoted(error.output, /undeclared identifier ['‘"]([^'’"]+)/g),
    // A call that has its own name for a file: to this compiler it is none.
    ...quoted(error.output, /^(\w+):1:(?:\d+:)? (?:fatal )?error: /gm),
    ...quoted(error.output, /(?:incomplete|unknown) type (?:name )?['‘"]([^'’"]+)/g),
  ]);
  const owners = quoted(error.output, /['‘"]([^'’"]+)['’"] has no member named/g);
  let hasChanged = false;
  const left = questions.flatMap((question): Question[] => {
    const [name = "", ...others] = question.words;
    if (names.has(name)) {
      hasChanged = true;
      unknown.push(question.name);
      return [];
    }
    const gone = new Set(others.filter((member) => members.has(member)));
    if (gone.size === 0 || !owners.some((owner) => owner.includes(name)) || question.without === undefined) {
      return [question];
    }
    hasChanged = true;
    unknown.push(...[...gone].map((member) => `${question.name}.${member}`));
    return [question.without(gone)];
  });
  return hasChanged ? left : null;
}

function quoted(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] as string);
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function definedOnly(settings: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
