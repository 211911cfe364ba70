/**
 * All parameters of a statement bound together: one sequence of C calls, by the kinds of values that the statement was given before.
 */
import { Sequence, type Step } from "ctypes";
import { SQLITE_STATIC } from "../library/constants.ts";
import { bindPlacedText, lib } from "../library/library.ts";
import type { TextPlace } from "./bind.ts";
import { compile } from "./compile.ts";
import { type TextSlot, takeSlot } from "./slot.ts";

/** What binds the parameters of one statement, all of which are `?`. */
export class Binder {
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
      this.#bind = bindOf(values);
    }
    return false;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** So many executions go one by one before it is worth while, at first and when the kinds have changed. */
const EXECUTIONS_BEFORE = 20;
const MOST_CHANGES = 10;
const MOST_PARAMETERS = 32;
/** A sequence has a page of machine code, which stays. */
const MOST_BINDS = 200;

type Bind = (statement: number, values: readonly unknown[], slot: TextSlot) => boolean;
type Kind = "number" | "text" | "null";

const binds = new Map<string, Bind | null>();

function bindOf(values: readonly unknown[]): Bind | null {
  const kinds = values.map(kindOf);
  if (kinds.length === 0 || kinds.length > MOST_PARAMETERS || kinds.includes(null)) return null;
  const key = kinds.map((kind) => (kind as Kind)[0]).join("");
  const known = binds.get(key);
  if (known !== undefined) return known;
  if (binds.size >= MOST_BINDS) return null;
  const made = makeBind(kinds as Kind[]);
  binds.set(key, made);
  return made;
}

function kindOf(value: unknown): Kind | null {
  if (value === null) return "null";
  if (typeof value === "number") return "number";
  return typeof value === "string" ? "text" : null;
}

function makeBind(kinds: readonly Kind[]): Bind | null {
  const given: string[] = ["s"];
  const later = (source: string) => Sequence.argument(given.push(source) - 1);
  const tests: string[] = [];
  const places: string[] = [];
  const steps = kinds.map((kind, i): Step => {
    const [v, index] = [`v${i}`, i + 1];
    if (kind === "null") {
      tests.push(`${v} === null`);
      return [lib.sqlite3_bind_null, Sequence.argument(0), index];
    }
    if (kind === "number") {
      tests.push(`typeof ${v} === "number"`);
      return [lib.sqlite3_bind_double, Sequence.argument(0), index, later(v)];
    }
    tests.push(`typeof ${v} === "string"`);
    places.push(`const a${i} = slot.place(${v}); if (a${i} === 0) return false;`);
    return [bindPlacedText, Sequence.argument(0), index, later(`a${i}`), later(`${v}.length`), SQLITE_STATIC];
  });
  const sequence = new Sequence(...steps);
  if (!sequence.isOneCall) return null;
  const isDone = kinds.map((_, i) => `words[${2 * sequence.slot(i)}] === 0`);
  return compile<Bind>(
    `function (s, values, slot) {
      const ${kinds.map((_, i) => `v${i} = values[${i}]`).join(", ")};
      if (!(${tests.join(" && ")})) return false;
      ${places.join(" ")}
      run(${given.join(", ")});
      return ${isDone.join(" && ")};
    }`,
    { run: sequence.run, words: sequence.words },
  );
}
