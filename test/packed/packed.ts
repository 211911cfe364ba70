/** The packages as they are published, packed to a folder; for two test files. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { ownPlatform, stage } from "../../scripts/release/stage.mjs";

export const root = join(import.meta.dirname, "../..");
export const packages = [
  "rawffi",
  "ctypes-js",
  "ctypes-sqlite",
  "ctypes-pyglet",
  "ctypes-libclang",
  "ctypes-configure",
] as const;
/** The package with the binaries of this machine. */
export const binaries = `rawffi-${ownPlatform()}`;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** An empty folder, in which the tarballs lie; it is there while tests run. */
export let project: string;
export const packed = new Map<string, Packed>();

/** For the tests of the file that calls it. */
export function pack(): void {
  before(() => {
    project = mkdtempSync(join(tmpdir(), "ctypes-package-"));
    for (const name of stage(staged(), [ownPlatform()])) {
      const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", project];
      packed.set(name, firstOf(JSON.parse(run("npm", args, join(staged(), name)))));
    }
  });
  after(() => rmSync(project, { recursive: true, force: true }));
}

export function manifestOf(name: string) {
  return JSON.parse(readFileSync(join(staged(), name, "package.json"), "utf8"));
}

/** Where the packages lie that are packed, each in a folder of its name. */
export function staged(): string {
  return join(project, "staged");
}

export function filesOf(name: string): string[] {
  return packed.get(name)?.files.map((file) => file.path) ?? [];
}

/**
 * `npm pack --json` answers a list, and from npm 12 on an object by package name; either way there is one package here.
 */
function firstOf(answer: Record<string, Packed>): Packed {
  const [only] = Object.values(answer);
  assert.ok(only, "npm pack answered nothing");
  return only;
}

/** Runs a command and returns its standard output; the error of one that fails holds all that it printed. */
export function run(command: string, args: readonly string[], cwd: string): string {
  // Whoever runs these tests by npm has set npm_config_* for this workspace: none of it is for the project in there.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
  delete env.LD_PRELOAD;
  try {
    return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`$ ${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}
