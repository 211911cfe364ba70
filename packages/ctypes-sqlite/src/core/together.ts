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
import { Sequence, type Step } from "ctypes";
import { SQLITE_BLOB, SQLITE_INTEGER, SQLITE_NULL, SQLITE_ROW, SQLITE_TEXT } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { compile } from "./compile.ts";
import { making, type RowForm, type RowReader } from "./forms.ts";
import { columnCode, kindReader, type ReadingRules } from "./values.ts";

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
  return Array.from({ length: count }, (_, i) => lib.sqlite3_column_type(statement, i));
}

/** The families of columns with values of these kinds; of a NULL, what it was before. */
export function familiesOf(kinds: readonly number[], before: readonly Family[] | null): Family[] {
  return kinds.map((kind, i) => {
    if (kind === SQLITE_NULL) return before?.[i] ?? "number";
    return kind === SQLITE_TEXT ? "text" : kind === SQLITE_BLOB ? "bytes" : "number";
  });
}

/** The reader of rows whose columns are of these families; null where there is none. */
export function togetherReader(
  names: readonly string[],
  form: RowForm,
  rules: ReadingRules,
  families: readonly Family[],
  { missed, again }: TogetherScope,
): RowReader | null {
  const reading = readingOf(families);
  if (reading === null || !reading.sequence.isOneCall) return null;
  const { sequence, kinds, contents } = reading;
  const isOther: string[] = [];
  const columns = families.map((family, i) => {
    const kind = `const k${i} = words[${kinds[i]}];`;
    isOther.push(`(${OTHERS[family](`k${i}`)})`);
    const [at = 0, length = 0] = contents[i] ?? [];
    return { kind, read: READINGS[family](`v${i}`, `k${i}`, i, at, length) };
  });
  const values = families.map((_, i) => `v${i}`);
  const { template, make } = making(names, form, values);
  const look = `run(s); ${columns.map(({ kind }) => kind).join(" ")} let ${values.join(", ")};`;
  const read = columns.map((column) => column.read).join(" ");
  const readOthers = values.map((value, i) => `${value} = byKind(s, ${i}, k${i});`).join(" ");
  const missing = `missed([${families.map((_, i) => `k${i}`).join(", ")}]);`;
  const source = `{
    row: function (s) {
      ${look}
      if (${isOther.join(" || ")}) { ${readOthers} ${missing} } else { ${read} }
      ${make}
      return row;
    },
    rest: function (s, rows) {
      let status;
      do {
        ${look}
        if (${isOther.join(" || ")}) {
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
  const { run, words, doubles } = sequence;
  const { scope } = columnCode(rules);
  return compile<RowReader>(source, {
    ...scope,
    byKind: kindReader(rules),
    run,
    words,
    doubles,
    sequence,
    template,
    missed,
    again,
    step: lib.sqlite3_step,
  });
}

// -- Private ---------------------------------------------------------------------------------------

/** A call for each column would be as good beyond this. */
const MOST_COLUMNS = 32;
/** A sequence has a page of machine code, which stays. */
const MOST_SEQUENCES = 200;

interface Reading {
  readonly sequence: Sequence;
  /** Where the kind of each column lies among the words. */
  readonly kinds: readonly number[];
  /** The step that gives a column's contents, and where their length lies among the words; of numbers, where the double lies. */
  readonly contents: readonly (readonly [at: number, length: number] | null)[];
}

const readings = new Map<string, Reading>();

function readingOf(families: readonly Family[]): Reading | null {
  const key = families.map((family) => family[0]).join("");
  let reading = readings.get(key);
  if (reading === undefined) {
    if (readings.size >= MOST_SEQUENCES) return null;
    readings.set(key, (reading = makeReading(families)));
  }
  return reading;
}

function makeReading(families: readonly Family[]): Reading {
  const count = families.length;
  const { argument, result } = Sequence;
  const steps: Step[] = [
    ...families.map((_, i): Step => [lib.sqlite3_column_value, argument(0), i]),
    ...families.map((_, i): Step => [lib.sqlite3_value_type, result(i)]),
  ];
  const places = families.map((family, i): number | null => {
    const place = steps.length;
    if (family === "bytes") return null;
    if (family === "number") steps.push([lib.sqlite3_value_double, result(i)]);
    else steps.push([lib.sqlite3_value_text, result(i)], [lib.sqlite3_value_bytes, result(i)]);
    return place;
  });
  const sequence = new Sequence(...steps);
  return {
    sequence,
    kinds: families.map((_, i) => 2 * sequence.slot(count + i)),
    contents: places.map((place, i) => {
      if (place === null) return null;
      return families[i] === "number" ? [sequence.slot(place), 0] : [place, 2 * sequence.slot(place + 1)];
    }),
  };
}

/** Whether a kind is none of the family's. */
const OTHERS: Readonly<Record<Family, (kind: string) => string>> = {
  number: (k) => `${k} === ${SQLITE_TEXT} || ${k} === ${SQLITE_BLOB}`,
  text: (k) => `${k} !== ${SQLITE_TEXT} && ${k} !== ${SQLITE_NULL}`,
  bytes: (k) => `${k} !== ${SQLITE_BLOB} && ${k} !== ${SQLITE_NULL}`,
};

// An integer is read as a double, which is exact up to 2^53; beyond that it is read again.
const READINGS: Readonly<Record<Family, (v: string, k: string, i: number, at: number, length: number) => string>> = {
  number: (v, k, i, at) => `
    if (${k} === ${SQLITE_NULL}) ${v} = null;
    else {
      ${v} = doubles[${at}];
      if (${k} === ${SQLITE_INTEGER} && !(${v} < 9007199254740992 && ${v} > -9007199254740992)) ${v} = integer(readInteger(s, ${i}));
    }`,
  text: (v, k, i, at, length) => `
    if (${k} === ${SQLITE_NULL}) ${v} = null;
    else {
      ${v} = sequence.text(${at});
      if (${v} === null || words[${length}] !== ${v}.length) ${v} = exact(s, ${i}, ${v});
    }`,
  bytes: (v, k, i) => `${v} = ${k} === ${SQLITE_NULL} ? null : blob(columnBytes(s, ${i}));`,
};
