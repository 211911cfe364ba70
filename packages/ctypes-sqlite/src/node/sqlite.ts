/** The module as one object, its default export. */
import { backup } from "./backup.ts";
import { constants } from "./constants.ts";
import { Database, DatabaseSync } from "./database.ts";
import { Session } from "./session.ts";
import { Statement, StatementSync } from "./statement.ts";

interface Sqlite {
  Database: typeof Database;
  DatabaseSync: typeof DatabaseSync;
  Statement: typeof Statement;
  StatementSync: typeof StatementSync;
  Session: typeof Session;
  constants: typeof constants;
  backup: typeof backup;
}

export const sqlite: Sqlite = { Database, DatabaseSync, Statement, StatementSync, Session, constants, backup };
