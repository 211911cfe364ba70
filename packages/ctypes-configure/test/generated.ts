/** What the tests of generated modules share: a module that was made and loaded, and the reasons for what it lacks. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Generated, type GenerateOptions, generate } from "ctypes-configure";
import { Config } from "ctypes-libclang";
import { file, folder } from "./support.ts";

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

/** A header, and the library that gcc made of it and its source. */
export function libraryOf(name: string, header: string, source: string, ...flags: string[]): GenerateOptions {
  file(`${name}.h`, header);
  const library = join(folder(), `lib${name}.so`);
  const path = file(`${name}.c`, `#include "${name}.h"\n${source}`);
  const built = spawnSync("gcc", ["-shared", "-fPIC", "-w", "-o", library, path, ...flags], { encoding: "utf8" });
  assert.equal(built.status, 0, built.stderr);
  return { headers: [`${name}.h`], includeDirs: [folder()], libraries: [library] };
}

/**
 * What tsc and biome's formatter say of a module, and tsc of a program that imports it from `./module.ts`: "" is
 * nothing.
 */
export function complaintsAbout({ text }: Generated, program = ""): string {
  const root = join(import.meta.dirname, "../../..");
  const own = mkdtempSync(join(place(), "typed-"));
  writeFileSync(join(own, "module.ts"), text);
  writeFileSync(join(own, "program.ts"), `${program}\nexport {};\n`);
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions: { noEmit: true }, include: ["*.ts"] };
  writeFileSync(join(own, "tsconfig.json"), JSON.stringify(config));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", input: text }).stdout;
  const types = run(join(root, "node_modules/typescript/bin/tsc"), "-p", own, "--pretty", "false");
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  return (
    types + (run(biome, "format", "--stdin-file-path=module.ts") === text ? "" : "biome would format it otherwise")
  );
}
