/** Runs a program of `sqlite.ts`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How the program of this seed ended badly; null when it did not. */
export function misuseSqlite(seed: number, steps: number): string | null {
  const script = fileURLToPath(new URL("sqlite.ts", import.meta.url));
  const options = ["--expose-gc", "--import", "tsx", "--no-warnings"];
  const child = spawnSync(process.execPath, [...options, script, String(seed), String(steps)], {
    encoding: "utf8",
    timeout: 600_000,
  });
  if (child.status === 0 && child.stdout.startsWith(`${steps} acts`)) return null;
  return `${child.signal ?? `exit code ${child.status}`}: ${child.stderr.trim().slice(-500)}`;
}
