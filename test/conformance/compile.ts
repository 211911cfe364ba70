/**
 * Libraries that a test makes itself, in a folder of its own that goes with the process.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isWindows } from "./support.ts";

/** A new empty folder. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  // On Windows a library that is loaded cannot be removed.
  if (!isWindows) process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Compiles C `source` to the library `name` in `folder`, and gives its path. */
export function compile(folder: string, name: string, source: string, flags: readonly string[] = []): string {
  const input = join(folder, `${name}.c`);
  const output = join(folder, name);
  writeFileSync(input, source);
  const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
  execFileSync("gcc", ["-shared", "-fPIC", "-o", output, input, ...flags], { stdio });
  return output;
}

/** The result of `run` with this environment; afterwards it is as before. */
export function withEnvironment<T>(changed: Record<string, string>, run: () => T): T {
  const before = Object.keys(changed).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, changed);
  try {
    return run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
