/**
 * Functions and variables of a module's libraries against what the headers declare: how many parameters there are and
 * whether more may follow, and of each parameter, the result and each variable the kind and size; of a pointer also
 * what it points to, as far as both say.
 */
import { CDLL, sizeof, type TypeOf } from "ctypes-js";
import { expressionOf, Imports } from "../generate/expressions.ts";
import type { FunctionDeclaration, Type } from "../generate/ir.ts";
import { flat } from "../generate/print.ts";
import { SimpleType_ } from "../measure/entries.ts";
import type { TypeFact } from "../measure/facts.ts";
import type { Known } from "./known.ts";
import type { Difference, Question } from "./question.ts";
import { isAlike, kindOfClass, kindOfType, nameOfClass } from "./shapes.ts";

type AnyLibrary = Readonly<Record<string, unknown>>;

export function isLibrary(value: unknown): value is AnyLibrary {
  return value instanceof (CDLL as unknown as new () => object);
}

/** A question for each declared symbol; names that no header declares are `unknown`. */
export function libraryQuestions(name: string, library: AnyLibrary, known: Known, unknown: string[]): Question[] {
  return Object.keys(library).flatMap((symbol): Question[] => {
    if (symbol === "_name") return [];
    const place = `${name}.${symbol}`;
    const declared = known.symbolOf(symbol);
    if (declared === null) {
      unknown.push(place);
      return [];
    }
    let value: unknown;
    try {
      value = library[symbol];
    } catch (error) {
      return [saying(place, "symbol", "declared", (error as Error).message)];
    }
    const own = (value as { constructor: unknown }).constructor as AnyClass;
    if (declared.kind === "variable")
      return [typesQuestion(place, [["type", own, declared.type, `__typeof__(${symbol})`]], known)];
    if (typeof value !== "function") return [saying(place, "kind", "a variable", "a function")];
    return functionQuestions(place, own, declared, known);
  });
}

// -- One function ----------------------------------------------------------------------------------

function functionQuestions(place: string, own: AnyClass, declared: FunctionDeclaration, known: Known): Question[] {
  const { type, spelled } = declared;
  const result: Pair = ["result", own._restype_ ?? null, type.result, spelled.result];
  if (spelled.parameters === null) return [typesQuestion(place, [result], known)];
  const argtypes = own._argtypes_ ?? [];
  const pairs = type.parameters.flatMap((parameter, i): Pair[] => {
    const given = argtypes[i];
    const title = `parameter ${i + 1}${parameter.name === "" ? "" : ` (${parameter.name})`}`;
    return given === undefined ? [] : [[title, given, parameter.type, spelled.parameters?.[i] ?? ""]];
  });
  return [
    saying(place, "parameters", argtypes.length, type.parameters.length),
    saying(place, "variadic", isVariadic(own), type.isVariadic),
    typesQuestion(place, [result, ...pairs], known),
  ];
}

/** What is compared: its name, the module's type, the headers' one, and how C spells that. */
type Pair = readonly [what: string, own: AnyClass | null, type: Type, spelled: string];

function typesQuestion(name: string, pairs: readonly Pair[], known: Known): Question {
  const asked = new Map(
    pairs.flatMap(([, , type, spelled]) =>
      isMeasured(type, spelled, known) ? [[spelled, SimpleType_(spelled)] as const] : [],
    ),
  );
  return {
    name,
    entries: [...asked.values()],
    words: [],
    compare: (factOf) =>
      pairs.map(([what, own, type, spelled]): Difference => {
        const entry = asked.get(spelled);
        return { name, what, ...wordsFor(own, type, spelled, known, entry && (factOf(entry) as TypeFact)) };
      }),
  };
}

/** Both sides in words: the same where they are alike. */
function wordsFor(
  own: AnyClass | null,
  type: Type,
  spelled: string,
  known: Known,
  fact: TypeFact | undefined,
): { module: string; headers: string } {
  const theirs = spelled.startsWith("__typeof__") ? flat(expressionOf(type, new Imports())) : spelled;
  if (!isAlike(own, type, known)) return { module: nameOfClass(own), headers: theirs };
  const size = own === null ? 0 : sizeof(own as unknown as TypeOf);
  if (fact === undefined || fact.size === size || kindOfClass(own) === "pointer")
    return { module: theirs, headers: theirs };
  return { module: `${nameOfClass(own)} of ${size} bytes`, headers: `${theirs} of ${fact.size} bytes` };
}

/** Whether C is asked: for a pointer there is no need, and what is incomplete or has no name cannot be. */
function isMeasured(type: Type, spelled: string, known: Known): boolean {
  const kind = kindOfType(type, known);
  if (type.kind === "array" && type.length === 0) return false;
  return (
    kind !== "void" &&
    kind !== "pointer" &&
    kind !== "incomplete" &&
    !/[([]|unnamed|anonymous/.test(spelled.replace(/^__typeof__\(/, ""))
  );
}

// -- Private ---------------------------------------------------------------------------------------

type AnyClass = {
  readonly name?: string;
  readonly _restype_?: AnyClass | null;
  readonly _argtypes_?: readonly AnyClass[];
};

function saying(name: string, what: string, module: unknown, headers: unknown): Question {
  return { name, entries: [], words: [], compare: () => [{ name, what, module, headers }] };
}

/** A function type does not say it, but refuses to be a callback then. */
function isVariadic(type: unknown): boolean {
  try {
    const callback = new (type as new (call: () => void) => Disposable)(() => {});
    callback[Symbol.dispose]();
    return false;
  } catch (error) {
    return /variadic/.test((error as Error).message);
  }
}
