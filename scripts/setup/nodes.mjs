/** Other versions of Node, from npm, which has them as packages with their headers. */
import { programOf } from "./package.mjs";
import { SetupError } from "./step.mjs";

/** The versions that are supported, oldest first. */
export const SUPPORTED_NODES = ["20", "22", "24", "26"];

/**
 * The executable of the newest Node of that major version; installed at the first use, and kept. `"current"` is the one
 * that runs this. With `arch`, one for another processor, which only an emulator runs.
 *
 * @throws SetupError when npm has none.
 */
export function nodeOf(version, arch = process.arch) {
  const isOurs = arch === process.arch;
  if (version === "current" && isOurs) return process.execPath;
  const name = `node-${process.platform}-${arch}`;
  const options = isOurs ? [] : ["--force"];
  const node = programOf(name, version, "bin/node", `nodes/${isOurs ? "" : `${arch}-`}${version}`, options);
  if (node === null) throw new SetupError(`npm has no Node ${version} for ${isOurs ? "this machine" : arch}`);
  return node;
}
