/**
 * Symbols that a program calls by another name than the library has for them.
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

/** What a library is declared to have under one name. */
export type Declared = TypeOf | NamedSymbol;
/** What that gives. */
export type SymbolOf<D> = D extends NamedSymbol<infer T> ? InstanceOf<T> : InstanceOf<D>;

/**
 * Declares a symbol under a name of your own: the property of the record is what JavaScript calls it, `name` is what the library has.
 *
 *     const libc = new CDLL(null, { absolute: symbol("abs", CFUNCTYPE(c_int, c_int)) });
 *     libc.absolute(-5);   // 5
 *
 * C does this by `asm` labels (glibc's `strerror_r` is `__xpg_strerror_r`), and by macros (ICU's `u_strToUpper` is `u_strToUpper_72`).
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

/** The symbol's name and its type; null for what is no declaration. */
export function declaredSymbol(name: string, declared: unknown): { name: string; type: CType } | null {
  if (declared instanceof NamedSymbol) return { name: declared.name, type: declared.type as unknown as CType };
  return isCType(declared) ? { name, type: declared } : null;
}
