/**
 * All columns of a row read together: one sequence of C calls, where they would be three for each column.
 *
 *     column_value 0, column_value 1, …    the values themselves
 *     value_type of each                   their kinds, before anything converts them
 *     value_double, or value_text and value_bytes, or nothing, as the column's family has it
 *
 * A family is what a column has held so far. A value that is of none of its family's kinds is read again, by the kind it had: what
 * was done to it has added another form to the one it has, and not changed that (`vdbeapi.c`: the text of a number stands beside the number).
 *
 * `sqlite3_column_value` gives an unprotected value, whose functions are to be called under the connection's mutex; connections here have none
 * (SQLITE_OPEN_NOMUTEX), and for those SQLite makes no difference.
 */
import { compile, Sequence, type Step } from "ctypes/sequence";
import { SQLITE_BLOB, SQLITE_INTEGER, SQLITE_NULL, SQLITE_ROW, SQLITE_TEXT } from "../library/constants.ts";
import { calls } from "../library/library.ts";

import { making, type RowForm, type RowReader } from "./forms.ts";
import { Made } from "./made.ts";
import { columnCode, kindReader, type ReadingRules, textCheck } from "./values.ts";

/** What a column holds: numbers, text, or bytes; each may be NULL. */
export type Family = "number" | "text" | "bytes";

/** What a reader asks of whom it works for. */
export interface TogetherScope {
  /** Is told of a row with a value of none of its family's kinds. */
  readonly missed: (kinds: readonly number[]) => void;
  /** Reads what follows such a row. */
  readonly again: (statement: number, rows: unknown[]) => number;
}

/** Whether rows of so many columns are read together under these rules. */
export function readsTogether(columns: number, { bigints }: ReadingRules): boolean {
  return columns > 0 && columns <= MOST_COLUMNS && !bigints;
}

/** The kinds of the current row's values. */
export function kindsOf(statement: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => calls.columnType(statement, i));
}

/** The families of columns with values of these kinds; of a NULL, what it was before. */
export function familiesOf(kinds: readonly number[], before: readonly Family[] | null): Family[] {
  return kinds.map((kind, i) => {
    if (kind === SQLITE_NULL) return before?.[i] ?? "number";
    return kind === SQLITE_TEXT ? "text" : kind === SQLITE_BLOB ? "bytes" : "number";
  });
}

/** Stands for these families in a map. */
export function keyOfFamilies(families: readonly Family[]): string {
  return families.map((family) => family[0]).join("");
}

/** The reader of rows whose columns are of these families; null where there is none. */
export function togetherReader(
  names: readonly string[],
  form: RowForm,
  rules: ReadingRules,
  families: readonly Family[],
  { missed, again }: TogetherScope,
): RowReader | null {
  const sequence = sequences.of(keyOfFamilies(families), () => new Sequence(...columnSteps(families)));
  if (sequence === null || !sequence.isOneCall) return null;
  const { values, lookAtKinds, isOther, read } = columnsCode(families, rules, sequence);
  const { template, make } = making(names, form, values);
  const look = `run(s); ${lookAtKinds} let ${values.join(", ")};`;
  const readOthers = values.map((value, i) => `${value} = byKind(s, ${i}, k${i});`).join(" ");
  const missing = `missed([${families.map((_, i) => `k${i}`).join(", ")}]);`;
  const source = `{
    row: function (s) {
      ${look}
      if (${isOther}) { ${readOthers} ${missing} } else { ${read} }
      ${make}
      return row;
    },
    rest: function (s, rows) {
      let status;
      do {
        ${look}
        if (${isOther}) {
          ${readOthers} ${make}
          rows.push(row);
          status = step(s);
          if (status !== ${SQLITE_ROW}) return status;
          ${missing}
          return again(s, rows);
        }
        ${read} ${make}
        rows.push(row);
        status = step(s);
      } while (status === ${SQLITE_ROW});
      return status;
    },
  }`;
  return compile<RowReader>(source, {
    ...columnsScope(rules, sequence),
    byKind: kindReader(rules),
    template,
    missed,
    again,
    step: calls.step,
  });
}

