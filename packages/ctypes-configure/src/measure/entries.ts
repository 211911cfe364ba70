/**
 * What can be asked of C: one function a kind. An entry knows the line it was written on.
 *
 * Every kind takes `{ ifdef: "NAME" }`: where the macro is not defined, the entry is `null`.
 */
import type { SimpleType } from "ctypes-js";
import { c_int } from "ctypes-js";
import type { Conditional, Entry, Hint, Kind, StructEntry } from "./entry.ts";
import type { EnumFact, Integer, TypeFact } from "./facts.ts";
import { callerOf, type Where } from "./where.ts";

// -- Types -----------------------------------------------------------------------------------------

/**
 * A structure with the members of interest: everything else becomes padding. Hints are corrected: size and sign are
 * measured.
 *
 *     Struct("struct dirent", { d_ino: c_int, d_name: ARRAY(c_char, 1) })
 *
 * A member's hint may be a bit-field, an array (of length 0 where C has a flexible one), another entry or
 * `[entry, length]`. Members of anonymous members are asked for by their own names.
 */
export function Struct<const F extends Record<string, Hint>>(name: string, fields: F): StructEntry<F>;
export function Struct<const F extends Record<string, Hint>>(
  name: string,
  fields: F,
  options: Conditional,
): StructEntry<F, null>;
export function Struct(name: string, fields: Record<string, Hint>, options?: Conditional): unknown {
  return { ...entry("Struct", name, callerOf(Struct), options), fields };
}

/** The same for a union. */
export function Union<const F extends Record<string, Hint>>(name: string, fields: F): StructEntry<F>;
export function Union<const F extends Record<string, Hint>>(
  name: string,
  fields: F,
  options: Conditional,
): StructEntry<F, null>;
export function Union(name: string, fields: Record<string, Hint>, options?: Conditional): unknown {
  return { ...entry("Union", name, callerOf(Union), options), fields };
}

// biome-ignore lint/suspicious/noExplicitAny: any simple type
type AnySimple = SimpleType<string, any, any, any>;

/** The integer or float type of the size and sign that `name` has: `SimpleType("off_t")`. */
export function SimpleType_(name: string, hint?: AnySimple): Entry<TypeFact, AnySimple>;
export function SimpleType_(
  name: string,
  hint: AnySimple,
  options: Conditional,
): Entry<TypeFact | null, AnySimple | null>;
export function SimpleType_(name: string, hint: AnySimple = c_int as never, options?: Conditional): unknown {
  return { ...entry("SimpleType", name, callerOf(SimpleType_), options), hint };
}

/** The size in bytes of a type or expression. */
export function SizeOf(name: string): Entry<number, number>;
export function SizeOf(name: string, options: Conditional): Entry<number | null, number | null>;
export function SizeOf(name: string, options?: Conditional): unknown {
  return entry("SizeOf", name, callerOf(SizeOf), options);
}

/** The enumerators of interest, as a constant object: `Enum("enum color", ["RED", "BLUE"])`. */
export function Enum<const K extends string>(
  name: string,
  names: readonly K[],
): Entry<EnumFact, Readonly<Record<K, number>>>;
export function Enum<const K extends string>(
  name: string,
  names: readonly K[],
  options: Conditional,
): Entry<EnumFact | null, Readonly<Record<K, number>> | null>;
export function Enum(name: string, names: readonly string[], options?: Conditional): unknown {
  return { ...entry("Enum", name, callerOf(Enum), options), names };
}

// -- Constants -------------------------------------------------------------------------------------

/** The value of an integer expression; signed and unsigned 64 bits. A bigint where a number would not be exact. */
export function ConstantInteger(name: string): Entry<Integer, number>;
export function ConstantInteger(name: string, options: Conditional): Entry<Integer | null, number | null>;
export function ConstantInteger(name: string, options?: Conditional): unknown {
  return entry("ConstantInteger", name, callerOf(ConstantInteger), options);
}

