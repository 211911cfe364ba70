/**
 * The C compiler: which it is, how it is run, and what its complaints are about.
 */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import type { Where } from "./where.ts";

/** What ran to its end. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A C compiler refused what a specification asks, or the program it made failed.
 *
 * `message` has the entry, the line of the specification and what the compiler says of it; `output` is all that it
 * said.
 */
export class CompilationError extends Error {
  readonly code = "ERR_COMPILATION";
  /** All that the compiler printed. */
  readonly output: string;
  /** The line of the specification that caused it, where that is known. */
  readonly where: Where | null;
  constructor(message: string, output: string, where: Where | null) {
    super(message);
    this.name = "CompilationError";
    this.output = output;
    this.where = where;
  }
}

/** There is no C compiler, or not the one that was asked for. */
export class NoCompilerError extends Error {
  readonly code = "ERR_NO_COMPILER";
  override readonly name = "NoCompilerError";
}

/** The compiler to use. @throws NoCompilerError */
export function findCompiler(asked: string | undefined): string {
  const named = asked ?? process.env.CC;
  if (named !== undefined && named !== "") {
    if (isThere(named)) return named;
    throw new NoCompilerError(`the C compiler "${named}" is not there${asked === undefined ? " ($CC names it)" : ""}`);
  }
  const found = ["cc", "gcc", "clang"].find(isThere);
  if (found !== undefined) return found;
  throw new NoCompilerError(
    "there is no C compiler: cc, gcc and clang are not in $PATH; install one (on Debian: apt-get install gcc), or name one in `compiler`",
  );
}

/** What tells one compiler from another: its file and its version. */
export function compilerIdentity(compiler: string): Promise<string> {
  let known = identities.get(compiler);
  if (known === undefined) {
    known = execute(compiler, ["--version"]).then(({ stdout }) => `${compiler} ${stdout.split("\n", 1)[0]}`);
    identities.set(compiler, known);
  }
  return known;
}

/**
 * Runs a program without a shell, in the language that its messages are read in; no more at a time than there are
 * processors.
 */
export async function execute(command: string, args: readonly string[]): Promise<Run> {
  await turn();
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, LC_ALL: "C", LANGUAGE: "C" },
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
      child.on("error", reject);
      child.on("close", (status, signal) =>
        resolve({ status, stdout, stderr: signal === null ? stderr : `${stderr}ended by ${signal}` }),
      );
    });
  } finally {
    running--;
    waiting.shift()?.();
  }
}

// -- Private ---------------------------------------------------------------------------------------

const identities = new Map<string, Promise<string>>();

let running = 0;
const waiting: (() => void)[] = [];

async function turn(): Promise<void> {
  while (running >= availableParallelism()) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
}

function isThere(command: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates =
    isAbsolute(command) || command.includes("/") ? [command] : folders.map((folder) => join(folder, command));
  return candidates.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
