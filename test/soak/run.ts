/**
 * `npm run soak`: much of the same, and whether memory stays as it is.
 *
 *     npm run soak                    10 million calls, a million callbacks, structures, errors; what is in use grows by 5 MiB at most
 *     npm run soak -- --share 0.01    a hundredth of it
 */
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const { values } = parseArgs({ options: { share: { type: "string", default: "1" } } });

let failed = 0;
for await (const { name, count, grown, isFlat } of soak(Number(values.share))) {
  if (!isFlat) failed++;
  console.log(
    `${isFlat ? "flat" : "GROWS"}  ${name.padEnd(44)}${String(count).padStart(10)}  ${grown.toFixed(1).padStart(6)} MiB`,
  );
}
console.log(`\nsoak: ${failed === 0 ? "memory is flat" : `memory grows in ${failed} cases`}`);
process.exitCode = failed === 0 ? 0 : 1;
