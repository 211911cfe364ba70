/**
 * Sets up everything that a fresh clone needs for the demo, the tests or the benchmark. It prints one line per step,
 * and skips what is done already.
 *
 *     node scripts/setup.mjs            what the demo needs
 *     node scripts/setup.mjs --test     the C fixtures of the tests, and the system packages they use, as well
 *     node scripts/setup.mjs --asan     the native part under AddressSanitizer as well
 *
 * Plain JavaScript without dependencies, since it runs before they are installed. Its parts are in scripts/setup/.
 */

import { buildFixtures, buildNative, buildTypeScript } from "./setup/build.mjs";
import { checkNode, installNpmDependencies } from "./setup/npm.mjs";
import { SetupError, step } from "./setup/step.mjs";
import { installSystemPackages } from "./setup/system.mjs";

const options = new Set(process.argv.slice(2));
for (const option of options) {
  if (option !== "--test" && option !== "--asan") {
    console.error(`setup: unknown option ${option}; there are --test and --asan`);
    process.exit(2);
  }
}

try {
  await step("Node", checkNode);
  await step("system packages", () => installSystemPackages(options.has("--test")));
  await step("npm dependencies", installNpmDependencies);
  await step("TypeScript", buildTypeScript);
  await step("native build", () => buildNative([]));
  if (options.has("--asan")) await step("native build with AddressSanitizer", () => buildNative(["--asan"]));
  if (options.has("--test")) await step("test fixtures", buildFixtures);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}
