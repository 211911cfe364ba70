/**
 * Measures: a process for each contender, Node and group of cases, started in turn (A B A B …), and the median over the
 * rounds for each figure. The machine may drift; the ratios of one run stay.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { CASES, GROUPS } from "./cases.ts";
import { CONTENDERS, type Contender, environment, type Missing, type Place } from "./contenders.ts";

export interface Plan {
  readonly places: readonly Place[];
  readonly rounds: number;
  /** Which cases to measure of a contender. */
  wants(contender: Contender, name: string): boolean;
  /** Told before each process. */
  progress(text: string): void;
}

export class Figures {
  readonly #all = new Map<string, number[]>();
  /** The contenders that could not be measured, by Node's major version. */
  readonly missing = new Map<number, Map<string, Missing>>();
  /** What went wrong in processes: one line each, not repeated. */
  readonly faults = new Set<string>();

  add(contender: Contender, place: Place, name: string, value: number): void {
    const key = keyOf(contender, place.major, name);
    this.#all.set(key, [...(this.#all.get(key) ?? []), value]);
  }

  /** The median over the rounds; undefined when there is none. */
  of(contender: string, major: number, name: string): number | undefined {
    const row = CONTENDERS.find((row) => row.name === contender);
    const values = row && this.#all.get(keyOf(row, major, name));
    return values?.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  }
}

function keyOf(contender: Contender, major: number, name: string): string {
  return `${contender.name}|${contender.inNode ? major : ""}|${name}`;
}

export function measure(plan: Plan): Figures {
  const figures = new Figures();
  for (const place of plan.places) figures.missing.set(place.major, new Map());
  for (let round = 1; round <= plan.rounds; round++) {
    for (const place of plan.places) {
      for (const contender of CONTENDERS) {
        if (!contender.inNode && place !== plan.places[0]) continue;
        const command = contender.command(place);
        if ("missing" in command) {
          for (const { major } of contender.inNode ? [place] : plan.places)
            figures.missing.get(major)?.set(contender.name, command);
          continue;
        }
        plan.progress(
          `round ${round} of ${plan.rounds}: ${contender.name}${contender.inNode ? ` on Node ${place.major}` : ""}`,
        );
        measureContender(plan, contender, place, command, figures);
      }
    }
  }
  return figures;
}

function measureContender(
  plan: Plan,
  contender: Contender,
  place: Place,
  command: readonly string[],
  figures: Figures,
) {
  for (const group of contender.groups ?? GROUPS) {
    const cases = Object.keys(CASES).filter(
      (name) => CASES[name]?.group === group && place.major >= (CASES[name]?.since ?? 0) && plan.wants(contender, name),
    );
    if (cases.length === 0) continue;
    if (group === "import") {
      for (const name of cases) {
        // The processes before have filled the cache; the first writes it.
        const cache = name === "import" ? undefined : join(place.build, "compile-cache");
        if (cache !== undefined && !contender.inNode) continue;
        const output = contender.importing && run(contender.importing(place), contender, place, "", figures, cache);
        if (output) figures.add(contender, place, name, Number(output));
      }
      continue;
    }
    const output = run(command, contender, place, cases.join(), figures);
    if (output === null) continue;
    for (const [name, value] of Object.entries<number>(JSON.parse(output))) figures.add(contender, place, name, value);
  }
}

function run(
  command: readonly string[],
  contender: Contender,
  place: Place,
  cases: string,
  figures: Figures,
  cache?: string,
): string | null {
  const [file, ...args] = command as [string, ...string[]];
  const env = {
    ...process.env,
    ...environment(place.build),
    ...contender.env,
    BENCH_CASES: cases,
    NODE_COMPILE_CACHE: cache,
  };
  const { status, signal, stdout, stderr } = spawnSync(file, args, {
    cwd: place.build,
    env,
    encoding: "utf8",
    timeout: 120_000,
  });
  if (status === 0) return stdout;
  const line =
    stderr
      .trim()
      .split("\n")
      .find((line) => /error/i.test(line)) ?? stderr.trim().split("\n").at(-1);
  figures.faults.add(
    `${contender.name} (${cases.split(",").slice(0, 2).join(", ")} …) ended with ${signal ?? status}: ${line}`,
  );
  return null;
}
