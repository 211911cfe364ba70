/**
 * Modules of real libraries' headers: each is generated, type-checked, loaded with its layouts asserted, and compared
 * with the measured mode. `npm test` does it with some (headers.test.ts).
 *
 *     npm run test:headers                  all sets, each in a process of its own; installs what Debian has of them
 *     npm run test:headers -- gtk openssl   these
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Checked, check, type Generated, generate } from "ctypes-configure";
import { installDebianPackages } from "../../../scripts/setup/system.mjs";
import "./support.ts";
import { HEADER_SETS, type HeaderSet, skipWithoutHeader } from "./header-sets.ts";

export interface Tried extends Generated, Checked {
  readonly name: string;
  readonly milliseconds: number;
}

/** Generates, loads and compares; the modules are left in `folder`. */
export async function tryHeader(name: string, folder: string): Promise<Tried> {
  const start = performance.now();
  const { debian: _, ...options } = HEADER_SETS[name] as HeaderSet;
  const made = generate(options);
  const milliseconds = performance.now() - start;
  const path = join(folder, fileOf(name));
  writeFileSync(path, made.text);
  process.env.CTYPES_DEBUG = "1";
  const checked = await check(await import(pathToFileURL(path).href), { cache: false });
  return { name, milliseconds, ...made, ...checked };
}

/** What tsc says of the modules in a folder: "" when nothing. */
export function typeErrors(folder: string): string {
  const root = join(import.meta.dirname, "../../..");
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions: { noEmit: true }, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { encoding: "utf8" }).stdout;
}

/** A folder of the workspace, so that modules in it find its packages. */
export function workshop(): string {
  const build = join(import.meta.dirname, "fixtures/build");
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, "headers-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// -- As a program ----------------------------------------------------------------------------------

/** What the process of one set tells. */
interface Row {
  readonly milliseconds: number;
  readonly declarations: number;
  readonly compared: number;
  readonly wrong: readonly string[];
  readonly unknown: readonly string[];
}

if (process.argv[1] === import.meta.filename) {
  const [word, name = "", folder = ""] = process.argv.slice(2);
  if (word === "--one") await tellOne(name, folder);
  else runAll(process.argv.slice(2));
}

async function tellOne(name: string, folder: string): Promise<void> {
  const { milliseconds, declarations, compared, differences, unknown } = await tryHeader(name, folder);
  const wrong = differences.map(
    (one) => `${one.name}: ${one.what}: ${String(one.module)}, in C ${String(one.headers)}`,
  );
  const row: Row = { milliseconds, declarations: declarations.length, compared, wrong, unknown };
  process.stdout.write(`\n${JSON.stringify(row)}\n`);
}

function runAll(words: readonly string[]): void {
  const names = Object.keys(HEADER_SETS).filter((name) => words.length === 0 || words.includes(name));
  installMissing(names);
  const folder = workshop();
  const rows = new Map<string, Row | string>();
  const skipped = new Map<string, string>();
  for (const name of names) {
    const reason = skipWithoutHeader(HEADER_SETS[name] as HeaderSet);
    if (reason !== false) skipped.set(name, reason);
    else {
      process.stderr.write(`${name} … `);
      rows.set(name, runOne(name, folder));
    }
  }
  process.stderr.write("tsc\n");
  const errors = typeErrors(folder);
  report(rows, skipped, errors);
}

function runOne(name: string, folder: string): Row | string {
  const args = ["--import", "tsx", import.meta.filename, "--one", name, folder];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status === 0) return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string);
  return signal === null ? stderr.trimEnd() : `ended by ${signal}\n${stderr}`;
}

function installMissing(names: readonly string[]): void {
  const missing = names.filter((name) => skipWithoutHeader(HEADER_SETS[name] as HeaderSet) !== false);
  const packages = new Set(missing.flatMap((name) => (HEADER_SETS[name] as HeaderSet).debian.split(" ")));
  if (packages.size === 0) return;
  console.log(`installing ${[...packages].join(" ")}`);
  try {
    installDebianPackages([...packages]);
  } catch (error) {
    console.log((error as Error).message);
  }
}

function report(rows: ReadonlyMap<string, Row | string>, skipped: ReadonlyMap<string, string>, errors: string): void {
  const errorsOf = (name: string) => errors.split("\n").filter((line) => line.includes(`${fileOf(name)}(`)).length;
  const columns = "set generated type-checked compared wrong seconds".split(" ");
  const table = [...rows].map(([name, row]) => {
    const typed = errorsOf(name) === 0 ? "yes" : `${errorsOf(name)} errors`;
    if (typeof row === "string") return [name, "no", "", "", "", ""];
    const wrong = row.wrong.length + row.unknown.length;
    const seconds = (row.milliseconds / 1000).toFixed(1);
    return [name, String(row.declarations), typed, String(row.compared), String(wrong), seconds];
  });
  const widths = columns.map((column, i) => Math.max(column.length, ...table.map((cells) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  console.log([columns, ...table].map(line).join("\n"));

  for (const [name, reason] of skipped) console.log(`${name}: skipped, ${reason}`);
  for (const [name, row] of rows) {
    if (typeof row === "string") console.log(`\n${name}: ${row}`);
    else
      for (const what of [...row.wrong, ...row.unknown.map((one) => `${one}: not in the headers`)])
        console.log(`${name}: ${what}`);
  }
  if (errors !== "") console.log(`\n${errors}`);

  const made = [...rows].filter(([, row]) => typeof row !== "string") as [string, Row][];
  const bad = [...rows.keys()].filter((name) => {
    const row = rows.get(name) as Row | string;
    return typeof row === "string" || row.wrong.length + row.unknown.length + errorsOf(name) > 0;
  });
  const sum = (of: (row: Row) => number) => made.reduce((total, [, row]) => total + of(row), 0);
  console.log(
    `\n${rows.size} sets: ${made.length} generated, ${made.filter(([name]) => errorsOf(name) === 0).length} type-checked, ` +
      `${sum((row) => row.compared)} facts compared, ${sum((row) => row.wrong.length + row.unknown.length)} wrong, ` +
      `${skipped.size} skipped; ${bad.length === 0 ? "none failed" : `failed: ${bad.join(", ")}`}`,
  );
  process.exitCode = bad.length === 0 && skipped.size === 0 && errors === "" ? 0 : 1;
}

/** The module of a set: a name with a slash is no file. */
function fileOf(name: string): string {
  return `${name.replaceAll("/", "_")}.ts`;
}
