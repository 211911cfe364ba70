/**
 * `iterdump()`: the SQL that makes a database anew.
 */
import type { Cursor } from "./cursor.ts";

/** Yields the statements of a dump, one at a time. */
export function* dump(cursor: () => Cursor): Generator<string> {
  yield "BEGIN TRANSACTION;";
  const tables = rows(
    cursor,
    "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL AND type = 'table' ORDER BY name",
  );
  const sequences: string[] = [];
  let isSchemaWritable = false;
  for (const [name, , sql] of tables) {
    if (name === "sqlite_sequence") sequences.push('DELETE FROM "sqlite_sequence";');
    else if (name === "sqlite_stat1") yield 'ANALYZE "sqlite_master";';
    else if (name?.startsWith("sqlite_")) continue;
    else if (sql?.startsWith("CREATE VIRTUAL TABLE")) {
      if (!isSchemaWritable) yield "PRAGMA writable_schema=ON;";
      isSchemaWritable = true;
      const values = ["table", name, name].map((text) => quoted(text as string, "'")).join(",");
      yield `INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES(${values},0,${quoted(sql, "'")});`;
      continue;
    } else yield `${sql};`;
    const table = quoted(name as string, '"');
    const columns = rows(cursor, `PRAGMA table_info(${table})`).map((column) => quoted(column[1] as string, '"'));
    const parts = columns.map((column) => `quote(${column})`).join(" || ',' || ");
    const query = `SELECT 'INSERT INTO ' || ${quoted(table, "'")} || ' VALUES(' || ${parts} || ')' FROM ${table}`;
    for (const [insert] of rows(cursor, query)) {
      if (name === "sqlite_sequence") sequences.push(`${insert};`);
      else yield `${insert};`;
    }
  }
  const others =
    "SELECT name, type, sql FROM sqlite_master WHERE sql NOT NULL AND type IN ('index', 'trigger', 'view')";
  for (const [, , sql] of rows(cursor, others)) yield `${sql};`;
  if (isSchemaWritable) yield "PRAGMA writable_schema=OFF;";
  yield* sequences;
  yield "COMMIT;";
}

// -- Private ---------------------------------------------------------------------------------------

function rows(cursor: () => Cursor, sql: string): (string | null)[][] {
  const one = cursor();
  one.row_factory = null;
  return one.execute(sql).fetchall() as (string | null)[][];
}

function quoted(text: string, mark: string): string {
  return `${mark}${text.replaceAll(mark, mark + mark)}${mark}`;
}
