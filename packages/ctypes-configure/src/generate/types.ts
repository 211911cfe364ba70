/**
 * Types of libclang as types of ctypes. Typedefs keep their names; what a type needs is asked of `Needs`, which knows
 * what the module has.
 */
import * as ctypes from "ctypes-js";
import { type Type as ClangType, type Cursor, CursorKind, TypeKind } from "ctypes-libclang";
import type { Parameter, Type, TypedefDeclaration } from "./ir.ts";
import { simpleType } from "./layouts.ts";

/** A type that ctypes has not. The message is the reason that the user reads. */
export class UnsupportedType extends Error {}

/** What the parser knows of names. */
export interface Needs {
  /** A structure or union; `isWhole` where its size matters. Null where nothing can be said of it. */
  record(declaration: Cursor, isWhole: boolean): Type;
  /** An enumeration that the module has; null for one that is an integer here. */
  enumeration(declaration: Cursor): Type | null;
  /** A typedef that the module has; null for one to look through. */
  typedef(declaration: Cursor): Type | null;
  /** `va_list`, which is an address to a call. */
  argumentList(declaration: Cursor): Type;
  /** What the user wants in place of a name. */
  replacement(name: string): Type | null;
}

const simple = (name: string): Type => ({ kind: "simple", name });
const VOID: Type = { kind: "void" };
const ADDRESS = simple("c_void_p");

const KINDS: ReadonlyMap<TypeKind, Type> = new Map([
  [TypeKind.VOID, VOID],
  [TypeKind.BOOL, simple("c_bool")],
  [TypeKind.CHAR_U, simple("c_char")],
  [TypeKind.CHAR_S, simple("c_char")],
  [TypeKind.SCHAR, simple("c_byte")],
  [TypeKind.UCHAR, simple("c_ubyte")],
  [TypeKind.WCHAR, simple("c_wchar")],
  [TypeKind.SHORT, simple("c_short")],
  [TypeKind.USHORT, simple("c_ushort")],
  [TypeKind.INT, simple("c_int")],
  [TypeKind.UINT, simple("c_uint")],
  [TypeKind.LONG, simple("c_long")],
  [TypeKind.ULONG, simple("c_ulong")],
  [TypeKind.LONGLONG, simple("c_longlong")],
  [TypeKind.ULONGLONG, simple("c_ulonglong")],
  [TypeKind.INT128, simple("c_int128")],
  [TypeKind.UINT128, simple("c_uint128")],
  [TypeKind.FLOAT, simple("c_float")],
  [TypeKind.DOUBLE, simple("c_double")],
  [TypeKind.LONGDOUBLE, simple("c_longdouble")],
]);

/** Names that every C library has, and what they mean to a program. */
const WELL_KNOWN: Readonly<Record<string, Type>> = {
  size_t: simple("c_size_t"),
  ssize_t: simple("c_ssize_t"),
  ptrdiff_t: simple("c_ssize_t"),
  intptr_t: simple("c_ssize_t"),
  uintptr_t: simple("c_size_t"),
  time_t: simple("c_time_t"),
  wchar_t: simple("c_wchar"),
  char16_t: simple("c_char16"),
  char32_t: simple("c_char32"),
  int8_t: simple("c_int8"),
  int16_t: simple("c_int16"),
  int32_t: simple("c_int32"),
  int64_t: simple("c_int64"),
  uint8_t: simple("c_uint8"),
  uint16_t: simple("c_uint16"),
  uint32_t: simple("c_uint32"),
  uint64_t: simple("c_uint64"),
};

/** What a pointer to constant ones is. */
const WIDE_TEXT: ReadonlyMap<string, Type> = new Map([
  ["wchar_t", simple("c_wchar_p")],
  ["char16_t", simple("c_char16_p")],
  ["char32_t", simple("c_char32_p")],
]);

/** A list of variadic arguments: a structure of each machine's own, which is passed by its address. */
export function isVaListName(name: string): boolean {
  return VA_LISTS.has(name);
}

/** The typedef of `va_list`, as a call sees it. */
export const ARGUMENT_LIST = {
  kind: "typedef",
  cName: "void *",
  comment: "C's variadic arguments, as a list.",
  type: simple("c_void_p"),
} as const satisfies Partial<TypedefDeclaration>;

