/**
 * Runs the AArch64 tests on another machine, with cross compilers and a user-mode emulator: stubs for Linux against
 * GCC, and those for macOS against clang, whose code for macOS runs in the emulator, too. Installs nothing.
 *
 *     npm run test:on -- arm64-stubs                   6,000 random signatures of each
 *     npm run test:on -- arm64-stubs 20000 --seed 3    as many as you like
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { root, whereIs } from "../setup/step.mjs";

const needs = [
  { debian: "gcc-aarch64-linux-gnu", commands: ["aarch64-linux-gnu-gcc"] },
  { debian: "binutils-aarch64-linux-gnu", commands: ["aarch64-linux-gnu-as", "aarch64-linux-gnu-objcopy"] },
  { debian: "clang-14", commands: ["clang-14"] },
  { debian: "qemu-user-static", commands: ["qemu-aarch64-static", "qemu-aarch64"], isOneEnough: true },
];

const { values, positionals } = parseArgs({
  options: { seed: { type: "string", default: "1" } },
  allowPositionals: true,
});

const missing = needs.filter(({ commands, isOneEnough }) =>
  isOneEnough ? !commands.some(whereIs) : !commands.every(whereIs),
);
if (missing.length > 0) {
  for (const { commands } of missing) console.error(`arm64-stubs: not here: ${commands.join(", ")}`);
  const packages = [...missing.map(({ debian }) => debian), "libc6-dev-arm64-cross"];
  console.error(`On Debian: apt-get install ${packages.join(" ")}`);
  process.exit(1);
}

const runner = ["--import", "tsx", "--test", "--test-reporter=spec", "packages/rawffi/test/stubs-arm64.test.ts"];
const { status } = spawnSync(process.execPath, runner, {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, RAWFFI_ARM64_SEED: values.seed, RAWFFI_ARM64_COUNT: positionals[0] ?? "6000" },
});
process.exitCode = status ?? 1;
