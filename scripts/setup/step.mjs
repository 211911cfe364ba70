/** Steps, each with its line of output, and commands, whose output is shown only when they fail, and then all of it. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Ends the set-up with a message for the user, without a stack trace. */
export class SetupError extends Error {}

/** Runs `act` and prints one line: what it returns (such as "up to date"), or else how long it took. */
export async function step(title, act) {
  const start = performance.now();
  process.stdout.write(`setup: ${title} … `);
  try {
    const word = await act();
    console.log(word ?? `${((performance.now() - start) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.log("failed");
    throw error;
  }
}

/** Runs a command to its end and returns what it printed; a command that fails ends the set-up. */
export function run(command, args, options = {}) {
  const child = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  const output = `${child.stdout ?? ""}${child.stderr ?? ""}`;
  if (child.status === 0) return output;
  const end = child.error?.message ?? (child.signal ? `ended by ${child.signal}` : `exit code ${child.status}`);
  throw new SetupError(`$ ${[command, ...args].join(" ")}\n${output.trimEnd()}\n${command}: ${end}`);
}

/** The full path of a command; null when there is none. */
export function whereIs(command) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, command)).find((path) => modified(path) > 0) ?? null;
}

/** When a file was last written, in milliseconds; 0 when there is no such file, or this user may not see it. */
export function modified(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
