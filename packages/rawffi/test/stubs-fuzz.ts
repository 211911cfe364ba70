/**
 * Long runs of `stubs-compare.ts`, started by hand:
 *
 *     node --import tsx packages/rawffi/test/stubs-fuzz.ts --count 20000 --seed 1
 *     RAWFFI_TIER=libffi node --import tsx packages/rawffi/test/stubs-fuzz.ts --count 20000 --seed 1
 *
 * Prints every failing signature with its C text, and how many calls each tier made. `--json` prints the outcome for
 * programs.
 *
 * There are no failures, neither with stubs nor with libffi: signatures that libffi is known to call wrongly are
 * refused (`libffiFault` in `src/stubs/sysv/lower.ts`), about one in thirteen.
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
  const refused = Object.keys(outcome.refused).length;
  const counts = `${stubCount} calls by stubs, ${libffi} through libffi, ${refused} signatures refused, ${outcome.failures.length} failures`;
  console.log(`seed ${values.seed}: ${counts}`);
  process.exitCode = outcome.failures.length === 0 ? 0 : 1;
}
