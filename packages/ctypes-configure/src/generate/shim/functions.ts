/**
 * The C functions of a shim: a library that is compiled for what is in no library, inline functions and macros.
 */
import { type Cursor, TypeKind } from "ctypes-libclang";
import { declarator } from "../prototype.ts";

/** What a user says about a shim. */
export interface ShimOptions {
  /** The library to compile; its source stands beside it, as a `.c` file. */
  readonly file: string;
  /** How the module names it, seen from its own place; else the name of the file in the module's folder. */
  readonly url?: string;
  /** Macros that become functions, as prototypes: `"int FD_ISSET(int fd, fd_set *set)"`. */
  readonly prototypes?: readonly string[];
  /** The C compiler; else `$CC`, else the first of `cc`, `gcc` and `clang` that is there. */
  readonly compiler?: string;
}

/** What functions of a shim are called in the library: the name itself is taken by what they stand for. */
export const PREFIX = "ctypes_shim_";

/** The user's prototypes as C declares them, each in a line. @throws TypeError for what is no prototype. */
export function declarationsOf(prototypes: readonly string[] = []): string {
  return prototypes
    .map((prototype) => {
      const text = prototype.trim().replace(/;$/, "");
      if (!/^[^()]*\b[A-Za-z_]\w*\s*\(.*\)$/s.test(text)) {
        throw new TypeError(
          `shim: expected a prototype such as "int FD_ISSET(int fd, fd_set *set)", got "${prototype}"`,
        );
      }
      return `${text.replace(/\b([A-Za-z_]\w*)(\s*\()/, `${PREFIX}$1$2`).replaceAll("\n", " ")};\n`;
    })
    .join("");
}

/** The function that calls `name`, in one line of C; null where C cannot pass the arguments on. */
export function shimDefinition(cursor: Cursor, name: string): string | null {
  const { type } = cursor;
  if (type.kind === TypeKind.FUNCTIONPROTO && type.is_function_variadic()) return null;
  const names = cursor.get_arguments().map(({ spelling }, i) => spelling || `argument${i}`);
  const parameters = cursor
    .get_arguments()
    .map((argument, i) => declarator(argument.type.spelling, names[i] as string));
  // An inline function may have a macro of its name, which parentheses keep out.
  const isFunction = cursor.spelling === name;
  const call = `${isFunction ? `(${name})` : name}(${names.join(", ")});`;
  const isVoid = cursor.result_type.get_canonical().kind === TypeKind.VOID;
  const head = declarator(cursor.result_type.spelling, `${PREFIX}${name}(${parameters.join(", ") || "void"})`);
  return `CTYPES_SHIM ${head} { ${isVoid ? call : `return ${call}`} }`;
}
