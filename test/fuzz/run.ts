/**
 * `npm run fuzz`: random misuse, in processes of its own. Exceptions and right results are fine; a signal, a wrong
 * result and a hang are bugs, which are shrunk to a short script.
 *
 *     npm run fuzz                              a minute, from a seed of the day
 *     npm run fuzz -- --seconds 600 --seed 7    ten minutes, programs 7, 8, 9 …
 *     npm run fuzz -- --bugs 5                  goes on until there are five
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { script } from "./child.ts";
import { fuzz } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
    bugs: { type: "string", default: "1" },
  },
});

const seed = Number(values.seed);
console.log(`fuzz: seed ${seed}, ${values.seconds} s`);
const { programs, lines, bugs } = await fuzz(seed, Number(values.seconds), availableParallelism(), Number(values.bugs));
for (const { fault, seed, stderr, lines } of bugs) {
  console.log(`\n== ${fault}, from seed ${seed}\n${stderr.trim().slice(-2000)}`);
  if (lines === null) {
    console.log("it could not be repeated");
    continue;
  }
  const file = fileURLToPath(new URL(`build/bug-${seed}.mjs`, import.meta.url));
  writeFileSync(file, script(lines, null));
  console.log(`${lines.join("\n")}\n\nnode --expose-gc ${relative(process.cwd(), file)}`);
}
console.log(`\nfuzz: ${programs} programs, ${lines} lines, ${bugs.length} bugs`);
process.exitCode = bugs.length === 0 ? 0 : 1;
