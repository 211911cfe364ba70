/**
 * Executions that give no rows and run no JavaScript, each one sequence of C calls:
 *
 *     bind 1, bind 2, …        where the parameters are bound with it; it ends behind one that fails
 *     total_changes            where it is asked for whether anything changed
 *     step, reset
 *     changes, last_insert_rowid
 *     total_changes
 */
import { compile, Sequence, type Step } from "ctypes/sequence";
import { calls } from "../library/library.ts";
import { bindingCode, isBound, type Kind, keyOf } from "./binding.ts";

import { Made } from "./made.ts";
import type { TextSlot } from "./slot.ts";

/** Where the words of a sequence have what an execution gave. */
export interface Outcome {
  readonly words: Int32Array;
  readonly step: number;
  readonly reset: number;
  /** The low words of integers of 64 bits; of changes, where SQLite counts them so. */
  readonly changes: number;
  readonly rowid: number;
  /** All changes of the connection, before and after; the same place twice where they are not counted. */
  readonly before: number;
  readonly after: number;
}

/** Executes a statement whose parameters are bound, on its connection. */
export interface Execution extends Outcome {
  readonly run: (statement: number, database: number) => void;
  /** Whether it is one call here. */
  readonly isOneCall: boolean;
}

/** Binds and executes; false when nothing was executed, since the values are of other kinds or one cannot be bound. */
export interface BoundExecution extends Outcome {
  readonly run: (statement: number, database: number, values: readonly unknown[], slot: TextSlot) => boolean;
}

/** Without and with counting all changes. */
export function execution(counts: boolean): Execution {
  return (plain[counts ? 1 : 0] ??= makeExecution(counts));
}

const plain: Execution[] = [];

function makeExecution(counts: boolean): Execution {
  const sequence = new Sequence(...stepsOf(Sequence.argument(1), counts));
  const run = sequence.run as Execution["run"];
  return { run, isOneCall: sequence.isOneCall, ...outcomeIn(sequence, 0, counts) };
}

/** The execution with values of these kinds; null where there is none. */
export function boundExecution(kinds: readonly Kind[], counts: boolean): BoundExecution | null {
  return executions.of(`${keyOf(kinds)}${counts ? "+" : ""}`, () => makeBoundExecution(kinds, counts));
}

// -- Private ---------------------------------------------------------------------------------------

const executions = new Made<BoundExecution>();

function makeBoundExecution(kinds: readonly Kind[], counts: boolean): BoundExecution | null {
  const { steps, prepare, given } = bindingCode(kinds, "return false;");
  const sequence = new Sequence(...steps, ...stepsOf(Sequence.argument(given.length), counts));
  if (!sequence.isOneCall) return null;
  const run = compile<BoundExecution["run"]>(
    `function (s, db, values, slot) {
      ${prepare}
      run(${given.join(", ")}, db);
      return ${isBound(kinds, sequence)};
    }`,
    { run: sequence.run, words: sequence.words },
  );
  return run === null ? null : { run, ...outcomeIn(sequence, kinds.length, counts) };
}

function stepsOf(database: ReturnType<typeof Sequence.argument>, counts: boolean): Step[] {
  const statement = Sequence.argument(0);
  const total: Step[] = counts ? [[calls.totalChanges, database]] : [];
  return [
    ...total,
    [calls.leafStep, statement],
    [calls.leafReset, statement],
    [calls.changes, database],
    [calls.lastInsertRowid, database],
    ...total,
  ];
}

/** Of a sequence with these steps behind `first` others. */
function outcomeIn(sequence: Sequence, first: number, counts: boolean): Outcome {
  const step = counts ? first + 1 : first;
  const at = (index: number) => 2 * sequence.slot(index);
  return {
    words: sequence.words,
    step: at(step),
    reset: at(step + 1),
    changes: at(step + 2),
    rowid: at(step + 3),
    before: at(first),
    after: at(counts ? step + 4 : first),
  };
}
