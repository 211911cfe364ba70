/**
 * Runs jobs in worker processes and gathers what they find. A process that crashes is one more difference, and another
 * one does the rest.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { REFUSED } from "./ways.ts";
import type { Job } from "./worker.ts";

export interface Difference {
  /** The position of the item in the job. */
  readonly at: number;
  readonly what: string;
}

/** Of what a worker says: whether it is different, and not refused. */
export function isDifference({ what }: Difference): boolean {
  return !what.startsWith(REFUSED);
}

export interface JobOptions {
  /** Put into the environment of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether a crash ends the job; otherwise it goes on after the item that crashed. */
  readonly endsAtCrash?: boolean;
}

/** What the items of `job` differ in, and those that are refused. */
export async function runJob(
  job: Job,
  { environment = {}, endsAtCrash = false }: JobOptions = {},
): Promise<Difference[]> {
  const count = job.items?.length ?? job.made?.length ?? 0;
  const found: Difference[] = [];
  for (let first = 0; first < count; ) {
    const rest = {
      ...job,
      ...(job.items && { items: job.items.slice(first) }),
      ...(job.made && { made: job.made.slice(first) }),
    };
    const { differences, stoppedAt } = await runWorker(rest, environment);
    found.push(...differences.map(({ at, what }) => ({ at: at + first, what })));
    if (stoppedAt === null || endsAtCrash) break;
    first += stoppedAt + 1;
  }
  return found;
}

/** Splits a job among `processes`, every second batch to the next one. */
export async function runJobs(
  job: Required<Pick<Job, "made" | "batchSize">>,
  processes: number,
  options: JobOptions = {},
): Promise<Difference[]> {
  const shares = Array.from({ length: processes }, (_, share) =>
    job.made.map((_, at) => at).filter((at) => Math.floor(at / job.batchSize) % processes === share),
  );
  const found = await Promise.all(
    shares.map(async (positions) => {
      const made = positions.map((at) => job.made[at] as (typeof job.made)[number]);
      const differences = await runJob({ made, batchSize: job.batchSize }, options);
      return differences.map(({ at, what }) => ({ at: positions[at] as number, what }));
    }),
  );
  return found.flat().sort((one, other) => one.at - other.at);
}

// -- One process -----------------------------------------------------------------------------------

interface Outcome {
  readonly differences: Difference[];
  /** The item in which the process ended. */
  readonly stoppedAt: number | null;
}

/** How long a worker may say nothing: gcc needs some seconds for a batch, a call that went astray may run for ever. */
const MOST_SILENCE = 600_000;

async function runWorker(job: Job, environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const worker = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "worker.ts")], {
    cwd: import.meta.dirname, // tsx is found from here
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  worker.stdin.on("error", () => {}); // it may have crashed before it read everything
  worker.stdin.end(JSON.stringify(job));
  let complaints = "";
  worker.stderr.on("data", (data) => {
    complaints += data;
  });
  const ended = new Promise<string>((resolve) => {
    worker.on("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const { differences, at, isDone } = await readMessages(worker);
  const end = await ended;
  if (isDone) return { differences, stoppedAt: null };
  // Before any item: the C text did not compile, or the sources do not load.
  if (at === null) throw new Error(`abi: a worker ended with ${end}\n${complaints.slice(0, 5000)}`);
  const about = end.startsWith("SIG") ? "" : `: ${complaints.slice(0, 500).trim()}`;
  differences.push({ at, what: `the process ended with ${end}${about}` });
  return { differences, stoppedAt: at };
}

async function readMessages(
  worker: ChildProcess,
): Promise<{ differences: Difference[]; at: number | null; isDone: boolean }> {
  const differences: Difference[] = [];
  let at: number | null = null;
  let isDone = false;
  const kill = () => worker.kill("SIGKILL");
  let watchdog = setTimeout(kill, MOST_SILENCE);
  for await (const line of createInterface({ input: worker.stdout as NodeJS.ReadableStream })) {
    const message = JSON.parse(line) as { at?: number; what?: string; done?: boolean };
    if (message.what !== undefined) differences.push({ at: message.at ?? 0, what: message.what });
    at = message.at ?? at;
    isDone = message.done ?? false;
    clearTimeout(watchdog);
    watchdog = setTimeout(kill, MOST_SILENCE);
  }
  clearTimeout(watchdog);
  return { differences, at, isDone };
}
