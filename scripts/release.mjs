/**
 * Builds everything that a published rawffi contains: the addon, with a pinned libffi inside, and the V8 part for each
 * supported Node. They load with the glibc that Node 20 needs: the symbols that they want are read from them, and a
 * newer one ends the build.
 *
 *     npm run build:release
 *
 * At the end it writes the packages that are published to build/release, each in a folder of its name.
 *
 * LIBFFI names a folder with another libffi, as for `native/build.mjs`, which must not be older.
 */
import { join } from "node:path";
import { stage } from "./release/stage.mjs";
import { checkSymbols, glibcOfRelease } from "./setup/glibc.mjs";
import { checkVersion, libffiOfRelease } from "./setup/libffi.mjs";
import { nodeOf, SUPPORTED_NODES } from "./setup/nodes.mjs";
import { root, run, SetupError } from "./setup/step.mjs";

try {
  const libffi = process.env.LIBFFI || libffiOfRelease();
  checkVersion(libffi);
  const glibc = glibcOfRelease();
  const env = { ...process.env, LIBFFI: libffi, GLIBC: glibc ?? "" };
  for (const version of SUPPORTED_NODES) {
    const output = run(nodeOf(version), [join(root, "packages/rawffi/native/build.mjs")], { env });
    if (output.includes("no V8 part")) throw new SetupError(output.trim());
    console.log(`Node ${version}: ${output.trim()}`);
    if (glibc !== null) checkBinaries(nodeOf(version));
  }
  const staged = stage(join(root, "build/release"));
  console.log(`build/release: ${staged.join(", ")}`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}

/** Both binaries that this Node loads. */
function checkBinaries(node) {
  const folder = join(root, "packages/rawffi/prebuilds", `linux-${process.arch}-glibc`);
  const abi = run(node, ["-p", "process.versions.modules"]).trim();
  for (const name of ["rawffi", `rawffi-v8-${abi}`]) checkSymbols(join(folder, `${name}.node`), node);
}
