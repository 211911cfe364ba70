/**
 * Cursors point at things in a source; types describe values. Each returns the other, so the methods of types that
 * return cursors are here, too.
 *
 * The names are those of Python's cindex; what depends only on the cursor is asked once.
 */
import { LibclangError, lib, text, textOrNull } from "./config.ts";
import { evaluated } from "./evaluate.ts";
import {
  AccessSpecifier,
  AvailabilityKind,
  CursorKind,
  type Kind,
  LinkageKind,
  StorageClass,
  TemplateArgumentKind,
  TLSKind,
} from "./kinds.ts";
import { File, SourceLocation, SourceRange } from "./location.ts";
import type { CXCursor } from "./structures.ts";
import { type Token, tokensIn } from "./token.ts";
import { AnyType, exceptionKind, isUnsigned } from "./type.ts";
import type { Unit } from "./unit.ts";
import { childrenOf, fieldsOf } from "./visit.ts";

/** A thing in a source: a declaration, a reference, an expression, a statement. Compare with `equals`. */
export class Cursor {
  readonly raw: CXCursor;
  readonly translation_unit: Unit;
  #spelling: string | undefined;
  #type: Type | undefined;
  #location: SourceLocation | undefined;

  constructor(raw: CXCursor, unit: Unit) {
    this.raw = raw;
    this.translation_unit = unit;
  }

  /** The cursor at a place. */
  static from_location(unit: Unit, location: SourceLocation): Cursor | null {
    return cursorOrNull(lib().clang_getCursor(unit.pointer, location.raw), unit);
  }

  equals(other: Cursor): boolean {
    return lib().clang_equalCursors(this.raw, other.raw) !== 0;
  }
  get hash(): number {
    return lib().clang_hashCursor(this.raw);
  }
  get kind(): CursorKind {
    return CursorKind.from_id(this.raw.kind);
  }

  // -- Names ---------------------------------------------------------------------------------------

