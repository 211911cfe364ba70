/**
 * What a database and its statements know of each other: whether it is open, busy, iterated over.
 */
import type { CoreConnection } from "../core/connection.ts";

export class State {
  readonly connection: CoreConnection;
  /** The user's object; held by statements, so that it lives as long as they do. */
  readonly database: object;
  /** Told the SQL of each statement that runs. */
  readonly verbose: ((sql: string) => void) | null;
  /** Whether a statement is in the middle of a step: JavaScript that runs meanwhile is a callback of it. */
  isBusy = false;
  /** How many iterators are under way. */
  iterators = 0;
  /** Whether integers are bigints, unless a statement or function says otherwise. */
  areSafe = false;
  isUnsafe = false;

  constructor(connection: CoreConnection, database: object, verbose: ((sql: string) => void) | null) {
    this.connection = connection;
    this.database = database;
    this.verbose = verbose;
  }

  requireOpen(): void {
    if (!this.connection.isOpen) throw databaseNotOpen();
    this.connection.requireUsable();
  }

  requireNotBusy(): void {
    if (this.isBusy) throw new TypeError(BUSY);
  }

  requireNoIterators(): void {
    if (this.iterators > 0) throw new TypeError(BUSY);
  }

  requireNoIteratorsUnlessUnsafe(): void {
    if (this.iterators > 0 && !this.isUnsafe) throw new TypeError(BUSY);
  }

  /** What most methods of a database need. */
  requireIdle(): void {
    this.requireOpen();
    this.requireNotBusy();
    this.requireNoIterators();
  }
}

export function databaseNotOpen(): Error {
  return new TypeError("The database connection is not open");
}

const BUSY = "This database connection is busy executing a query";
