/**
 * Values by name, put in the order of a statement's parameters.
 */
import { compile } from "ctypes-js/sequence";

/** Gives the values of an object, in the order of the parameters. */
export type InOrder = (values: Readonly<Record<string, unknown>>) => unknown[];

/** A key of an object, and the number of the parameter that its value is for, which counts from 1. */
export interface NamedPlace {
  readonly name: string;
  readonly index: number;
}

/**
 * What reads these keys one after the other. Null where nothing can be compiled: a loop over the names would be as
 * slow as binding one by one.
 */
export function inOrder(places: readonly NamedPlace[]): InOrder | null {
  const reads = places.map(({ name, index }) => `const v${index} = values[${JSON.stringify(name)}];`);
  const values = places.map((_, i) => `v${i + 1}`);
  return compile<InOrder>(`function (values) { ${reads.join(" ")} return [${values.join(", ")}]; }`, {});
}
