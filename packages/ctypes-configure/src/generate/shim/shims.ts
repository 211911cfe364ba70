/**
 * What a shim has functions for: inline functions, and macros that the user gives prototypes.
 */
import { type Cursor, CursorKind } from "ctypes-libclang";
import type { FunctionDeclaration } from "../ir.ts";
import { placeInHeader } from "../place.ts";
import { prototypeOf } from "../prototype.ts";
import { PREFIX, type ShimOptions, shimDefinition } from "./functions.ts";

export class Shims {
  readonly #options: ShimOptions | undefined;
  readonly #describe: (cursor: Cursor) => FunctionDeclaration;
  readonly #functions = new Map<string, FunctionDeclaration>();

  constructor(options: ShimOptions | undefined, describe: (cursor: Cursor) => FunctionDeclaration) {
    this.#options = options;
    this.#describe = describe;
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  /** A function for what C calls `name`, which stands in `place`; none where C cannot pass the arguments on. */
  add(cursor: Cursor, name: string, place: Cursor): void {
    const text = shimDefinition(cursor, name);
    if (text === null) return;
    this.#functions.set(name, {
      ...this.#describe(cursor),
      name,
      cName: name,
      symbol: `${PREFIX}${name}`,
      prototype: prototypeOf(cursor).replace(PREFIX, ""),
      header: place.location.file?.name ?? "",
      shim: { text, place: placeInHeader(place) },
    });
  }

  /** What adds the macros that the user gives prototypes: each may need a type that there is none for. */
  ofPrototypes(all: readonly Cursor[]): (readonly [Cursor, () => void])[] {
    if (!this.#options?.prototypes?.length) return [];
    const declared = all.filter(
      ({ kind, spelling }) => kind === CursorKind.FUNCTION_DECL && spelling.startsWith(PREFIX),
    );
    return declared.map((cursor) => {
      const name = cursor.spelling.slice(PREFIX.length);
      const macro = all.find(({ kind, spelling }) => kind === CursorKind.MACRO_DEFINITION && spelling === name);
      return [cursor, () => this.add(cursor, name, macro ?? cursor)] as const;
    });
  }

  /** All but those of these names. */
  without(names: ReadonlySet<string>): FunctionDeclaration[] {
    return [...this.#functions].flatMap(([name, declaration]) => (names.has(name) ? [] : [declaration]));
  }
}
