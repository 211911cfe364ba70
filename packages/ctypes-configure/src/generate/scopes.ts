/**
 * Which structures and enumerations end with the parameter list that declares them (C11 6.2.1p4): they are types of the
 * module, but C cannot name them, nor their enumerators.
 */
import { type Cursor, CursorKind } from "ctypes-libclang";
import { identityOf } from "./identity.ts";

export class Scopes {
  /** What parameter lists declare in a structure or file, by that. */
  readonly #known = new Map<string, ReadonlySet<string>>();

  isInParameters(cursor: Cursor): boolean {
    const { lexical_parent: parent } = cursor;
    if (parent === null) return false;
    // The parameters of a function itself are its own; those of a pointer to one are said to be the file's.
    if (parent.kind === CursorKind.FUNCTION_DECL) return true;
    const key = parent.kind === CursorKind.TRANSLATION_UNIT ? "" : identityOf(parent);
    let known = this.#known.get(key);
    if (known === undefined) {
      known = new Set(inParameters(parent.get_children()));
      this.#known.set(key, known);
    }
    return known.size > 0 && known.has(identityOf(cursor));
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** What parameter lists declare stands in front of the declaration as well, as if it were the file's. */
function* inParameters(cursors: readonly Cursor[]): Generator<string> {
  let isAfterTag = false;
  for (const cursor of cursors) {
    const { kind } = cursor;
    if (isAfterTag && DECLARATIONS.includes(kind)) yield* tagsIn(parametersOf(cursor));
    isAfterTag = TAGS.includes(kind);
  }
}

function* tagsIn(parameters: readonly Cursor[]): Generator<string> {
  for (const parameter of parameters) {
    for (const child of parameter.get_children()) {
      if (TAGS.includes(child.kind)) yield identityOf(child);
    }
    yield* tagsIn(parametersOf(parameter));
  }
}

function parametersOf(cursor: Cursor): Cursor[] {
  return cursor.get_children().filter(({ kind }) => kind === CursorKind.PARM_DECL);
}

const TAGS: readonly CursorKind[] = [CursorKind.STRUCT_DECL, CursorKind.UNION_DECL, CursorKind.ENUM_DECL];

const DECLARATIONS: readonly CursorKind[] = [
  CursorKind.FUNCTION_DECL,
  CursorKind.TYPEDEF_DECL,
  CursorKind.VAR_DECL,
  CursorKind.FIELD_DECL,
];
