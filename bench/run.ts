/**
 * `npm run bench`: ctypes and its peers on the same C library, in the same run.
 *
 * Each contender has processes of its own, started in turn (A B A B …), and each figure is the median over the rounds: the machine may drift, the
 * ratios stay.
 *
 *     npm run bench -- --rounds 7 --only add,strlen --json
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CASES } from "./cases.ts";

const CONTENDERS = ["ctypes", "koffi"] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const library = buildLibrary();
const figures = new Map<string, number[]>();
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const contender of CONTENDERS) {
    if (!values.json) process.stderr.write(`\rround ${round} of ${values.rounds}: ${contender}  `);
    for (const [name, ns] of Object.entries(runContender(contender))) {
      const key = `${contender} ${name}`;
      figures.set(key, [...(figures.get(key) ?? []), ns]);
    }
  }
}
const importTimes = Array.from({ length: Number(values.rounds) }, importTime);
if (!values.json) process.stderr.write("\r\x1b[K");
if (values.json) printJson();
else printTable();

function runContender(contender: string): Record<string, number> {
  const env = { ...process.env, BENCH_LIBRARY: library, ...(values.only && { BENCH_ONLY: values.only }) };
  const script = fileURLToPath(new URL(`${contender}.ts`, import.meta.url));
  return JSON.parse(execFileSync(process.execPath, ["--import", "tsx", script], { env, encoding: "utf8" }));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function figure(contender: string, name: string): number | undefined {
  const found = figures.get(`${contender} ${name}`);
  return found && median(found);
}

function printTable(): void {
  console.log(`Node ${process.version}, ${process.arch}; nanoseconds, median of ${values.rounds} processes each\n`);
  console.log(`${"".padEnd(20)}${CONTENDERS.map((name) => name.padStart(9)).join("")}${"koffi ÷ ctypes".padStart(17)}`);
  for (const name of Object.keys(CASES)) {
    const [ours, koffi] = CONTENDERS.map((contender) => figure(contender, name));
    if (ours === undefined) continue;
    const ratio = koffi === undefined ? "" : (koffi / ours).toFixed(1);
    const cells = [ours, koffi].map((ns) => (ns === undefined ? "–" : ns.toFixed(1)).padStart(9));
    console.log(`${name.padEnd(20)}${cells.join("")}${ratio.padStart(17)}`);
  }
  console.log(`\nimport "ctypes": ${median(importTimes).toFixed(1)} ms, in a process that has imported nothing`);
}

function printJson(): void {
  const cases = Object.keys(CASES).map((name) => [
    name,
    Object.fromEntries(CONTENDERS.map((contender) => [contender, figure(contender, name)])),
  ]);
  console.log(
    JSON.stringify({ node: process.version, cases: Object.fromEntries(cases), importMs: median(importTimes) }),
  );
}

/** Milliseconds that importing ctypes takes. */
function importTime(): number {
  const script = 'const start = performance.now(); await import("ctypes"); console.log(performance.now() - start);';
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
}

function buildLibrary(): string {
  const folder = new URL("build/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL("bench.so", folder));
  const source = fileURLToPath(new URL("library.c", import.meta.url));
  execFileSync("gcc", ["-O2", "-shared", "-fPIC", "-o", file, source]);
  return file;
}
