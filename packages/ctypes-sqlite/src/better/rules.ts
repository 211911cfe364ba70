/**
 * How values of SQLite are those of JavaScript in better-sqlite3, and the forms of its rows.
 */
import { giveResult, TOO_LARGE, UNSUPPORTED } from "../core/giving.ts";
import { columnReader, type ReadingRules, type ValueReader, valueReader } from "../core/reading.ts";
import { columnNames, plainReader, type RowMaker, rowsOf } from "../core/rows.ts";
import { calls, lib } from "../library/library.ts";

/** A row is an object, its first value, objects by table, or an array. */
export type RowMode = "flat" | "pluck" | "expand" | "raw";

// Beyond 2^53 a number is the nearest; who wants all digits asks for safe integers.
const numbers: ReadingRules = { integer: Number, blob: toBuffer };
const bigints: ReadingRules = { ...numbers, bigints: true };

const readValueNumber = valueReader(numbers);
const readValueBigInt = valueReader(bigints);

/** Reads arguments of user functions. */
export function valuesFor(areSafe: boolean): ValueReader {
  return areSafe ? readValueBigInt : readValueNumber;
}

const makers: Readonly<Record<RowMode, readonly [number: RowMaker, bigint: RowMaker]>> = {
  flat: [rowsOf("object", numbers), rowsOf("object", bigints)],
  pluck: [rowsOf("first", numbers), rowsOf("first", bigints)],
  raw: [rowsOf("array", numbers), rowsOf("array", bigints)],
  expand: [expandedRows(numbers), expandedRows(bigints)],
};

/** How a statement with these settings reads rows. */
export function rowsFor(mode: RowMode, areSafe: boolean): RowMaker {
  return makers[mode][areSafe ? 1 : 0];
}

/** Gives SQLite what `who` returned. @throws for what is no value of SQLite. */
export function giveValue(context: number, value: unknown, who: string): void {
  const status = giveResult(context, value);
  if (status === TOO_LARGE) throw new RangeError(`${who} a bigint that was too big`);
  if (status === UNSUPPORTED) throw new TypeError(`${who} an invalid value`);
}

// -- Private ---------------------------------------------------------------------------------------

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** Objects of columns in an object by table; what comes from no table is in `$`. */
function expandedRows(rules: ReadingRules): RowMaker {
  return (statement) => {
    const read = columnReader(rules);
    const columns = columnNames(statement).map((name, i) => {
      const table = lib.sqlite3_column_table_name(statement, i) ?? "$";
      return { name, table };
    });
    return plainReader((handle) => {
      const kinds = columns.map((_, i) => calls.columnType(handle, i));
      const row: Record<string, Record<string, unknown>> = {};
      columns.forEach(({ name, table }, i) => {
        const part = Object.hasOwn(row, table) ? row[table] : (row[table] = {});
        (part as Record<string, unknown>)[name] = read(handle, i, kinds[i] as number);
      });
      return row;
    });
  };
}
