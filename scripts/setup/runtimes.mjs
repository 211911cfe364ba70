/** Runtimes other than Node, from npm, which has them as packages; on these, calls go by the frame tier. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { modified, root, SetupError } from "./step.mjs";

/** npm's name for this machine's package of each, and the path of the executable in it. */
const PACKAGES = {
  bun: {
    package: `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`,
    path: "bin/bun",
  },
  deno: { package: `@deno/${process.platform}-${process.arch}-glibc`, path: "deno" },
};

/**
 * The executable of `"bun"` or `"deno"`; installed at the first use, and kept.
 *
 * @throws SetupError when npm has none for this machine.
 */
export function runtimeOf(name) {
  const wanted = PACKAGES[name];
  const folder = join(root, "node_modules/.cache/runtimes", name);
  const executable = join(folder, "node_modules", wanted.package, wanted.path);
  if (modified(executable) > 0) return executable;
  mkdirSync(folder, { recursive: true });
  const args = [
    "install",
    "--prefix",
    folder,
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    wanted.package,
  ];
  const { status } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new SetupError(`npm has no ${name} for this machine`);
  chmodSync(executable, 0o755);
  return executable;
}
