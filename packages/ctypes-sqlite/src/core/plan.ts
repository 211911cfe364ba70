/**
 * A plan: what an execution does in one call of C, as data.
 *
 *     bind0, bind1, …           each value, by its kind; the plan ends at one that cannot be bound
 *
 *     step, preparations        to the first row: the plan ends where there is none; how often SQLite has prepared
 *                               the statement anew
 *   or
 *     before                    all changes of the connection, where they are compared
 *     step, reset               a whole run
 *     changes, rowid, after     what it changed
 *
 *     value0, value1, …         the columns of the row
 *     kind0, kind1, …           their kinds, before anything converts them
 *     double0, text1, bytes1 …  their contents, as the column's family has it
 *
 * A *kind* is what a value to be bound is, a *family* what a column has held so far. `print.ts` writes the function
 * that follows a plan. Where none can be written, or a value does not fit, everything is done call by call: bound
 * (`giving.ts`), stepped (`statement.ts`), and read (`reading.ts`).
 *
 * `sqlite3_column_value` gives an unprotected value, whose functions are to be called under the connection's mutex;
 * connections here have none (SQLITE_OPEN_NOMUTEX), and for those SQLite makes no difference.
 */
import { Sequence } from "ctypes-js/sequence";
import {
  SQLITE_BLOB,
  SQLITE_NULL,
  SQLITE_OK,
  SQLITE_ROW,
  SQLITE_STATIC,
  SQLITE_STMTSTATUS_REPREPARE,
  SQLITE_TEXT,
} from "../library/constants.ts";
import { calls } from "../library/library.ts";
import { includes } from "./lists.ts";
import { Once } from "./specialiser.ts";

/** What a value is that is bound with others. */
export type Kind = "number" | "text" | "null";

/** What a column holds: nothing but NULL; numbers, text or bytes, any of which may be NULL; anything. */
export type Family = "empty" | "number" | "text" | "bytes" | "mixed";

export interface Plan {
  /** The kinds of all values that are bound; none where they are bound before. */
  readonly kinds: readonly Kind[];
  /** What follows: nothing, a step to the first row, a whole run, or one whose changes are compared. */
  readonly act: "none" | "first" | "run" | "compared run";
  /** The families of the columns that are read; none where there is no row. */
  readonly families: readonly Family[];
}

/** A function of C that a plan calls. */
export interface PlannedCall {
  readonly name: string;
  readonly func: object;
  readonly values: readonly (number | Given | ResultOf)[];
  /** What it must return for the plan to go on; absent where that does not matter. */
  readonly goesOnWith?: number;
}

/** A value that is given at each execution, as source of what `print.ts` writes. */
interface Given {
  readonly given: string;
}

/** What an earlier call returned. */
interface ResultOf {
  readonly of: string;
}

/** The calls of a plan, made one. */
export interface PlannedCalls {
  readonly sequence: Sequence;
  /** What the sequence is run with. */
  readonly given: readonly string[];
  /** The number of a call in the sequence. */
  step(name: string): number;
  /** Where the result of a call is, as an index of the sequence's `words`. */
  word(name: string): number;
}

/** The calls of a plan as one call of C; null where there is no such thing. */
export function callsAsOne(plan: Plan): PlannedCalls | null {
  return known.of(`${plan.kinds} ${plan.act} ${plan.families}`, () => sequenceOf(callsOf(plan)));
}

/** The kinds of these values; null where they are not bound together. */
export function kindsOf(values: readonly unknown[]): readonly Kind[] | null {
  const kinds = values.map(kindOf);
  return kinds.length > MOST_PARAMETERS || includes(kinds, null) ? null : (kinds as Kind[]);
}

/** The families of columns that have held what is of the families `before`, and now hold values of these kinds. */
export function familiesOf(kinds: readonly number[], before: readonly Family[] | null): readonly Family[] {
  return kinds.map((kind, i) => {
    const known = before?.[i] ?? "empty";
    if (kind === SQLITE_NULL) return known;
    const family = kind === SQLITE_TEXT ? "text" : kind === SQLITE_BLOB ? "bytes" : "number";
    return known === "empty" || known === family ? family : "mixed";
  });
}

