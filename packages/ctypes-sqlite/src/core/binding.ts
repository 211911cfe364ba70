/**
 * All parameters of a statement bound together: one sequence of C calls, by the kinds of values that the statement was given before.
 */
import { type Condition, compile, Sequence, type Step } from "ctypes/sequence";
import { SQLITE_STATIC } from "../library/constants.ts";
import { calls } from "../library/library.ts";
import type { TextPlace } from "./bind.ts";

import { includes } from "./lists.ts";
import { Made } from "./made.ts";
import { type TextSlot, takeSlot } from "./slot.ts";

/** What a parameter is given: of these kinds the values are bound together. */
export type Kind = "number" | "text" | "null";

/** What binds the parameters of one statement: all are `?`, or all have names and their values come in order. */
export class Binder {
  /** The kinds of values that are bound together; null while they are bound one by one. */
  kinds: readonly Kind[] | null = null;
  #bind: Bind | null = null;
  #executions = 0;
  #changes = 0;

  /** True when all are bound; false when they are to be bound one by one. */
  bind(statement: number, values: readonly unknown[], place: TextPlace): boolean {
    if (this.#bind !== null) {
      place.slot ??= takeSlot();
      if (place.slot !== null && this.#bind(statement, values, place.slot)) return true;
    }
    if (this.#changes <= MOST_CHANGES && ++this.#executions > EXECUTIONS_BEFORE) {
      this.#changes++;
      this.#executions = 0;
      const kinds = kindsOf(values);
      this.#bind = kinds === null ? null : binds.of(keyOf(kinds), () => makeBind(kinds));
      this.kinds = this.#bind === null ? null : kinds;
    }
    return false;
  }
}

/** Stands for these kinds in a map. */
export function keyOf(kinds: readonly Kind[]): string {
  return kinds.map((kind) => kind[0]).join("");
}

/**
 * Binding, as the first steps of a sequence and as source: `prepare` looks at the `values`, or leaves by `other` when they are of other kinds, and places
 * texts in the `slot`; `given` is what the sequence is run with. It ends behind a bind that fails.
 */
export function bindingCode(
  kinds: readonly Kind[],
  other: string,
): { readonly steps: (Step | Condition)[]; readonly prepare: string; readonly given: readonly string[] } {
  const given: string[] = ["s"];
  const later = (source: string) => Sequence.argument(given.push(source) - 1);
  const tests: string[] = [];
  const places: string[] = [];
  const binds = kinds.map((kind, i): Step => {
    const [v, index] = [`b${i}`, i + 1];
    if (kind === "null") {
      tests.push(`${v} === null`);
      return [calls.bindNull, Sequence.argument(0), index];
    }
    if (kind === "number") {
      tests.push(`typeof ${v} === "number"`);
      return [calls.bindDouble, Sequence.argument(0), index, later(v)];
    }
    tests.push(`typeof ${v} === "string"`);
    places.push(`const a${i} = slot.place(${v}); if (a${i} === 0) ${other}`);
    return [calls.bindPlacedText, Sequence.argument(0), index, later(`a${i}`), later(`${v}.length`), SQLITE_STATIC];
  });
  const values = kinds.map((_, i) => `b${i} = values[${i}]`);
  const look = kinds.length === 0 ? "" : `const ${values.join(", ")}; if (!(${tests.join(" && ")})) ${other}`;
  const steps = binds.flatMap((bind) => [bind, Sequence.goOnIf(0)]);
  return { steps, prepare: `${look} ${places.join(" ")}`, given };
}

/** Source that says whether the first steps of a sequence have bound everything. */
export function isBound(kinds: readonly Kind[], sequence: Sequence): string {
  return ["true", ...kinds.map((_, i) => `words[${2 * sequence.slot(i)}] === 0`)].join(" && ");
}

// -- Private ---------------------------------------------------------------------------------------

/** So many executions go one by one before it is worth while, at first and when the kinds have changed. */
const EXECUTIONS_BEFORE = 20;
const MOST_CHANGES = 10;
const MOST_PARAMETERS = 32;

type Bind = (statement: number, values: readonly unknown[], slot: TextSlot) => boolean;
const binds = new Made<Bind>();

function kindsOf(values: readonly unknown[]): Kind[] | null {
  const kinds = values.map(kindOf);
  return kinds.length === 0 || kinds.length > MOST_PARAMETERS || includes(kinds, null) ? null : (kinds as Kind[]);
}

function kindOf(value: unknown): Kind | null {
  if (value === null) return "null";
  if (typeof value === "number") return "number";
  return typeof value === "string" ? "text" : null;
}

function makeBind(kinds: readonly Kind[]): Bind | null {
  const { steps, prepare, given } = bindingCode(kinds, "return false;");
  const sequence = new Sequence(...steps);
  if (!sequence.isOneCall) return null;
  return compile<Bind>(
    `function (s, values, slot) {
      ${prepare}
      run(${given.join(", ")});
      return ${isBound(kinds, sequence)};
    }`,
    { run: sequence.run, words: sequence.words },
  );
}
