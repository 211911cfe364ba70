/**
 * `npm run soak`: runs the same things many times, and checks that memory does not grow.
 *
 *     npm run soak                    10 million calls, a million callbacks, structures, errors; what is in use grows by 5 MiB at most
 *     npm run soak -- --share 0.01    a hundredth of it
 *     npm run soak -- async workers   only the cases whose name contains one of these words
 */
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const { values, positionals } = parseArgs({
  options: { share: { type: "string", default: "1" } },
  allowPositionals: true,
});

let failed = 0;
for await (const { name, count, grown, isFlat } of soak(Number(values.share), positionals)) {
  if (!isFlat) failed++;
  console.log(
    `${isFlat ? "flat" : "GROWS"}  ${name.padEnd(52)}${String(count).padStart(10)}  ${grown.toFixed(1).padStart(6)} MiB`,
  );
}
console.log(`\nsoak: ${failed === 0 ? "memory is flat" : `memory grows in ${failed} cases`}`);
process.exitCode = failed === 0 ? 0 : 1;
