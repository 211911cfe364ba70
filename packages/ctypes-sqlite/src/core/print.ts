/**
 * Plans (`plan.ts`) as functions, written for the kinds and families that they are for. Null is given where no code
 * may be made of strings, and where a plan is not one call.
 */
import { compile } from "ctypes-js/sequence";
import { SQLITE_BLOB, SQLITE_INTEGER, SQLITE_NULL, SQLITE_ROW, SQLITE_TEXT } from "../library/constants.ts";
import { calls } from "../library/library.ts";
import { printRow, type RowForm } from "./form.ts";
import { callsAsOne, type Family, type Kind, type PlannedCalls } from "./plan.ts";
import { columnReader, exactText, type ReadingRules } from "./reading.ts";
import type { TextSlot } from "./slot.ts";
import { Once } from "./specialiser.ts";

/**
 * Binds `values` and goes on with the plan. False when that was not done: the values are of other kinds, or one
 * cannot be bound.
 */
export type Run = (statement: number, database: number, values: readonly unknown[], slot: TextSlot) => boolean;

/** A whole run, and where it leaves its outcome in `words`. */
export interface WholeRun {
  readonly run: Run;
  readonly words: Int32Array;
  readonly step: number;
  readonly reset: number;
  /** The low words of integers of 64 bits; of changes, where SQLite counts them so. */
  readonly changes: number;
  readonly rowid: number;
  /** All changes of the connection before and after; one place where they are not compared. */
  readonly before: number;
  readonly after: number;
}

/** What rows are made of. */
export interface RowParts {
  /** One for each column that is read. */
  readonly names: readonly string[];
  readonly form: RowForm;
  readonly rules: ReadingRules;
  /** Null where columns are read one by one. */
  readonly families: readonly Family[] | null;
  /** Receives the kinds of a row with a value of none of its column's family. */
  readonly missed: (kinds: readonly number[]) => void;
}

/** Reads rows. */
export interface RowsCode {
  /** Whether the columns of a row are read in one call. */
  readonly isTogether: boolean;
  /** The row at which a statement stands. */
  readonly row: (statement: number) => unknown;
  /**
   * Adds that row and those that follow to `rows`, up to the end or one that is `missed`; gives the status of the
   * last step.
   */
  readonly rest: (statement: number, rows: unknown[]) => number;
}

/** A first row, and where it leaves what SQLite said in `words`. */
export interface FirstRow {
  readonly run: Run;
  /** The row, where the step gave one. */
  readonly take: (statement: number) => unknown;
  readonly words: Int32Array;
  readonly step: number;
  readonly preparations: number;
  /** Whether columns are read by other families meanwhile. */
  isStale: boolean;
}

/** What binds values of these kinds. */
export function printBinding(kinds: readonly Kind[]): Run | null {
  return bindings.of(`${kinds}`, () => {
    const planned = callsAsOne({ kinds, act: "none", families: [] });
    return planned && compile<Run>(runSource(kinds, planned), scopeOf(planned));
  });
}

/** What runs a statement as a whole with values of these kinds; `compares` where it asks whether anything changed. */
export function printRun(kinds: readonly Kind[], compares: boolean): WholeRun | null {
  return runs.of(`${kinds} ${compares}`, () => {
    const planned = callsAsOne({ kinds, act: compares ? "compared run" : "run", families: [] });
    const run = planned && compile<Run>(runSource(kinds, planned), scopeOf(planned));
    if (planned === null || run === null) return null;
    const [step, reset, changes, rowid] = ["step", "reset", "changes", "rowid"].map(planned.word) as Four;
    const [before, after] = compares ? [planned.word("before"), planned.word("after")] : [step, step];
    return { run, words: planned.sequence.words, step, reset, changes, rowid, before, after };
  });
}

/** What gets a first row with parameters of these kinds. */
export function printFirst(kinds: readonly Kind[], parts: RowParts): FirstRow | null {
  const { families } = parts;
  const planned = families && callsAsOne({ kinds, act: "first", families });
  if (planned === null) return null;
  const { look, isMissed, readMissed, read, make, scope } = columnsSource(parts, planned);
  const row = `${look} if (${isMissed}) { ${readMissed} } else { ${read} } ${make} return row;`;
  const source = `{ run: ${runSource(kinds, planned)}, take: function (s) { ${row} } }`;
  const made = compile<Pick<FirstRow, "run" | "take">>(source, scope);
  const { sequence, word } = planned;
  const [step, preparations] = [word("step"), word("preparations")];
  return made && { ...made, words: sequence.words, step, preparations, isStale: false };
}

/** The functions that read rows of a statement as it stands. */
export function printRows(parts: RowParts): RowsCode | null {
  const planned = parts.families && callsAsOne({ kinds: [], act: "none", families: parts.families });
  const { look, isMissed, readMissed, read, make, scope } = columnsSource(parts, planned);
  const run = planned === null ? "" : `run(${planned.given});`;
  // All that happens for a row stands in one loop, where the optimising compiler sees it together; what is missed
  // does not come back to it.
  const source = `{
    isTogether: ${planned !== null},
    row: function (s) {
      ${run} ${look}
      if (${isMissed}) { ${readMissed} } else { ${read} }
      ${make}
      return row;
    },
    rest: function (s, rows) {
      let status;
      do {
        ${run} ${look}
        if (${isMissed}) { ${readMissed} ${make} rows.push(row); return step(s); }
        ${read} ${make}
        rows.push(row);
        status = step(s);
      } while (status === ${SQLITE_ROW});
      return status;
    },
  }`;
  return compile<RowsCode>(source, { ...scope, step: calls.step });
}

