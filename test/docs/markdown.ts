/** Fenced code blocks of a Markdown file, with their lines. */

export interface Block {
  /** What stands after the fence: "ts", "ts no-run", "text". */
  readonly info: string;
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/**
 * A program in the documentation: a `ts` block and the output that the `text` block after it promises, if there is
 * one.
 */
export interface Program extends Block {
  readonly output: string | null;
}

export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    const fence = /^(```+)\s*(.*?)\s*$/.exec(lines[index] ?? "");
    if (fence === null) continue;
    const start = index + 1;
    index = lines.indexOf(fence[1] as string, start);
    if (index < 0) throw new Error(`line ${start}: this code block is never closed`);
    blocks.push({ info: fence[2] as string, line: start + 1, code: lines.slice(start, index).join("\n") });
  }
  return blocks;
}

export function programsOf(markdown: string): Program[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((block, index) => {
    if (!/^(ts|typescript)\b/.test(block.info)) return [];
    const next = blocks[index + 1];
    return [{ ...block, output: next?.info === "text" ? next.code : null }];
  });
}
