/**
 * One value of bytes, open for reading and writing in place.
 */
import { lib, withOut } from "../library/library.ts";
import { bytesOf } from "./bytes.ts";
import type { CoreConnection, Dependent } from "./connection.ts";
import { leave, takeBack } from "./ending.ts";

/** An open value; it ends with its connection. */
export class OpenBlob implements Dependent {
  readonly readsDatabase = true;
  /** `sqlite3_blob *`; 0 when it has ended. */
  #handle: number;
  #place = 0;
  readonly connection: CoreConnection;
  /** How many bytes it has; that never changes. */
  readonly length: number;

  /** @throws SQLite's error when there is no such value, or it is none of bytes or text. */
  constructor(
    connection: CoreConnection,
    database: string,
    table: string,
    column: string,
    row: number | bigint,
    isWritable: boolean,
  ) {
    this.connection = connection;
    const { status, value } = withOut((out) =>
      lib.sqlite3_blob_open(connection.handle, database, table, column, row, isWritable ? 1 : 0, out),
    );
    this.#handle = value;
    connection.check(status);
    this.#place = leave("blob", value);
    this.length = lib.sqlite3_blob_bytes(value);
    connection.dependents.add(this);
  }

  get isOpen(): boolean {
    return this.#handle !== 0;
  }

  /** `count` bytes from `offset` on. @throws SQLite's error: the row was changed. */
  read(offset: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    if (count > 0) this.connection.check(lib.sqlite3_blob_read(this.#handle, bytes, count, offset));
    return bytes;
  }

  write(offset: number, given: Uint8Array): void {
    const bytes = bytesOf(given);
    if (bytes.length > 0) this.connection.check(lib.sqlite3_blob_write(this.#handle, bytes, bytes.length, offset));
  }

  /** What SQLite says then is its last error, which its caller has had. */
  end(): void {
    const handle = this.#handle;
    this.#handle = 0;
    this.connection.dependents.delete(this);
    if (handle === 0) return;
    takeBack("blob", this.#place);
    lib.sqlite3_blob_close(handle);
  }
}
