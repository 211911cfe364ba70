/**
 * `npm run faults`: everything that can go wrong, each in a process of its own, and how it ends.
 *
 *     npm run faults                            on Node 20, 22, 24 and 26, Bun and Deno
 *     npm run faults -- --node 26,deno          on some of them; `current` is the Node that runs this
 *     npm run faults -- closed callback         only the rows whose id contains one of these words
 *     npm run faults -- --json                  the verdicts as JSON, one array
 */
import { parseArgs } from "node:util";
import { RUNTIMES, runtimeNamed } from "./runtimes.ts";
import { ROWS, runSuite, type Verdict } from "./suite.ts";

const { values, positionals } = parseArgs({
  options: { node: { type: "string", default: RUNTIMES.join() }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});

const rows = ROWS.filter(({ id }) => positionals.length === 0 || positionals.some((word) => id.includes(word)));
const verdicts: Verdict[] = [];
for (const name of values.node.split(",")) {
  const runtime = runtimeNamed(name);
  const found = await runSuite(rows, runtime);
  verdicts.push(...found);
  if (!values.json) report(runtime.name, found);
}
if (values.json) {
  const plain = verdicts.map(({ row, ...verdict }) => ({ id: row.id, pending: row.pending ?? null, ...verdict }));
  console.log(JSON.stringify(plain, null, 2));
} else {
  const kept = verdicts.filter(({ isKept }) => isKept);
  const early = new Set(kept.filter(({ row }) => row.pending !== undefined).map(({ row }) => row.id));
  if (early.size > 0) console.log(`\nmarked as pending, and kept: ${[...early].join(", ")}`);
  console.log(`\nfaults: ${kept.length} of ${verdicts.length} as promised`);
}
process.exitCode = verdicts.every(({ isKept, row }) => isKept || row.pending !== undefined) ? 0 : 1;

function report(name: string, found: readonly Verdict[]): void {
  console.log(`\n== ${name}: ${found.filter(({ isKept }) => isKept).length} of ${found.length}`);
  for (const { row, isKept, breaches } of found) {
    const mark = isKept ? "kept" : row.pending === undefined ? "NOT KEPT" : "pending";
    console.log(`${mark.padEnd(9)}${row.id.padEnd(28)}${row.when}`);
    if (isKept) continue;
    if (row.pending !== undefined) console.log(`         ${row.pending}`);
    else for (const line of breaches) console.log(`         ${line}`);
  }
}