/** The value of an arithmetic expression as a double: also of integers, and with their signs. */
export function ConstantDouble(name: string): Entry<number, number>;
export function ConstantDouble(name: string, options: Conditional): Entry<number | null, number | null>;
export function ConstantDouble(name: string, options?: Conditional): unknown {
  return entry("ConstantDouble", name, callerOf(ConstantDouble), options);
}

/** The text of an expression. */
export function ConstantString(name: string): Entry<string, string>;
export function ConstantString(name: string, options: Conditional): Entry<string | null, string | null>;
export function ConstantString(name: string, options?: Conditional): unknown {
  return entry("ConstantString", name, callerOf(ConstantString), options);
}

/** The bytes of a string literal, in hexadecimal digits, without the NUL after them: there may be others among them. */
export function ConstantBytes(name: string): Entry<string, string> {
  return entry("ConstantBytes", name, callerOf(ConstantBytes));
}

/** The value of a macro; null when it is not defined. */
export function DefinedConstantInteger(name: string, options?: Conditional): Entry<Integer | null, number | null> {
  return entry("DefinedConstantInteger", name, callerOf(DefinedConstantInteger), options);
}

/** The text of a macro; null when it is not defined. */
export function DefinedConstantString(name: string, options?: Conditional): Entry<string | null, string | null> {
  return entry("DefinedConstantString", name, callerOf(DefinedConstantString), options);
}

/** The value of a macro as a double; null when it is not defined. */
export function DefinedConstantDouble(name: string, options?: Conditional): Entry<number | null, number | null> {
  return entry("DefinedConstantDouble", name, callerOf(DefinedConstantDouble), options);
}

/** Whether a macro is defined. */
export function Defined(name: string): Entry<boolean, boolean>;
export function Defined(name: string, options: Conditional): Entry<boolean | null, boolean | null>;
export function Defined(name: string, options?: Conditional): unknown {
  return entry("Defined", name, callerOf(Defined), options);
}

/** What a function of an integer result gives, called when the program runs. */
export function IntegerFunctionResult(name: string, args?: readonly (number | bigint)[]): Entry<Integer, number>;
export function IntegerFunctionResult(
  name: string,
  args: readonly (number | bigint)[],
  options: Conditional,
): Entry<Integer | null, number | null>;
export function IntegerFunctionResult(
  name: string,
  args: readonly (number | bigint)[] = [],
  options?: Conditional,
): unknown {
  return { ...entry("IntegerFunctionResult", name, callerOf(IntegerFunctionResult), options), args };
}

// -- Questions -------------------------------------------------------------------------------------

/** Whether a program that uses `name` compiles and links. */
export function Has(name: string): Entry<boolean, boolean>;
export function Has(name: string, options: Conditional): Entry<boolean | null, boolean | null>;
export function Has(name: string, options?: Conditional): unknown {
  return entry("Has", name, callerOf(Has), options);
}

/** Whether the headers compile and the libraries link at all. */
export function Works(): Entry<boolean, boolean>;
export function Works(options: Conditional): Entry<boolean | null, boolean | null>;
export function Works(options?: Conditional): unknown {
  return entry("Works", "the specification", callerOf(Works), options);
}

/** Whether the libraries have a function or variable of that name; no header need declare it. */
export function InLibrary(name: string): Entry<boolean, boolean>;
export function InLibrary(name: string, options: Conditional): Entry<boolean | null, boolean | null>;
export function InLibrary(name: string, options?: Conditional): unknown {
  return entry("InLibrary", name, callerOf(InLibrary), options);
}

// -- Private ---------------------------------------------------------------------------------------

function entry(kind: Kind, name: string, where: Where | null, options?: Conditional): Entry<never, never> {
  if (typeof name !== "string" || name.trim() === "" || /[\n\0]/.test(name)) {
    throw new TypeError(`${kind}(): argument 1: expected a C name in one line, got ${JSON.stringify(name)}`);
  }
  return { kind, name, where, ifdef: options?.ifdef ?? null };
}
