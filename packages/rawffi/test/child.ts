/** Runs programs that a test would not survive, or that need a process of their own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fixture } from "./fixture.ts";

const HELPERS = new URL("caller.ts", import.meta.url).href;

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The imports that every program has. */
const PROLOGUE = `
  import { rawffi } from "rawffi";
  import { Caller } from ${JSON.stringify(HELPERS)};
  const caller = new Caller(rawffi);
  const callback = { result: "sint32", parameters: ["sint32"] };
  const library = rawffi.open(${JSON.stringify(fixture())}, rawffi.modes.RTLD_NOW);
  const symbol = (name) => rawffi.symbol(library, name);
  const twice = (closure, a, b) =>
    caller.call(symbol("call_twice"), { result: "sint32", parameters: ["pointer", "sint32", "sint32"] }, closure.address, a, b);
`;

/** Runs `program` in a Node of its own. */
export function runProgram(program: string, env: NodeJS.ProcessEnv = {}): Ended {
  return runNode(["--expose-gc", "--import", "tsx", "--input-type=module", "--eval", PROLOGUE + program], env);
}

export function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 900_000 /* against hangs alone */,
  });
  return { status, signal, stdout: stdout.trim(), stderr: stderr.trim() };
}
