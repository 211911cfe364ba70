/** What the tests of generated modules share: a module that was made and loaded, and the reasons for what it lacks. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Generated, type GenerateOptions, generate } from "ctypes-configure";
import { Config } from "libclang";

/** False where there is a libclang, else the reason to skip. */
export function skipWithoutLibclang(): string | false {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

let workshop: string | undefined;
let count = 0;

/** Below the workspace, so that modules find its packages. */
function place(): string {
  if (workshop === undefined) {
    const folder = join(import.meta.dirname, "fixtures/build");
    mkdirSync(folder, { recursive: true });
    const made = mkdtempSync(join(folder, "generated-"));
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    workshop = made;
  }
  return workshop;
}

/** The module of these headers; it checks its layouts when it is loaded. */
export async function loaded(options: GenerateOptions): Promise<{ made: Generated; module: Record<string, any> }> {
  const made = generate(options);
  const path = join(place(), `module${count++}.ts`);
  writeFileSync(path, made.text);
  process.env.CTYPES_DEBUG = "1";
  return { made, module: await import(pathToFileURL(path).href) };
}

/** Why each name was left out. */
export function wordsOf({ skipped }: Generated): ReadonlyMap<string, string> {
  return new Map(skipped.map(({ name, reason }) => [name, reason]));
}
