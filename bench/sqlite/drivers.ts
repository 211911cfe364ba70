/**
 * The drivers that are compared: better-sqlite3, built here where no binary of it can be downloaded, and Node's own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface Driver {
  readonly name: string;
  /** The file to require; only of better-sqlite3. */
  readonly module: string;
  /** Which of our faces it is compared with: the one with its API. */
  readonly ours: "ctypes-sqlite" | "ctypes-sqlite/better";
}

/** The drivers that there are for a version of Node; `skip` is told of those that could not be made. */
export function driversFor(node: string, major: number, skip: (reason: string) => void): Driver[] {
  const drivers: Driver[] = [];
  const better = betterSqlite(node, major, skip);
  if (better !== null) drivers.push({ name: "better-sqlite3", module: better, ours: "ctypes-sqlite/better" });
  if (major >= 24) drivers.push({ name: "node:sqlite", module: "", ours: "ctypes-sqlite" });
  return drivers;
}

/** Version 12 is the newest that runs on Node 20. */
function betterSqlite(node: string, major: number, skip: (reason: string) => void): string | null {
  const folder = join(root, "node_modules/.cache/better-sqlite3", String(major));
  const module = join(folder, "node_modules/better-sqlite3");
  const binary = join(module, "build/Release/better_sqlite3.node");
  if (existsSync(binary)) return module;
  mkdirSync(folder, { recursive: true });
  const fetched = run("npm", [
    "install",
    "--prefix",
    folder,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "better-sqlite3@12",
  ]);
  if (fetched !== null) {
    skip(`better-sqlite3: npm gives none (${fetched})`);
    return null;
  }
  // The headers of a Node from npm lie beside it; so do those of Node's own archives.
  const headers = dirname(dirname(node));
  process.stderr.write(`building better-sqlite3 for Node ${major} …\n`);
  const gyp = join(npmFolder(), "node_modules/node-gyp/bin/node-gyp.js");
  const built = run(node, [gyp, "rebuild", "--release", `--nodedir=${headers}`], module);
  if (existsSync(binary)) return module;
  skip(`better-sqlite3 on Node ${major}: it could not be built (${built})`);
  return null;
}

function npmFolder(): string {
  const { stdout } = spawnSync("npm", ["root", "--global"], { encoding: "utf8" });
  return join(stdout.trim(), "npm");
}

/** Null, or the last line of what a command said when it failed. */
function run(command: string, args: readonly string[], cwd = root): string | null {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return null;
  return error?.message ?? stderr.trim().split("\n").at(-1) ?? "it failed";
}
