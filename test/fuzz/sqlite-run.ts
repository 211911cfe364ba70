/**
 * `npm run fuzz:sqlite`: misuse of the SQLite driver, program by program, each in a process of its own.
 *
 *     npm run fuzz:sqlite -- --seconds 600 --seed 7
 */
import { parseArgs } from "node:util";
import { misuseSqlite } from "./sqlite-child.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
  },
});

const end = Date.now() + 1000 * Number(values.seconds);
const first = Number(values.seed);
const faults: string[] = [];
let seed = first;
for (; Date.now() < end; seed++) {
  const fault = misuseSqlite(seed, 5000);
  if (fault !== null) faults.push(`program ${seed}: ${fault}`);
}
for (const fault of faults) console.log(fault);
console.log(`\nfuzz:sqlite: ${seed - first} programs of 5000 acts from ${first} on, ${faults.length} bugs`);
process.exitCode = faults.length === 0 ? 0 : 1;
