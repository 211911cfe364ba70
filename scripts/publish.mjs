/**
 * Builds what is published, and checks it: symbol versions, sizes, licences, contents, install scripts, the entry of
 * CHANGELOG, and that npm, pnpm, Yarn, Bun and Deno install it from a registry. Then publishes it, or says what a
 * person has still to do.
 *
 *     npm run release -- --dry-run   all but publishing
 *     npm run release                publishes with npm, as whoever is logged in
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changesOf, check, dated } from "./release/check.mjs";
import { builtPlatforms, knownPlatforms, stage } from "./release/stage.mjs";
import { root, run, SetupError } from "./setup/step.mjs";

const isDry = process.argv.includes("--dry-run");

try {
  console.log(run(process.execPath, [join(root, "scripts/release.mjs")]).trim());
  const folder = join(root, "build/release");
  const names = stage(folder);
  const { sizes, problems, version } = check(folder, names);
  for (const [name, size] of sizes) console.log(`${name}@${version}: ${Math.ceil(size / 1000)} kB`);

  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const changes = changesOf(version, changelog);
  if (changes === null) problems.push(`CHANGELOG.md has no entry for ${version}`);
  else console.log(`\nCHANGELOG, ${version}:\n\n${changes}\n`);
  if (problems.length > 0) throw new SetupError(problems.join("\n"));

  // Not by npm run long, whose set-up would build this machine's own binaries again.
  console.log(run(process.execPath, ["--import", "tsx", join(root, "test/registry/run.ts")]).trim());

  const copy = join(folder, "ctypes-js/CHANGELOG.md");
  writeFileSync(copy, dated(version, readFileSync(copy, "utf8"), new Date().toISOString().slice(0, 10)));
  const missing = knownPlatforms().filter((platform) => !builtPlatforms().includes(platform));
  if (isDry) sayWhatRemains(version, missing);
  else {
    if (missing.length > 0) throw new SetupError(`there are no binaries for ${missing.join(", ")}`);
    // Dependencies come first: what is installed meanwhile is whole.
    for (const name of names) console.log(run("npm", ["publish"], { cwd: join(folder, name) }).trim());
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}

function sayWhatRemains(version, missing) {
  const steps = [
    missing.length > 0 &&
      `put the binaries of ${missing.join(", ")}, built elsewhere, into packages/rawffi/prebuilds; without them a ` +
        "release is refused",
    `CHANGELOG.md: ## Unreleased (${version}) becomes ## ${version} with the day; commit it, and tag it v${version}`,
    "npm login, by an owner of these names, with a second factor",
    "npm run release",
  ].filter(Boolean);
  console.log(`Nothing was published. What a person has still to do:\n${steps.map((step) => `- ${step}`).join("\n")}`);
}
