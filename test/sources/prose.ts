/** Prose in sources and pages: which lines of comments and Markdown are too long. */

const COLUMNS = 120;

/**
 * A line that cannot be broken, or is no prose: a table, a drawing, an example or an instruction to a tool in a
 * comment.
 */
function mayBeLong(text: string): boolean {
  const isDrawing = /[─-╿▲-◿→·│]/.test(text);
  return isDrawing || /^\s*\|/.test(text) || /^ {4,}/.test(text) || /^\s*(biome-ignore|@ts-expect-error)/.test(text);
}

function isLong(line: string): boolean {
  return [...line].length > COLUMNS;
}

/**
 * The numbers of too long lines of a Markdown page: not those of code, tables, and HTML, nor what only a link makes
 * long.
 */
export function longLinesOfPage(page: string): number[] {
  const found: number[] = [];
  let fence: string | null = null;
  for (const [index, line] of page.split("\n").entries()) {
    const mark = /^\s*(```+)/.exec(line)?.[1];
    if (fence !== null) {
      if (line.trim() === fence) fence = null;
    } else if (mark !== undefined) {
      fence = mark;
    } else if (!/^\s*[|<]/.test(line) && isLong(line.replaceAll(/\]\([^)]*\)/g, "]"))) {
      found.push(index + 1);
    }
  }
  return found;
}

/**
 * The numbers of too long lines of comments: those that are comments, and code that a comment follows. `mark` begins a
 * comment.
 */
export function longCommentsOf(source: string, mark: "//" | "#"): number[] {
  const found: number[] = [];
  for (const [index, line] of source.split("\n").entries()) {
    if (!isLong(line)) continue;
    const [, comment] =
      (mark === "#" ? /^\s*# ?(.*)/ : /^\s*(?:\/\/|\/?\*+\/?) ?(.*)/).exec(line) ??
      (mark === "//" ? / \/\/ ((?:[^"'`/]|\w[''`]\w)*)$/.exec(line) : null) ??
      [];
    if (comment !== undefined && !mayBeLong(comment)) found.push(index + 1);
  }
  return found;
}
