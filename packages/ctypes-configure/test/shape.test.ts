/**
 * The shape of generated modules: what importing one makes, and how much work a large one is to the compiler of
 * TypeScript.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { generate } from "ctypes-configure";
import { dllist } from "ctypes-js/util";
import { skipWithoutLibclang } from "./generated.ts";
import { workshop } from "./headers.ts";
import { file, folder } from "./support.ts";

const skip = skipWithoutLibclang();
const root = join(import.meta.dirname, "../../..");

/** A library of `count` functions, with as many constants, typedefs and structures as come to it. */
function library(name: string, count: number, constants = count): { header: string; path: string } {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const types = numbers.filter((i) => i % 8 === 0);
  const header = [
    ...types.map((i) => `typedef int number_${i}; struct part_${i} { number_${i} first; struct part_${i} *next; };`),
    ...numbers.map(
      (i) => `int function_${i}(number_${i - (i % 8)} x, struct part_${i - (i % 8)} *part, const char *text);`,
    ),
    ...Array.from({ length: constants }, (_, i) => `#define CONSTANT_${i} ${i}`),
  ];
  const source = numbers.map((i) => `int function_${i}(int x, void *part, const char *text) { return x + ${i}; }`);
  file(`${name}.h`, header.join("\n"));
  const path = join(folder(), `lib${name}.so`);
  const built = spawnSync("gcc", ["-shared", "-fPIC", "-w", "-o", path, file(`${name}.c`, source.join("\n"))]);
  assert.equal(built.status, 0, String(built.stderr));
  return { header: `${name}.h`, path };
}

function moduleOf({ header, path }: { header: string; path: string }): string {
  return generate({ headers: [header], includeDirs: [folder()], libraries: [path] }).text;
}

test("importing a module makes no type of a function and opens no library; the first use does", { skip }, async () => {
  const made = library("imported", 40);
  const { counting, module } = await counted("imported", moduleOf(made));
  const { libimported, CONSTANT_7 } = module;
  const isOpen = () => dllist().some((path) => path.endsWith("libimported.so"));
  assert.deepEqual([counting.count, isOpen(), CONSTANT_7], [0, false, 7]);
  assert.equal(libimported.function_3(4, null, null), 7);
  assert.equal(libimported.function_3(5, null, null), 8);
  assert.deepEqual([counting.count, isOpen()], [1, true]);
});

test("typedefs of the same signature share the type that the first one makes", { skip }, async () => {
  file("shared.h", "typedef int (*first)(int x); typedef int (*second)(int y); typedef void (*third)(first, int);\n");
  const { text } = generate({ headers: ["shared.h"], includeDirs: [folder()] });
  const { counting, module } = await counted("shared", text);
  assert.equal(counting.count, 2);
  assert.equal(module.first, module.second);
  assert.notEqual(module.first, module.third);
});

/** A module that is imported, and the number of function types that were made or looked up for it. */
async function counted(name: string, text: string): Promise<{ counting: { count: number }; module: any }> {
  const place = workshop();
  writeFileSync(
    join(place, `counting-${name}.ts`),
    `import * as ctypes from "ctypes-js";
export * from "ctypes-js";
export let count = 0;
export const CFUNCTYPE = (...given: any[]) => {
  count++;
  return (ctypes.CFUNCTYPE as any)(...given);
};
`,
  );
  writeFileSync(join(place, `${name}.ts`), text.replace('from "ctypes-js"', `from "./counting-${name}.ts"`));
  const counting = await import(pathToFileURL(join(place, `counting-${name}.ts`)).href);
  return { counting, module: await import(pathToFileURL(join(place, `${name}.ts`)).href) };
}

test("functions come first and constants last, since TypeScript follows each name back over all variables", {
  skip,
}, () => {
  const few = moduleOf(library("few", 16, 4));
  const many = moduleOf(library("many", 16, 4000));
  const front = (text: string) => text.slice(text.indexOf("import {"), text.indexOf("export const CONSTANT_0"));
  assert.match(front(few), /^import [^;]+;\n\nexport const libfew = new CDLL\(.*function_15: .*class part_0 /s);
  assert.equal(front(many).replaceAll("many", "few"), front(few));
  assert.ok(many.includes("  CONSTANT_3999 = 3999;"));
  // V8 takes half as long again for declarations of their own.
  assert.equal([...many.matchAll(/^export const CONSTANT_\d+ = /gm)].length, 1);
});

test("each function of a module twice as large is the same work to the compiler", { skip }, () => {
  const [one, two, three] = [100, 400, 700].map((count) => {
    const name = `checked${count}`;
    const place = join(workshop(), name);
    mkdirSync(place);
    writeFileSync(join(place, `${name}.ts`), moduleOf(library(name, count)));
    return workOf(place);
  });
  for (const what of ["Types", "Instantiations", "Symbols"] as const) {
    const [first, second] = [two![what] - one![what], three![what] - two![what]];
    assert.ok(first > 300, `${what}: ${first}`);
    assert.ok(second < 1.02 * first, `${what}: ${first} for 300 functions, then ${second}`);
  }
});

/** What tsc counts in the only module of a folder. */
function workOf(place: string): Record<"Types" | "Instantiations" | "Symbols", number> {
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions: { noEmit: true }, include: ["*.ts"] };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", place, "--extendedDiagnostics"], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
  const count = (what: string) => Number(new RegExp(`^${what}: +(\\d+)$`, "m").exec(stdout)?.[1]);
  return { Types: count("Types"), Instantiations: count("Instantiations"), Symbols: count("Symbols") };
}
