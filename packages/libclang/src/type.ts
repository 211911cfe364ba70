/** Types: what a source says about values. Cursors and types return each other; cursor.ts adds what needs cursors. */
import { LibclangError, lib, text } from "./config.ts";
import { ExceptionSpecificationKind, type Kind, RefQualifierKind, TypeKind } from "./kinds.ts";
import type { CXType } from "./structures.ts";
import type { Unit } from "./unit.ts";

/** The part of a type that needs no cursors; {@link AnyType.other} makes further instances of the same class. */
export abstract class AnyType {
  readonly raw: CXType;
  readonly translation_unit: Unit;

  constructor(raw: CXType, unit: Unit) {
    this.raw = raw;
    this.translation_unit = unit;
  }

  get kind(): TypeKind {
    return TypeKind.from_id(this.raw.kind);
  }
  get spelling(): string {
    return text(lib().clang_getTypeSpelling(this.raw));
  }
  equals(other: AnyType): boolean {
    return lib().clang_equalTypes(this.raw, other.raw) !== 0;
  }

  // -- Other types ---------------------------------------------------------------------------------

  /** Without any typedef. */
  get_canonical(): this {
    return this.other(lib().clang_getCanonicalType(this.raw));
  }
  get_pointee(): this {
    return this.other(lib().clang_getPointeeType(this.raw));
  }
  /** What a function of this type returns. */
  get_result(): this {
    return this.other(lib().clang_getResultType(this.raw));
  }
  get_class_type(): this {
    return this.other(lib().clang_Type_getClassType(this.raw));
  }
  /** The type that an elaborated type names: `s` for `struct s`. */
  get_named_type(): this {
    return this.other(lib().clang_Type_getNamedType(this.raw));
  }
  /** The parameters of a function type. @throws LibclangError for other types. */
  argument_types(): this[] {
    const count = lib().clang_getNumArgTypes(this.raw);
    if (count < 0) throw new LibclangError(`${this.spelling} is not a function type and has no parameters`);
    return Array.from({ length: count }, (_, i) => this.other(lib().clang_getArgType(this.raw, i)));
  }

  // -- Arrays and vectors --------------------------------------------------------------------------

  /** @throws LibclangError for what has no elements. */
  get element_type(): this {
    const type = this.other(lib().clang_getElementType(this.raw));
    if (type.kind === TypeKind.INVALID) throw new LibclangError(`${this.spelling} has no elements`);
    return type;
  }
  /** @throws LibclangError for what has no elements. */
  get element_count(): number {
    const count = Number(lib().clang_getNumElements(this.raw));
    if (count < 0) throw new LibclangError(`${this.spelling} has no elements`);
    return count;
  }
  get_array_element_type(): this {
    return this.other(lib().clang_getArrayElementType(this.raw));
  }
  /** -1 for a type that is not an array, or has no length. */
  get_array_size(): number {
    return Number(lib().clang_getArraySize(this.raw));
  }

  // -- Layout --------------------------------------------------------------------------------------

  /** The size in bytes; a negative number says why there is none. */
  get_size(): number {
    return Number(lib().clang_Type_getSizeOf(this.raw));
  }
  get_align(): number {
    return Number(lib().clang_Type_getAlignOf(this.raw));
  }
  /** The offset of a member, in bits. */
  get_offset(member: string): number {
    return Number(lib().clang_Type_getOffsetOf(this.raw, member));
  }

  // -- Properties ----------------------------------------------------------------------------------

  is_const_qualified(): boolean {
    return lib().clang_isConstQualifiedType(this.raw) !== 0;
  }
  is_volatile_qualified(): boolean {
    return lib().clang_isVolatileQualifiedType(this.raw) !== 0;
  }
  is_restrict_qualified(): boolean {
    return lib().clang_isRestrictQualifiedType(this.raw) !== 0;
  }
  /** @throws LibclangError for a type that is not a function type. */
  is_function_variadic(): boolean {
    if (this.kind !== TypeKind.FUNCTIONPROTO) throw new LibclangError(`${this.spelling} is not a function type`);
    return lib().clang_isFunctionTypeVariadic(this.raw) !== 0;
  }
  is_pod(): boolean {
    return lib().clang_isPODType(this.raw) !== 0;
  }
  get_address_space(): number {
    return lib().clang_getAddressSpace(this.raw);
  }
  get_typedef_name(): string {
    return text(lib().clang_getTypedefName(this.raw));
  }
  get_ref_qualifier(): Kind {
    return RefQualifierKind.from_id(lib().clang_Type_getCXXRefQualifier(this.raw));
  }
  get_exception_specification_kind(): Kind | null {
    return exceptionKind(lib().clang_getExceptionSpecificationType(this.raw));
  }
  get_num_template_arguments(): number {
    return lib().clang_Type_getNumTemplateArguments(this.raw);
  }
  get_template_argument_type(index: number): this {
    return this.other(lib().clang_Type_getTemplateArgumentAsType(this.raw, index));
  }

  /** Another type of the same unit, of this one's class. */
  protected other(raw: CXType): this {
    const Own = this.constructor as new (raw: CXType, unit: Unit) => AnyType;
    return new Own(raw, this.translation_unit) as this;
  }
}

/** What a function may throw; null for a type that is not a function type. */
export function exceptionKind(value: number): Kind | null {
  return value < 0 ? null : ExceptionSpecificationKind.from_id(value);
}

/** Whether that kind of integer is unsigned. */
export function isUnsigned(kind: TypeKind): boolean {
  return UNSIGNED.has(kind);
}

// -- Private ---------------------------------------------------------------------------------------

const UNSIGNED: ReadonlySet<TypeKind> = new Set([
  TypeKind.CHAR_U,
  TypeKind.UCHAR,
  TypeKind.CHAR16,
  TypeKind.CHAR32,
  TypeKind.USHORT,
  TypeKind.UINT,
  TypeKind.ULONG,
  TypeKind.ULONGLONG,
  TypeKind.UINT128,
]);
