/**
 * What a symbol is declared to be: a C type, a type and the name that the library has, or a function that gives one of
 * them later.
 */
import { describe } from "../memory/errors.ts";
import { isCType } from "../types/cdata.ts";
import type { InstanceOf, TypeOf } from "../types/inference.ts";
import type { CType } from "../types/protocol.ts";

/** A C type, and the name of the symbol: see {@link symbol}. */
export class NamedSymbol<T extends TypeOf = TypeOf> {
  readonly name: string;
  readonly type: T;
  constructor(name: string, type: T) {
    this.name = name;
    this.type = type;
  }
}

/** What a library is declared to have under one name; given as a function, it is made when the symbol is first used. */
export type DeclaredSymbol = TypeOf | NamedSymbol | (() => TypeOf | NamedSymbol);
/** What that gives. */
export type SymbolOf<D> =
  D extends TypeOf<infer I>
    ? I
    : D extends NamedSymbol<infer T>
      ? InstanceOf<T>
      : D extends () => infer L
        ? SymbolOf<L>
        : never;

/**
 * Declares a symbol under a name of your own: the property of the record is what JavaScript calls it, `name` is what
 * the library has.
 *
 *     const libc = new CDLL(null, { absolute: symbol("abs", CFUNCTYPE(c_int, c_int)) });
 *     libc.absolute(-5);   // 5
 *
 * C does this by `asm` labels (glibc's `strerror_r` is `__xpg_strerror_r`), and by macros (ICU's `u_strToUpper` is
 * `u_strToUpper_72`).
 *
 * @throws TypeError for an empty name and for what is no C type.
 */
export function symbol<T extends TypeOf>(name: string, type: T): NamedSymbol<T> {
  if (typeof name !== "string" || name === "" || name.includes("\0")) {
    throw new TypeError(`symbol(): argument 1: expected the name of a symbol, got ${describe(name)}`);
  }
  if (!isCType(type)) throw new TypeError(`symbol(): argument 2: expected a C type, got ${describe(type)}`);
  return new NamedSymbol(name, type);
}

/** Whether a declaration is a function that gives it; a class that is no C type is none. */
export function isLater(declared: unknown): declared is () => unknown {
  if (typeof declared !== "function" || isCType(declared)) return false;
  return Object.getOwnPropertyDescriptor(declared, "prototype")?.writable !== false;
}

/** The symbol's name and its type. @throws TypeError for what is not a declaration. */
export function declaredSymbol(name: string, declared: unknown): { name: string; type: CType } {
  if (declared instanceof NamedSymbol) return { name: declared.name, type: declared.type as unknown as CType };
  if (isCType(declared)) return { name, type: declared };
  throw new TypeError(`CDLL(): symbol '${name}': expected a C type, got ${describe(declared)}`);
}