const VA_LISTS = new Set(["va_list", "__gnuc_va_list", "__builtin_va_list", "__va_list_tag", "__va_list"]);

/** @throws UnsupportedType with the reason. */
export function typeOf(type: ClangType, needs: Needs, isWhole = true): Type {
  const { kind } = type;
  const known = KINDS.get(kind);
  if (known !== undefined) return known;
  switch (kind) {
    case TypeKind.TYPEDEF:
      return typedefOf(type, needs, isWhole);
    case TypeKind.ELABORATED:
      return typeOf(type.get_named_type(), needs, isWhole);
    case TypeKind.POINTER:
      return pointerTo(type.get_pointee(), needs);
    case TypeKind.CONSTANTARRAY:
      return { kind: "array", of: typeOf(type.get_array_element_type(), needs), length: type.get_array_size() };
    case TypeKind.INCOMPLETEARRAY:
      return { kind: "array", of: typeOf(type.get_array_element_type(), needs), length: 0 };
    case TypeKind.RECORD:
      return recordOf(type, needs, isWhole);
    case TypeKind.ENUM: {
      const declaration = type.get_declaration();
      const definition = declaration.get_definition();
      // C has a size for it only where it is defined (C11 6.7.2.3p3, footnote 142).
      if (definition === null)
        throw new UnsupportedType(`${declaration.spelling} is an enumeration without a definition`);
      return needs.enumeration(definition) ?? typeOf(definition.enum_type, needs);
    }
    case TypeKind.FUNCTIONPROTO:
    case TypeKind.FUNCTIONNOPROTO:
      return functionOf(type, needs);
    case TypeKind.COMPLEX:
      return complexOf(type);
    case TypeKind.UNEXPOSED:
      return unexposed(type, needs, isWhole);
    default:
      throw new UnsupportedType(`ctypes has no type for ${type.spelling} (${kind.name})`);
  }
}

/** The type of a function, with the names that its declaration gives its parameters. */
export function functionOf(type: ClangType, needs: Needs, names: readonly string[] = []): Type & { kind: "function" } {
  const parameters = type.kind === TypeKind.FUNCTIONNOPROTO ? [] : type.argument_types();
  return {
    kind: "function",
    result: typeOf(type.get_result(), needs),
    parameters: parameters.map(
      (parameter, i): Parameter => ({ name: names[i] ?? "", type: decayed(parameter, needs) }),
    ),
    isVariadic: type.get_canonical().kind === TypeKind.FUNCTIONPROTO && type.get_canonical().is_function_variadic(),
  };
}

/** The integer of an enumeration by its name in ctypes; null where that is no plain integer, but `char` or `_Bool`. */
export function typeOfInteger(type: ClangType): string | null {
  const known = KINDS.get(type.get_canonical().kind);
  return known?.kind === "simple" && known.name !== "c_bool" && known.name !== "c_char" ? known.name : null;
}

/** Whether it is a pointer to a function, whatever typedefs call that. */
export function isFunctionPointer(type: ClangType): boolean {
  const canonical = type.get_canonical();
  if (canonical.kind !== TypeKind.POINTER) return false;
  const { kind } = canonical.get_pointee();
  return kind === TypeKind.FUNCTIONPROTO || kind === TypeKind.FUNCTIONNOPROTO;
}

// -- Private ---------------------------------------------------------------------------------------

function typedefOf(type: ClangType, needs: Needs, isWhole: boolean): Type {
  const declaration = type.get_declaration();
  const name = declaration.spelling;
  const replacement = needs.replacement(name);
  if (replacement !== null) return replacement;
  const wellKnown = WELL_KNOWN[name];
  if (wellKnown?.kind === "simple" && isStillThat(wellKnown.name, type)) return wellKnown;
  if (VA_LISTS.has(name)) return name === "va_list" ? needs.argumentList(declaration) : ADDRESS;
  const named = needs.typedef(declaration);
  if (named === null) return typeOf(declaration.underlying_typedef_type, needs, isWhole);
  // Behind the name there may be a structure, of which only pointers were seen so far.
  let inner = type.get_canonical();
  while (inner.kind === TypeKind.CONSTANTARRAY) inner = inner.get_array_element_type();
  if (isWhole && inner.kind === TypeKind.RECORD) recordOf(inner, needs, true);
  return named;
}

