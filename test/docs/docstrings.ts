/**
 * The examples in doc comments: runs of lines indented by four or more after the star, after an empty line.
 *
 *     offsetof(Point, "y")   // 4
 *
 * Only what the package exports is read: an example of an internal function could not be run by a reader.
 */

export interface Example {
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** The examples of everything in `source` that stands under one of the exported `names`, its members included. */
export function examplesOf(source: string, names: ReadonlySet<string>): Example[] {
  const lines = source.split("\n");
  const examples: Example[] = [];
  let owner: string | null = null; // the exported thing at whose members we are

  for (let index = 0; index < lines.length; index++) {
    owner = declaredName(lines[index] as string) ?? owner;
    if (!/^\s*\/\*\*/.test(lines[index] as string)) continue;
    const end = lines.findIndex((line, at) => at >= index && line.includes("*/"));
    if (end < 0) break;
    const isMember = /^\s/.test(lines[index] as string);
    const name = isMember ? owner : declaredName(lines[end + 1] ?? "");
    if (name !== null && names.has(name)) examples.push(...examplesIn(lines, index, end));
    index = end;
  }
  return examples;
}

/** What a line at the left margin declares; null for every other line. */
function declaredName(line: string): string | null {
  const declaration =
    /^(?:export )?(?:declare )?(?:abstract )?(?:async )?(?:class|function\*?|const|let|interface|type) ([\w$]+)/.exec(
      line,
    );
  return declaration?.[1] ?? null;
}

function examplesIn(lines: readonly string[], start: number, end: number): Example[] {
  const examples: Example[] = [];
  for (let index = start + 1; index < end; index++) {
    if (!isEmpty(lines[index - 1]) || codeIn(lines[index]) === null) continue;
    let last = index;
    for (let at = index; at < end && (codeIn(lines[at]) !== null || isEmpty(lines[at])); at++) {
      if (codeIn(lines[at]) !== null) last = at;
    }
    const code = lines.slice(index, last + 1).map((line) => codeIn(line) ?? "");
    if (!isDrawing(code)) examples.push({ line: index + 1, lines: code });
    index = last;
  }
  return examples;
}

function codeIn(line: string | undefined): string | null {
  return /^\s*\* {5}(.*)$/.exec(line ?? "")?.[1] ?? null;
}

function isEmpty(line: string | undefined): boolean {
  return /^\s*\*\s*$/.test(line ?? "");
}

function isDrawing(code: readonly string[]): boolean {
  return code.some((line) => /[─│┌┐└┘├┤┬┴┼]/.test(line));
}
