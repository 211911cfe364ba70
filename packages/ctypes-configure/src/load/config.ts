/**
 * Options of `generate` from a file: a configuration, or the module that was made with them.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { loadModule } from "./load.ts";

/** The configuration of the current folder, if there is one. */
export function defaultConfig(): string | undefined {
  return ["ctypes-configure.json", "ctypes-configure.ts"].find((name) => existsSync(name));
}

/**
 * What a file configures: one module or several, each with the place that messages name. @throws Error when it says
 * nothing.
 */
export async function configsIn(file: string): Promise<(readonly [where: string, config: object])[]> {
  if (file.endsWith(".json")) return configsOf(file, parsed(file));
  const { __configure__, default: own } = (await loadModule(file)) as {
    readonly __configure__?: { readonly source: { readonly rules?: { readonly perHeader?: boolean } } };
    readonly default?: unknown;
  };
  if (__configure__ === undefined) return configsOf(file, own);
  const { source } = __configure__;
  const path = resolve(file);
  return [[file, { ...source, out: source.rules?.perHeader ? dirname(path) : path }]];
}

// -- Private ---------------------------------------------------------------------------------------

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError(`${file}: ${error.message}`, { cause: error });
  }
}

function configsOf(file: string, config: unknown): (readonly [string, object])[] {
  if (Array.isArray(config)) return config.map((one, i) => [`${file}[${i}]`, one] as const);
  if (typeof config === "object" && config !== null) return [[file, config]];
  throw new Error(`${file}: it has no default export, which says what to generate: export default { headers: ["…"] }`);
}
