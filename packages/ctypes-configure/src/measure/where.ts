/**
 * Where in a specification something is asked: its file and line, which the compiler is told, so that its complaints
 * name them.
 */
import { fileURLToPath } from "node:url";

export interface Where {
  readonly file: string;
  readonly line: number;
}

/** The place that called `callee`. */
// biome-ignore lint/complexity/noBannedTypes: any function, to be found on the stack
export function callerOf(callee: Function): Where | null {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, callee);
  const found = /\(?((?:file:\/\/)?\/?[^()]+?):(\d+):\d+\)?$/m.exec(holder.stack?.split("\n").at(-1) ?? "");
  Error.stackTraceLimit = stackTraceLimit;
  if (found === null) return null;
  const [, place, line] = found;
  const file = (place as string).replace(/^\s*at (?:async )?/, "").replace(/^.* \(/, "");
  return { file: file.startsWith("file://") ? fileURLToPath(file) : file, line: Number(line) };
}

/** `#line`, so that what the compiler says of the text after it names the specification. */
export function lineDirective(where: Where | null): string {
  return where === null ? "" : `#line ${where.line} ${JSON.stringify(where.file)}\n`;
}
