/**
 * Headers read by libclang: every declaration of theirs, and what those need of other headers.
 *
 * A structure of another header is opaque as long as only pointers to it are seen, and whole when its size matters. What has no name gets one
 * from where it stands: `outer_member`.
 */
import {
  type Type as ClangType,
  type Cursor,
  CursorKind,
  Diagnostic,
  Index,
  StorageClass,
  TranslationUnit,
  TypeKind,
} from "libclang";
import { planOf } from "../layout/plan.ts";
import { flagsOf, type Settings } from "../measure/settings.ts";
import { documentation } from "./comments.ts";
import type { Declaration, Member, RecordDeclaration, Skipped, Type } from "./ir.ts";
import { layoutOf, placeOf, type SizeAndAlign } from "./layouts.ts";
import { macrosOf } from "./macros.ts";
import { Names, parameterName } from "./names.ts";
import type { GenerateOptions } from "./options.ts";
import { isSystemHeader } from "./system.ts";
import { functionOf, isRecord, type Needs, typeOf, UnsupportedType } from "./types.ts";

export interface Parsed {
  readonly declarations: readonly Declaration[];
  readonly skipped: readonly Skipped[];
  /** The headers that were read for it, the named ones first. */
  readonly headers: readonly string[];
}

/** A header that cannot be parsed: the message is the compiler's own. */
export class HeaderError extends Error {
  override readonly name = "HeaderError";
  readonly code = "ERR_HEADER";
}

/** @throws HeaderError with the compiler's message, LibclangError when there is no libclang. */
export function parse(options: GenerateOptions): Parsed {
  const args = [...flagsOf(options as Settings).compile, "-fparse-all-comments"];
  const text = options.headers
    .map((header) =>
      header.startsWith("/") || header.startsWith(".") ? `#include "${header}"\n` : `#include <${header}>\n`,
    )
    .join("");
  const unit = TranslationUnit.from_source(
    MAIN,
    args,
    [[MAIN, text]],
    TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD | TranslationUnit.PARSE_SKIP_FUNCTION_BODIES,
    Index.create(),
  );
  try {
    const wrong = unit.diagnostics.find((diagnostic) => diagnostic.severity >= Diagnostic.Error);
    if (wrong !== undefined) throw new HeaderError(wrong.format());
    const parser = new Parser(options, unit);
    parser.readAll();
    for (const macro of macrosOf(parser.macros, text, args)) parser.addMacro(macro);
    const headers = [...new Set(parser.declarations.map((declaration) => declaration.header))];
    return { declarations: parser.declarations, skipped: parser.skipped, headers };
  } finally {
    unit.dispose(); // megabytes, which the collector does not see
  }
}

// -- Private ---------------------------------------------------------------------------------------

const MAIN = "ctypes-configure.c";

interface Known {
  readonly name: string;
  readonly cursor: Cursor;
  isWhole: boolean;
  isDone: boolean;
}

class Parser implements Needs {
  readonly declarations: Declaration[] = [];
  readonly skipped: Skipped[] = [];
  readonly macros: Cursor[] = [];
  readonly #options: GenerateOptions;
  readonly #unit: TranslationUnit;
  readonly #names = new Names();
  readonly #records = new Map<string, Known>();
  readonly #typedefs = new Map<string, Type | null>();
  readonly #enums = new Set<string>();
  readonly #layouts = new Map<string, SizeAndAlign>();
  readonly #aliases = new Map<string, Type>();
  readonly #later: Known[] = [];
  /** Names for what has none, by USR. */
  readonly #suggested = new Map<string, { name: string; cName: string | null }>();
  readonly #selected = new Map<string, boolean>();

  constructor(options: GenerateOptions, unit: TranslationUnit) {
    this.#options = options;
    this.#unit = unit;
  }

