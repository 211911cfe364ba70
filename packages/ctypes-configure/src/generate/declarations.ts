/**
 * The declarations of a translation unit: every one that is meant, and what those need of other headers.
 *
 * A structure of another library's header is opaque as long as only pointers to it are seen, and whole when its size
 * matters; one of the system's is whole, for who calls the function has to fill it. What has no name gets one from
 * where it stands: `outer_member`.
 */
import {
  type Type as ClangType,
  type Cursor,
  CursorKind,
  StorageClass,
  type TranslationUnit,
  TypeKind,
} from "ctypes-libclang";
import { ByteOrders } from "./byteorder.ts";
import { Documented } from "./documented.ts";
import { Enums, enumerationOf, isAnnounced } from "./enums.ts";
import { identityOf } from "./identity.ts";
import type { Common, Declaration, FunctionDeclaration, RecordDeclaration, Skipped, Type } from "./ir.ts";
import { MacroDeclarations } from "./macro-declarations.ts";
import { Naming } from "./naming.ts";
import type { GenerateOptions } from "./options.ts";
import { parameterNamesOf, withNames, withParameterNames } from "./parameters.ts";
import { placeInHeader } from "./place.ts";
import { prototypeOf, spelledTypesOf, symbolNameOf } from "./prototype.ts";
import { Records } from "./records.ts";
import { Redeclared } from "./redeclared.ts";
import { Selection } from "./selection.ts";
import { Shims } from "./shim/shims.ts";
import { parsedType } from "./typeparser.ts";
import { ARGUMENT_LIST, functionOf, isFunctionPointer, isVaListName, type Needs, typeOf } from "./types.ts";

interface Known {
  readonly name: string;
  readonly cursor: Cursor;
  /** Whether it has no declaration with members. */
  isRefused: boolean;
  isDone: boolean;
}

/** Fills its lists from a unit; macros are read apart, and added by {@link ofMacros}. */
export class Declarations implements Needs {
  readonly declarations: Declaration[] = [];
  readonly skipped: Skipped[] = [];
  readonly macros: Cursor[] = [];
  /** Functions that are compiled into who calls them: some are expressions. */
  readonly inlines: Cursor[] = [];
  /** Everything in the unit, wanted or not. */
  all: readonly Cursor[] = [];
  readonly ofMacros: MacroDeclarations;
  readonly #options: GenerateOptions;
  readonly #unit: TranslationUnit;
  readonly #naming: Naming;
  readonly #records: Records;
  readonly #selection: Selection;
  readonly #known = new Map<string, Known>();
  readonly #typedefs = new Map<string, Type | null>();
  readonly #enums: Enums;
  readonly #documented: Documented;
  readonly #later: Known[] = [];
  readonly #shims: Shims;
  #redeclared = new Redeclared([]);

  constructor(options: GenerateOptions, unit: TranslationUnit) {
    this.#options = options;
    this.#unit = unit;
    this.#naming = new Naming(options.strip);
    this.#documented = new Documented(options.docs ?? "brief");
    const byteOrders = new ByteOrders(unit);
    this.#records = new Records(this.#naming, this, byteOrders, (cursor) => this.#documented.commentOf(cursor));
    this.#enums = new Enums(this.#naming, (cursor) => this.#common(cursor));
    this.#selection = new Selection(options);
    this.#shims = new Shims(options.shim, (cursor) => this.#functionOf(cursor));
    this.ofMacros = new MacroDeclarations({
      declarations: this.declarations,
      skipped: this.skipped,
      naming: this.#naming,
      shims: this.#shims,
      common: (cursor) => this.#common(cursor),
      skip: (cursor, reason) => this.#skip(cursor, reason),
    });
  }

