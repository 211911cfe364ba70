/**
 * Expressions of C as expressions of TypeScript over `ctypes-js/arithmetic`, and the types that they have.
 *
 * A macro's parameters have no types: an argument gets one from its value, so an expression may have one of several.
 */

import {
  type Argument,
  type ArithmeticCode,
  and,
  atLeast,
  atMost,
  both,
  cast,
  choose,
  commonCode,
  differs,
  either,
  equals,
  greater,
  inverted,
  left,
  less,
  minus,
  modulo,
  negative,
  not,
  type Operand,
  operand,
  or,
  over,
  plus,
  positive,
  promoted,
  result,
  right,
  swapped,
  times,
  xor,
} from "ctypes-js/arithmetic";
import { ARITHMETIC } from "../names.ts";
import { type Doc, group } from "../print.ts";
import { Untranslated } from "./expand.ts";
import type { Expression } from "./syntax.ts";

/** The types that a macro's argument may have. */
export const ARGUMENT_CODES: readonly ArithmeticCode[] = ["i", "I", "l", "L", "d"];

/** What each operator of C is called in `ctypes-js/arithmetic`: the name of the function itself. */
const UNARY: Readonly<Record<string, (x: Argument) => Operand>> = {
  "-": negative,
  "+": positive,
  "~": inverted,
  "!": not,
};
const BINARY: Readonly<Record<string, (x: Argument, y: Argument) => Operand>> = {
  "*": times,
  "/": over,
  "%": modulo,
  "+": plus,
  "-": minus,
  "<<": left,
  ">>": right,
  "<": less,
  ">": greater,
  "<=": atMost,
  ">=": atLeast,
  "==": equals,
  "!=": differs,
  "&": and,
  "^": xor,
  "|": or,
  "&&": both,
  "||": either,
};
const TRUTHS = new Set(["<", ">", "<=", ">=", "==", "!=", "&&", "||"]);
const OF_INTEGERS = new Set(["&", "^", "|", "%", "<<", ">>"]);

/** How a parameter is written, and the types that it may have. */
export type Parameters = ReadonlyMap<string, { readonly name: string; readonly codes: readonly ArithmeticCode[] }>;

/** `$.right($.and(status, 65280), 8)`. */
export function docOf(expression: Expression, parameters: Parameters): Doc {
  const call = (name: string, parts: readonly Doc[]) => group(`${ARITHMETIC}.${name}(`, parts, ")");
  const inner = (one: Expression) => docOf(one, parameters);
  switch (expression.kind) {
    case "parameter":
      return parameters.get(expression.name)?.name ?? expression.name;
    case "text":
      return JSON.stringify(expression.value);
    case "constant": {
      const { value, code } = expression;
      const text =
        typeof value === "bigint" ? `${value}n` : Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
      // A number that is written alone gets the type that it has in C.
      const isOwn = operand(value).code === code;
      return isOwn ? text : call("operand", [text, JSON.stringify(code)]);
    }
    case "unary":
      return call(unary(expression.operator).name, [inner(expression.of)]);
    case "binary":
      return call(binary(expression.operator).name, [inner(expression.left), inner(expression.right)]);
    case "choice":
      return call("choose", [inner(expression.condition), inner(expression.one), inner(expression.other)]);
    case "cast":
    case "swapped":
      return call(expression.kind, [inner(expression.of), JSON.stringify(expression.code)]);
    case "null":
      throw new Untranslated("it calculates with a pointer");
    case "call":
      throw new Untranslated(`it calls ${expression.name} among other things`);
  }
}

