/**
 * Headers read by libclang: the translation unit that includes them, its declarations and its macros.
 */
import { Diagnostic, Index, TranslationUnit } from "libclang";
import { flagsOf, preambleOf, type Settings } from "../measure/settings.ts";
import { Declarations } from "./declarations.ts";
import type { Declaration, Skipped } from "./ir.ts";
import { macrosOf } from "./macros.ts";
import type { GenerateOptions } from "./options.ts";
import { MAIN } from "./selection.ts";

export interface Parsed {
  readonly declarations: readonly Declaration[];
  readonly skipped: readonly Skipped[];
  /** The headers that were read for it, the named ones first. */
  readonly headers: readonly string[];
}

/** A header that cannot be parsed: the message is the compiler's own. */
export class HeaderError extends Error {
  override readonly name = "HeaderError";
  readonly code = "ERR_HEADER";
}

/** @throws HeaderError with the compiler's message, LibclangError when there is no libclang. */
export function parse(options: GenerateOptions): Parsed {
  const args = [...flagsOf(options as Settings).compile, "-fparse-all-comments"];
  const text = `${preambleOf(options as Settings)}\n`;
  const unit = TranslationUnit.from_source(
    MAIN,
    args,
    [[MAIN, text]],
    TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD | TranslationUnit.PARSE_SKIP_FUNCTION_BODIES,
    Index.create(),
  );
  try {
    const wrong = unit.diagnostics.find((diagnostic) => diagnostic.severity >= Diagnostic.Error);
    if (wrong !== undefined) throw new HeaderError(wrong.format());
    const found = new Declarations(options, unit);
    found.readAll();
    for (const macro of macrosOf(found.macros, text, args)) found.addMacro(macro);
    const headers = [...new Set(found.declarations.map((declaration) => declaration.header))];
    return { declarations: found.declarations, skipped: found.skipped, headers };
  } finally {
    unit.dispose(); // megabytes, which the collector does not see
  }
}