  readAll(): void {
    const cursors = this.#unit.cursor.get_children();
    // `typedef struct { … } name;` names a structure that has no name.
    for (const cursor of cursors) if (cursor.kind === CursorKind.TYPEDEF_DECL) this.#nameByTypedef(cursor);
    const seen = new Set<string>();
    for (const cursor of cursors) {
      if (cursor.kind === CursorKind.MACRO_DEFINITION) {
        if (this.#isWanted(cursor)) this.macros.push(cursor);
        continue;
      }
      if (!this.#isWanted(cursor)) continue;
      const key = `${cursor.kind.name} ${cursor.get_usr()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      this.#try(cursor, () => this.#declare(cursor));
      for (let known = this.#later.shift(); known !== undefined; known = this.#later.shift()) this.#finish(known);
    }
    this.#finishRecords();
  }

  addMacro({
    name,
    value,
    reason,
    header,
    comment,
  }: {
    name: string;
    value: number | bigint | string | null;
    reason: string;
    header: string;
    comment: string | null;
  }): void {
    if (value === null) this.skipped.push({ name, reason, header });
    else {
      const unique = this.#names.take(this.#short(name));
      this.declarations.push({ kind: "constant", name: unique, cName: name, value, header, comment });
    }
  }

  // -- What types need (Needs) ---------------------------------------------------------------------

  record(declaration: Cursor, isWhole: boolean): Type {
    const cursor = declaration.get_definition() ?? declaration.canonical;
    const usr = cursor.get_usr() || `${cursor.location}`;
    let known = this.#records.get(usr);
    if (known === undefined) {
      const name = this.#names.take(this.#short(this.#nameOf(cursor)));
      known = { name, cursor, isWhole: false, isDone: false };
      this.#records.set(usr, known);
    }
    const isOwn = this.#isSelected(cursor) && cursor.is_definition();
    if (isWhole) this.#finish(known);
    else if (isOwn) this.#later.push(known); // now it may stand within one that is not laid out yet
    return { kind: "named", name: known.name };
  }

  enumeration(declaration: Cursor): void {
    const cursor = declaration.get_definition() ?? declaration;
    if (this.#isSelected(cursor)) this.#enum(cursor);
  }

  typedef(declaration: Cursor): Type | null {
    const name = declaration.spelling;
    if (!this.#isSelected(declaration)) return null;
    if (!this.#typedefs.has(name)) this.#typedef(declaration);
    return this.#typedefs.get(name) ?? null;
  }

  replacement(name: string): Type | null {
    const wanted = this.#options.replace?.[name];
    return wanted === undefined ? null : { kind: "simple", name: wanted };
  }

  // -- Declarations --------------------------------------------------------------------------------

  #declare(cursor: Cursor): void {
    switch (cursor.kind) {
      case CursorKind.FUNCTION_DECL:
        this.#function(cursor);
        break;
      case CursorKind.VAR_DECL:
        this.#variable(cursor);
        break;
      case CursorKind.TYPEDEF_DECL:
        this.typedef(cursor);
        break;
      case CursorKind.ENUM_DECL:
        if (cursor.is_definition()) this.#enum(cursor);
        break;
      case CursorKind.STRUCT_DECL:
      case CursorKind.UNION_DECL:
        if (!this.#isUnnamed(cursor) || this.#suggested.has(cursor.get_usr())) this.record(cursor, false);
        break;
    }
  }

  #function(cursor: Cursor): void {
    if (cursor.storage_class === StorageClass.STATIC) {
      this.#skip(cursor, "static inline: it is compiled into who calls it, and no library has it");
      return;
    }
    const given = cursor.get_arguments().map((argument) => argument.spelling);
    const names = given.every((name) => name === "") ? [] : given.map(parameterName);
    const type = functionOf(cursor.type, this, names);
    this.declarations.push({
      ...this.#common(cursor),
      name: cursor.spelling,
      kind: "function",
      type,
      prototype: prototypeOf(cursor),
    });
  }

  #variable(cursor: Cursor): void {
    if (cursor.storage_class === StorageClass.STATIC) {
      this.#skip(cursor, "static: no library has it");
      return;
    }
    this.declarations.push({
      ...this.#common(cursor),
      name: cursor.spelling,
      kind: "variable",
      type: typeOf(cursor.type, this),
    });
  }

  #typedef(cursor: Cursor): void {
    const { spelling } = cursor;
    this.#typedefs.set(spelling, null); // a typedef that mentions itself is looked through
    const underlying = cursor.underlying_typedef_type;
    this.#suggest(underlying, `${spelling}_target`); // `typedef struct { … } *name;`
    const type = typeOf(underlying, this, false);
    const name = this.#short(spelling);
    if (type.kind === "void" || (type.kind === "named" && type.name === name)) {
      this.#typedefs.set(spelling, type);
      return;
    }
    if (
      underlying.get_canonical().kind === TypeKind.ENUM &&
      this.#isSelected(underlying.get_canonical().get_declaration())
    ) {
      // The enumeration itself has the name, or another one; what it is to C is an integer.
      this.#typedefs.set(spelling, type);
      return;
    }
    const unique = this.#names.take(name);
    this.#typedefs.set(spelling, { kind: "named", name: unique });
    this.#aliases.set(unique, type);
    this.declarations.push({ ...this.#common(cursor), kind: "typedef", name: unique, type });
  }

  #enum(cursor: Cursor): void {
    const usr = cursor.get_usr() || `${cursor.location}`;
    if (this.#enums.has(usr)) return;
    this.#enums.add(usr);
    const values = cursor
      .get_children()
      .filter((child) => child.kind === CursorKind.ENUM_CONSTANT_DECL)
      .map((child) => [child.spelling, child.enum_value, this.#comment(child)] as const);
    const suggestion = this.#suggested.get(usr);
    if (this.#isUnnamed(cursor) && suggestion === undefined) {
      for (const [name, value, comment] of values) {
        const unique = this.#names.take(this.#short(name));
        this.declarations.push({
          ...this.#common(cursor),
          kind: "constant",
          name: unique,
          cName: name,
          value,
          comment,
        });
      }
      return;
    }
    const name = this.#names.take(this.#short(suggestion?.name ?? cursor.spelling));
    const cName = suggestion?.cName ?? `enum ${cursor.spelling}`;
    this.declarations.push({ ...this.#common(cursor), kind: "enum", name, cName, values });
  }

  /** Records that nobody needed whole. */
  #finishRecords(): void {
    for (const { name, cursor, isDone } of this.#records.values()) {
      if (isDone) continue;
      this.declarations.push({ ...this.#common(cursor), kind: "opaque", name, cName: this.#cNameOf(cursor) });
    }
  }

  #finish(known: Known): void {
    const { cursor, name } = known;
    if (known.isDone) return;
    const size = cursor.type.get_size();
    const isOpaque = this.#options.opaque?.some((pattern) => pattern.test(cursor.spelling)) === true;
    if (size < 0 || isOpaque) return;
    known.isDone = true;
    const align = cursor.type.get_align();
    const isUnion = cursor.kind === CursorKind.UNION_DECL;
    const members = this.#membersOf(cursor, name);
    const places = members.map((member) => placeOf(member, (wanted) => this.#layoutOf(wanted)));
    const cName = this.#cNameOf(cursor);
    const plan = planOf(cName, { size, align, isUnion }, places);
    this.#layouts.set(name, { size, align });
    this.declarations.push({
      ...this.#common(cursor),
      kind: "record",
      name,
      cName,
      isUnion,
      size,
      align,
      members,
      plan,
    } satisfies RecordDeclaration);
  }

  #layoutOf(name: string): SizeAndAlign | undefined {
    const typedef = this.#aliases.get(name);
    return this.#layouts.get(name) ?? (typedef && layoutOf(typedef, (inner) => this.#layoutOf(inner)));
  }

  #membersOf(record: Cursor, owner: string): Member[] {
    const members: Member[] = [];
    for (const field of record.type.get_fields()) {
      const isBits = field.is_bitfield();
      if (field.spelling === "" && isBits) continue; // padding
      const name = field.spelling === "" ? `_anonymous${members.length}` : field.spelling;
      const type = this.#memberType(field, `${owner}_${name.replace(/^_/, "")}`);
      members.push({
        name,
        type,
        bitOffset: field.get_field_offsetof(),
        width: isBits ? field.get_bitfield_width() : null,
        isAnonymous: field.spelling === "",
        comment: this.#comment(field),
      });
    }
    return members;
  }

  #memberType(field: Cursor, suggestion: string): Type {
    this.#suggest(field.type, suggestion);
    try {
      const type = typeOf(field.type, this);
      if (type.kind !== "named" || this.#isUsable(type.name)) return type;
    } catch (error) {
      if (!(error instanceof UnsupportedType)) throw error;
    }
    // What ctypes has no type for is there as bytes.
    return { kind: "array", of: { kind: "simple", name: "c_ubyte" }, length: field.type.get_size() };
  }

  #isUsable(name: string): boolean {
    const record = [...this.#records.values()].find((known) => known.name === name);
    return record === undefined || this.#layouts.has(name);
  }

  // -- Names ---------------------------------------------------------------------------------------

  #nameByTypedef(cursor: Cursor): void {
    const underlying = cursor.underlying_typedef_type;
    const { kind } = underlying.get_canonical();
    if (kind !== TypeKind.RECORD && kind !== TypeKind.ENUM) return;
    const declaration = underlying.get_canonical().get_declaration();
    if (this.#isUnnamed(declaration) && !this.#suggested.has(declaration.get_usr())) {
      this.#suggested.set(declaration.get_usr(), { name: cursor.spelling, cName: cursor.spelling });
    }
  }

  /** Names what has none in a member's type: the structure itself, or that of an array's items or a pointer's target. */
  #suggest(type: ClangType, name: string): void {
    let inner = type.get_canonical();
    while ([TypeKind.POINTER, TypeKind.CONSTANTARRAY, TypeKind.INCOMPLETEARRAY].includes(inner.kind)) {
      inner = inner.kind === TypeKind.POINTER ? inner.get_pointee() : inner.get_array_element_type();
    }
    const declaration = inner.get_declaration();
    if (!isRecord(declaration) && declaration.kind !== CursorKind.ENUM_DECL) return;
    if (!this.#isUnnamed(declaration) || this.#suggested.has(declaration.get_usr())) return;
    if (declaration.kind === CursorKind.ENUM_DECL) return; // its values become constants
    this.#suggested.set(declaration.get_usr(), { name, cName: null });
  }

  // libclang 14 gives "" or a description with a place, others one with "unnamed".
  #isUnnamed(cursor: Cursor): boolean {
    return cursor.spelling === "" || cursor.is_anonymous() || /[( ]/.test(cursor.spelling);
  }

  #nameOf(cursor: Cursor): string {
    return this.#suggested.get(cursor.get_usr())?.name ?? (this.#isUnnamed(cursor) ? "unnamed" : cursor.spelling);
  }

  /** As C spells it; "" for what it cannot name. */
  #cNameOf(cursor: Cursor): string {
    const suggestion = this.#suggested.get(cursor.get_usr());
    if (suggestion !== undefined) return suggestion.cName ?? "";
    if (this.#isUnnamed(cursor)) return "";
    return `${cursor.kind === CursorKind.UNION_DECL ? "union" : "struct"} ${cursor.spelling}`;
  }

  #short(name: string): string {
    const prefix = this.#options.strip?.find(
      (wanted) => name.startsWith(wanted) && /^[A-Za-z_]/.test(name.slice(wanted.length)),
    );
    return prefix === undefined ? name : name.slice(prefix.length);
  }

  // -- What is wanted ------------------------------------------------------------------------------

  #isWanted(cursor: Cursor): boolean {
    if (!this.#isSelected(cursor)) return false;
    const { allow = [], block = [] } = this.#options;
    const { spelling } = cursor;
    if (block.some((pattern) => pattern.test(spelling))) return false;
    return allow.length === 0 || allow.some((pattern) => pattern.test(spelling));
  }

  /** Whether the header that something stands in is one of those that are meant. */
  #isSelected(cursor: Cursor): boolean {
    const file = cursor.location.file?.name;
    if (file === undefined || file === MAIN) return false;
    let known = this.#selected.get(file);
    if (known === undefined) {
      const { onlyFrom, headers } = this.#options;
      const isNamed = headers.some((header) => file === header || file.endsWith(`/${header}`));
      known = onlyFrom?.length ? onlyFrom.some((pattern) => pattern.test(file)) : isNamed || !isSystemHeader(file);
      this.#selected.set(file, known);
    }
    return known;
  }

  #common(cursor: Cursor): { cName: string; name: string; comment: string | null; header: string } {
    const name = cursor.spelling;
    return { cName: name, name, comment: this.#comment(cursor), header: cursor.location.file?.name ?? "" };
  }

  #comment(cursor: Cursor): string | null {
    return documentation(cursor.raw_comment, this.#options.docs ?? "brief");
  }

  #skip(cursor: Cursor, reason: string): void {
    this.skipped.push({ name: cursor.spelling, reason, header: cursor.location.file?.name ?? "" });
  }

  #try(cursor: Cursor, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof UnsupportedType)) throw error;
      this.#skip(cursor, error.message);
    }
  }
}

/** As C writes it, in one line. */
function prototypeOf(cursor: Cursor): string {
  const { type } = cursor;
  const isOld = type.kind === TypeKind.FUNCTIONNOPROTO;
  const parameters = isOld
    ? []
    : cursor.get_arguments().map((argument) => declarator(argument.type.spelling, argument.spelling));
  if (!isOld && type.kind === TypeKind.FUNCTIONPROTO && type.is_function_variadic()) parameters.push("...");
  return `${declarator(cursor.result_type.spelling, cursor.spelling)}(${parameters.join(", ") || "void"})`;
}

function declarator(type: string, name: string): string {
  if (type.includes("(*")) return type.replace("(*", `(*${name}`);
  const array = /^(.*?)(\s*\[.*)$/.exec(type);
  if (array !== null) return `${array[1]} ${name}${array[2]}`;
  return type.endsWith("*") ? `${type}${name}` : `${type} ${name}`.trim();
}
