/**
 * Builds the addon for macOS, on AArch64 and x86-64, and looks at what was built. **Nothing runs there**: no machine
 * here can. What is checked: all sources compile and link; the processor, the oldest macOS, the libraries, the symbols
 * that are exported and wanted; no page is writable and executable. The stubs for AArch64 run all the same, in
 * an emulator, against functions that Clang compiles as for macOS.
 *
 *     npm run test:on -- macos            both, and 1,000 random signatures
 *     npm run test:on -- macos x64        one of them
 *
 * The compiler is Zig from npm (350 MB); it runs on Linux x86-64. The first build compiles parts of Zig, too.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { faultsOfAddon } from "../setup/macho.mjs";
import { root, run, SetupError } from "../setup/step.mjs";
import { MACOS, toolsForMacos } from "../setup/zig.mjs";

const PROCESSORS = ["arm64", "x64"];

try {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : PROCESSORS;
  const unknown = wanted.find((name) => !PROCESSORS.includes(name));
  if (unknown !== undefined) throw new SetupError(`macos: expected ${PROCESSORS.join(" or ")}, got ${unknown}`);
  for (const arch of wanted) build(arch);
  if (wanted.includes("arm64")) runStubs();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function build(arch) {
  const env = { ...process.env, ...toolsForMacos(arch) };
  const builder = join(root, "packages/rawffi/native/build.mjs");
  console.log(run(process.execPath, [builder, `--macos-${arch}`], { env }).trim());
  const faults = faultsOfAddon(join(root, `packages/rawffi/prebuilds/darwin-${arch}/rawffi.node`), arch, MACOS);
  if (faults.length > 0) throw new SetupError(`macos: the addon for ${arch}: ${faults.join("; ")}`);
  console.log(`macOS ${arch}: built for ${MACOS} and newer, and never run by us`);
}

function runStubs() {
  const runner = ["--import", "tsx", "--test", "--test-reporter=spec", "--test-name-pattern=macOS"];
  const count = process.env.RAWFFI_ARM64_COUNT ?? "1000";
  const { status } = spawnSync(process.execPath, [...runner, "packages/rawffi/test/stubs-arm64.test.ts"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, RAWFFI_ARM64_COUNT: count },
  });
  if (status !== 0) process.exitCode = 1;
}
