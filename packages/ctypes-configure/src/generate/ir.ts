/**
 * What headers declare, in the terms of ctypes: what the parser makes and the writer takes. Plain data, also as JSON.
 */
import type { Plan } from "../layout/plan.ts";
import type { Doc } from "./print.ts";

/** A C type as an expression of ctypes. */
export type Type =
  | { readonly kind: "void" }
  /** By its name in ctypes: `c_int`. */
  | { readonly kind: "simple"; readonly name: string }
  | { readonly kind: "pointer"; readonly to: Type }
  | { readonly kind: "array"; readonly of: Type; readonly length: number }
  | FunctionType
  /** Text that the function `by` frees; `library` is the one of the module that has it. */
  | { readonly kind: "disposed"; readonly text: string; readonly by: string; readonly library: string | null }
  /** An enumeration of the module, and the integer that C has for it, by its name in ctypes. */
  | { readonly kind: "enum"; readonly name: string; readonly integer: string }
  /** Another declaration of the module. */
  | { readonly kind: "named"; readonly name: string };

export interface FunctionType {
  readonly kind: "function";
  readonly result: Type;
  readonly parameters: readonly Parameter[];
  readonly isVariadic: boolean;
  /** Names of `FunctionOptions`. */
  readonly options?: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly type: Type;
}

/** What all declarations have. */
export interface Common {
  /** In the module. */
  readonly name: string;
  /** As C spells it: `struct z_stream_s`. */
  readonly cName: string;
  readonly comment: string | null;
  /** The header that declares it. */
  readonly header: string;
  /** Where it does: `gtk/gtkwidget.h:120`; "" where no header does. */
  readonly place: string;
}

export interface RecordDeclaration extends Common {
  readonly kind: "record";
  readonly isUnion: boolean;
  readonly size: number;
  readonly align: number;
  readonly members: readonly Member[];
  readonly plan: Plan;
}

export interface Member {
  readonly name: string;
  /** As C spells it, where that is a name that no member can have here. */
  readonly cName: string;
  readonly type: Type;
  readonly bitOffset: number;
  readonly width: number | null;
  readonly isAnonymous: boolean;
  /** Whether it stands for something that ctypes has no type for. */
  readonly isBytes: boolean;
  readonly place: string;
  readonly comment: string | null;
}

/** Only pointers to it exist. */
export interface OpaqueDeclaration extends Common {
  readonly kind: "opaque";
}

export interface EnumDeclaration extends Common {
  readonly kind: "enum";
  /** What it is to C, by its name in ctypes; null where it is not known, or no integer of ctypes. */
  readonly integer: string | null;
  readonly values: readonly Enumerator[];
  /** What typedefs call it besides. */
  readonly aliases: readonly string[];
}

export interface Enumerator {
  readonly name: string;
  /** As C spells it, where every C type has something of that name here. */
  readonly cName: string;
  readonly value: number | bigint;
  readonly comment: string | null;
}

export interface TypedefDeclaration extends Common {
  readonly kind: "typedef";
  readonly type: Type;
  /** Whether C aligns it otherwise than its type: structures have such members where C has them. */
  readonly isRealigned?: boolean;
}

export interface FunctionDeclaration extends Common {
  readonly kind: "function";
  /** What the library has it under: another name where C gives it an `asm` label, or a macro names it. */
  readonly symbol: string;
  readonly type: Type & { kind: "function" };
  /** As C writes it. */
  readonly prototype: string;
  /** The C text of the function that a shim has of it; without one where a library has the function itself. */
  readonly shim?: { readonly text: string; readonly place: string };
  /** Its types as C spells them; no parameters where the declaration says nothing of any. */
  readonly spelled: { readonly result: string; readonly parameters: readonly string[] | null };
}

export interface VariableDeclaration extends Common {
  readonly kind: "variable";
  readonly symbol: string;
  readonly type: Type;
  /** Whether it holds the address of a function. */
  readonly isCallable: boolean;
}

export interface ConstantDeclaration extends Common {
  readonly kind: "constant";
  /**
   * Of a header a number or text, or the bytes of what is no text; of a specification also an answer, or null for what
   * is not there.
   */
  readonly value: number | bigint | string | Uint8Array | boolean | null;
}

/**
 * A function-like macro or an inline function that is an expression over its parameters: a function of the module
 * itself.
 */
export interface ExpressionDeclaration extends Common {
  readonly kind: "expression";
  /** A type of TypeScript, or which parameter of the function that it calls has the type. */
  readonly parameters: readonly { readonly name: string; readonly type: string | number }[];
  /** In TypeScript; "" where it is that of the function that it calls. */
  readonly result: string;
  /** The expression over `ctypes-js/arithmetic`, or the arguments of the call. */
  readonly body: readonly Doc[];
  /** The function of a library that it calls; null where it is arithmetic alone. */
  readonly calls: string | null;
  /** As C has it. */
  readonly text: string;
  /** Where it is defined: `zlib.h:1804`. */
  readonly place: string;
}

export type TypeDeclaration = RecordDeclaration | OpaqueDeclaration | EnumDeclaration | TypedefDeclaration;
export type SymbolDeclaration = FunctionDeclaration | VariableDeclaration;
export type Declaration = TypeDeclaration | SymbolDeclaration | ConstantDeclaration | ExpressionDeclaration;

/** What is left out, and why. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
  readonly header: string;
  /** Where it is declared: `gtk/gtkwidget.h:120`. */
  readonly place: string;
}

/** The names by which a module exports a type. */
export function exportedNames(declaration: TypeDeclaration): readonly string[] {
  return declaration.kind === "enum" ? [declaration.name, ...declaration.aliases] : [declaration.name];
}

/** The names that a type mentions. */
export function namesIn(type: Type): string[] {
  switch (type.kind) {
    case "named":
    case "enum":
      return [type.name];
    case "pointer":
      return namesIn(type.to);
    case "array":
      return namesIn(type.of);
    case "function":
      return [type.result, ...type.parameters.map((parameter) => parameter.type)].flatMap(namesIn);
    default:
      return [];
  }
}

/** The names that a declaration mentions. */
export function neededBy(declaration: TypeDeclaration): string[] {
  if (declaration.kind === "record") return declaration.members.flatMap((member) => namesIn(member.type));
  return declaration.kind === "typedef" ? namesIn(declaration.type) : [];
}

/** Whether a declaration is of a type. */
export function isType(declaration: Declaration): declaration is TypeDeclaration {
  const { kind } = declaration;
  return kind === "record" || kind === "opaque" || kind === "enum" || kind === "typedef";
}

/** The names of types that a declaration mentions. */
export function namesNeeded(declaration: Declaration): string[] {
  if (declaration.kind === "function" || declaration.kind === "variable") return namesIn(declaration.type);
  return declaration.kind === "constant" || declaration.kind === "expression" ? [] : neededBy(declaration);
}
