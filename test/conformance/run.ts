/**
 * `npm run conformance`: how many of the tests of CPython's ctypes that apply to JavaScript hold here.
 *
 * Runs every *.test.ts of this folder, matches results to the rows of rows.tsv by name, and prints a table by area,
 * each row that fails or has no test, and the rows that are left out for a reason (reasons.json). A row whose test was
 * skipped is missing: it has shown nothing; but one that is about Windows is left out elsewhere.
 *
 *     npm run conformance -- --json     one line of JSON, the last one
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rowName } from "./row.ts";

interface Row {
  readonly file: string;
  readonly class: string;
  readonly test: string;
  readonly area: string;
  readonly applies: string;
}

/** What the reporter writes for a test. */
interface Result {
  readonly name: string;
  readonly isFile: boolean;
  readonly passed: boolean;
  readonly skip?: string | boolean;
  readonly message?: string;
}

interface Outcome extends Row {
  readonly status: "holds" | "fails" | "missing" | "reasoned";
  /** The message of what fails, why a test was skipped, or the reason. */
  readonly why?: string;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });

const rows = readRows();
const reasons = readReasons();
const { results, noise } = runTests();
const errors = [...noise, ...contradictions()];
const outcomes = rows.map(outcomeOf);
const totals = count(outcomes);

if (options.json) console.log(JSON.stringify({ totals, errors, rows: outcomes }));
else printReport();
process.exitCode = totals.fails + totals.missing + errors.length === 0 ? 0 : 1;

// -- What there is -----------------------------------------------------------------------------------

function readRows(): Row[] {
  const lines = readFileSync(join(here, "rows.tsv"), "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("file\t"))
    .map((line) => {
      const [file = "", cls = "", test = "", area = "", applies = ""] = line.split("\t");
      return { file, class: cls, test, area, applies };
    });
}

function nameOf(row: Row): string {
  return rowName(row.file, row.class, row.test);
}

function readReasons(): Map<string, string> {
  const entries: { row: string; reason: string }[] = JSON.parse(readFileSync(join(here, "reasons.json"), "utf8"));
  return new Map(entries.map(({ row, reason }) => [row, reason]));
}

/** The results of all tests, and what went wrong around them: a file that does not even load has no tests. */
function runTests(): { results: Map<string, Result[]>; noise: string[] } {
  const files = readdirSync(here).filter((name) => name.endsWith(".test.ts"));
  const reporter = ["--test-reporter", join(here, "reporter.mjs"), "--test-reporter-destination", "stdout"];
  const node = [
    "--import",
    "tsx",
    "--expose-gc",
    "--enable-source-maps",
    "--test",
    "--test-concurrency=2",
    ...reporter,
  ];
  const child = spawnSync(process.execPath, [...node, ...files.map((name) => join(here, name))], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.error) throw child.error;

  const results = new Map<string, Result[]>();
  const noise: string[] = [];
  for (const line of child.stdout.split("\n").filter((line) => line !== "")) {
    const result: Result = JSON.parse(line);
    if (result.isFile) {
      if (!result.passed) noise.push(`${relative(root, result.name)}: ${result.message}`);
    } else results.set(result.name, [...(results.get(result.name) ?? []), result]);
  }
  return { results, noise };
}

// -- What it means -----------------------------------------------------------------------------------

/** Names that are no row's, and rows that are said to be left out and are not. */
function contradictions(): string[] {
  const known = new Set(rows.map(nameOf));
  const found: string[] = [];
  for (const name of results.keys()) {
    if (!known.has(name)) found.push(`test '${name}': there is no such row in rows.tsv`);
  }
  for (const [name, reason] of reasons) {
    if (!known.has(name)) found.push(`reasons.json: '${name}' is not in rows.tsv`);
    if (results.has(name)) found.push(`reasons.json: '${name}' has a test`);
    if (!reason) found.push(`reasons.json: '${name}' has no reason`);
  }
  return found;
}

function outcomeOf(row: Row): Outcome {
  const name = nameOf(row);
  const found = results.get(name) ?? [];
  const failed = found.find(({ passed }) => !passed);
  if (failed !== undefined) return { ...row, status: "fails", why: failed.message ?? "" };
  const skipped = found.find(({ skip }) => skip !== undefined && skip !== false);
  if (skipped !== undefined) {
    const isElsewhere = row.applies === "windows" && process.platform !== "win32";
    return { ...row, status: isElsewhere ? "reasoned" : "missing", why: `skipped: ${skipped.skip}` };
  }
  if (found.length > 0) return { ...row, status: "holds" };
  const reason = reasons.get(name);
  return reason === undefined ? { ...row, status: "missing" } : { ...row, status: "reasoned", why: reason };
}

function count(of: readonly Outcome[]): Record<Outcome["status"] | "all", number> {
  const by = (status: Outcome["status"]) => of.filter((row) => row.status === status).length;
  return { all: of.length, holds: by("holds"), fails: by("fails"), missing: by("missing"), reasoned: by("reasoned") };
}

// -- What is printed ---------------------------------------------------------------------------------

function printReport(): void {
  console.log(tableLine("area", ["rows", "hold", "fail", "missing"]));
  for (const area of [...new Set(rows.map((row) => row.area))].sort()) {
    const { all, holds, fails, missing } = count(outcomes.filter((row) => row.area === area));
    console.log(tableLine(area, [all, holds, fails, missing]));
  }
  printRows("left out, and why", "reasoned");
  printRows("missing", "missing");
  printRows("failing", "fails");
  if (errors.length > 0) console.log(`\nerrors:\n${errors.map((error) => `  ${indented(error)}\n`).join("")}`);
  console.log(`\nreasoned: ${totals.reasoned}, which count neither as failing nor as missing`);
  console.log(`conformance: ${totals.holds} of ${totals.all} hold, ${totals.fails} fail, ${totals.missing} missing`);
}

function tableLine(area: string, cells: readonly (string | number)[]): string {
  return area.padEnd(24) + cells.map((cell) => String(cell).padStart(9)).join("");
}

function printRows(title: string, status: Outcome["status"]): void {
  const some = outcomes.filter((row) => row.status === status);
  if (some.length === 0) return;
  console.log(`\n${title}:`);
  for (const row of some) {
    console.log(`  ${nameOf(row)}${row.why === undefined ? "" : `: ${indented(row.why)}`}`);
  }
}

function indented(text: string): string {
  return text.trimEnd().replaceAll("\n", "\n    ");
}