  readAll(): void {
    const cursors = this.#unit.cursor.get_children();
    this.all = cursors;
    this.#redeclared = new Redeclared(cursors);
    // `typedef struct { … } name;` names a structure that has no name.
    for (const cursor of cursors) if (cursor.kind === CursorKind.TYPEDEF_DECL) this.#naming.nameByTypedef(cursor);
    const seen = new Set<string>();
    for (const cursor of cursors) {
      if (cursor.kind === CursorKind.MACRO_DEFINITION) {
        if (this.#selection.wants(cursor)) this.macros.push(cursor);
        continue;
      }
      if (!this.#selection.wants(cursor, this.#wordOf(cursor))) continue;
      const identity = identityOf(cursor);
      if (seen.has(identity) || isAnnounced(cursor)) continue;
      seen.add(identity);
      this.#try(cursor, () => this.#declare(cursor));
      for (let known = this.#later.shift(); known !== undefined; known = this.#later.shift()) this.#finish(known);
    }
    for (const [cursor, act] of this.#shims.ofPrototypes(cursors)) this.#try(cursor, act);
    for (let known = this.#later.shift(); known !== undefined; known = this.#later.shift()) this.#finish(known);
    this.#finishRecords();
  }

  // -- What types need (Needs) ---------------------------------------------------------------------

  record(declaration: Cursor, isWhole: boolean): Type {
    const cursor = declaration.get_definition() ?? declaration.canonical;
    const identity = identityOf(cursor);
    let known = this.#known.get(identity);
    if (known === undefined) {
      const name = this.#naming.take(this.#naming.nameOf(cursor));
      known = { name, cursor, isRefused: false, isDone: false };
      this.#known.set(identity, known);
    }
    const isOwn = this.#selection.hasMembers(cursor) && cursor.is_definition();
    if (isWhole) this.#finish(known);
    else if (isOwn) this.#later.push(known); // now it may stand within one that is not laid out yet
    return { kind: "named", name: known.name };
  }

  enumeration(definition: Cursor): Type | null {
    if (!this.#selection.has(definition)) return null;
    this.declarations.push(...this.#enums.read(definition));
    return this.#enums.typeOf(definition);
  }

  typedef(declaration: Cursor): Type | null {
    const name = declaration.spelling;
    if (!this.#selection.hasTypedef(declaration)) return null;
    if (!this.#typedefs.has(name)) this.#typedef(declaration);
    return this.#typedefs.get(name) ?? null;
  }

  argumentList(declaration: Cursor): Type {
    const known = this.#typedefs.get(declaration.spelling);
    if (known !== undefined && known !== null) return known;
    const name = this.#naming.take(declaration.spelling);
    this.declarations.push({ ...this.#common(declaration), ...ARGUMENT_LIST, name });
    this.#typedefs.set(declaration.spelling, { kind: "named", name });
    return { kind: "named", name };
  }

  replacement(name: string): Type | null {
    const wanted = this.#options.replace?.[name];
    return wanted === undefined ? null : parsedType(wanted);
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
        if (!isVaListName(cursor.spelling)) this.typedef(cursor);
        break;
      case CursorKind.ENUM_DECL:
        if (cursor.is_definition()) this.declarations.push(...this.#enums.read(cursor));
        else this.#skip(cursor, "an enumeration without a definition");
        break;
      case CursorKind.STRUCT_DECL:
      case CursorKind.UNION_DECL:
        if (this.#naming.hasName(cursor)) this.record(cursor, false);
        break;
    }
  }

  #function(cursor: Cursor): void {
    if (cursor.storage_class === StorageClass.STATIC) {
      this.inlines.push(cursor);
      if (this.#options.shim !== undefined) this.#shims.add(cursor, cursor.spelling, cursor);
      return;
    }
    this.declarations.push(this.#functionOf(cursor));
  }

  #functionOf(cursor: Cursor): FunctionDeclaration {
    const all = this.#redeclared.of(cursor);
    const last = this.#redeclared.last(cursor);
    const named = all.find((one) => parameterNamesOf(one).length > 0) ?? last;
    const names = parameterNamesOf(named);
    const common = this.#common(cursor);
    return {
      ...common,
      comment: common.comment ?? all.map((one) => this.#documented.commentOf(one)).find((one) => one !== null) ?? null,
      name: cursor.spelling,
      kind: "function",
      symbol: symbolNameOf(last),
      type: withNames(functionOf(last.type, this, names), named),
      prototype: prototypeOf(named, names),
      spelled: spelledTypesOf(last),
    };
  }

  #variable(cursor: Cursor): void {
    const last = this.#redeclared.last(cursor);
    const value = isConstant(last.type) ? this.#redeclared.constantOf(cursor) : null;
    if (value !== null && (typeof value !== "object" || value instanceof Uint8Array)) {
      const name = this.#naming.take(cursor.spelling);
      this.declarations.push({ ...this.#common(cursor), name, kind: "constant", value });
      return;
    }
    if (cursor.storage_class === StorageClass.STATIC) {
      this.#skip(cursor, "static: no library has it");
      return;
    }
    this.declarations.push({
      ...this.#common(cursor),
      name: cursor.spelling,
      kind: "variable",
      symbol: symbolNameOf(last),
      type: typeOf(last.type, this),
      isCallable: isFunctionPointer(last.type),
    });
  }

  #typedef(cursor: Cursor): void {
    const { spelling } = cursor;
    this.#typedefs.set(spelling, null); // a typedef that mentions itself is looked through
    const replaced = this.replacement(spelling);
    if (replaced !== null) {
      this.#addTypedef(cursor, replaced);
      return;
    }
    const underlying = cursor.underlying_typedef_type;
    this.#naming.suggest(underlying, `${spelling}_target`); // `typedef struct { … } *name;`
    const type = withParameterNames(typeOf(underlying, this, false), cursor);
    const name = this.#naming.short(spelling);
    if (type.kind === "void" || (type.kind === "named" && type.name === name)) {
      this.#typedefs.set(spelling, type);
      return;
    }
    const wanted = cursor.type.get_align();
    const isRealigned = wanted > 0 && wanted !== underlying.get_canonical().get_align();
    if (isRealigned)
      this.#skip(cursor, `it is that of its type, not the ${wanted} of the typedef`, `alignment of ${spelling}`);
    const definition = enumerationOf(underlying);
    if (definition !== null && this.#selection.has(definition)) {
      this.#typedefs.set(spelling, this.#enums.typeOf(definition, spelling) ?? type);
      return;
    }
    this.#addTypedef(cursor, type, isRealigned);
  }

  #addTypedef(cursor: Cursor, type: Type, isRealigned = false): void {
    const name = this.#naming.take(cursor.spelling);
    this.#typedefs.set(cursor.spelling, { kind: "named", name });
    this.#records.addTypedef(name, type);
    this.declarations.push({ ...this.#common(cursor), kind: "typedef", name, type, isRealigned });
  }

  /** Records that nobody needed whole. */
  #finishRecords(): void {
    for (const { name, cursor, isDone } of this.#known.values()) {
      if (isDone) continue;
      this.declarations.push({ ...this.#common(cursor), kind: "opaque", name, cName: this.#naming.cNameOf(cursor) });
    }
  }

  #finish(known: Known): void {
    const { cursor, name } = known;
    if (known.isDone || known.isRefused) return;
    const size = cursor.type.get_size();
    const isOpaque = this.#options.opaque?.some((pattern) => pattern.test(cursor.spelling)) === true;
    if (size < 0 || isOpaque) return;
    const align = this.#naming.alignOf(cursor);
    const wanted = this.#naming.wantedAlignOf(cursor);
    if (wanted > align) {
      known.isRefused = true;
      this.#skip(cursor, `it is opaque: C aligns it to ${wanted}, which does not divide its size`, name);
      return;
    }
    known.isDone = true;
    const isUnion = cursor.kind === CursorKind.UNION_DECL;
    const cName = this.#naming.cNameOf(cursor);
    const { members, plan, reason } = this.#records.layOut(cursor, name, { size, align, isUnion });
    if (reason !== null)
      this.#skip(cursor, `it has its bytes, but no members: ${reason}`, `members of ${cName || name}`);
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

  /** What it is called, by itself or by a typedef. */
  #wordOf(cursor: Cursor): string {
    return this.#naming.hasName(cursor) ? this.#naming.nameOf(cursor) : "";
  }

  // -- What all declarations have ------------------------------------------------------------------

  #common(cursor: Cursor): Common {
    const name = cursor.spelling;
    return {
      cName: name,
      name,
      comment: this.#documented.commentOf(cursor),
      header: cursor.location.file?.name ?? "",
      place: placeInHeader(cursor),
    };
  }

  #skip(cursor: Cursor, reason: string, name = cursor.spelling): void {
    this.skipped.push({ name, reason, header: cursor.location.file?.name ?? "", place: placeInHeader(cursor) });
  }

  #try(cursor: Cursor, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#skip(cursor, (error as Error).message);
    }
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Whether nothing changes a variable: of an array, `static const char version[]`, its items are constant. */
function isConstant(type: ClangType): boolean {
  const canonical = type.get_canonical();
  if (canonical.is_const_qualified()) return true;
  return canonical.kind === TypeKind.CONSTANTARRAY && canonical.get_array_element_type().is_const_qualified();
}
