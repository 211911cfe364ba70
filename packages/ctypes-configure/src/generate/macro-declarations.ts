/**
 * What macros and inline functions declare: constants, other names of functions, and functions of the module itself.
 * They are read last, for they may name again what is declared before.
 */
import { type Cursor, CursorKind } from "ctypes-libclang";
import { type BeforeMacros, beforeMacros } from "./before.ts";
import type { Common, Declaration, Skipped } from "./ir.ts";
import type { Refusal, Translation } from "./macros/syntax.ts";
import type { Macro } from "./macros.ts";
import type { Naming } from "./naming.ts";
import { placeInHeader } from "./place.ts";
import type { Shims } from "./shim/shims.ts";
import type { Value } from "./values.ts";

/** What they are added to, and what is asked about them. */
export interface Surroundings {
  readonly declarations: Declaration[];
  readonly skipped: Skipped[];
  readonly naming: Naming;
  readonly shims: Shims;
  common(cursor: Cursor): Common;
  skip(cursor: Cursor, reason: string): void;
}

export class MacroDeclarations {
  readonly #to: Surroundings;
  #beforeMacros: BeforeMacros | undefined;

  constructor(to: Surroundings) {
    this.#to = to;
  }

  addMacro({ name: cName, value, functionName, reason, header, place, comment }: Macro): void {
    const { declarations, skipped, naming } = this.#to;
    if (functionName !== null) this.#alias(cName, functionName, header, place);
    else if (value === null) skipped.push({ name: cName, reason, header, place });
    else if (this.#hasConstant(cName, value))
      return; // `#define RED RED`, after the enumerator
    else declarations.push({ kind: "constant", name: naming.take(cName), cName, value, header, place, comment });
  }

  /** A macro or an inline function that was translated, or the reason why it was not. */
  addTranslation(cursor: Cursor, translation: Translation | Refusal): void {
    const { declarations, naming, shims } = this.#to;
    const isMacro = cursor.kind === CursorKind.MACRO_DEFINITION;
    if (shims.has(cursor.spelling) && (isMacro || "reason" in translation)) return; // see addShims
    if ("reason" in translation) {
      this.#to.skip(cursor, `${isMacro ? "a function-like macro" : "static inline"}: ${translation.reason}`);
      return;
    }
    const name = naming.take(cursor.spelling);
    declarations.push({
      ...this.#to.common(cursor),
      name,
      kind: "expression",
      ...translation,
      place: placeInHeader(cursor),
    });
  }

  /** The functions of the shim, but for those that were translated. */
  addShims(): void {
    const { declarations, shims } = this.#to;
    const translated = new Set(declarations.flatMap((one) => (one.kind === "expression" ? [one.cName] : [])));
    declarations.push(...shims.without(translated));
  }

  // -- Private -------------------------------------------------------------------------------------

  /** A macro that names a function: the function is also there under that name. */
  #alias(cName: string, functionName: string, header: string, place: string): void {
    const { functions } = this.#knownBeforeMacros();
    const named = functions.get(functionName);
    if (named !== undefined && !functions.has(cName))
      this.#to.declarations.push({ ...named, name: cName, cName, header, place });
  }

  #hasConstant(cName: string, value: Value): boolean {
    return this.#knownBeforeMacros().constants.get(cName) === value;
  }

  #knownBeforeMacros(): BeforeMacros {
    this.#beforeMacros ??= beforeMacros(this.#to.declarations);
    return this.#beforeMacros;
  }
}
