/**
 * `Blob`: a value of bytes as a file, as Python's sqlite3 has it.
 */
import type { OpenBlob } from "../core/blob.ts";
import { bytesOf } from "../core/bytes.ts";
import { refuseClones } from "../core/uncloneable.ts";
import { checkBytes } from "./arguments.ts";
import { databaseClosed, ProgrammingError } from "./errors.ts";

export interface BlobOptions {
  readonly?: boolean;
  /** Which database of the connection; by default `main`. */
  name?: string;
}

/** Made by `Connection.blobopen()`. Its length never changes; an UPDATE of its row ends it. */
export class Blob {
  readonly #blob: OpenBlob;
  /** Keeps the connection from the collector. */
  readonly #owner: object;
  #offset = 0;

  constructor(blob: OpenBlob, owner: object) {
    refuseClones(this);
    this.#blob = blob;
    this.#owner = owner;
    dropped.register(this, blob, blob);
  }

  /** How many bytes it has: Python's `len(blob)`. */
  get length(): number {
    return this.#ready().length;
  }

  /** `length` bytes from where it stands, or all that are left. */
  read(length = -1): Uint8Array {
    const blob = this.#ready();
    if (!Number.isInteger(length)) throw new TypeError("read() argument 1 must be an integer");
    const left = blob.length - this.#offset;
    const bytes = blob.read(this.#offset, length < 0 || length > left ? left : length);
    this.#offset += bytes.length;
    return bytes;
  }

  /** @throws RangeError when there is not so much room. */
  write(data: Uint8Array): void {
    const blob = this.#ready();
    const bytes = bytesOf(checkBytes("write() argument 1", data));
    if (bytes.length > blob.length - this.#offset) throw new RangeError("data longer than blob length");
    blob.write(this.#offset, bytes);
    this.#offset += bytes.length;
  }

  /** Where it stands. */
  tell(): number {
    this.#ready();
    return this.#offset;
  }

  /** Goes to `offset` from the start (0), from where it stands (1), or from the end (2). */
  seek(offset: number, origin: 0 | 1 | 2 = 0): void {
    const { length } = this.#ready();
    if (!Number.isInteger(offset)) throw new TypeError("seek() argument 1 must be an integer");
    const start = [0, this.#offset, length][origin];
    if (start === undefined) throw new RangeError("'origin' should be 0 (start), 1 (current) or 2 (end)");
    if (start + offset < 0 || start + offset > length) throw new RangeError("offset out of blob range");
    this.#offset = start + offset;
  }

  /**
   * The byte at `index`, from the end where that is negative: Python's `blob[index]`.
   *
   * @throws RangeError when there is none.
   */
  at(index: number): number {
    return this.#ready().read(this.#place(index, 1), 1)[0] as number;
  }

  /** A copy of the bytes between two places, as of an array: Python's `blob[start:end]`. */
  slice(start = 0, end = this.length): Uint8Array {
    const { length } = this.#ready();
    if (!Number.isInteger(start) || !Number.isInteger(end)) throw new TypeError("Blob indices must be integers");
    const place = (at: number) => Math.min(length, Math.max(0, at < 0 ? at + length : at));
    return this.#blob.read(place(start), Math.max(0, place(end) - place(start)));
  }

  /**
   * Writes `bytes`, or one byte, from `index` on: Python's `blob[index] = …`.
   *
   * @throws RangeError when there is not so much room.
   */
  set(bytes: Uint8Array | number, index = 0): void {
    this.#ready();
    if (typeof bytes === "number" && !(Number.isInteger(bytes) && bytes >= 0 && bytes <= 255)) {
      throw new RangeError("byte must be in range(0, 256)");
    }
    const given = typeof bytes === "number" ? Uint8Array.of(bytes) : bytes;
    const written = bytesOf(checkBytes("set() argument 1", given));
    this.#blob.write(this.#place(index, written.length), written);
  }

  close(): void {
    dropped.unregister(this.#blob);
    this.#blob.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // -- Private -------------------------------------------------------------------------------------

  #ready(): OpenBlob {
    const blob = this.#blob;
    if (!blob.connection.isOpen) throw databaseClosed();
    blob.connection.requireUsable();
    if (!blob.isOpen) throw new ProgrammingError("Cannot operate on a closed blob.");
    void this.#owner;
    return blob;
  }

  #place(index: number, count: number): number {
    const { length } = this.#blob;
    if (!Number.isInteger(index)) throw new TypeError("Blob indices must be integers");
    const place = index < 0 ? index + length : index;
    if (place < 0 || place + count > length) throw new RangeError("Blob index out of range");
    return place;
  }
}

const dropped = new FinalizationRegistry((blob: OpenBlob) => blob.end());
