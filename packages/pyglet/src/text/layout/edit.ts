/** Laying out what a change of a document touches, and keeping the rest. */
import type { AbstractDocument } from "../document/abstract.ts";
import { type Content, contentOf } from "./content.ts";
import { type FlowOptions, flow } from "./flow.ts";
import type { Line } from "./line.ts";

/** The range from `start` to `end` has other styles, or `removed` units at `start` have become `added` ones. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly removed: number;
  readonly added: number;
}

/**
 * The lines after a change. `content` is brought up to date, and so are the positions of lines that stay; lines that
 * are not among the result are gone.
 */
export function edited(
  document: AbstractDocument,
  content: Content,
  lines: readonly Line[],
  options: FlowOptions,
  { start, end, removed, added }: Change,
): Line[] {
  const { text } = document;
  const before = start === 0 ? "" : text.slice(0, start);
  const from = Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\u2029")) + 1;
  const to = document.get_paragraph_end(Math.max(start + added, end));
  const grown = added - removed;
  replace(content, from, to - grown, contentOf(document, options.dpi, from, to));
  // A layout of a single line has nothing to keep.
  if (!options.isMultiline) return [...flow(document, content, options)];
  const isEnd = to === text.length;
  const first = lines.findIndex((line) => line.start >= from);
  const after = isEnd ? -1 : lines.findIndex((line) => line.start >= to - grown);
  const kept = after < 0 ? [] : lines.slice(after);
  const made: Line[] = [];
  for (const line of flow(document, content, options, from)) {
    if (!isEnd && line.start >= to) break;
    made.push(line);
  }
  if (grown !== 0) for (const line of kept) line.shift(grown);
  return [...lines.slice(0, first < 0 ? lines.length : first), ...made, ...kept];
}

// -- Private ---------------------------------------------------------------------------------------

function replace(content: Content, start: number, end: number, by: Content): void {
  splice(content.items, start, end, by.items);
  splice(content.fonts, start, end, by.fonts);
  splice(content.levels, start, end, by.levels);
}

/** More arguments than this may be too many for a call. */
const MOST_ARGUMENTS = 10_000;

function splice<T>(list: T[], start: number, end: number, by: readonly T[]): void {
  if (by.length <= MOST_ARGUMENTS) {
    list.splice(start, end - start, ...by);
    return;
  }
  const rest = list.slice(end);
  list.length = start;
  for (const item of by) list.push(item);
  for (const item of rest) list.push(item);
}
