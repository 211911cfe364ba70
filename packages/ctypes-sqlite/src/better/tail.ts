/**
 * What stands behind a statement.
 */

/** SQL without the white space and semicolons in front. */
export function restOf(sql: string): string {
  return sql.replace(/^[\s;]+/, "");
}

/** Whether this is no more SQL: white space, semicolons and comments. */
export function isNothing(sql: string): boolean {
  return /^(?:[ ;\t-\r]|\/\*[\s\S]*?(?:\*\/|$)|--[^\n]*)*$/.test(sql);
}
