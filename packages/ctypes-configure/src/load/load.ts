/**
 * Modules and specifications of the user's, also where Node does not run TypeScript.
 */
import { existsSync } from "node:fs";
import { register } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findTranspiler } from "./transpile.ts";

/**
 * Imports a file.
 *
 * @throws what it throws, and Error where it is TypeScript, which nothing here can run.
 */
export async function loadModule(file: string): Promise<unknown> {
  const path = resolve(file);
  if (!existsSync(path)) throw new Error(`${file}: there is no such file`);
  if (/\.[cm]?ts$/.test(path) && !runsTypeScript()) hook(path);
  return import(pathToFileURL(path).href).catch((error: unknown) => {
    if ((error as { code?: string }).code !== "ERR_UNKNOWN_FILE_EXTENSION") throw error;
    const advice = "npm install --save-dev tsx (esbuild or typescript will do), or use Node 22.18 or newer";
    throw new Error(`${file}: Node ${process.versions.node} does not run TypeScript: ${advice}`, { cause: error });
  });
}

// -- Private ---------------------------------------------------------------------------------------

/** From Node 22.18 on it does. */
function runsTypeScript(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript);
}

/** Where something else runs TypeScript already, such as `--import tsx`, the hooks leave it to that. */
function hook(path: string): void {
  const transpiler = findTranspiler([path, resolve("package.json")]);
  if (transpiler === null) return;
  register(pathToFileURL(join(import.meta.dirname, "hooks.mjs")), { data: transpiler });
}