/** The types that an expression may have. @throws Untranslated where C has none for it. */
export function codesOf(expression: Expression, parameters: Parameters): readonly ArithmeticCode[] {
  const inner = (one: Expression) => codesOf(one, parameters);
  switch (expression.kind) {
    case "parameter":
      return parameters.get(expression.name)?.codes ?? ARGUMENT_CODES;
    case "text":
      return ["z"];
    case "constant":
    case "cast":
    case "swapped":
      if (expression.kind !== "constant") numbersOnly(inner(expression.of));
      return [expression.code];
    case "unary": {
      const codes = numbersOnly(inner(expression.of));
      return expression.operator === "!" ? ["i"] : unique(codes.map(promoted));
    }
    case "binary": {
      const [one, other] = [numbersOnly(inner(expression.left)), numbersOnly(inner(expression.right))];
      if (TRUTHS.has(expression.operator)) return ["i"];
      const isOfIntegers = OF_INTEGERS.has(expression.operator);
      const [a, b] = isOfIntegers ? [integersOf(one), integersOf(other)] : [one, other];
      if (/<<|>>/.test(expression.operator)) return unique(a.map(promoted));
      return unique(a.flatMap((one) => b.map((other) => commonCode(one, other))));
    }
    case "choice": {
      numbersOnly(inner(expression.condition));
      const [one, other] = [inner(expression.one), inner(expression.other)];
      if (one.includes("z") !== other.includes("z")) throw new Untranslated("it is a text or a number");
      return unique(one.flatMap((a) => other.map((b) => commonCode(a, b))));
    }
    case "null":
      throw new Untranslated("it calculates with a pointer");
    case "call":
      throw new Untranslated(`it calls ${expression.name} among other things`);
  }
}

/** As the result is in TypeScript. */
export function resultType(codes: readonly ArithmeticCode[]): string {
  const names = codes.map(
    (code) => ({ "?": "boolean", q: "bigint", Q: "bigint", z: "string" })[code as string] ?? "number",
  );
  return [...new Set(names)].sort().reverse().join(" | ");
}

/** With everything worked out that has no parameters. */
export function folded(expression: Expression): Expression {
  const parts: Expression[] = [];
  let whole = expression;
  const again = (inner: Expression) => {
    const one = folded(inner);
    parts.push(one);
    return one;
  };
  switch (expression.kind) {
    case "unary":
    case "cast":
    case "swapped":
      whole = { ...expression, of: again(expression.of) };
      break;
    case "binary":
      whole = { ...expression, left: again(expression.left), right: again(expression.right) };
      break;
    case "choice":
      whole = {
        ...expression,
        condition: again(expression.condition),
        one: again(expression.one),
        other: again(expression.other),
      };
      break;
    case "call":
      return { ...expression, arguments: expression.arguments.map(folded) };
    default:
      return expression;
  }
  if (!parts.every(({ kind }) => kind === "constant")) return whole;
  try {
    const worth = evaluated(whole);
    const value = result<number | bigint | boolean>(worth);
    return { kind: "constant", value: typeof value === "boolean" ? Number(value) : exact(value), code: worth.code };
  } catch {
    return whole; // undefined in C; perhaps it is never evaluated
  }
}

// -- Private ---------------------------------------------------------------------------------------

function unary(operator: string): (x: Argument) => Operand {
  return UNARY[operator] as (x: Argument) => Operand;
}

function binary(operator: string): (x: Argument, y: Argument) => Operand {
  return BINARY[operator] as (x: Argument, y: Argument) => Operand;
}

function evaluated(expression: Expression): Operand {
  switch (expression.kind) {
    case "constant":
      return operand(expression.value, expression.code);
    case "unary":
      return unary(expression.operator)(evaluated(expression.of));
    case "binary": {
      const { operator } = expression;
      return binary(operator)(evaluated(expression.left), evaluated(expression.right));
    }
    case "choice": {
      const { condition, one, other } = expression;
      return choose(evaluated(condition), evaluated(one), evaluated(other));
    }
    case "cast":
      return cast(evaluated(expression.of), expression.code);
    case "swapped":
      return swapped(evaluated(expression.of), expression.code);
    default:
      throw new Untranslated("it is no constant");
  }
}

function exact(value: number | bigint): number | bigint {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function numbersOnly(codes: readonly ArithmeticCode[]): readonly ArithmeticCode[] {
  if (codes.includes("z")) throw new Untranslated("it calculates with a text");
  return codes;
}

function integersOf(codes: readonly ArithmeticCode[]): readonly ArithmeticCode[] {
  const integers = codes.filter((code) => code !== "d" && code !== "f");
  if (integers.length === 0) throw new Untranslated("it takes the bits of a number that is no integer");
  return integers;
}

function unique(codes: readonly ArithmeticCode[]): readonly ArithmeticCode[] {
  return [...new Set(codes)];
}
