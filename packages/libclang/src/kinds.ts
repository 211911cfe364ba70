/** Kinds as objects: `CursorKind.STRUCT_DECL` is always the same object, and knows its name. */
import { lib, text } from "./config.ts";
import { cursorKinds, laterCursorKinds } from "./cursor-kinds.ts";
import {
  accessSpecifiers,
  availabilityKinds,
  chunkKinds,
  exceptionSpecificationKinds,
  linkageKinds,
  refQualifierKinds,
  storageClasses,
  templateArgumentKinds,
  tlsKinds,
  tokenKinds,
  typeKinds,
} from "./tables.ts";

/** The method that util.inspect() and console.log() call. */
export const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** One value of an enumeration. */
export class Kind {
  readonly name: string;
  readonly value: number;
  readonly #title: string;
  constructor(name: string, value: number, title = "Kind") {
    this.name = name;
    this.value = value;
    this.#title = title;
  }
  toString(): string {
    return this.name;
  }
  [INSPECT](): string {
    return `${this.#title}.${this.name}`;
  }
}

type KindClass<K extends Kind> = new (name: string, value: number, title: string) => K;

/** All values of an enumeration by name. */
export type Kinds<T, K extends Kind> = { readonly [N in keyof T]: K } & {
  /** The kind of that number. @throws RangeError when there is none. */
  from_id(value: number): K;
  get_all_kinds(): K[];
};

/** `others` are the numbers that later versions have for kinds in the table. */
function kindsOf<T extends Record<string, number>, K extends Kind>(
  title: string,
  table: T,
  Class: KindClass<K>,
  others: Readonly<Record<number, number>> = {},
): Kinds<T, K> {
  const byNumber = new Map<number, K>();
  const byName = Object.entries(table).map(([name, value]): [string, K] => {
    const kind = byNumber.get(value) ?? new Class(name, value, title);
    byNumber.set(value, kind);
    return [name, kind];
  });
  const from_id = (value: number): K => {
    const kind = byNumber.get(value) ?? byNumber.get(others[value] ?? Number.NaN);
    if (kind === undefined) throw new RangeError(`${title}: there is no kind ${value}`);
    return kind;
  };
  return Object.freeze({
    ...Object.fromEntries(byName),
    from_id,
    get_all_kinds: () => [...byNumber.values()],
  }) as unknown as Kinds<T, K>;
}

// -- Cursors and types -----------------------------------------------------------------------------

class CursorKindValue extends Kind {
  /** A declaration names something: a type, a function, a variable. */
  is_declaration(): boolean {
    return lib().clang_isDeclaration(this.value) !== 0;
  }
  is_reference(): boolean {
    return lib().clang_isReference(this.value) !== 0;
  }
  is_expression(): boolean {
    return lib().clang_isExpression(this.value) !== 0;
  }
  is_statement(): boolean {
    return lib().clang_isStatement(this.value) !== 0;
  }
  is_attribute(): boolean {
    return lib().clang_isAttribute(this.value) !== 0;
  }
  is_invalid(): boolean {
    return lib().clang_isInvalid(this.value) !== 0;
  }
  is_translation_unit(): boolean {
    return this.value === cursorKinds.TRANSLATION_UNIT; // whose number depends on the version
  }
  is_preprocessing(): boolean {
    return lib().clang_isPreprocessing(this.value) !== 0;
  }
  is_unexposed(): boolean {
    return lib().clang_isUnexposed(this.value) !== 0;
  }
}

class TypeKindValue extends Kind {
  /** As libclang spells it: "Pointer". */
  get spelling(): string {
    return text(lib().clang_getTypeKindSpelling(this.value));
  }
}

export type CursorKind = CursorKindValue;
export const CursorKind = kindsOf("CursorKind", cursorKinds, CursorKindValue, laterCursorKinds);
export type TypeKind = TypeKindValue;
export const TypeKind = kindsOf("TypeKind", typeKinds, TypeKindValue);

// -- The others ------------------------------------------------------------------------------------

export const TokenKind = kindsOf("TokenKind", tokenKinds, Kind);
export const LinkageKind = kindsOf("LinkageKind", linkageKinds, Kind);
export const StorageClass = kindsOf("StorageClass", storageClasses, Kind);
export const AccessSpecifier = kindsOf("AccessSpecifier", accessSpecifiers, Kind);
export const AvailabilityKind = kindsOf("AvailabilityKind", availabilityKinds, Kind);
export const TLSKind = kindsOf("TLSKind", tlsKinds, Kind);
export const RefQualifierKind = kindsOf("RefQualifierKind", refQualifierKinds, Kind);
export const TemplateArgumentKind = kindsOf("TemplateArgumentKind", templateArgumentKinds, Kind);
export const ExceptionSpecificationKind = kindsOf("ExceptionSpecificationKind", exceptionSpecificationKinds, Kind);
export const ChunkKind = kindsOf("ChunkKind", chunkKinds, Kind);
