/**
 * Hooks of Node's module loader for Nodes that do not run TypeScript: `load/load.ts` registers them, and they run on a
 * thread of their own.
 */
import { fileURLToPath } from "node:url";
import { type Transpiler, transpiled } from "./load/transpile.ts";

let transpiler: Transpiler;

/** Node calls it first. */
export function initialize(given: Transpiler): void {
  transpiler = given;
}

type Load = (url: string, context: object) => unknown;

/** Node calls it for each module. */
export async function load(url: string, context: object, next: Load): Promise<unknown> {
  try {
    return await next(url, context);
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_UNKNOWN_FILE_EXTENSION" || !/\.[cm]?ts$/.test(url)) throw error;
    return { format: "module", source: await transpiled(fileURLToPath(url), transpiler), shortCircuit: true };
  }
}
