/**
 * What the suite runs on: the Node at hand, others from npm, and the two runtimes where calls go through Node-API
 * alone.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeOf, SUPPORTED_NODES } from "../../scripts/setup/nodes.mjs";
import { runtimeOf } from "../../scripts/setup/runtimes.mjs";
import type { Family } from "./row.ts";

export interface Runtime {
  /** As the report has it: `Node 20.20.2`. */
  readonly name: string;
  readonly family: Family;
  /** The major version. */
  readonly major: number;
  /** The command line that runs an ES module, with options of the runtime. */
  command(file: string, options: readonly string[]): readonly string[];
}

/** All names that {@link runtimeNamed} knows, in the report's order. */
export const RUNTIMES = [...SUPPORTED_NODES, "bun", "deno"] as const;

/**
 * The runtime called `"current"`, `"26"`, `"bun"` or `"deno"`; installed when it is not there yet, with its V8 part
 * built.
 */
export function runtimeNamed(name: string): Runtime {
  if (name === "bun") return runtime("bun", runtimeOf("bun"), (options) => ["--expose-gc", ...options]);
  if (name === "deno") {
    const flags = ["run", "-A", "--node-modules-dir=manual", "--no-check", "--v8-flags=--expose-gc"];
    return runtime("deno", runtimeOf("deno"), () => flags);
  }
  const isCurrent = name === process.versions.node.split(".")[0];
  const node = isCurrent ? process.execPath : nodeOf(name);
  const build = fileURLToPath(new URL("../../packages/rawffi/native/build.mjs", import.meta.url));
  if (node !== process.execPath) spawnSync(node, [build], { stdio: ["ignore", "ignore", "inherit"] });
  return runtime("node", node, (options) => ["--expose-gc", ...options]);
}

function runtime(
  family: Family,
  executable: string,
  flags: (options: readonly string[]) => readonly string[],
): Runtime {
  const printed = spawnSync(executable, ["--version"], { encoding: "utf8" }).stdout;
  const version = /\d+(\.\d+)+/.exec(printed)?.[0] ?? "?";
  const title = { node: "Node", bun: "Bun", deno: "Deno" }[family];
  return {
    name: `${title} ${version}`,
    family,
    major: Number.parseInt(version, 10),
    command: (file, options) => [executable, ...flags(options), file],
  };
}
