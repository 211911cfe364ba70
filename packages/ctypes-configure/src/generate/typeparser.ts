/**
 * Types as a user writes them: `POINTER(ARRAY(c_int, 4))`, of ctypes' own and of the module.
 */
import * as ctypes from "ctypes-js";
import type { Type } from "./ir.ts";

/** The type that an expression is. @throws SyntaxError saying where it is none. */
export function parsedType(expression: string): Type {
  const words = expression.match(/[A-Za-z_$][\w$]*|\d+|"\.\.\."|\S/g) ?? [];
  const wrong = (wanted: string) =>
    new SyntaxError(`${expression}: expected ${wanted}, got ${words[0] === undefined ? "its end" : words[0]}`);
  const take = (word: string) => {
    if (words.shift() !== word) throw new SyntaxError(`${expression}: expected ${word} in a type of ctypes`);
  };

  const type = (): Type => {
    const name = words[0];
    if (name === undefined || !/^[A-Za-z_$]/.test(name)) throw wrong("a type");
    words.shift();
    if (name === "null") return { kind: "void" };
    if (words[0] !== "(") return isSimple(name) ? { kind: "simple", name } : { kind: "named", name };
    words.shift();
    const made = composed(name);
    take(")");
    return made;
  };
  const composed = (name: string): Type => {
    if (name === "POINTER") {
      const to = type();
      return to.kind === "void" ? { kind: "simple", name: "c_void_p" } : { kind: "pointer", to };
    }
    if (name === "ARRAY") {
      const of = type();
      take(",");
      if (!/^\d+$/.test(words[0] ?? "")) throw wrong("a length");
      return { kind: "array", of, length: Number(words.shift()) };
    }
    if (name !== "CFUNCTYPE") throw new SyntaxError(`${expression}: expected POINTER, ARRAY or CFUNCTYPE, got ${name}`);
    const result = type();
    const parameters: { name: string; type: Type }[] = [];
    while (words[0] === "," && words[1] !== '"..."') {
      words.shift();
      parameters.push({ name: "", type: type() });
    }
    const isVariadic = words[0] === ",";
    if (isVariadic) words.splice(0, 2);
    return { kind: "function", result, parameters, isVariadic };
  };

  const found = type();
  if (words.length > 0) throw wrong("its end");
  return found;
}

// -- Private ---------------------------------------------------------------------------------------

function isSimple(name: string): boolean {
  const found = (ctypes as unknown as Record<string, { readonly _type_?: unknown } | undefined>)[name];
  return Object.hasOwn(ctypes, name) && typeof found?._type_ === "string";
}
