/**
 * Which declarations are meant: by their names, and by the headers they stand in.
 */
import { resolve } from "node:path";
import type { Cursor } from "ctypes-libclang";
import type { GenerateOptions } from "./options.ts";
import { isSystemHeader } from "./system.ts";

/** The file that includes the headers. */
export const MAIN = "ctypes-configure.c";

/**
 * The C library's own headers have their parts below a folder of theirs: time.h has `struct tm` in
 * bits/types/struct_tm.h.
 */
const PART = /\/bits\/.+$/;

/** Structures that the C library defines for its own macros: a program has pointers to them, and fills none. */
const HANDLES = new Set(["_IO_FILE", "__locale_struct"]);

export class Selection {
  readonly #options: GenerateOptions;
  readonly #known = new Map<string, boolean>();

  constructor(options: GenerateOptions) {
    this.#options = options;
  }

  /** Whether the user wants it for its own sake; `name` is what it is called, "" for nothing. */
  wants(cursor: Cursor, name = cursor.spelling): boolean {
    if (!this.has(cursor)) return false;
    const { allow = [], block = [] } = this.#options;
    // What is in the parts of the C library under reserved names is between it and its compiler.
    if (/^_[_A-Z]/.test(name) && PART.test(cursor.location.file?.name ?? "")) return false;
    if (block.some((pattern) => pattern.test(name))) return false;
    return allow.length === 0 || allow.some((pattern) => pattern.test(name));
  }

  /** Whether a structure is given its members also where only pointers to it are seen. */
  hasMembers(record: Cursor): boolean {
    if (HANDLES.has(record.spelling)) return false;
    return this.has(record) || isSystemHeader(record.location.file?.name ?? "");
  }

  /** Whether the header that something stands in is one of those that are meant. */
  has(cursor: Cursor): boolean {
    const file = cursor.location.file?.name;
    if (file === undefined) return false;
    let known = this.#known.get(file);
    if (known === undefined) {
      const { onlyFrom, headers } = this.#options;
      const isNamed = headers.some((header) => file === resolve(header) || file.endsWith(`/${header}`));
      const isPart = PART.test(file) && headers.some((header) => isSystemHeader(`/usr/include/${header}`));
      const isOfOwn = isNamed || isPart || (file !== MAIN && !isSystemHeader(file));
      known = onlyFrom?.length ? onlyFrom.some((pattern) => pattern.test(file)) : isOfOwn;
      this.#known.set(file, known);
    }
    return known;
  }

  /**
   * The same of a typedef. The C library's own count as well, `off_t` and `jmp_buf`, for other headers speak of them.
   */
  hasTypedef(typedef: Cursor): boolean {
    if (this.has(typedef)) return true;
    if (/^_/.test(typedef.spelling) || !isSystemHeader(typedef.location.file?.name ?? "")) return false;
    const { kind } = typedef.underlying_typedef_type.get_canonical();
    return !COMPOSED.has(kind.name);
  }
}

/** Types that have names of their own, or none. */
const COMPOSED = new Set(["RECORD", "ENUM", "VOID", "POINTER"]);
