/**
 * Macros that are constants. `values.ts` asks libclang what each is worth.
 */

import type { Cursor } from "ctypes-libclang";
import { documentation } from "./comments.ts";
import { placeInHeader } from "./place.ts";
import { hasNoValue, type Value, valuesOf } from "./values.ts";

export interface Macro {
  readonly name: string;
  /** Null when it is no constant; then `reason` says why. */
  readonly value: Value | null;
  /** The function that it names; null when it names none. */
  readonly functionName: string | null;
  readonly reason: string;
  readonly header: string;
  readonly place: string;
  readonly comment: string | null;
}

/** The macros behind definitions, in order; those that are empty, such as include guards, are left out. */
export function macrosOf(definitions: readonly Cursor[], headers: string, args: readonly string[]): Macro[] {
  const last = new Map(definitions.map((cursor) => [cursor.spelling, cursor])); // redefined: the last one holds
  const macros = [...last.values()].map((cursor) => describe(cursor));
  const candidates = macros.flatMap((macro) => (macro.isCandidate ? [macro.name] : []));
  const values = valuesOf(candidates, headers, args);
  return macros.flatMap(({ isCandidate: _, isEmpty, ...macro }) => {
    if (isEmpty) return [];
    const found = values.get(macro.name);
    if (found === undefined) return [macro];
    if (hasNoValue(found)) return [{ ...macro, reason: found.reason }];
    if (typeof found === "object" && "functionName" in found) return [{ ...macro, functionName: found.functionName }];
    return [{ ...macro, value: found, reason: "" }];
  });
}

// -- Private ---------------------------------------------------------------------------------------

interface Described extends Macro {
  readonly isCandidate: boolean;
  readonly isEmpty: boolean;
}

/** What each compiler has a value of its own for, or each place. */
export const OF_COMPILER =
  /^__(GNUC(_MINOR|_PATCHLEVEL)?|clang(_\w+)?|VERSION|LINE|FILE|DATE|TIME|TIMESTAMP|COUNTER|STDC_VERSION)__$/;

function describe(cursor: Cursor): Described {
  const name = cursor.spelling;
  const common = {
    name,
    value: null,
    functionName: null,
    header: cursor.location.file?.name ?? "",
    place: placeInHeader(cursor),
    comment: documentation(cursor.raw_comment, "none"),
  };
  const body = cursor.get_tokens().slice(1);
  const isEmpty = body.length === 0 || isAttribute(body.map(({ spelling }) => spelling).join(""));
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

/**
 * Which attributes a header gives its declarations differs between compilers, and is no more to a module than nothing
 * is.
 */
function isAttribute(body: string): boolean {
  return /^(__attribute__\(\(.*\)\))+$/.test(body);
}
