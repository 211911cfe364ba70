/** The figures as tables: nanoseconds, and how many times ours that is. */
import { CASES } from "./cases.ts";
import { CONTENDERS, type Place } from "./contenders.ts";
import type { Figures } from "./measuring.ts";

type Cell = (contender: string, name: string) => string;

/** Two tables for a terminal. */
export function printTables(figures: Figures, { major }: Place, version: string, rounds: number): void {
  console.log(`\nNode ${version}, ${process.arch}: nanoseconds, medians of ${rounds} processes each\n`);
  printTable(figures, major, (contender, name) => short(figures.of(contender, major, name)));
  console.log("\nThe same as multiples of ctypes' time\n");
  printTable(figures, major, (contender, name) => {
    const [ours, theirs] = [figures.of("ctypes", major, name), figures.of(contender, major, name)];
    return ours && theirs !== undefined
      ? (theirs / ours).toPrecision(theirs / ours < 10 ? 2 : 3).replace(/e.*/, "")
      : "";
  });
  for (const [name, { missing }] of figures.missing.get(major) ?? []) console.log(`${name} is missing: ${missing}`);
}

function printTable(figures: Figures, major: number, cell: Cell): void {
  const columns = measured(figures, major);
  const heads = columns.map((name) =>
    name
      .replace("ctypes, a callback alive", "+callback")
      .replace("ctypes, no V8 part", "-V8")
      .replace("ctypes, caged, no V8 part", "caged -V8")
      .replace("ctypes, caged", "caged"),
  );
  const widths = heads.map((head) => Math.max(9, head.length + 2));
  console.log(`${"".padEnd(20)}${heads.map((head, k) => head.padStart(widths[k] as number)).join("")}`);
  for (const [name, { unit }] of Object.entries(CASES)) {
    const cells = columns.map((contender) => cell(contender, name));
    if (cells.every((text) => text === "")) continue;
    const title = unit === undefined ? name : `${name}, ${unit}`;
    console.log(`${title.padEnd(20)}${cells.map((text, k) => text.padStart(widths[k] as number)).join("")}`);
  }
}

/** One table for a document, in Markdown. */
export function markdownTable(figures: Figures, major: number, contenders: readonly string[]): string {
  const columns = measured(figures, major).filter((name) => contenders.includes(name));
  const rows = Object.entries(CASES).map(([name, { what, unit }]) => {
    const cells = columns.map((contender) => short(figures.of(contender, major, name)));
    return `| ${name}${unit === undefined ? "" : ` (${unit})`} | ${what} | ${cells.join(" | ")} |`;
  });
  const head = `| case | what | ${columns.join(" | ")} |\n|---|---|${"---:|".repeat(columns.length)}`;
  return `${head}\n${rows.join("\n")}`;
}

export function measured(figures: Figures, major: number): string[] {
  return CONTENDERS.map(({ name }) => name).filter((contender) =>
    Object.keys(CASES).some((name) => figures.of(contender, major, name) !== undefined),
  );
}

function short(value: number | undefined): string {
  if (value === undefined) return "";
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
  if (value >= 10_000) return `${(value / 1000).toPrecision(3)}k`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
