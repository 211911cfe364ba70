/**
 * Declarations of symbols: a C type, a type with the symbol's name in the library, or a function that returns one of
 * these later.
 */
import { own } from "rawffi";
import { describe } from "../memory/errors.ts";
import { isCType } from "../types/cdata.ts";
import type { InstanceOf, TypeOf } from "../types/inference.ts";
import type { CType } from "../types/protocol.ts";

/** Options of a symbol besides its name and type. */
export interface SymbolOptions {
  /** Whether it is a variable although it has a function type: a variable that holds the address of a function. */
  readonly variable?: boolean;
}

/** A C type, and the name of the symbol: see {@link symbol}. */
export class NamedSymbol<T extends TypeOf = TypeOf> {
  readonly name: string;
  readonly type: T;
  readonly isVariable: boolean;
  constructor(name: string, type: T, isVariable: boolean) {
    this.name = name;
    this.type = type;
    this.isVariable = isVariable;
  }
}

/** The declaration of one symbol; a function is called at the symbol's first use. */
export type DeclaredSymbol = TypeOf | NamedSymbol | (() => TypeOf | NamedSymbol);
/** The type of a declared symbol's property. */
export type SymbolOf<D> =
  D extends TypeOf<infer I>
    ? I
    : D extends NamedSymbol<infer T>
      ? InstanceOf<T>
      : D extends () => infer L
        ? SymbolOf<L>
        : never;

/**
 * Declares a symbol under a name of your own: the property of the record is its name in JavaScript, `name` its name in
 * the library.
 *
 *     const libc = new CDLL(null, { absolute: symbol("abs", CFUNCTYPE(c_int, c_int)) });
 *     libc.absolute(-5);   // 5
 *
 * C does this by `asm` labels (glibc's `strerror_r` is `__xpg_strerror_r`), and by macros (ICU's `u_strToUpper` is
 * `u_strToUpper_72`).
 *
 * A function type declares a function. For a variable that holds the address of a function, such as libxml2's `extern
 * xmlFreeFunc xmlFree`, pass `{ variable: true }`: each use reads the current function from the variable.
 *
 * @throws TypeError for an empty name, for a type that is not a C type, and for unknown options.
 */
export function symbol<T extends TypeOf>(name: string, type: T, options: SymbolOptions = {}): NamedSymbol<T> {
  if (typeof name !== "string" || name === "" || name.includes("\0")) {
    throw new TypeError(`symbol(): argument 1: expected the name of a symbol, got ${describe(name)}`);
  }
  if (!isCType(type)) throw new TypeError(`symbol(): argument 2: expected a C type, got ${describe(type)}`);
  const { variable = false, ...others } = own(options);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`symbol(): no option ${unknown}; there is variable`);
  if (typeof variable !== "boolean") {
    throw new TypeError(`symbol(): option variable: expected true or false, got ${describe(variable)}`);
  }
  return new NamedSymbol(name, type, variable);
}

/** Whether a declaration is a function that returns it; a class that is not a C type is not one. */
export function isLater(declared: unknown): declared is () => unknown {
  if (typeof declared !== "function") return false;
  // Arrow functions, as nearly all are, have none; every class has one.
  if ((declared as { prototype?: unknown }).prototype === undefined) return true;
  if (isCType(declared)) return false;
  return Object.getOwnPropertyDescriptor(declared, "prototype")?.writable !== false;
}

/** What a library looks up, and how it reads it. */
export interface SymbolDeclaration {
  readonly name: string;
  readonly type: CType;
  readonly isVariable: boolean;
}

/** The symbol's name and its type. @throws TypeError for a value that is not a declaration. */
export function declaredSymbol(name: string, declared: unknown): SymbolDeclaration {
  if (declared instanceof NamedSymbol) return declared as unknown as SymbolDeclaration;
  if (isCType(declared)) return { name, type: declared, isVariable: false };
  throw new TypeError(`CDLL(): symbol '${name}': expected a C type, got ${describe(declared)}`);
}