/** The steps of a sequence that read all columns of its first argument's row; `before` are the steps in front of them. */
export function columnSteps(families: readonly Family[], before = 0): Step[] {
  const { argument, result } = Sequence;
  const value = (i: number) => result(before + i);
  return [
    ...families.map((_, i): Step => [calls.columnValue, argument(0), i]),
    ...families.map((_, i): Step => [calls.valueType, value(i)]),
    ...families.flatMap((family, i): Step[] => {
      if (family === "bytes") return [];
      if (family === "number") return [[calls.valueDouble, value(i)]];
      return [
        [calls.valueText, value(i)],
        [calls.valueBytes, value(i)],
      ];
    }),
  ];
}

/** What is made of those steps' results, as source with {@link columnsScope} around it. */
export interface ColumnsCode {
  /** The names of the variables that receive the columns. */
  readonly values: readonly string[];
  /** Declares the kind of each column. */
  readonly lookAtKinds: string;
  /** Whether one of them is none of its family's. */
  readonly isOther: string;
  /** Receives the columns where none is. */
  readonly read: string;
}

export function columnsCode(
  families: readonly Family[],
  rules: ReadingRules,
  sequence: Sequence,
  before = 0,
): ColumnsCode {
  let step = before + 2 * families.length;
  const read = families.map((family, i) => {
    const at = step;
    step += STEPS[family];
    return READINGS[family](`v${i}`, `k${i}`, i, at, sequence, rules);
  });
  const kindAt = (i: number) => 2 * sequence.slot(before + families.length + i);
  return {
    values: families.map((_, i) => `v${i}`),
    lookAtKinds: families.map((_, i) => `const k${i} = words[${kindAt(i)}];`).join(" "),
    isOther: families.map((family, i) => `(${OTHERS[family](`k${i}`)})`).join(" || "),
    read: read.join(" "),
  };
}

/** The names that {@link columnsCode} uses. */
export function columnsScope(rules: ReadingRules, sequence: Sequence): Record<string, unknown> {
  const { run, words, doubles } = sequence;
  return { ...columnCode(rules).scope, run, words, doubles, sequence };
}

// -- Private ---------------------------------------------------------------------------------------

/** A call for each column would be as good beyond this. */
const MOST_COLUMNS = 32;
const sequences = new Made<Sequence>();

/** How many steps read the contents of a value. */
const STEPS: Readonly<Record<Family, number>> = { number: 1, text: 2, bytes: 0 };

/** Whether a kind is none of the family's. */
const OTHERS: Readonly<Record<Family, (kind: string) => string>> = {
  number: (k) => `${k} === ${SQLITE_TEXT} || ${k} === ${SQLITE_BLOB}`,
  text: (k) => `${k} !== ${SQLITE_TEXT} && ${k} !== ${SQLITE_NULL}`,
  bytes: (k) => `${k} !== ${SQLITE_BLOB} && ${k} !== ${SQLITE_NULL}`,
};

// An integer is read as a double, which is exact up to 2^53; beyond that it is read again. `at` is the first of the steps that read the contents.
const READINGS: Readonly<
  Record<Family, (v: string, k: string, i: number, at: number, sequence: Sequence, rules: ReadingRules) => string>
> = {
  number: (v, k, i, at, sequence) => `
    if (${k} === ${SQLITE_NULL}) ${v} = null;
    else {
      ${v} = doubles[${sequence.slot(at)}];
      if (${k} === ${SQLITE_INTEGER} && !(${v} < 9007199254740992 && ${v} > -9007199254740992)) ${v} = integer(readInteger(s, ${i}));
    }`,
  text: (v, k, i, at, sequence, rules) => `
    if (${k} === ${SQLITE_NULL}) ${v} = null;
    else {
      ${v} = sequence.text(${at});
      if (${v} === null || words[${2 * sequence.slot(at + 1)}] !== ${v}.length) ${v} = exact(s, ${i}, ${v});
      ${textCheck(v, i, rules)}
    }`,
  bytes: (v, k, i) => `${v} = ${k} === ${SQLITE_NULL} ? null : blob(columnBytes(s, ${i}));`,
};
