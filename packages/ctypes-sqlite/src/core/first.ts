/**
 * The first row of a statement, got in one sequence of C calls: parameters bound, one step, all columns read.
 *
 *     bind 1, bind 2, …        by the kinds of values that it was given before (`binding.ts`)
 *     step
 *     stmt_status              whether SQLite has prepared it anew, for another schema
 *     column_value 0, …        as rows are read (`together.ts`)
 *
 * It ends behind a bind that fails, and behind a step that gives no row.
 */
import { type Condition, compile, Sequence, type Step } from "ctypes/sequence";
import { SQLITE_ROW, SQLITE_STMTSTATUS_REPREPARE } from "../library/constants.ts";
import { calls } from "../library/library.ts";
import { bindingCode, isBound, type Kind, keyOf } from "./binding.ts";

import { type FirstReader, making, type RowForm } from "./forms.ts";
import { Made } from "./made.ts";
import { columnSteps, columnsCode, columnsScope, type Family, keyOfFamilies } from "./together.ts";
import type { ReadingRules } from "./values.ts";

/** Nothing has happened: parameters, step and row go one after the other. */
export const APART = Symbol("apart");
/** It was bound and stepped, but there is no row, or one of another kind. */
export const STEPPED = Symbol("stepped");

/** What rows are made of. */
export interface RowParts {
  readonly names: readonly string[];
  readonly form: RowForm;
  readonly rules: ReadingRules;
  readonly families: readonly Family[];
}

/** A reader for parameters of these kinds and rows of these parts; null where there is none. */
export function firstReader(kinds: readonly Kind[], { names, form, rules, families }: RowParts): FirstReader | null {
  const binding = bindingCode(kinds, "return APART;");
  const key = `${keyOf(kinds)}:${keyOfFamilies(families)}`;
  const sequence = sequences.of(key, () => makeSequence(kinds.length, families, binding.steps));
  if (sequence === null || !sequence.isOneCall) return null;
  const step = kinds.length;
  const columns = columnsCode(families, rules, sequence, step + 2);
  const { template, make } = making(names, form, columns.values);
  const [status, preparations] = [step, step + 1].map((i) => `words[${2 * sequence.slot(i)}]`);
  const source = `{
    get: function (s, values, slot, preparations) {
      ${binding.prepare}
      run(${binding.given.join(", ")});
      if (${status} !== ${SQLITE_ROW} || ${preparations} !== preparations || !(${isBound(kinds, sequence)})) return STEPPED;
      ${columns.lookAtKinds}
      if (${columns.isOther}) return STEPPED;
      let ${columns.values.join(", ")};
      ${columns.read} ${make}
      return row;
    },
    isBound: () => ${isBound(kinds, sequence)},
    status: () => ${status},
  }`;
  return compile<FirstReader>(source, { ...columnsScope(rules, sequence), template, APART, STEPPED });
}

/** When a statement goes over to getting its first rows in one call, and when it leaves that. */
export class FirstRows {
  /** Null while they are got apart. */
  reader: FirstReader | null = null;
  /** What the reader was made for: how often SQLite, and how often we, had prepared the statement anew. */
  preparations = 0;
  renewals = 0;
  #left = ROWS_BEFORE;
  #changes = 0;

  /** A row was got apart: true when it is time for a reader. */
  isDue(): boolean {
    return --this.#left === 0 && this.#changes <= MOST_CHANGES;
  }

  /** Values were of other kinds, or columns others, than the reader is for. */
  leave(): void {
    this.reader = null;
    this.#left = ROWS_BEFORE;
    this.#changes++;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** So many rows are got apart before: by then it is known what kinds of values parameters and columns have. */
const ROWS_BEFORE = 60;
const MOST_CHANGES = 10;
const sequences = new Made<Sequence>();

function makeSequence(count: number, families: readonly Family[], binds: readonly (Step | Condition)[]): Sequence {
  const statement = Sequence.argument(0);
  return new Sequence(
    ...binds,
    [calls.leafStep, statement],
    Sequence.goOnIf(SQLITE_ROW),
    [calls.statementStatus, statement, SQLITE_STMTSTATUS_REPREPARE, 0],
    ...columnSteps(families, count + 2),
  );
}
