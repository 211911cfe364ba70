/**
 * What the names in macros mean: libclang is asked, for all of them at once, in a translation unit of ours.
 *
 *     __auto_type ctypes_word_0 = (NAME);         an expression: its value and its type
 *     typedef __typeof__(NAME) ctypes_type_0;     a type
 *
 * One a line: the line tells which one a diagnostic is about.
 */
import type { ArithmeticCode } from "ctypes-js/arithmetic";
import { type Type as ClangType, type Cursor, Diagnostic, Index, TranslationUnit, TypeKind } from "ctypes-libclang";
import type { Word } from "./syntax.ts";

/** The values and types of expressions, and the types that names stand for. */
export function wordsOf(words: Iterable<string>, headers: string, args: readonly string[]): ReadonlyMap<string, Word> {
  const names = [...new Set(words)];
  const lines = names.flatMap((name, i) => [
    `__auto_type ctypes_word_${i} = (${name});`,
    /^[A-Za-z_]\w*$/.test(name) ? `typedef __typeof__(${name}) ctypes_type_${i};` : "",
  ]);
  const found = new Map<string, Word>(
    names.map((name) => [name, { kind: "other", reason: `it needs ${name}, which is no constant` }]),
  );
  parseLines(lines, headers, args, (cursor, complaints) => {
    const [, kind, digits] = /^ctypes_(word|type)_(\d+)$/.exec(cursor.spelling) ?? [];
    if (digits === undefined) return;
    const index = Number(digits);
    const name = names[index] as string;
    if (complaints.has(2 * index + (kind === "word" ? 0 : 1))) return;
    if (kind === "type") {
      // What is an expression has a type, too: that was answered by its first line.
      if (complaints.has(2 * index)) found.set(name, { kind: "type", code: codeOf(cursor.underlying_typedef_type) });
    } else found.set(name, wordOf(cursor, name));
  });
  return found;
}

/** The type of C's arithmetic that a type is; null where it is none. */
export function codeOf(type: ClangType): ArithmeticCode | null {
  const canonical = type.get_canonical();
  if (canonical.kind === TypeKind.ENUM) {
    const definition = canonical.get_declaration().get_definition();
    return definition === null ? null : codeOf(definition.enum_type);
  }
  return CODES.get(canonical.kind) ?? null;
}

// -- Private ---------------------------------------------------------------------------------------

const FILE = "ctypes-configure-words.c";

/**
 * Each declaration of a translation unit with these lines after the headers, and the lines that clang complains about.
 */
function parseLines(
  lines: readonly string[],
  headers: string,
  args: readonly string[],
  each: (cursor: Cursor, complaints: ReadonlySet<number>) => void,
): void {
  const unit = TranslationUnit.from_source(
    FILE,
    [...args, "-ferror-limit=0", "-Wno-everything"],
    [[FILE, `${headers}${lines.join("\n")}\n`]],
    TranslationUnit.PARSE_SKIP_FUNCTION_BODIES | TranslationUnit.PARSE_KEEP_GOING,
    Index.create(),
  );
  try {
    const first = headers.split("\n").length;
    const wrong = unit.diagnostics.filter(({ severity }) => severity >= Diagnostic.Error);
    const ours = wrong.filter(({ location }) => location.file?.name === FILE);
    const complaints = new Set(ours.map(({ location }) => location.line - first));
    for (const cursor of unit.cursor.get_children()) each(cursor, complaints);
  } finally {
    unit.dispose();
  }
}

const CODES: ReadonlyMap<TypeKind, ArithmeticCode> = new Map([
  [TypeKind.BOOL, "?"],
  [TypeKind.CHAR_S, "b"],
  [TypeKind.CHAR_U, "B"],
  [TypeKind.SCHAR, "b"],
  [TypeKind.UCHAR, "B"],
  [TypeKind.SHORT, "h"],
  [TypeKind.USHORT, "H"],
  [TypeKind.INT, "i"],
  [TypeKind.UINT, "I"],
  [TypeKind.LONG, "l"],
  [TypeKind.ULONG, "L"],
  [TypeKind.LONGLONG, "q"],
  [TypeKind.ULONGLONG, "Q"],
  [TypeKind.FLOAT, "f"],
  [TypeKind.DOUBLE, "d"],
]);

function wordOf(variable: Cursor, name: string): Word {
  const type = variable.type.get_canonical();
  if (type.kind === TypeKind.POINTER) {
    const { kind } = type.get_pointee().get_canonical();
    const isFunction = kind === TypeKind.FUNCTIONPROTO || kind === TypeKind.FUNCTIONNOPROTO;
    return isFunction ? { kind: "function" } : { kind: "other", reason: `it needs ${name}, a pointer` };
  }
  const code = codeOf(type);
  const value = code === null ? null : variable.evaluate();
  if (code === null || value === null || typeof value === "string")
    return { kind: "other", reason: `it needs ${name}, which is no constant` };
  const isExact = typeof value === "bigint" && Number.isSafeInteger(Number(value));
  return { kind: "constant", value: isExact ? Number(value) : value, code };
}
