/**
 * Long runs of `stubs-compare.ts`, for hands:
 *
 *     node --import tsx packages/rawffi/test/stubs-fuzz.ts --count 20000 --seed 1
 *     RAWFFI_TIER=libffi node --import tsx packages/rawffi/test/stubs-fuzz.ts --count 20000 --seed 1
 *
 * Prints every failing signature with its C text, and how many calls each tier made. `--json` prints the outcome for programs.
 *
 * Stubs have no failures. Debian 12's libffi 3.4.4 has two kinds, which no wording of the types avoids
 *   - an argument aligned to 32 bytes or more, since libffi aligns its stack to 16 (about 4 % of these signatures)
 *   - a structure of 16 bytes that takes the last integer register and one vector register or none: it is copied as a whole, over
 *     what was in xmm0 (about 0.6 %)
 */
import { parseArgs } from "node:util";
import { compare } from "./stubs-compare.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const outcome = compare(Number(values.seed), Number(values.count));
if (values.json) console.log(JSON.stringify(outcome));
else {
  for (const { index, what, prototype, text } of outcome.failures)
    console.log(`#${index}: ${what}\n${prototype}\n${text}\n`);
  const { libffi, ...stubs } = outcome.calls;
  const stubCount = Object.values(stubs).reduce((sum, count) => sum + count, 0);
  const overAligned = outcome.failures.filter((failure) => failure.isOverAligned).length;
  const failed = `${outcome.failures.length} failures, ${overAligned} of them with over-aligned arguments`;
  console.log(`seed ${values.seed}: ${stubCount} by stubs, ${libffi} through libffi, ${failed}`);
  process.exitCode = outcome.failures.length === 0 ? 0 : 1;
}
