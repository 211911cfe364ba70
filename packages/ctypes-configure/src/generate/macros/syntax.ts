/**
 * C expressions as trees, and what the names in them mean.
 */
import type { ArithmeticCode } from "ctypes-js/arithmetic";
import type { ExpressionDeclaration } from "../ir.ts";

export type Expression =
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "constant"; readonly value: number | bigint; readonly code: ArithmeticCode }
  | { readonly kind: "text"; readonly value: string }
  /** `(void *)0`; only as an argument of a call. */
  | { readonly kind: "null" }
  | { readonly kind: "unary"; readonly operator: string; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "choice"; readonly condition: Expression; readonly one: Expression; readonly other: Expression }
  | { readonly kind: "cast"; readonly code: ArithmeticCode; readonly of: Expression }
  /** Bytes in the other order. */
  | { readonly kind: "swapped"; readonly code: "H" | "I" | "L" | "Q"; readonly of: Expression }
  /** A function of a library; only as the whole of a macro. */
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly Expression[] };

/** What a name means. */
export type Word =
  /** Null for a type that is none of C's arithmetic ones. */
  | { readonly kind: "type"; readonly code: ArithmeticCode | null }
  | { readonly kind: "constant"; readonly value: number | bigint; readonly code: ArithmeticCode }
  | { readonly kind: "function" }
  | { readonly kind: "other"; readonly reason: string };

/** A `static inline` function that is one expression. */
export interface Inline {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly code: ArithmeticCode }[];
  readonly result: ArithmeticCode;
  readonly body: Expression;
}

/** What a macro or function comes to: its declaration, but for what all declarations have. */
export type Translation = Pick<ExpressionDeclaration, "parameters" | "result" | "body" | "calls" | "text">;
/** Why it is not translated. */
export interface Refusal {
  readonly reason: string;
}

/** What the grammar must know of names. */
export interface NamesInScope {
  word(name: string): Word;
  /** The size that C says: of `sizeof(struct x)`, as it is written. */
  size(text: string): Word;
  /** Null where it is no inline function that can be translated. */
  inline(name: string): Inline | null;
}

/** An expression with other expressions for its parameters. */
export function substituted(expression: Expression, args: ReadonlyMap<string, Expression>): Expression {
  const again = (inner: Expression) => substituted(inner, args);
  switch (expression.kind) {
    case "parameter":
      return args.get(expression.name) ?? expression;
    case "unary":
    case "cast":
    case "swapped":
      return { ...expression, of: again(expression.of) };
    case "binary":
      return { ...expression, left: again(expression.left), right: again(expression.right) };
    case "choice":
      return {
        ...expression,
        condition: again(expression.condition),
        one: again(expression.one),
        other: again(expression.other),
      };
    case "call":
      return { ...expression, arguments: expression.arguments.map(again) };
    default:
      return expression;
  }
}

/** What an expression is made of. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "unary":
    case "cast":
    case "swapped":
      return [expression.of];
    case "binary":
      return [expression.left, expression.right];
    case "choice":
      return [expression.condition, expression.one, expression.other];
    case "call":
      return expression.arguments;
    default:
      return [];
  }
}
