/**
 * What macros are worth. libclang is asked: each initialises a variable of a translation unit of ours, so that
 * expressions, other macros, `sizeof` and enumerators all count.
 *
 *     #define CTYPES_ONE_(x) (x)                     a list such as `10, 20` is too many arguments here
 *     #define CTYPES_ONE(x) CTYPES_ONE_(x)
 *     __auto_type ctypes_macro_0 = CTYPES_ONE(A);    one a line: the line tells which one a diagnostic is about
 *
 * What clang complains about is dropped with its reason. A macro that leaves a parenthesis open swallows the lines
 * after it: those are dropped first, and the others evaluated again.
 */
import { type Cursor, CursorKind, Diagnostic, Index, TranslationUnit, TypeKind } from "ctypes-libclang";
import { textOfVariable } from "./literals.ts";

export type Value = number | bigint | string | Uint8Array;

/** Why a macro is no constant. */
export interface NoValue {
  readonly reason: string;
}

/** Whether a macro or variable is no constant. */
export function hasNoValue(found: object | Value): found is NoValue {
  return typeof found === "object" && "reason" in found;
}

/** A macro that names a function. */
export interface FunctionName {
  readonly functionName: string;
}

/** The values of those that are constants, and the reasons of those that clang complains about. */
export function valuesOf(
  names: readonly string[],
  headers: string,
  args: readonly string[],
): ReadonlyMap<string, Value | NoValue | FunctionName> {
  const found = new Map<string, Value | NoValue | FunctionName>();
  let left = names;
  for (let round = 0; round < MOST_ROUNDS && left.length > 0; round++) {
    const { values, complaints, pointers } = evaluate(left, (name) => name, headers, args);
    const open = [...complaints].filter(([, reason]) => reason.includes("unterminated"));
    for (const [name, reason] of open.length > 0 ? open : complaints) found.set(name, { reason });
    left = left.filter((name) => !found.has(name));
    if (open.length > 0) continue;
    for (const name of left) {
      const value = values.get(name);
      if (value !== undefined) found.set(name, value);
    }
    if (pointers.length === 0) break; // the headers need not be parsed again
    const addresses = evaluate(pointers, (name) => `(__UINTPTR_TYPE__)(${name})`, headers, args).values;
    for (const [name, address] of addresses) found.set(name, address);
    break;
  }
  return found;
}

// -- Private ---------------------------------------------------------------------------------------

/** Each finds at least one that is open. */
const MOST_ROUNDS = 100;
const FILE = "ctypes-configure-macros.c";
const ONE = "#define CTYPES_ONE_(x) (x)\n#define CTYPES_ONE(x) CTYPES_ONE_(x)\n";
/** What is no reason to doubt a value. */
const HARMLESS = ["deprecated", "deprecated-declarations", "multichar", "gnu", "pedantic", "attributes"];

interface Evaluated {
  readonly values: ReadonlyMap<string, Value | NoValue | FunctionName>;
  readonly complaints: ReadonlyMap<string, string>;
  /** Constants whose type is a pointer, and which are no text. */
  readonly pointers: readonly string[];
}

function evaluate(
  names: readonly string[],
  expression: (name: string) => string,
  headers: string,
  args: readonly string[],
): Evaluated {
  const before = headers + ONE;
  const lines = names.map((name, i) => `__auto_type ctypes_macro_${i} = CTYPES_ONE(${expression(name)});\n`);
  const unit = TranslationUnit.from_source(
    FILE,
    [...args, "-ferror-limit=0", ...HARMLESS.map((name) => `-Wno-${name}`)],
    [[FILE, before + lines.join("")]],
    TranslationUnit.PARSE_SKIP_FUNCTION_BODIES | TranslationUnit.PARSE_KEEP_GOING,
    Index.create(),
  );
  try {
    const first = before.split("\n").length;
    const complaints = new Map<string, string>();
    for (const { severity, location, spelling } of unit.diagnostics) {
      const name = location.file?.name === FILE ? names[location.line - first] : undefined;
      if (name !== undefined && severity >= Diagnostic.Warning && !complaints.has(name))
        complaints.set(name, reasonFor(spelling));
    }
    const values = new Map<string, Value | NoValue | FunctionName>();
    const pointers: string[] = [];
    for (const cursor of unit.cursor.get_children()) {
      const index = cursor.kind === CursorKind.VAR_DECL ? /^ctypes_macro_(\d+)$/.exec(cursor.spelling)?.[1] : undefined;
      if (index === undefined) continue;
      const name = names[Number(index)] as string;
      const value = functionNamedBy(cursor) ?? constantOf(cursor);
      if (value !== null) values.set(name, value);
      else if (isPointer(cursor)) pointers.push(name);
    }
    return { values, complaints, pointers };
  } finally {
    unit.dispose();
  }
}

/** The same sentence for all macros that it is said of. */
function reasonFor(spelling: string): string {
  if (spelling.startsWith("too many arguments provided to function-like macro"))
    return "a list, which is no expression";
  if (/^(implicit declaration of|call to undeclared) function/.test(spelling)) return "it calls what is no function";
  return `clang: ${spelling.replace(/ '\w+'/g, "").replace(/ \((aka|fix).*\)$/, "")}`;
}

function isPointer(cursor: Cursor): boolean {
  return cursor.type.get_canonical().kind === TypeKind.POINTER;
}

/** The function that the initialiser is, and nothing else. */
function functionNamedBy(variable: Cursor): FunctionName | null {
  let cursor = variable;
  for (;;) {
    const [child, ...others] = cursor.get_children();
    if (child === undefined || others.length > 0) return null;
    if (child.kind === CursorKind.DECL_REF_EXPR) {
      return child.referenced?.kind === CursorKind.FUNCTION_DECL ? { functionName: child.spelling } : null;
    }
    if (child.kind !== CursorKind.UNEXPOSED_EXPR && child.kind !== CursorKind.PAREN_EXPR) return null;
    cursor = child;
  }
}

/** The value of a variable's initialiser: an integer, a float, or a text; null where it is none, or a pointer. */
export function constantOf(cursor: Cursor): Value | NoValue | null {
  const text = textOfVariable(cursor);
  if (text !== null) return text;
  const { kind } = cursor.type.get_canonical();
  if (kind === TypeKind.POINTER) return null;
  if (kind === TypeKind.INT128 || kind === TypeKind.UINT128) return { reason: "an integer of 128 bits" };
  const value = cursor.evaluate();
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return typeof value === "number" ? value : null;
}
