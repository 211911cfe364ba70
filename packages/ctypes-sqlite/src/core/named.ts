/**
 * Values by name, put in the order of a statement's parameters.
 */
import { compile } from "ctypes/sequence";

/** Gives the values of an object, in the order of the parameters. */
export type InOrder = (values: Readonly<Record<string, unknown>>) => unknown[];

/**
 * Reads `keys` one after the other; the value of `keys[i]` is that of parameter `indices[i]`, which counts from 1. Null where nothing can be compiled:
 * a loop over the names would be as slow as binding one by one.
 */
export function inOrder(keys: readonly string[], indices: readonly number[]): InOrder | null {
  const reads = keys.map((key, i) => `const v${indices[i]} = values[${JSON.stringify(key)}];`);
  const values = keys.map((_, i) => `v${i + 1}`);
  return compile<InOrder>(`function (values) { ${reads.join(" ")} return [${values.join(", ")}]; }`, {});
}
