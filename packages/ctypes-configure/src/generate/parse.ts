/**
 * Headers read by libclang: the translation unit that includes them, its declarations and its macros.
 */
import { type Cursor, CursorKind, Diagnostic, Index, TranslationUnit } from "ctypes-libclang";
import { flagsOf, preambleOf, type Settings } from "../measure/settings.ts";
import { BYTE_ORDER_FLAGS } from "./byteorder.ts";
import { Declarations } from "./declarations.ts";
import type { Includes } from "./imported.ts";
import type { Declaration, Skipped } from "./ir.ts";
import { languageByFlags, languageOf } from "./language.ts";
import type { Refusal, Translation } from "./macros/syntax.ts";
import { translations } from "./macros/translate.ts";
import { macrosOf } from "./macros.ts";
import type { GenerateOptions } from "./options.ts";
import { MAIN } from "./selection.ts";
import { declarationsOf } from "./shim/functions.ts";

export interface Parsed {
  readonly declarations: readonly Declaration[];
  readonly skipped: readonly Skipped[];
  /** The headers that were read for it, the named ones first. */
  readonly headers: readonly string[];
  /** What each file includes. */
  readonly includes: Includes;
}

/** A header that cannot be parsed: the message is the compiler's own. */
export class HeaderError extends Error {
  override readonly name = "HeaderError";
  readonly code = "ERR_HEADER";
}

/** @throws HeaderError with the compiler's message, LibclangError when there is no libclang. */
export function parse(options: GenerateOptions): Parsed {
  const args = [...flagsOf(options as Settings).compile, "-fparse-all-comments", ...BYTE_ORDER_FLAGS];
  const prototypes = declarationsOf(options.shim?.prototypes);
  const text = `${preambleOf(options as Settings)}\n${prototypes}`;
  const other = languageByFlags(args);
  if (other !== null) throw new HeaderError(`${options.headers.join(", ")}: ${other}`);
  const unit = TranslationUnit.from_source(
    MAIN,
    args,
    [[MAIN, text]],
    TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD | TranslationUnit.PARSE_SKIP_FUNCTION_BODIES,
    Index.create(),
  );
  try {
    const wrong = unit.diagnostics.find((diagnostic) => diagnostic.severity >= Diagnostic.Error);
    if (wrong !== undefined) {
      const language = languageOf(MAIN, text, args, wrong.spelling);
      throw new HeaderError(language === null ? complaintOf(wrong) : `${wrong.format()}\n${language}`);
    }
    const found = new Declarations(options, unit);
    found.readAll();
    const [functions, others] = partition(found.macros, (cursor) => cursor.is_macro_function_like());
    for (const macro of macrosOf(others, text, args)) found.ofMacros.addMacro(macro);
    const wanted = options.translate === false ? [] : lastOfEach([...functions, ...found.inlines]);
    const translated = translations(wanted, found.all, text, args);
    for (const cursor of wanted)
      found.ofMacros.addTranslation(cursor, translated.get(cursor.spelling) as Translation | Refusal);
    found.ofMacros.addShims();
    const headers = [...new Set(found.declarations.map((declaration) => declaration.header))];
    return { declarations: found.declarations, skipped: found.skipped, headers, includes: includesOf(unit) };
  } finally {
    unit.dispose(); // megabytes, which the collector does not see
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** What the compiler says, and what to do where it does not find a header. */
function complaintOf(wrong: Diagnostic): string {
  const missing = /'([^']+)' file not found/.exec(wrong.spelling)?.[1];
  if (missing === undefined) return wrong.format();
  const isOwn = wrong.location.file?.name === MAIN; // one that the user has named: the place says nothing
  const advice =
    "name its folder (--include-dir, includeDirs), or the package that knows it (--package, packages): " +
    "pkg-config --list-all shows them";
  return `${isOwn ? wrong.spelling : wrong.format()}; ${advice}`;
}

// The directives, not what was read for them: a file that is included twice is read once.
function includesOf(unit: TranslationUnit): Includes {
  const includes = new Map<string, string[]>();
  for (const cursor of unit.cursor.get_children()) {
    if (cursor.kind !== CursorKind.INCLUSION_DIRECTIVE) continue;
    const from = cursor.location.file?.name ?? MAIN;
    const to = cursor.get_included_file()?.name;
    if (to !== undefined) includes.set(from, [...(includes.get(from) ?? []), to]);
  }
  return includes;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** What is defined again holds as it is defined last. */
function lastOfEach(cursors: readonly Cursor[]): Cursor[] {
  return [...new Map(cursors.map((cursor) => [cursor.spelling, cursor])).values()];
}
