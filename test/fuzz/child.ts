/** Runs lines in a process of their own and reports how that ended. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PROLOGUE } from "./prologue.ts";

const folder = fileURLToPath(new URL("build/", import.meta.url));

/**
 * A program that hangs is killed after this many milliseconds; other programs take seconds, or minutes on a busy
 * machine.
 */
const PATIENCE = 600_000;

export interface End {
  /** How it failed: `SIGSEGV`, `exit code 3`; null when it did not. */
  readonly fault: string | null;
  /** The line that was running. */
  readonly line: number;
  readonly stderr: string;
}

/**
 * The script that runs `lines`; each may throw any exception. It writes the number of each line to the file `progress`.
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

/** Runs `lines`; `name` distinguishes programs that run at the same time. */
export function runLines(lines: readonly string[], name: string): Promise<End> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.mjs`);
  const progress = join(folder, `${name}.progress`);
  writeFileSync(progress, "0");
  writeFileSync(file, script(lines, progress));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--expose-gc", "--max-old-space-size=2048", file], {
      // Freed memory of the C heap is overwritten, so that its use is noticed.
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
