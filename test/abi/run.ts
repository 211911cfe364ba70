/**
 * `npm run abi`: random aggregates and signatures, ctypes against the C compiler in both directions.
 *
 *     npm run abi -- --count 2000 --seed 7        2,000 aggregates and 2,000 signatures; without --seed a random one
 *     npm run abi -- --seed 7 --only 123          number 123 of each kind alone, made small and with its C program
 *
 * Signatures are called plainly, as functions that may throw, and guarded; the last two also leave by an exception of
 * C++ and by a fault. Then all of it once more through libffi, where what it is known to do wrongly must be refused.
 *
 * Of an aggregate: size, alignment, offsets, the bytes after setting each member in JavaScript and in C, the value each
 * side reads of what the other stored. Of a signature: every leaf of every argument and result, calling C and being
 * called. The last line counts; the exit code is 1 when anything differs.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { hasMicrosoftLayout } from "./generate.ts";
import { comparePython } from "./python.ts";
import { reportOf } from "./report.ts";
import { shrink } from "./shrink.ts";
import type { AggregateItem, Item } from "./spec.ts";
import { type Kind, makeItem } from "./worker.ts";
import { isDifference, runJobs } from "./workers.ts";

const BATCH = 100;
/** Making one small takes up to a minute. */
const MOST_SHRUNK = 3;

const { values } = parseArgs({
  options: { count: { type: "string", default: "2000" }, seed: { type: "string" }, only: { type: "string" } },
});
const count = integer("count", values.count);
const seed = integer("seed", values.seed ?? String(Math.floor(Math.random() * 1e6)));
const indexes = values.only === undefined ? [...Array(count).keys()] : [integer("only", values.only)];

if (!hasMicrosoftLayout) console.log('abi: layout "ms" left out: this gcc has no ms_struct');
const made = (["aggregate", "signature"] as const).flatMap((kind: Kind) =>
  indexes.map((index) => ({ seed, kind, index })),
);
const columns = [
  { name: "", environment: {}, items: made },
  { name: "libffi: ", environment: { RAWFFI_TIER: "libffi" }, items: made.filter(({ kind }) => kind === "signature") },
];
let differences = 0;
for (const { name, environment, items } of columns) {
  const start = Date.now();
  const found = await runJobs({ made: items, batchSize: BATCH }, Math.min(4, availableParallelism()), { environment });
  const wrong = found.filter(isDifference);
  const refused = found.length - wrong.length;
  const counts = `${items.length - found.length} the same, ${refused} refused, ${wrong.length} different`;
  console.log(`abi: ${name}${counts}, in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  for (const [i, { at, what }] of wrong.entries()) {
    const { kind, index } = items[at] as (typeof made)[number];
    const item = makeItem(seed, kind, index);
    if (i < MOST_SHRUNK) {
      const small = await shrink(item, what, environment);
      console.log(`\n${reportOf(small.item, name + small.what, titleOf(item))}`);
    } else console.log(`\n== ${titleOf(item)}\n${name}${what}`);
  }
  // With stubs nothing is.
  differences += wrong.length + (name === "" && !process.env.RAWFFI_TIER ? refused : 0);
}

const aggregates = made
  .filter(({ kind }) => kind === "aggregate")
  .map(({ index }) => makeItem(seed, "aggregate", index));
const python = comparePython(aggregates as AggregateItem[]);
for (const { item, what } of python.differences) console.log(`\n${reportOf(item, what, titleOf(item))}`);
console.log(python.summary);

differences += python.differences.length;
console.log(
  `abi: ${indexes.length} aggregates, ${indexes.length} signatures, ${differences} differences (seed ${seed})`,
);
process.exitCode = differences === 0 ? 0 : 1;

// -- Private ---------------------------------------------------------------------------------------

function titleOf(item: Item): string {
  return `${"aggregate" in item ? "aggregate" : "signature"} ${item.index} (npm run abi -- --seed ${seed} --only ${item.index})`;
}

function integer(option: string, given: string): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`abi: --${option}: expected an integer from 0 up, got ${JSON.stringify(given)}`);
  process.exit(2);
}
