/**
 * `Session`: the changes of a database since it began, as node:sqlite has it.
 */
import type { CoreConnection } from "../core/connection.ts";
import type { Recording } from "../core/session.ts";
import { refuseClones } from "../core/uncloneable.ts";
import { databaseNotOpen, invalidState } from "./errors.ts";
import { nodeClass } from "./native.ts";

/** Made by `Database.prototype.createSession()`. */
class NodeSession {
  readonly #owner: object;
  readonly #connection: CoreConnection;
  readonly #recording: Recording;

  constructor(owner: object, connection: CoreConnection, recording: Recording) {
    refuseClones(this);
    this.#owner = owner;
    this.#connection = connection;
    this.#recording = recording;
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
    if (!this.#recording.isOpen) throw invalidState("session is not open");
    this.#connection.requireUsable();
    return this.#recording;
  }
}

/** Sessions; one is made by a database. */
export const Session = nodeClass(NodeSession, "Session");
export type Session = NodeSession;

/** A `Session` that reads this recording. */
export function sessionOf(owner: object, connection: CoreConnection, recording: Recording): Session {
  return new NodeSession(owner, connection, recording);
}

const abandoned = new FinalizationRegistry((recording: Recording) => recording.end());