/** Whether a header means by a well-known name what everybody means; some define `size_t` as they like. */
function isStillThat(name: string, type: ClangType): boolean {
  const { kind } = type.get_canonical();
  const own = KINDS.get(kind);
  if (own?.kind !== "simple") return false;
  const [known, given] = [simpleType(name), simpleType(own.name)];
  const isCharacter = /char/.test(name);
  return ctypes.sizeof(known) === ctypes.sizeof(given) && (isCharacter || isSigned(known) === isSigned(given));
}

function isSigned(type: ctypes.TypeOf): boolean {
  return "bhilq".includes((type as { _type_?: string })._type_ ?? "");
}

function recordOf(type: ClangType, needs: Needs, isWhole: boolean): Type {
  const declaration = type.get_declaration();
  if (VA_LISTS.has(declaration.spelling)) return ADDRESS;
  return needs.replacement(declaration.spelling) ?? needs.record(declaration, isWhole);
}

function pointerTo(pointee: ClangType, needs: Needs): Type {
  const canonical = pointee.get_canonical();
  if (canonical.kind === TypeKind.VOID || isVaList(pointee)) return ADDRESS;
  if (canonical.kind === TypeKind.ENUM && canonical.get_declaration().get_definition() === null) return ADDRESS;
  if (canonical.kind === TypeKind.FUNCTIONPROTO || canonical.kind === TypeKind.FUNCTIONNOPROTO) {
    return typeOf(pointee, needs); // a function type *is* a pointer in ctypes
  }
  const isText = pointee.is_const_qualified() && isPlainChar(canonical.kind);
  if (isText) return simple("c_char_p");
  if (pointee.is_const_qualified()) {
    const text = WIDE_TEXT.get(pointee.get_typedef_name());
    if (text !== undefined) return text;
  }
  const to = typeOf(pointee, needs, false);
  return to.kind === "void" ? ADDRESS : { kind: "pointer", to };
}

function isVaList(type: ClangType): boolean {
  return VA_LISTS.has(type.get_declaration().spelling);
}

function isPlainChar(kind: TypeKind): boolean {
  return kind === TypeKind.CHAR_S || kind === TypeKind.CHAR_U;
}

/** An array as a parameter is a pointer, and a function is a pointer to it. */
function decayed(type: ClangType, needs: Needs): Type {
  const { kind } = type;
  const isArray =
    kind === TypeKind.CONSTANTARRAY || kind === TypeKind.INCOMPLETEARRAY || kind === TypeKind.VARIABLEARRAY;
  if (isArray) return pointerTo(type.get_array_element_type(), needs);
  const found = typeOf(type, needs);
  if (type.get_canonical().kind === TypeKind.CONSTANTARRAY && found.kind !== "simple" && !isVaList(type)) {
    return { kind: "pointer", to: typeOf(type.get_canonical().get_array_element_type(), needs) };
  }
  return found;
}

function complexOf(type: ClangType): Type {
  const name = {
    "_Complex float": "c_float_complex",
    "_Complex double": "c_double_complex",
    "_Complex long double": "c_longdouble_complex",
  }[type.get_canonical().spelling.replace(/^(const|volatile) /, "")];
  if (name === undefined) throw new UnsupportedType(`ctypes has no type for ${type.spelling}`);
  return simple(name);
}

/** What libclang has no kind for: parentheses, attributes, typeof. What stands in it is found all the same. */
function unexposed(type: ClangType, needs: Needs, isWhole: boolean): Type {
  if (type.get_result().kind !== TypeKind.INVALID) return functionOf(type, needs);
  const canonical = type.get_canonical();
  if (canonical.kind === TypeKind.UNEXPOSED) throw new UnsupportedType(`ctypes has no type for ${type.spelling}`);
  return typeOf(canonical, needs, isWhole);
}

/** Whether a declaration is a structure or union. */
export function isRecord(cursor: Cursor): boolean {
  return cursor.kind === CursorKind.STRUCT_DECL || cursor.kind === CursorKind.UNION_DECL;
}
