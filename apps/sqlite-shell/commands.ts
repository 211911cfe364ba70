/**
 * The commands that begin with a dot.
 */
import { readFileSync } from "node:fs";
import { backup, DatabaseSync } from "ctypes-sqlite";
import { recordsIn } from "./csv.ts";
import { type Mode, modes } from "./modes.ts";
import { ProgressBar } from "./progress.ts";

/** What commands need of the shell. */
interface Shell {
  readonly output: { readonly out: (text: string) => void; readonly progress: ((text: string) => void) | null };
  db: DatabaseSync;
  mode: Mode;
  hasHeaders: boolean;
  hasEnded: boolean;
  run(text: string): Promise<void>;
  close(): void;
}

export interface Command {
  readonly usage: string;
  readonly about: string;
  run(shell: Shell, args: readonly string[]): void | Promise<void>;
}

export const commands: Readonly<Record<string, Command>> = {
  backup: {
    usage: ".backup FILE",
    about: "copies the database to a file",
    async run(shell, args) {
      const [file] = wanted(args, 1, this.usage);
      let bar: ProgressBar | null = null;
      const pages = await backup(shell.db, file, {
        progress({ totalPages, remainingPages }) {
          bar ??= new ProgressBar(shell.output.progress, "backup", totalPages);
          bar.show(totalPages - remainingPages);
        },
      });
      (bar as ProgressBar | null)?.end();
      shell.output.out(`${pages} pages\n`);
    },
  },
  dump: {
    usage: ".dump",
    about: "shows the SQL that makes the database anew",
    async run(shell) {
      const { connect } = await import("ctypes-sqlite/dbapi");
      using copy = connect(":memory:");
      const bytes = shell.db.serialize();
      if (bytes.length > 0) copy.deserialize(bytes);
      for (const line of copy.iterdump()) shell.output.out(`${line}\n`);
    },
  },
  headers: {
    usage: ".headers on|off",
    about: "whether csv and list begin with the names of the columns",
    run(shell, args) {
      const [word] = wanted(args, 1, this.usage);
      if (word !== "on" && word !== "off") throw new Error(`usage: ${this.usage}`);
      shell.hasHeaders = word === "on";
    },
  },
  help: {
    usage: ".help",
    about: "shows this",
    run(shell) {
      for (const { usage, about } of Object.values(commands)) shell.output.out(`${usage.padEnd(22)}${about}\n`);
    },
  },
  import: {
    usage: ".import FILE TABLE",
    about: "inserts the records of a CSV file; a table that is not there is made of its first line",
    run(shell, args) {
      const [file, table] = wanted(args, 2, this.usage);
      shell.output.out(`${importCsv(shell, file, table)} rows\n`);
    },
  },
  mode: {
    usage: ".mode table|json|csv|list",
    about: "how results are shown",
    run(shell, args) {
      const [mode] = wanted(args, 1, this.usage);
      if (!Object.hasOwn(modes, mode)) throw new Error(`usage: ${this.usage}`);
      shell.mode = mode as Mode;
    },
  },
  open: {
    usage: ".open FILE",
    about: "closes this database and opens another",
    run(shell, args) {
      const [file] = wanted(args, 1, this.usage);
      const opened = new DatabaseSync(file);
      shell.close();
      shell.db = opened;
    },
  },
  quit: {
    usage: ".quit",
    about: "ends the shell",
    run(shell) {
      shell.hasEnded = true;
    },
  },
  read: {
    usage: ".read FILE",
    about: "runs the SQL in a file",
    async run(shell, args) {
      const [file] = wanted(args, 1, this.usage);
      await shell.run(readFileSync(file, "utf8"));
    },
  },
  schema: {
    usage: ".schema [TABLE]",
    about: "shows the SQL of tables, indexes, views and triggers",
    run(shell, args) {
      const where = args.length > 0 ? "AND tbl_name = ? COLLATE NOCASE" : "";
      const query = `SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ${where} ORDER BY rowid`;
      for (const { sql } of shell.db.prepare(query).all(...args) as { sql: string }[]) shell.output.out(`${sql};\n`);
    },
  },
  tables: {
    usage: ".tables",
    about: "names the tables and views",
    run(shell) {
      const query =
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1";
      for (const { name } of shell.db.prepare(query).all() as { name: string }[]) shell.output.out(`${name}\n`);
    },
  },
};

/** The words of a command; quotes keep spaces. */
export function wordsOf(text: string): string[] {
  return Array.from(
    text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, word]) => double ?? single ?? word ?? "",
  );
}

// -- Private ---------------------------------------------------------------------------------------

function wanted<const N extends 1 | 2>(
  args: readonly string[],
  count: N,
  usage: string,
): N extends 1 ? [string] : [string, string] {
  if (args.length !== count) throw new Error(`usage: ${usage}`);
  return [...args] as never;
}

/** Inserts a file in one transaction, all of it or nothing. */
function importCsv({ db, output }: Shell, file: string, table: string): number {
  const text = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  const bar = new ProgressBar(output.progress, "import", text.length);
  const name = quoted(table);
  let insert: ReturnType<DatabaseSync["prepare"]> | null = null;
  let width = 0;
  let count = 0;
  db.exec("BEGIN");
  try {
    const columns = db.prepare("SELECT name FROM pragma_table_info(?)").all(table).length;
    for (const { record, read } of recordsIn(text)) {
      if (insert === null) {
        width = columns > 0 ? columns : record.length;
        if (columns === 0)
          db.exec(`CREATE TABLE ${name} (${record.map((column) => `${quoted(column)} TEXT`).join(", ")})`);
        insert = db.prepare(`INSERT INTO ${name} VALUES (${record.map(() => "?").join(", ")})`);
        if (columns === 0) continue;
      }
      if (record.length !== width) {
        throw new Error(`${file}: record ${count + 1} has ${record.length} fields, ${table} has ${width} columns`);
      }
      insert.run(...record);
      count++;
      bar.show(read);
    }
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  } finally {
    bar.end();
  }
  return count;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
