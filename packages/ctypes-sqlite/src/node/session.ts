/**
 * `Session`: the changes of a database since it began, as node:sqlite has it.
 */
import type { Connection } from "../core/connection.ts";
import type { Recording } from "../core/session.ts";
import { databaseNotOpen, illegalConstructor, invalidState } from "./errors.ts";

const secret = Symbol("Session");

/** Made by `DatabaseSync.prototype.createSession()`. */
export class Session {
  readonly #owner: object;
  readonly #connection: Connection;
  readonly #recording: Recording;

  /** @throws ERR_ILLEGAL_CONSTRUCTOR */
  constructor(key?: unknown, owner?: object, connection?: Connection, recording?: Recording) {
    if (key !== secret) throw illegalConstructor();
    this.#owner = owner as object;
    this.#connection = connection as Connection;
    this.#recording = recording as Recording;
    abandoned.register(this, this.#recording, this.#recording);
  }

  /** All changes, with what was there before. */
  changeset(): Uint8Array {
    return this.#ready().read("changeset");
  }

  /** The changes in a shorter form, which can be applied but not inverted. */
  patchset(): Uint8Array {
    return this.#ready().read("patchset");
  }

  close(): void {
    this.#ready().end();
  }

  [Symbol.dispose](): void {
    this.#recording.end();
  }

  #ready(): Recording {
    void this.#owner;
    if (!this.#connection.isOpen) throw databaseNotOpen();
    if (this.#recording.handle === 0) throw invalidState("session is not open");
    this.#connection.requireUsable();
    return this.#recording;
  }
}

/** A `Session` that reads this recording. */
export function sessionOf(owner: object, connection: Connection, recording: Recording): Session {
  return new Session(secret, owner, connection, recording);
}

const abandoned = new FinalizationRegistry((recording: Recording) => recording.end());
