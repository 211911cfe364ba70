/** Runs random programs, several in one process, until the time is over or there are enough bugs. */
import { runLines } from "./child.ts";
import { program } from "./program.ts";
import { shrink } from "./shrink.ts";

/** Lines of one program, and programs of one process. */
const LENGTH = 120;
const TOGETHER = 8;
/** Shrinking ends after this many milliseconds, with what it has. */
const SHRINKING = 60_000;

export interface Report {
  readonly programs: number;
  readonly lines: number;
  readonly bugs: readonly Bug[];
}

export interface Bug {
  readonly seed: number;
  readonly fault: string;
  readonly stderr: string;
  /** The lines that reproduce it; null when it could not be reproduced. */
  readonly lines: readonly string[] | null;
}

/** Runs programs from number `seed` on for `seconds`, `width` processes at a time; stops after `mostBugs`. */
export async function fuzz(seed: number, seconds: number, width: number, mostBugs = 1): Promise<Report> {
  const end = Date.now() + 1000 * seconds;
  const bugs: Bug[] = [];
  let next = seed;
  let programs = 0;
  const worker = async (_: unknown, name: number): Promise<void> => {
    while (Date.now() < end && bugs.length < mostBugs) {
      const first = next;
      next += TOGETHER;
      const found = await runFrom(first, `fuzz-${process.pid}-${name}`);
      programs += TOGETHER;
      if (found !== null) bugs.push(found);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return { programs, lines: programs * LENGTH, bugs };
}

async function runFrom(seed: number, name: string): Promise<Bug | null> {
  const lines = Array.from({ length: TOGETHER }, (_, i) => program(seed + i, LENGTH)).flat();
  const { fault, line, stderr } = await runLines(lines, name);
  if (fault === null) return null;
  // A fault may appear long after its cause, so its place is only the first guess.
  const upTo = lines.slice(0, line + 1);
  const end = Date.now() + SHRINKING;
  const fails = async (some: readonly string[]) => Date.now() < end && (await runLines(some, name)).fault !== null;
  const start = (await fails(upTo)) ? upTo : (await fails(lines)) ? lines : null;
  return { seed, fault, stderr, lines: start === null ? null : await shrink(start, fails) };
}