// -- Private ---------------------------------------------------------------------------------------

type Four = [number, number, number, number];

const bindings = new Once<Run>();
const runs = new Once<WholeRun>();

function runSource(kinds: readonly Kind[], { given, word }: PlannedCalls): string {
  const all = (of: (kind: Kind, i: number) => string) => ["true", ...kinds.map(of)].join(" && ");
  const values = kinds.map((_, i) => `const b${i} = values[${i}];`).join(" ");
  const places = kinds.map((kind, i) =>
    kind === "text" ? `const a${i} = slot.place(b${i}); if (a${i} === 0) return false;` : "",
  );
  return `function (s, db, values, slot) {
    ${values}
    if (!(${all((kind, i) => TESTS[kind](`b${i}`))})) return false;
    ${places.join(" ")}
    run(${given});
    return ${all((_, i) => `words[${word(`bind${i}`)}] === 0`)};
  }`;
}

const TESTS: Readonly<Record<Kind, (value: string) => string>> = {
  null: (b) => `${b} === null`,
  number: (b) => `typeof ${b} === "number"`,
  text: (b) => `typeof ${b} === "string"`,
};

function scopeOf({ sequence }: PlannedCalls): Record<string, unknown> {
  return { run: sequence.run, words: sequence.words, doubles: sequence.doubles, sequence };
}

/** What makes a row of what a plan has left in memory, or column by column where there is none. */
function columnsSource({ names, form, rules, families, missed }: RowParts, planned: PlannedCalls | null) {
  const columns = names.map((_, i) => i);
  const list = (of: (i: number) => string, between = " ") => columns.map(of).join(between);
  const { make, template } = printRow(
    names,
    form,
    columns.map((i) => `v${i}`),
  );
  const scope = { columnType: calls.columnType, read: columnReader(rules), exactText, template, missed };
  const variables = columns.length === 0 ? "" : `let ${list((i) => `v${i}`, ", ")};`;
  const byKind = (i: number) => `v${i} = read(s, ${i}, k${i});`;
  if (families === null || planned === null) {
    const look = `${list((i) => `const k${i} = columnType(s, ${i});`)} ${variables}`;
    return { look, isMissed: "false", readMissed: "", read: list(byKind), make, scope };
  }
  const look = `${list((i) => `const k${i} = words[${planned.word(`kind${i}`)}];`)} ${variables}`;
  const isMissed = list((i) => MISSES[families[i] as Family](`k${i}`), " || ");
  const readMissed = `${list(byKind)} missed([${list((i) => `k${i}`, ", ")}]);`;
  const read = list((i) => READS[families[i] as Family](i, planned, rules));
  return { look, isMissed, readMissed, read, make, scope: { ...scope, ...scopeOf(planned) } };
}

/** Whether a value of this kind is none of the family. */
const MISSES: Readonly<Record<Family, (kind: string) => string>> = {
  empty: (k) => `${k} !== ${SQLITE_NULL}`,
  number: (k) => `${k} === ${SQLITE_TEXT} || ${k} === ${SQLITE_BLOB}`,
  text: (k) => `${k} !== ${SQLITE_TEXT} && ${k} !== ${SQLITE_NULL}`,
  bytes: (k) => `${k} !== ${SQLITE_BLOB} && ${k} !== ${SQLITE_NULL}`,
  mixed: () => "false",
};

// An integer is read as a double, which is exact up to 2^53; beyond that it is read again.
const READS: Readonly<Record<Family, (i: number, planned: PlannedCalls, rules: ReadingRules) => string>> = {
  empty: (i) => `v${i} = null;`,
  number: (i, { sequence, step }) => `
    if (k${i} === ${SQLITE_NULL}) v${i} = null;
    else {
      v${i} = doubles[${sequence.slot(step(`double${i}`))}];
      if (k${i} === ${SQLITE_INTEGER} && !(v${i} < 9007199254740992 && v${i} > -9007199254740992)) v${i} = read(s, ${i}, k${i});
    }`,
  text: (i, { step, word }, { invalidText }) => `
    if (k${i} === ${SQLITE_NULL}) v${i} = null;
    else {
      v${i} = sequence.text(${step(`text${i}`)});
      if (v${i} === null || words[${word(`bytes${i}`)}] !== v${i}.length) v${i} = exactText(s, ${i}, v${i});
      ${invalidText === undefined ? "" : `if (v${i}.includes("\ufffd")) v${i} = read(s, ${i}, k${i});`}
    }`,
  bytes: (i) => `v${i} = k${i} === ${SQLITE_NULL} ? null : read(s, ${i}, k${i});`,
  mixed: (i) => `v${i} = read(s, ${i}, k${i});`,
};
