/** `--check`: the figures against requirements.ts, one line a case and peer, and whether all hold. */
import { CASES } from "./cases.ts";
import type { Place } from "./contenders.ts";
import type { Figures } from "./measuring.ts";
import { REQUIREMENTS, type Requirement, SLOPE } from "./requirements.ts";

interface Line {
  readonly verdict: "ok" | "MISSED" | "not checked";
  readonly text: string;
}

/** Prints every row for every Node; gives the rows that were missed. */
export function check(figures: Figures, places: readonly Place[], wants: (name: string) => boolean): string[] {
  const missed: string[] = [];
  for (const { major } of places) {
    console.log(`\nNode ${major}`);
    const lines = REQUIREMENTS.flatMap((row) =>
      row.cases
        .filter((name) => wants(name) && major >= (CASES[name]?.since ?? 0))
        .map((name) => lineOf(figures, major, row, name)),
    );
    if (Object.keys(SLOPE.points).every(wants)) lines.push(slopeLine(figures, major));
    for (const { verdict, text } of lines) {
      console.log(`  ${verdict.padEnd(12)}${text}`);
      if (verdict === "MISSED") missed.push(`Node ${major}: ${text.replace(/ +/g, " ")}`);
    }
  }
  return missed;
}

function lineOf(figures: Figures, major: number, row: Requirement, name: string): Line {
  const oursName = row.ours ?? "ctypes";
  const title = `${name.padEnd(16)}${oursName.padEnd(26)}`;
  const ours = figures.of(oursName, major, name);
  const peer = figures.of(row.peer, major, name);
  if (peer === undefined) {
    const reason = figures.missing.get(major)?.get(row.peer);
    const verdict = reason?.cannotExist ? "not checked" : "MISSED";
    return { verdict, text: `${title}${row.peer} missing: ${reason?.missing ?? "it gave no figure"}` };
  }
  if (ours === undefined) return { verdict: "MISSED", text: `${title}gave no figure` };

  const { unit } = CASES[name] ?? {};
  const text = (value: number) => (unit === undefined ? time(value) : `${value.toFixed(1)} ${unit}`);
  const values = `${text(ours)}${text(peer).padStart(12)} ${row.peer.padEnd(9)}`;
  const isWithin = row.within !== undefined;
  const ratio = isWithin ? ours / peer : peer / ours;
  const isGood = isWithin ? ratio <= row.within : row.times === 1 ? ratio > 1 : ratio >= (row.times as number);
  const needed = isWithin ? `at most ${row.within}× its time` : row.times === 1 ? "faster" : `${row.times}× faster`;
  const measured = `${ratio.toFixed(2)}×`.padStart(8);
  return { verdict: isGood ? "ok" : "MISSED", text: `${title}${values.padStart(30)}${measured}   needed: ${needed}` };
}

function slopeLine(figures: Figures, major: number): Line {
  const points = Object.entries(SLOPE.points).map(([name, x]) => ({
    x,
    y: figures.of("ctypes", major, name) ?? Number.NaN,
  }));
  const slope = slopeOf(points);
  const text = `${SLOPE.what.padEnd(42)}${`${slope.toFixed(2)} ns`.padStart(11)}   needed: below ${SLOPE.below} ns`;
  return { verdict: slope < SLOPE.below ? "ok" : "MISSED", text };
}

/** Of the line of least squares. */
function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  return (
    mean(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / mean(points.map(({ x }) => (x - meanX) * (x - meanX)))
  );
}

function time(ns: number): string {
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(1)} ms`;
  return `${ns >= 10_000 ? ns.toFixed(0) : ns.toFixed(ns < 10 ? 2 : 1)} ns`;
}
