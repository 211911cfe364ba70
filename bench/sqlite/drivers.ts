/**
 * The drivers that are compared: better-sqlite3, built here for the Node at hand since no binary of it comes over npm,
 * and Node's own.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
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

/** The newest that runs on that Node: 13 wants 22. */
function betterSqlite(node: string, major: number, skip: (reason: string) => void): string | null {
  const version = major >= 22 ? "13" : "12";
  const folder = join(root, "node_modules/.cache/better-sqlite3", `${version}-node-${major}`);
  const module = join(folder, "node_modules/better-sqlite3");
  // A cached build may be another Node's.
  if (loads(node, module) === null) return module;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund"];
  const fetched = run("npm", ["install", "--prefix", folder, ...quiet, `better-sqlite3@${version}`]);
  if (fetched !== null) {
    skip(`better-sqlite3: npm gives none (${fetched})`);
    return null;
  }
  // Version 13 brings binaries along.
  if (loads(node, module) === null) return module;
  // The headers of a Node from npm lie beside it; so do those of Node's own archives.
  const headers = dirname(dirname(node));
  process.stderr.write(`building better-sqlite3 ${version} for Node ${major} …\n`);
  const gyp = join(npmFolder(), "node_modules/node-gyp/bin/node-gyp.js");
  const built = run(node, [gyp, "rebuild", "--release", `--nodedir=${headers}`], module);
  const fault = built ?? loads(node, module);
  if (fault === null) return module;
  skip(`better-sqlite3 ${version} on Node ${major}: it could not be built (${fault})`);
  return null;
}

/** Null when this Node opens a database with it. */
function loads(node: string, module: string): string | null {
  return run(node, ["-e", "new (require(process.argv[1]))(':memory:').close()", module]);
}

function npmFolder(): string {
  const { stdout } = spawnSync("npm", ["root", "--global"], { encoding: "utf8" });
  return join(stdout.trim(), "npm");
}

/** Null, or the last line of what a command said when it failed. */
function run(command: string, args: readonly string[], cwd = root): string | null {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", env: environment() });
  if (status === 0) return null;
  return error?.message ?? stderr.trim().split("\n").at(-1) ?? "it failed";
}

/** Without npm's `nodedir`, which node-gyp would prefer to its own option: it names another Node's headers. */
function environment(): NodeJS.ProcessEnv {
  const { npm_config_nodedir: _, ...rest } = process.env;
  return rest;
}
