/** What a row of the fault suite is: a program that does something wrong, and exactly how that ends. */

export type Family = "node" | "bun" | "deno";

/** How a process ended. */
export interface Outcome {
  /** Without the newline at its end. */
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

/** What is promised; what is absent is `""`, 0 and null. A regular expression is searched for. */
export interface Promised {
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
  readonly code?: number;
  readonly signal?: string;
}

export interface Row extends Promised {
  /** A name to ask for the row by. */
  readonly id: string;
  /** The case as a sentence: what the program does. */
  readonly when: string;
  /** The body of an ES module; `program.ts` says what it may use. */
  readonly program: string;
  /** Variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node; a row with options is for Node alone. */
  readonly options?: readonly string[] | ((major: number) => readonly string[]);
  /** What it prints on stderr that ends it, by SIGKILL: for a program that rightly waits for ever. */
  readonly endsOn?: RegExp;
  /** A runtime where it ends in another way that is not ours to decide: how, or null where the row has no meaning. */
  readonly elsewhere?: Partial<Record<Family, Promised | null>>;
  /** What is missing for the promise to hold; such a row counts as not kept. */
  readonly pending?: string;
}

/** What differs from the promise, one line each; empty when it was kept. */
export function breaches(outcome: Outcome, promised: Promised): string[] {
  const { stdout = "", stderr = "", signal = null } = promised;
  const code = promised.code ?? (signal === null ? 0 : null);
  const found: string[] = [];
  for (const [name, wanted, got] of [
    ["stdout", stdout, outcome.stdout],
    ["stderr", stderr, outcome.stderr],
  ] as const) {
    const holds = typeof wanted === "string" ? wanted === got : wanted.test(got);
    if (!holds) found.push(`${name}: expected ${show(wanted)}, got ${show(got)}`);
  }
  if (code !== outcome.code || signal !== outcome.signal) {
    found.push(`end: expected ${end(code, signal)}, got ${end(outcome.code, outcome.signal)}`);
  }
  return found;
}

function end(code: number | null, signal: string | null): string {
  return signal ?? `exit code ${code}`;
}

function show(text: string | RegExp): string {
  return typeof text === "string" ? JSON.stringify(text.length > 600 ? `…${text.slice(-600)}` : text) : String(text);
}
