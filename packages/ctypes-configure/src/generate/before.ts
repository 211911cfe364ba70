/**
 * What headers declare before macros are read: these may name it again.
 */
import type { Declaration, FunctionDeclaration } from "./ir.ts";

/** By the names of C. */
export interface BeforeMacros {
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly constants: ReadonlyMap<string, unknown>;
}

export function beforeMacros(declarations: readonly Declaration[]): BeforeMacros {
  const functions = declarations.flatMap((one) => (one.kind === "function" ? [[one.cName, one] as const] : []));
  const constants = declarations.flatMap((one): (readonly [string, unknown])[] =>
    one.kind === "constant"
      ? [[one.cName, one.value]]
      : one.kind === "enum"
        ? one.values.map(({ cName, value }) => [cName, value])
        : [],
  );
  return { functions: new Map(functions), constants: new Map(constants) };
}
