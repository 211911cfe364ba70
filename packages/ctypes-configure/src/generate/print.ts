/**
 * Text in lines of at most 120 columns: a group stands on one line where it fits, else each of its parts has a line of
 * its own.
 */

export type Doc = string | Group;

export interface Group {
  readonly open: string;
  readonly parts: readonly Doc[];
  readonly close: string;
  /** In front of the first part and after the last when all is on one line. */
  readonly pad: string;
  /** Behind the last part when each has its line. */
  readonly trailing: string;
  /** Never on one line. */
  readonly isBroken: boolean;
  /** An arrow function: its only part goes to the next line as a whole. */
  readonly isArrow?: boolean;
}

export const WIDTH = 120;

/** A group in parentheses, brackets or braces. */
export function group(open: string, parts: readonly Doc[], close: string, more: Partial<Group> = {}): Group {
  return { open, parts, close, pad: open.endsWith("{") ? " " : "", trailing: ",", isBroken: false, ...more };
}

/**
 * The text of documents one after the other, the first beginning at `column` in lines indented by `indent`; `more`
 * columns follow the last one.
 */
export function print(docs: readonly Doc[], indent = 0, column = indent, more = 0): string {
  let text = "";
  for (const [i, doc] of docs.entries()) {
    if (typeof doc === "string") {
      text += doc;
      continue;
    }
    const at = columnAfter(text, column);
    // What follows a group on its line counts.
    const next = docs.slice(i + 1);
    const groupAt = next.findIndex((one) => typeof one !== "string");
    const line = groupAt < 0 ? next : next.slice(0, groupAt + 1);
    const rest = line.map((one) => (typeof one === "string" ? one : one.open)).join("");
    const [first = "", ...others] = rest.split("\n");
    const isLast = groupAt < 0 && others.length === 0;
    text += printGroup(doc, indent, at, first.length + (isLast ? more : 0));
  }
  return text;
}

/** On one line, whatever its length. */
export function flat(doc: Doc): string {
  if (typeof doc === "string") return doc;
  if (doc.isArrow) return `${doc.open} ${doc.parts.map(flat).join("")}`;
  const inner = doc.parts.map(flat).join(", ");
  return inner === "" ? doc.open + doc.close : doc.open + doc.pad + inner + doc.pad + doc.close;
}

// -- Private ---------------------------------------------------------------------------------------

function printGroup(doc: Group, indent: number, column: number, after: number): string {
  if (!isAnyBroken(doc)) {
    const text = flat(doc);
    // In front of it there may be a comment, in lines of its own.
    const start = text.lastIndexOf("\n") + 1;
    if ((start > 0 ? 0 : column) + text.length - start + after <= WIDTH) return text;
  }
  if (doc.parts.length === 0) return doc.open + doc.close;
  const inner = indent + 2;
  if (doc.isArrow) return `${doc.open}\n${" ".repeat(inner)}${print(doc.parts, inner, inner, after)}`;
  const lines = doc.parts.map((part, i) => {
    const end = i < doc.parts.length - 1 ? "," : doc.trailing;
    return `${" ".repeat(inner)}${print([part, end], inner)}`;
  });
  return `${doc.open}\n${lines.join("\n")}\n${" ".repeat(indent)}${doc.close}`;
}

function isAnyBroken(doc: Doc): boolean {
  return typeof doc !== "string" && (doc.isBroken || doc.parts.some(isAnyBroken));
}

function columnAfter(text: string, start: number): number {
  const end = text.lastIndexOf("\n");
  return end < 0 ? start + text.length : text.length - end - 1;
}
