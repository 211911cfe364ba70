/**
 * `--chart`: writes what the documentation shows of the figures, the chart for README and the table of
 * docs/performance.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/setup/step.mjs";
import { chartOf } from "./chart.ts";
import type { Place } from "./contenders.ts";
import type { Figures } from "./measuring.ts";
import { markdownTable } from "./table.ts";

const COLUMNS = ["ctypes", "koffi", "node:ffi", "addon", "Deno", "Bun", "LuaJIT", "CPython", "C"];
const BEGIN = "<!-- written by npm run bench -- --chart -->";
const END = "<!-- end -->";

/** Of the newest Node that was measured. */
export function writeDocumentation(figures: Figures, places: readonly Place[], versions: readonly string[]): void {
  const newest = places.reduce((best, place) => (place.major > best.major ? place : best));
  const version = versions[places.indexOf(newest)] as string;
  writeFileSync(join(root, "docs/performance.svg"), chartOf(figures, newest.major, `Node ${version}`));

  const page = join(root, "docs/performance.md");
  const text = readFileSync(page, "utf8");
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`docs/performance.md: expected ${BEGIN} and ${END}`);
  const caption = `Node ${version}, ${cpus()[0]?.model.trim()}; nanoseconds where nothing else is said (k: thousands, M: millions).`;
  const table = `${BEGIN}\n${caption}\n\n${markdownTable(figures, newest.major, COLUMNS)}\n`;
  writeFileSync(page, text.slice(0, start) + table + text.slice(end));
}
