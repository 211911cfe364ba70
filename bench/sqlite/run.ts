/**
 * `npm run bench:sqlite`: our driver beside better-sqlite3 and node:sqlite, in the same run, on the same trials.
 *
 * Each driver has processes of its own, started in turn (A B A B …), and each figure is the best over the rounds:
 * whatever disturbs a round makes it slower. A driver is compared with our face of the same API.
 *
 *     npm run bench:sqlite -- --node current,24,26 --rounds 5 --only memory --check
 *
 * With --check it ends with 1 where ours is behind: below 1.2 on reading 100,000 rows, below level on the others; 5 %
 * is noise.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeOf } from "../../scripts/setup/nodes.mjs";
import { root, run } from "../../scripts/setup/step.mjs";
import { type Driver, driversFor } from "./drivers.ts";

type Figures = Record<string, number>;

const { values } = parseArgs({
  options: {
    node: { type: "string", default: "current,24,26" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "memory,disk" },
    check: { type: "boolean", default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), "bench-sqlite-"));
const skipped: string[] = [];
const behind: string[] = [];
try {
  for (const version of values.node.split(",")) {
    const node = nodeOf(version);
    run(node, [join(root, "packages/rawffi/native/build.mjs")]);
    const name = run(node, ["--version"]).trim();
    const drivers = driversFor(node, Number.parseInt(name.slice(1), 10), (reason) => skipped.push(reason));
    for (const place of values.only.split(",")) compare(node, name, place, drivers);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const reason of skipped) console.log(`skipped: ${reason}`);
if (values.check) {
  console.log(
    behind.length === 0 ? "\ncheck: ours is level or ahead everywhere" : `\ncheck: behind\n${behind.join("\n")}`,
  );
  if (behind.length > 0) process.exitCode = 1;
}

/** One table: a version of Node, a place, all drivers. */
function compare(node: string, version: string, place: string, drivers: readonly Driver[]): void {
  const contenders: readonly { name: string; module: string }[] = [
    ...["ctypes-sqlite", "ctypes-sqlite/better"].map((name) => ({ name, module: "" })),
    ...drivers,
  ];
  const best = new Map<string, Figures>();
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const { name, module } of contenders) {
      process.stderr.write(`\r\x1b[K${version}, ${place}, round ${round} of ${values.rounds}: ${name}`);
      const figures = runDriver(node, name, module, place);
      const before = best.get(name) ?? {};
      const least = (trial: string, us: number) => Math.min(us, before[trial] ?? Infinity);
      best.set(name, Object.fromEntries(Object.entries(figures).map(([trial, us]) => [trial, least(trial, us)])));
    }
  }
  process.stderr.write("\r\x1b[K");
  print(version, place, contenders, drivers, best);
}

function runDriver(node: string, driver: string, module: string, place: string): Figures {
  const file = place === "memory" ? ":memory:" : join(folder, "trial.db");
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  const script = join(import.meta.dirname, "trials.mjs");
  const { stdout, stderr, status } = spawnSync(node, ["--no-warnings", script, driver, module, file], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${driver}: ${stderr}`);
  return JSON.parse(stdout) as Figures;
}

function print(
  version: string,
  place: string,
  contenders: readonly { name: string }[],
  drivers: readonly Driver[],
  best: ReadonlyMap<string, Figures>,
): void {
  const widths = contenders.map(({ name }) => Math.max(name.length, 8) + 2);
  console.log(
    `\nNode ${version}, ${place}; microseconds, best of ${values.rounds} processes each, and how much faster ours is\n`,
  );
  const header = contenders.map(({ name }, i) => name.padStart(widths[i] as number)).join("");
  console.log("".padEnd(30) + header + drivers.map(({ name }) => `÷ ${name}`.padStart(18)).join(""));
  for (const trial of Object.keys(best.get("ctypes-sqlite") ?? {})) {
    const cells = contenders.map(({ name }, i) =>
      number(best.get(name)?.[trial] as number).padStart(widths[i] as number),
    );
    const ratios = drivers.map(({ name, ours }) => {
      const ratio = (best.get(name)?.[trial] as number) / (best.get(ours)?.[trial] as number);
      const wanted = trial.startsWith("read 100,000") ? 1.2 : 0.95;
      if (ratio < wanted)
        behind.push(`  Node ${version}, ${place}, ${trial}: ${ratio.toFixed(2)} of ${name}, wanted ${wanted}`);
      return `${ratio.toFixed(2)}×`.padStart(18);
    });
    console.log(trial.padEnd(30) + cells.join("") + ratios.join(""));
  }
}

function number(us: number): string {
  return us >= 1000 ? us.toFixed(0) : us.toPrecision(3);
}
