/**
 * Names of C that TypeScript, or the module's own imports, have taken already.
 */

/** What a module imports from ctypes, besides the simple types. */
export const IMPORTED = [
  "ARRAY",
  "bits",
  "CDLL",
  "CFUNCTYPE",
  "disposed",
  "Enumeration",
  "Opaque",
  "POINTER",
  "Structure",
  "Union",
  "offsetof",
  "symbol",
  "sizeof",
  "alignment",
];
export const IMPORTED_TYPES = [
  "ArrayOf",
  "ArrayType",
  "CharArray",
  "Disposer",
  "Func",
  "FunctionType",
  "InstanceOf",
  "Pointer",
  "PointerType",
  "Read",
  "TypeOf",
  "WideArray",
];

/** What a module imports `ctypes-js/arithmetic` as: no header calls anything so. */
export const ARITHMETIC = "$";

const RESERVED = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if " +
    "implements import in instanceof interface let new null package private protected public return static super switch this throw true try " +
    "typeof undefined var void while with yield any boolean never number object string symbol unknown bigint " +
    "Error Number Object Record globalThis process classes " +
    "__proto__ constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf"
  ).split(" "),
);
const TAKEN = new Set([...IMPORTED, ...IMPORTED_TYPES]);

/** A name that can be declared in a module. */
export function safeName(name: string): string {
  return RESERVED.has(name) || TAKEN.has(name) || /^c_[a-z0-9_]+$/.test(name) ? `${name}_` : name;
}

/**
 * The name that a structure's member has here: two names of C's are JavaScript's own, of the class and of the
 * prototype.
 */
export function memberName(name: string): string {
  return name === "constructor" || name === "__proto__" ? `${name}_` : name;
}

/** The name of a parameter in a tuple type. */
export function parameterName(name: string, index: number): string {
  if (name === "") return `arg${index}`;
  return RESERVED.has(name) ? `${name}_` : name;
}

/** Gives each name once: the second gets a number. */
export class Names {
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    let name = safeName(wanted);
    for (let i = 2; this.#taken.has(name); i++) name = `${safeName(wanted)}_${i}`;
    this.#taken.add(name);
    return name;
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }
}
