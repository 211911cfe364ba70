/**
 * Which declarations are meant: by their names, and by the headers they stand in.
 */
import { resolve } from "node:path";
import type { Cursor } from "libclang";
import type { GenerateOptions } from "./options.ts";
import { isSystemHeader } from "./system.ts";

/** The file that includes the headers. */
export const MAIN = "ctypes-configure.c";

export class Selection {
  readonly #options: GenerateOptions;
  readonly #known = new Map<string, boolean>();

  constructor(options: GenerateOptions) {
    this.#options = options;
  }

  /** Whether the user wants it for its own sake. */
  wants(cursor: Cursor): boolean {
    if (!this.has(cursor)) return false;
    const { allow = [], block = [] } = this.#options;
    const { spelling } = cursor;
    if (block.some((pattern) => pattern.test(spelling))) return false;
    return allow.length === 0 || allow.some((pattern) => pattern.test(spelling));
  }

  /** Whether the header that something stands in is one of those that are meant. */
  has(cursor: Cursor): boolean {
    const file = cursor.location.file?.name;
    if (file === undefined) return false;
    let known = this.#known.get(file);
    if (known === undefined) {
      const { onlyFrom, headers } = this.#options;
      const isNamed = headers.some((header) => file === resolve(header) || file.endsWith(`/${header}`));
      const isOfOwn = isNamed || (file !== MAIN && !isSystemHeader(file));
      known = onlyFrom?.length ? onlyFrom.some((pattern) => pattern.test(file)) : isOfOwn;
      this.#known.set(file, known);
    }
    return known;
  }
}
