/**
 * Everything that a published rawffi carries: the V8 part for each Node that is supported, beside the addon that serves them all.
 *
 *     npm run build:release
 *
 * `npm pack` and `npm publish` of packages/rawffi run this first.
 */
import { join } from "node:path";
import { nodeOf, SUPPORTED_NODES } from "./setup/nodes.mjs";
import { root, run, SetupError } from "./setup/step.mjs";

try {
  for (const version of SUPPORTED_NODES) {
    const output = run(nodeOf(version), [join(root, "packages/rawffi/native/build.mjs")]);
    if (output.includes("no V8 part")) throw new SetupError(output.trim());
    console.log(`Node ${version}: ${output.trim()}`);
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}
