#!/usr/bin/env node
// The command. In a clone of the repository that was never built, it is built first.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cli = new URL("../dist/cli.mjs", import.meta.url);
const setup = new URL("../../../scripts/setup.mjs", import.meta.url);

if (!existsSync(cli) && existsSync(setup)) {
  // Standard output is the command's own: it may be a module.
  const { status } = spawnSync(process.execPath, [fileURLToPath(setup)], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(1);
}
await import(cli.href);
