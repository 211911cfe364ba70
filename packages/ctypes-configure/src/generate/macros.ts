/**
 * Macros that are constants. What one is worth, libclang is asked: every macro initialises a variable of a second translation unit, so that
 * expressions, other macros, `sizeof` and enumerators all count.
 */
import { type Cursor, CursorKind, Index, TranslationUnit, TypeKind } from "libclang";
import { documentation } from "./comments.ts";

export interface Macro {
  readonly name: string;
  /** Null when it is no constant; then `reason` says why. */
  readonly value: number | bigint | string | null;
  readonly reason: string;
  readonly header: string;
  readonly comment: string | null;
}

/** The macros behind definitions, in order; those that are empty, such as include guards, are left out. */
export function macrosOf(definitions: readonly Cursor[], headers: string, args: readonly string[]): Macro[] {
  const last = new Map(definitions.map((cursor) => [cursor.spelling, cursor])); // redefined: the last one holds
  const macros = [...last.values()].map((cursor) => describe(cursor));
  const candidates = macros.flatMap((macro) => (macro.isCandidate ? [macro.name] : []));
  const values = evaluate(candidates, headers, args);
  return macros.flatMap(({ isCandidate, isEmpty, ...macro }) => {
    if (isEmpty) return [];
    const value = values.get(macro.name);
    return [isCandidate && value !== undefined ? { ...macro, value, reason: "" } : macro];
  });
}

// -- Private ---------------------------------------------------------------------------------------

interface Described extends Macro {
  readonly isCandidate: boolean;
  readonly isEmpty: boolean;
}

/** What each compiler has a value of its own for, or each place. */
const OF_COMPILER =
  /^__(GNUC(_MINOR|_PATCHLEVEL)?|clang(_\w+)?|VERSION|LINE|FILE|DATE|TIME|TIMESTAMP|COUNTER|STDC_VERSION)__$/;

function describe(cursor: Cursor): Described {
  const name = cursor.spelling;
  const common = {
    name,
    value: null,
    header: cursor.location.file?.name ?? "",
    comment: documentation(cursor.raw_comment, "none"),
  };
  if (cursor.is_macro_function_like()) {
    return {
      ...common,
      reason: "a function-like macro: the preprocessor's own, no library has it",
      isCandidate: false,
      isEmpty: false,
    };
  }
  const body = cursor.get_tokens().slice(1);
  const isEmpty = body.length === 0;
  const isOfCompiler = body.some(({ spelling }) => OF_COMPILER.test(spelling));
  if (isOfCompiler)
    return { ...common, reason: "it tells one compiler from another", isCandidate: false, isEmpty: false };
  const isStatement = body.some(({ spelling }) =>
    /^([{};]|#.*|extern|typedef|static|inline|return|do|if|while|asm|__asm__|__attribute__|__declspec|__extension__)$/.test(
      spelling,
    ),
  );
  return { ...common, reason: "no constant expression", isCandidate: !isEmpty && !isStatement, isEmpty };
}

function evaluate(
  names: readonly string[],
  headers: string,
  args: readonly string[],
): Map<string, number | bigint | string> {
  const file = "ctypes-configure-macros.c";
  const lines = names.map((name, i) => `__auto_type ctypes_macro_${i} = ${name};\n`);
  const unit = TranslationUnit.from_source(
    file,
    [...args, "-ferror-limit=0", "-w"],
    [[file, headers + lines.join("")]],
    TranslationUnit.PARSE_SKIP_FUNCTION_BODIES | TranslationUnit.PARSE_KEEP_GOING,
    Index.create(),
  );
  const values = new Map<string, number | bigint | string>();
  for (const cursor of unit.cursor.get_children()) {
    const index = cursor.kind === CursorKind.VAR_DECL ? /^ctypes_macro_(\d+)$/.exec(cursor.spelling)?.[1] : undefined;
    if (index === undefined) continue;
    const value = constantOf(cursor);
    if (value !== null) values.set(names[Number(index)] as string, value);
  }
  unit.dispose();
  return values;
}

/** The value of a variable: an integer, a float, or a text. A pointer is no constant. */
function constantOf(cursor: Cursor): number | bigint | string | null {
  const value = cursor.evaluate();
  const { kind } = cursor.type.get_canonical();
  if (typeof value === "string") return kind === TypeKind.POINTER ? value : null;
  if (kind === TypeKind.POINTER || value === null) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return value;
}
