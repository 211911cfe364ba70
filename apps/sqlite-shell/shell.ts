/**
 * The shell without its terminal: takes lines, gives text.
 */
import { DatabaseSync } from "ctypes-sqlite";
import { complete_statement, sqlite_version } from "ctypes-sqlite/dbapi";
import { type Command, commands, wordsOf } from "./commands.ts";
import { type Mode, modes } from "./modes.ts";

/** Where text goes. */
export interface Output {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Text that is written over; null where nobody watches. */
  readonly progress: ((text: string) => void) | null;
}

export class Shell {
  readonly version: string = sqlite_version;
  readonly output: Output;
  db: DatabaseSync;
  mode: Mode = "table";
  hasHeaders = true;
  hasEnded = false;
  hasFailed = false;
  #pending = "";

  constructor(file: string, output: Output) {
    this.output = output;
    this.db = new DatabaseSync(file);
  }

  /** Whether a statement has begun that is not complete. */
  get isWaiting(): boolean {
    return this.#pending !== "";
  }

  /** Takes a line: a command, or a part of a statement, which runs when it is complete. */
  async line(line: string): Promise<void> {
    if (this.#pending === "" && (line.trim() === "" || line.startsWith("."))) return this.run(line);
    this.#pending += `${line}\n`;
    if (complete_statement(this.#pending)) await this.finish();
  }

  /** Runs what is left, complete or not. */
  async finish(): Promise<void> {
    const sql = this.#pending;
    this.#pending = "";
    await this.run(sql);
  }

  /** Runs a command or SQL. What fails is told, and the shell goes on. */
  async run(text: string): Promise<void> {
    const trimmed = text.trim();
    if (trimmed === "") return;
    try {
      if (trimmed.startsWith(".")) await this.#command(trimmed);
      else for (const sql of statementsIn(trimmed)) this.#query(sql);
    } catch (error) {
      this.hasFailed = true;
      this.output.error(`Error: ${(error as Error).message}\n`);
    }
  }

  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  async #command(text: string): Promise<void> {
    const [name = "", ...args] = wordsOf(text.slice(1));
    const command: Command | undefined = commands[name];
    if (command === undefined) throw new Error(`there is no command .${name}; .help shows those that there are`);
    await command.run(this, args);
  }

  #query(sql: string): void {
    const statement = this.db.prepare(sql);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const names = statement.columns().map(({ name }) => name);
    const rows = statement.all() as unknown[][];
    if (names.length > 0) this.output.out(modes[this.mode](names, rows, this.hasHeaders));
  }
}

/** The statements of a text: each ends where SQLite says that it is complete. */
function* statementsIn(text: string): Generator<string> {
  let from = 0;
  for (let end = text.indexOf(";"); end >= 0; end = text.indexOf(";", end + 1)) {
    const statement = text.slice(from, end + 1);
    if (!complete_statement(statement)) continue;
    if (!isBlank(statement)) yield statement;
    from = end + 1;
  }
  const rest = text.slice(from);
  if (!isBlank(rest)) yield rest;
}

/** Whether there is nothing but comments, space and semicolons. */
function isBlank(sql: string): boolean {
  return /^(?:[\s;]|--[^\n]*|\/\*[\s\S]*?\*\/)*$/.test(sql);
}
