/**
 * What declarations are called: in C, and in the module. What has no name gets one from where it stands, as
 * `outer_member`, or from a typedef.
 */
import { type Type as ClangType, type Cursor, CursorKind, TypeKind } from "ctypes-libclang";
import { identityOf } from "./identity.ts";
import { Names } from "./names.ts";
import { Scopes } from "./scopes.ts";
import { isSystemHeader } from "./system.ts";
import { isRecord } from "./types.ts";

interface Suggestion {
  readonly name: string;
  readonly cName: string | null;
  /** What the typedef says of alignment; 0 without one. */
  readonly align: number;
}

export class Naming {
  readonly #strip: readonly string[];
  readonly #names = new Names();
  /** Names for what has none. */
  readonly #suggested = new Map<string, Suggestion>();
  readonly #typedefs = new Map<string, string[]>();
  readonly #scopes = new Scopes();

  constructor(strip: readonly string[] = []) {
    this.#strip = strip;
  }

  /** A name that no other declaration of the module has, without its prefix. */
  take(wanted: string): string {
    return this.#names.take(this.short(wanted));
  }

  /** `typedef struct { … } name;` names a structure that has no name. */
  nameByTypedef(cursor: Cursor): void {
    const underlying = cursor.underlying_typedef_type;
    const { kind } = underlying.get_canonical();
    if (kind !== TypeKind.RECORD && kind !== TypeKind.ENUM) return;
    const declaration = underlying.get_canonical().get_declaration();
    if (kind === TypeKind.ENUM) this.#addName(declaration, cursor.spelling);
    const identity = identityOf(declaration);
    // The system has names of its own, such as __sigset_t and _IO_FILE; the documented ones are those of later
    // typedefs.
    const known = this.#suggested.get(identity)?.name ?? declaration.spelling;
    const isOwn =
      isSystemHeader(declaration.location.file?.name ?? "") && isReserved(known) && !isReserved(cursor.spelling);
    if (isOwn || (isUnnamed(declaration) && !this.#suggested.has(identity))) {
      this.#suggested.set(identity, {
        name: cursor.spelling,
        cName: cursor.spelling,
        align: cursor.type.get_align(),
      });
    }
  }

  /** The names that typedefs give an enumeration, but for its own. */
  otherNamesOf(cursor: Cursor): string[] {
    const own = this.nameOf(cursor);
    return (this.#typedefs.get(identityOf(cursor)) ?? []).filter((name) => name !== own);
  }

  /**
   * Names what has none in a member's type: the structure or enumeration itself, or that of an array's items or a
   * pointee.
   */
  suggest(type: ClangType, name: string): void {
    let inner = type.get_canonical();
    while ([TypeKind.POINTER, TypeKind.CONSTANTARRAY, TypeKind.INCOMPLETEARRAY].includes(inner.kind)) {
      inner = inner.kind === TypeKind.POINTER ? inner.get_pointee() : inner.get_array_element_type();
    }
    const declaration = inner.get_declaration();
    if (!isRecord(declaration) && declaration.kind !== CursorKind.ENUM_DECL) return;
    if (!isUnnamed(declaration) || this.#suggested.has(identityOf(declaration))) return;
    this.#suggested.set(identityOf(declaration), { name, cName: null, align: 0 });
  }

  #addName(declaration: Cursor, name: string): void {
    const identity = identityOf(declaration);
    const names = this.#typedefs.get(identity) ?? [];
    if (!names.includes(name)) this.#typedefs.set(identity, [...names, name]);
  }

  /** Whether something can be declared: it has a name, or a typedef gave it one. */
  hasName(cursor: Cursor): boolean {
    return !isUnnamed(cursor) || this.#suggested.has(identityOf(cursor));
  }

  /** What the module would call it, before {@link take}. */
  nameOf(cursor: Cursor): string {
    return this.#suggested.get(identityOf(cursor))?.name ?? (isUnnamed(cursor) ? "unnamed" : cursor.spelling);
  }

  /** As C spells it; "" for what it cannot name. */
  cNameOf(cursor: Cursor): string {
    if (this.#scopes.isInParameters(cursor)) return "";
    const suggestion = this.#suggested.get(identityOf(cursor));
    if (suggestion !== undefined) return suggestion.cName ?? "";
    if (isUnnamed(cursor)) return "";
    const keyword = { [CursorKind.UNION_DECL.name]: "union", [CursorKind.ENUM_DECL.name]: "enum" }[cursor.kind.name];
    return `${keyword ?? "struct"} ${cursor.spelling}`;
  }

  /** As C spells an enumerator; "" for one that it cannot name. */
  cNameOfConstant(constant: Cursor, enumeration: Cursor): string {
    return this.#scopes.isInParameters(enumeration) ? "" : constant.spelling;
  }

  /** The alignment of a structure under the name that it has; a typedef may ask for more than the structure itself. */
  alignOf(cursor: Cursor): number {
    const { type } = cursor;
    const own = type.get_align();
    const wanted = this.wantedAlignOf(cursor);
    // Not otherwise: of C's types only such a typedef can be aligned to more than divides its size.
    return wanted > own && type.get_size() % wanted === 0 ? wanted : own;
  }

  /** What the typedef that names a structure asks for; 0 without one. */
  wantedAlignOf(cursor: Cursor): number {
    return this.#suggested.get(identityOf(cursor))?.align ?? 0;
  }

  /** Without the prefix that the user wants off. */
  short(name: string): string {
    const prefix = this.#strip.find(
      (wanted) => name.startsWith(wanted) && /^[A-Za-z_]/.test(name.slice(wanted.length)),
    );
    return prefix === undefined ? name : name.slice(prefix.length);
  }
}

/**
 * The name of a declaration; "" for what has none, of which libclangs say different things: nothing,
 * `(unnamed at zlib.h:3:1)`, `union ev::(anonymous at …)`.
 */
export function wordOf({ spelling }: Cursor): string {
  return /[( ]/.test(spelling) ? "" : spelling;
}

// -- Private ---------------------------------------------------------------------------------------

function isReserved(name: string): boolean {
  return /^_[_A-Z]/.test(name);
}

// Libclangs differ: a structure that only a typedef names has no spelling, or the typedef's (from 16 on). The USR
// tells: `c:@SA@name`.
function isUnnamed(cursor: Cursor): boolean {
  return wordOf(cursor) === "" || cursor.is_anonymous() || /@[SUE]A@[^@]*$/.test(cursor.get_usr());
}
