/**
 * One row of the shared table of CPython's ctypes tests: `npm run conformance` matches a test to its row by this name.
 */
import { type TestContext, test } from "node:test";

/** A test of our own for the row of this file, class and test; `skip` is why it does not run here. */
export function row(
  file: string,
  cls: string,
  name: string,
  body: (t: TestContext) => void | Promise<void>,
  skip: string | false = false,
): void {
  test(rowName(file, cls, name), { skip }, body);
}

/** How a row is written in names of tests and in `reasons.json`. */
export function rowName(file: string, cls: string, name: string): string {
  return `${file} ${cls} ${name}`;
}
