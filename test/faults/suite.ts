/** The rows, and what becomes of them on a runtime. */
import { availableParallelism } from "node:os";
import { runRow } from "./program.ts";
import { breaches, type Outcome, type Promised, type Row } from "./row.ts";
import { argumentRows } from "./rows/arguments.ts";
import { callbackRows } from "./rows/callbacks.ts";
import { databaseRows } from "./rows/databases.ts";
import { exceptionRows } from "./rows/exceptions.ts";
import { libraryRows } from "./rows/libraries.ts";
import { memoryRows } from "./rows/memory.ts";
import { processRows } from "./rows/processes.ts";
import { textRows } from "./rows/text.ts";
import { threadRows } from "./rows/threads.ts";
import type { Runtime } from "./runtimes.ts";

export const ROWS: readonly Row[] = [
  ...argumentRows,
  ...memoryRows,
  ...callbackRows,
  ...threadRows,
  ...exceptionRows,
  ...libraryRows,
  ...processRows,
  ...databaseRows,
  ...textRows,
];

export interface Verdict {
  readonly row: Row;
  readonly runtime: string;
  readonly isKept: boolean;
  readonly outcome: Outcome;
  /** What differed from the promise. */
  readonly breaches: readonly string[];
}

/** How `row` ought to end on `runtime`; null where the row has no meaning there. */
export function promisedOn(row: Row, runtime: Runtime): Promised | null {
  if (row.options !== undefined && runtime.family !== "node") return null;
  const elsewhere = row.elsewhere?.[runtime.family];
  return elsewhere === undefined ? row : elsewhere;
}

/** Runs the rows that have a meaning on `runtime`, some at a time, and gives the verdicts in the rows' order. */
export async function runSuite(rows: readonly Row[], runtime: Runtime): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const queue = rows.entries();
  const worker = async (): Promise<void> => {
    for (const [i, row] of queue) {
      const promised = promisedOn(row, runtime);
      if (promised === null) continue;
      const outcome = await runRow(row, runtime);
      const found = breaches(outcome, promised);
      verdicts[i] = { row, runtime: runtime.name, isKept: found.length === 0, outcome, breaches: found };
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return verdicts.filter((verdict) => verdict !== undefined);
}