  get spelling(): string {
    return (this.#spelling ??= text(lib().clang_getCursorSpelling(this.raw)));
  }
  /** The spelling with what distinguishes it, such as the parameters of a function. */
  get displayname(): string {
    return text(lib().clang_getCursorDisplayName(this.raw));
  }
  get mangled_name(): string {
    return text(lib().clang_Cursor_getMangling(this.raw));
  }
  /** The "unified symbol resolution": the same for one entity in different units. */
  get_usr(): string {
    return text(lib().clang_getCursorUSR(this.raw));
  }
  get brief_comment(): string | null {
    return textOrNull(lib().clang_Cursor_getBriefCommentText(this.raw));
  }
  get raw_comment(): string | null {
    return textOrNull(lib().clang_Cursor_getRawCommentText(this.raw));
  }
  get objc_type_encoding(): string {
    return text(lib().clang_getDeclObjCTypeEncoding(this.raw));
  }

  // -- Places --------------------------------------------------------------------------------------

  get location(): SourceLocation {
    return (this.#location ??= new SourceLocation(lib().clang_getCursorLocation(this.raw), this.translation_unit));
  }
  get extent(): SourceRange {
    return new SourceRange(lib().clang_getCursorExtent(this.raw), this.translation_unit);
  }
  get_tokens(): Token<Cursor>[] {
    return tokensOf(this.translation_unit, this.extent);
  }
  /** The range of one part of a name that is referred to. */
  get_reference_name_range(flags: number, piece: number): SourceRange {
    return new SourceRange(lib().clang_getCursorReferenceNameRange(this.raw, flags, piece), this.translation_unit);
  }
  /** The file that an inclusion directive includes. */
  get_included_file(): File | null {
    const file = lib().clang_getIncludedFile(this.raw);
    return file === null ? null : new File(file, this.translation_unit);
  }

  // -- Relatives -----------------------------------------------------------------------------------

  is_definition(): boolean {
    return lib().clang_isCursorDefinition(this.raw) !== 0;
  }
  get_definition(): Cursor | null {
    return this.#other(lib().clang_getCursorDefinition(this.raw));
  }
  get canonical(): Cursor {
    return new Cursor(lib().clang_getCanonicalCursor(this.raw), this.translation_unit);
  }
  get referenced(): Cursor | null {
    return this.#other(lib().clang_getCursorReferenced(this.raw));
  }
  get semantic_parent(): Cursor | null {
    return this.#other(lib().clang_getCursorSemanticParent(this.raw));
  }
  get lexical_parent(): Cursor | null {
    return this.#other(lib().clang_getCursorLexicalParent(this.raw));
  }
  get specialized_template(): Cursor | null {
    return this.#other(lib().clang_getSpecializedCursorTemplate(this.raw));
  }
  get_overloaded_decls(): Cursor[] {
    const count = lib().clang_getNumOverloadedDecls(this.raw);
    return Array.from(
      { length: count },
      (_, i) => new Cursor(lib().clang_getOverloadedDecl(this.raw, i), this.translation_unit),
    );
  }
  get_children(): Cursor[] {
    return childrenOf(this.raw).map((raw) => new Cursor(raw, this.translation_unit));
  }
  /** This cursor and all below it, parents first. */
  *walk_preorder(): Generator<Cursor> {
    yield this;
    for (const child of this.get_children()) yield* child.walk_preorder();
  }
  get_arguments(): Cursor[] {
    const count = Math.max(0, lib().clang_Cursor_getNumArguments(this.raw));
    return Array.from(
      { length: count },
      (_, i) => new Cursor(lib().clang_Cursor_getArgument(this.raw, i), this.translation_unit),
    );
  }

  // -- What it is ----------------------------------------------------------------------------------

  get type(): Type {
    return (this.#type ??= new Type(lib().clang_getCursorType(this.raw), this.translation_unit));
  }
  get result_type(): Type {
    return new Type(lib().clang_getCursorResultType(this.raw), this.translation_unit);
  }
  /** The type that a typedef names. @throws LibclangError when the cursor is not a typedef. */
  get underlying_typedef_type(): Type {
    if (!this.kind.is_declaration()) throw new LibclangError(`${this.kind.name} is not a declaration`);
    return new Type(lib().clang_getTypedefDeclUnderlyingType(this.raw), this.translation_unit);
  }
  /** The integer type of an enumeration. */
  get enum_type(): Type {
    if (this.kind !== CursorKind.ENUM_DECL) throw new LibclangError(`${this.kind.name} is not an enumeration`);
    return new Type(lib().clang_getEnumDeclIntegerType(this.raw), this.translation_unit);
  }
  /** The value of an enumerator: a bigint where a number would not be exact. */
  get enum_value(): number | bigint {
    if (this.kind !== CursorKind.ENUM_CONSTANT_DECL) throw new LibclangError(`${this.kind.name} is not an enumerator`);
    const { kind } = this.#underlyingInteger();
    const value = isUnsigned(kind)
      ? lib().clang_getEnumConstantDeclUnsignedValue(this.raw)
      : lib().clang_getEnumConstantDeclValue(this.raw);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  get linkage(): Kind {
    return LinkageKind.from_id(lib().clang_getCursorLinkage(this.raw));
  }
  get storage_class(): Kind {
    return StorageClass.from_id(lib().clang_Cursor_getStorageClass(this.raw));
  }
  get availability(): Kind {
    return AvailabilityKind.from_id(lib().clang_getCursorAvailability(this.raw));
  }
  get access_specifier(): Kind {
    return AccessSpecifier.from_id(lib().clang_getCXXAccessSpecifier(this.raw));
  }
  get tls_kind(): Kind {
    return TLSKind.from_id(lib().clang_getCursorTLSKind(this.raw));
  }
  /** Null for a cursor that is not a function. */
  get exception_specification_kind(): Kind | null {
    return exceptionKind(lib().clang_getCursorExceptionSpecificationType(this.raw));
  }
  get template_kind(): CursorKind {
    return CursorKind.from_id(lib().clang_getTemplateCursorKind(this.raw));
  }
  /** Whether a structure, union or enumeration has no name; for a member, whether its type has none. */
  is_anonymous(): boolean {
    if (this.kind === CursorKind.FIELD_DECL) return this.type.get_declaration().is_anonymous();
    return lib().clang_Cursor_isAnonymous(this.raw) !== 0;
  }
  /** Whether it is a structure or union whose members belong to the enclosing one. */
  is_anonymous_record_decl(): boolean {
    return lib().clang_Cursor_isAnonymousRecordDecl(this.raw) !== 0;
  }
  is_bitfield(): boolean {
    return lib().clang_Cursor_isBitField(this.raw) !== 0;
  }
  get_bitfield_width(): number {
    return lib().clang_getFieldDeclBitWidth(this.raw);
  }
  /** The offset of a member, in bits from the start of the structure. */
  get_field_offsetof(): number {
    return Number(lib().clang_Cursor_getOffsetOfField(this.raw));
  }
  is_function_inlined(): boolean {
    return lib().clang_Cursor_isFunctionInlined(this.raw) !== 0;
  }
  is_macro_function_like(): boolean {
    return lib().clang_Cursor_isMacroFunctionLike(this.raw) !== 0;
  }
  is_macro_builtin(): boolean {
    return lib().clang_Cursor_isMacroBuiltin(this.raw) !== 0;
  }
  /** The value of the expression or of a variable's initialiser; null where it is not constant. */
  evaluate(): number | bigint | string | null {
    return evaluated(this.raw);
  }

  // -- C++ -----------------------------------------------------------------------------------------

  is_const_method(): boolean {
    return lib().clang_CXXMethod_isConst(this.raw) !== 0;
  }
  is_converting_constructor(): boolean {
    return lib().clang_CXXConstructor_isConvertingConstructor(this.raw) !== 0;
  }
  is_copy_constructor(): boolean {
    return lib().clang_CXXConstructor_isCopyConstructor(this.raw) !== 0;
  }
  is_default_constructor(): boolean {
    return lib().clang_CXXConstructor_isDefaultConstructor(this.raw) !== 0;
  }
  is_move_constructor(): boolean {
    return lib().clang_CXXConstructor_isMoveConstructor(this.raw) !== 0;
  }
  is_default_method(): boolean {
    return lib().clang_CXXMethod_isDefaulted(this.raw) !== 0;
  }
  is_mutable_field(): boolean {
    return lib().clang_CXXField_isMutable(this.raw) !== 0;
  }
  is_pure_virtual_method(): boolean {
    return lib().clang_CXXMethod_isPureVirtual(this.raw) !== 0;
  }
  is_static_method(): boolean {
    return lib().clang_CXXMethod_isStatic(this.raw) !== 0;
  }
  is_virtual_method(): boolean {
    return lib().clang_CXXMethod_isVirtual(this.raw) !== 0;
  }
  is_abstract_record(): boolean {
    return lib().clang_CXXRecord_isAbstract(this.raw) !== 0;
  }
  is_scoped_enum(): boolean {
    return lib().clang_EnumDecl_isScoped(this.raw) !== 0;
  }
  is_virtual_base(): boolean {
    return lib().clang_isVirtualBase(this.raw) !== 0;
  }
  /** -1 for a cursor without template arguments. */
  get_num_template_arguments(): number {
    return lib().clang_Cursor_getNumTemplateArguments(this.raw);
  }
  get_template_argument_kind(index: number): Kind {
    return TemplateArgumentKind.from_id(lib().clang_Cursor_getTemplateArgumentKind(this.raw, index));
  }
  get_template_argument_type(index: number): Type {
    return new Type(lib().clang_Cursor_getTemplateArgumentType(this.raw, index), this.translation_unit);
  }
  get_template_argument_value(index: number): bigint {
    return lib().clang_Cursor_getTemplateArgumentValue(this.raw, index);
  }
  get_template_argument_unsigned_value(index: number): bigint {
    return lib().clang_Cursor_getTemplateArgumentUnsignedValue(this.raw, index);
  }

  #other(raw: CXCursor): Cursor | null {
    return cursorOrNull(raw, this.translation_unit);
  }

  #underlyingInteger(): Type {
    const parent = this.semantic_parent as Cursor;
    return parent.enum_type.get_canonical();
  }
}

/** The type of a value, with its qualifiers. Compare with `equals`. */
export class Type extends AnyType {
  get_declaration(): Cursor {
    return new Cursor(lib().clang_getTypeDeclaration(this.raw), this.translation_unit);
  }
  /** The members of a structure, union or class. */
  get_fields(): Cursor[] {
    return fieldsOf(this.raw).map((raw) => new Cursor(raw, this.translation_unit));
  }
}

/** The tokens of a range. */
export function tokensOf(unit: Unit, range: SourceRange): Token<Cursor>[] {
  return tokensIn(unit, range, (raw) => new Cursor(raw, unit));
}

/** Null for the null cursor, and for the cursors of invalid code. */
export function cursorOrNull(raw: CXCursor, unit: Unit): Cursor | null {
  return lib().clang_equalCursors(raw, lib().clang_getNullCursor()) !== 0 ? null : new Cursor(raw, unit);
}
