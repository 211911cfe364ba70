/** Runtimes other than Node, from npm, which has them as packages; on these, calls go by the frame tier. */
import { programOf } from "./package.mjs";
import { SetupError } from "./step.mjs";

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
  const executable = programOf(wanted.package, "latest", wanted.path, `runtimes/${name}`);
  if (executable === null) throw new SetupError(`npm has no ${name} for this machine`);
  return executable;
}