/** Whether rows of so many columns are read together. */
export function readsTogether(columns: number): boolean {
  return columns > 0 && columns <= MOST_COLUMNS;
}

// -- Private ---------------------------------------------------------------------------------------

/** Beyond these a call for each would be as good. */
const MOST_PARAMETERS = 32;
const MOST_COLUMNS = 32;

const known = new Once<PlannedCalls>();
const statement: Given = { given: "s" };
const database: Given = { given: "db" };

function kindOf(value: unknown): Kind | null {
  if (value === null) return "null";
  if (typeof value === "number") return "number";
  return typeof value === "string" ? "text" : null;
}

function callsOf({ kinds, act, families }: Plan): PlannedCall[] {
  return [...kinds.map(bindCall), ...ACTS[act](), ...columnCalls(families)];
}

/** Of value `i`, which `print.ts` names `b0`, `b1` …; text is at `a0`, `a1` … */
function bindCall(kind: Kind, i: number): PlannedCall {
  const [func, values] = BINDS[kind](i);
  return { name: `bind${i}`, func, values: [statement, i + 1, ...values], goesOnWith: SQLITE_OK };
}

const BINDS: Readonly<Record<Kind, (i: number) => readonly [func: object, values: PlannedCall["values"]]>> = {
  null: () => [calls.bindNull, []],
  number: (i) => [calls.bindDouble, [{ given: `b${i}` }]],
  text: (i) => [calls.bindPlacedText, [{ given: `a${i}` }, { given: `b${i}.length` }, SQLITE_STATIC]],
};

const ACTS: Readonly<Record<Plan["act"], () => PlannedCall[]>> = {
  none: () => [],
  first: () => [
    { name: "step", func: calls.leafStep, values: [statement], goesOnWith: SQLITE_ROW },
    { name: "preparations", func: calls.statementStatus, values: [statement, SQLITE_STMTSTATUS_REPREPARE, 0] },
  ],
  run: () => [
    { name: "step", func: calls.leafStep, values: [statement] },
    { name: "reset", func: calls.leafReset, values: [statement] },
    { name: "changes", func: calls.changes, values: [database] },
    { name: "rowid", func: calls.lastInsertRowid, values: [database] },
  ],
  "compared run": () => [
    { name: "before", func: calls.totalChanges, values: [database] },
    ...ACTS.run(),
    { name: "after", func: calls.totalChanges, values: [database] },
  ],
};

function columnCalls(families: readonly Family[]): PlannedCall[] {
  const value = (i: number): ResultOf => ({ of: `value${i}` });
  return [
    ...families.map((_, i) => ({ name: `value${i}`, func: calls.columnValue, values: [statement, i] })),
    ...families.map((_, i) => ({ name: `kind${i}`, func: calls.valueType, values: [value(i)] })),
    ...families.flatMap((family, i) => {
      if (family === "number") return [{ name: `double${i}`, func: calls.valueDouble, values: [value(i)] }];
      if (family !== "text") return [];
      return [
        { name: `text${i}`, func: calls.valueText, values: [value(i)] },
        { name: `bytes${i}`, func: calls.valueBytes, values: [value(i)] },
      ];
    }),
  ];
}

function sequenceOf(planned: readonly PlannedCall[]): PlannedCalls | null {
  const numbers = new Map(planned.map(({ name }, i) => [name, i]));
  const given = [...new Set(planned.flatMap(({ values }) => values.flatMap((v) => (isGiven(v) ? v.given : []))))];
  const steps = planned.flatMap(({ func, values, goesOnWith }) => {
    const made = values.map((value) => {
      if (typeof value === "number") return value;
      if (isGiven(value)) return Sequence.argument(given.indexOf(value.given));
      return Sequence.result(numbers.get(value.of) as number);
    });
    return [[func, ...made] as const, ...(goesOnWith === undefined ? [] : [Sequence.goOnIf(goesOnWith)])];
  });
  const sequence = new Sequence(...steps);
  if (!sequence.isOneCall) return null;
  const step = (name: string) => numbers.get(name) as number;
  return { sequence, given, step, word: (name) => 2 * sequence.slot(step(name)) };
}

function isGiven(value: PlannedCall["values"][number]): value is Given {
  return typeof value === "object" && "given" in value;
}
