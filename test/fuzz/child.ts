/** Runs lines in a process of their own and says how that ended. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROLOGUE } from "./prologue.ts";

const folder = fileURLToPath(new URL("build/", import.meta.url));

/**
 * A program that hangs is ended after this many milliseconds; one that does not takes seconds, minutes on a busy
 * machine.
 */
const PATIENCE = 600_000;

export interface End {
  /** How it ended, when not well: `SIGSEGV`, `exit code 3`; null when it went through. */
  readonly fault: string | null;
  /** The line that was running. */
  readonly line: number;
  readonly stderr: string;
}

/**
 * The script that runs `lines`; each may fail with any exception. `progress` names a file that is told the number of
 * each line.
 */
export function script(lines: readonly string[], progress: string | null): string {
  const told = progress === null ? "" : "told(N); ";
  const telling =
    progress === null
      ? ""
      : `import { openSync, writeSync } from "node:fs";\nconst progress = openSync(${JSON.stringify(progress)}, "w"), told = (n) => writeSync(progress, String(n).padEnd(8), 0);\n`;
  const body = lines.map((line, i) => `try { ${told.replace("N", String(i))}${line}; } catch {}`);
  return `${telling}${PROLOGUE}${body.join("\n")}\n`;
}

/** Runs `lines`; `name` tells apart what runs at the same time. */
export function runLines(lines: readonly string[], name: string): Promise<End> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.mjs`);
  const progress = join(folder, `${name}.progress`);
  writeFileSync(progress, "0");
  writeFileSync(file, script(lines, progress));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--expose-gc", "--max-old-space-size=2048", file], {
      // Freed memory of the C heap is overwritten, so that who still reads it notices.
      env: { ...process.env, MALLOC_PERTURB_: "165", NODE_OPTIONS: "" },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: PATIENCE,
      killSignal: "SIGKILL",
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const fault = code === 0 ? null : signal === "SIGKILL" ? "no end" : (signal ?? `exit code ${code}`);
      resolve({ fault, line: Number.parseInt(readFileSync(progress, "utf8"), 10) || 0, stderr });
    });
  });
}
