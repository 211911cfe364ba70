/**
 * The forms of rows: what reads them, and source that makes one.
 *
 * A literal with its names in place is the fastest object there is. A row without a prototype is made as a copy of a template: V8 makes
 * `{ __proto__: null, … }` a dictionary (180 ns), and `{ ...template, __proto__: null }` an ordinary object (17 ns).
 */

import type { Kind } from "./binding.ts";
import { includes } from "./lists.ts";
import type { TextSlot } from "./slot.ts";

/** Makes the rows of a statement. */
export interface RowReader {
  /** The row at which it stands. */
  row(statement: number): unknown;
  /** Adds that row and all that follow to `rows`; gives the status of the last step. */
  rest(statement: number, rows: unknown[]): number;
  /** What gets the first row with parameters of these kinds in one call; absent, or null, where there is no such thing. */
  first?(kinds: readonly Kind[]): FirstReader | null;
}

/** What gets the first row in one call (`first.ts`); where `get` gives its STEPPED, the rest says more. */
export interface FirstReader {
  /** `preparations`: how often SQLite had prepared the statement anew when this reader was made. */
  readonly get: (statement: number, values: readonly unknown[], slot: TextSlot, preparations: number) => unknown;
  readonly isBound: () => boolean;
  /** What the step gave. */
  readonly status: () => number;
}

/** The forms of a row: an object with or without a prototype, an array, the first value alone. */
export type RowForm = "object" | "bare" | "array" | "first";

/** Source that makes `row` of these values. */
export function making(
  names: readonly string[],
  form: RowForm,
  values: readonly string[],
): { template?: object; make: string } {
  if (form === "first") return { make: `const row = ${values[0] ?? "null"};` };
  if (form === "array") return { make: `const row = [${values.join(", ")}];` };
  if (form === "bare" && !includes(names, "__proto__")) {
    const assignments = names.map((name, i) => `row[${JSON.stringify(name)}] = ${values[i]};`);
    return {
      template: templateOf(names),
      make: `const row = { ...template, __proto__: null }; ${assignments.join(" ")}`,
    };
  }
  const members = names.map((name, i) => `${keyFor(name)}: ${values[i]}`);
  const prototype = form === "bare" ? ["__proto__: null"] : [];
  return { make: `const row = { ${[...prototype, ...members].join(", ")} };` };
}

/** As source of a literal, where a plain `__proto__` would be no key. Computed keys take twice the time. */
function keyFor(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
}

/**
 * An object without a prototype, with these names, whose fields have held values of all kinds: V8 then keeps one map for all copies
 * `{ ...template, __proto__: null }`. Made of a literal they would be dictionaries, too.
 */
export function templateOf(names: readonly string[]): object {
  const template: Record<string, unknown> = {};
  for (const name of names) template[name] = "";
  Object.setPrototypeOf(template, null);
  for (const value of [0, 0.5, "", {}, null]) {
    for (const name of names) template[name] = value;
  }
  return template;
}
