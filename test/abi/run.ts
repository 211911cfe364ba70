/**
 * `npm run abi`: random aggregates and signatures, ctypes against the C compiler in both directions.
 *
 *     npm run abi -- --count 2000 --seed 7        2,000 aggregates and 2,000 signatures; without --seed a random one
 *     npm run abi -- --seed 7 --only 123          number 123 of each kind alone, made small and with its C program
 *     RAWFFI_TIER=libffi npm run abi              calls through libffi
 *
 * Of an aggregate: size, alignment, offsets, the bytes after setting each member in JavaScript and in C, the value each side reads of
 * what the other stored. Of a signature: every leaf of every argument and result, calling C and being called. The last line counts;
 * the exit code is 1 when anything differs.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { libffiFaults } from "./libffi.ts";
import { comparePython } from "./python.ts";
import { reportOf } from "./report.ts";
import { shrink } from "./shrink.ts";
import type { AggregateItem, Item } from "./spec.ts";
import { type Kind, makeItem } from "./worker.ts";
import { type Difference, runJobs } from "./workers.ts";

const BATCH = 100;
/** Making one small takes up to a minute. */
const MOST_SHRUNK = 3;

const { values } = parseArgs({
  options: { count: { type: "string", default: "2000" }, seed: { type: "string" }, only: { type: "string" } },
});
const count = integer("count", values.count);
const seed = integer("seed", values.seed ?? String(Math.floor(Math.random() * 1e6)));
const indexes = values.only === undefined ? [...Array(count).keys()] : [integer("only", values.only)];

const start = Date.now();
const made = (["aggregate", "signature"] as const).flatMap((kind: Kind) =>
  indexes.map((index) => ({ seed, kind, index })),
);
const found = await runJobs({ made, batchSize: BATCH }, Math.min(4, availableParallelism()));
const { wrong, known } = await sorted(found);
console.log(`abi: compared in ${((Date.now() - start) / 1000).toFixed(1)} s`);
for (const [kind, list] of known)
  console.log(`abi: ${list.length} known faults of libffi, ${kind}: ${list.join(", ")}`);

for (const [i, difference] of wrong.entries()) {
  const item = itemAt(difference.at);
  const title = titleOf(item);
  if (i < MOST_SHRUNK) {
    const small = await shrink(item, difference.what);
    console.log(`\n${reportOf(small.item, small.what, title)}`);
  } else console.log(`\n== ${title}\n${difference.what}`);
}

const aggregates = made
  .filter(({ kind }) => kind === "aggregate")
  .map(({ index }) => makeItem(seed, "aggregate", index));
const python = comparePython(aggregates as AggregateItem[]);
for (const { item, what } of python.differences) console.log(`\n${reportOf(item, what, titleOf(item))}`);
console.log(python.summary);

const differences = wrong.length + python.differences.length;
console.log(
  `abi: ${indexes.length} aggregates, ${indexes.length} signatures, ${differences} differences (seed ${seed})`,
);
process.exitCode = differences === 0 ? 0 : 1;

// -- Private ---------------------------------------------------------------------------------------

function itemAt(position: number): Item {
  const of = made[position] as (typeof made)[number];
  return makeItem(of.seed, of.kind, of.index);
}

/** What is ours and what is libffi's, by its kind. */
async function sorted(all: readonly Difference[]): Promise<{ wrong: Difference[]; known: Map<string, number[]> }> {
  const faults = await libffiFaults(all.map(({ at }) => itemAt(at)));
  const known = new Map<string, number[]>();
  all.forEach(({ at }, i) => {
    const fault = faults[i];
    if (fault) known.set(fault, [...(known.get(fault) ?? []), itemAt(at).index]);
  });
  return { wrong: all.filter((_, i) => !faults[i]), known };
}

function titleOf(item: Item): string {
  return `${"aggregate" in item ? "aggregate" : "signature"} ${item.index} (npm run abi -- --seed ${seed} --only ${item.index})`;
}

function integer(option: string, given: string): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`abi: --${option}: expected an integer from 0 up, got ${JSON.stringify(given)}`);
  process.exit(2);
}
