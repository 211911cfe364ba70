/**
 * A small command line for SQLite, like `sqlite3`, and an example of ctypes-sqlite.
 *
 *     npx tsx apps/sqlite-shell/main.ts [file] [statement …]
 *
 * With statements it runs them and ends; without, it reads them from a terminal or a pipe.
 */
import { createInterface } from "node:readline";
import { Shell } from "./shell.ts";

const [file = ":memory:", ...statements] = process.argv.slice(2);
const isTerminal = process.stdin.isTTY === true && statements.length === 0;
const shell = new Shell(file, {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  // A progress bar is for people.
  progress: process.stderr.isTTY ? (text) => process.stderr.write(text) : null,
});

if (statements.length > 0) {
  for (const statement of statements) await shell.run(statement);
} else await readAll();
shell.close();
process.exitCode = shell.hasFailed && !isTerminal ? 1 : 0;

/** Runs what is typed or piped, statement by statement. */
async function readAll(): Promise<void> {
  if (isTerminal) console.log(`SQLite ${shell.version} on ctypes. .help shows the commands, .quit ends.`);
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: isTerminal });
  const prompt = () => {
    if (!isTerminal) return;
    lines.setPrompt(shell.isWaiting ? "   ...> " : "sqlite> ");
    lines.prompt();
  };
  prompt();
  for await (const line of lines) {
    await shell.line(line);
    if (shell.hasEnded) break;
    prompt();
  }
  await shell.finish();
  lines.close();
}
