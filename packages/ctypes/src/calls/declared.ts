/** What a function is declared to be. */
import type { Address } from "rawffi";
import { ArgumentError, describe, spelling } from "../memory/errors.ts";
import { isCType } from "../types/cdata.ts";
import type { CType, SymbolOrigin } from "../types/protocol.ts";
import type { ParamFlag } from "./paramflags.ts";
import type { CallOptions } from "./shape.ts";

/** Anything that converts arguments: every C type, and any object with this method. */
export interface Converter {
  from_param(value: unknown): unknown;
}

/** Sees each result before the caller does. */
export type ErrorCheck = (result: unknown, func: unknown, args: readonly unknown[]) => unknown;

export interface Declaration extends CallOptions {
  /** A type, null for `void`, or a function that makes the result of the `int` that C returned. */
  readonly restype: CType | null | ((value: number) => unknown);
  /** Null is "to be guessed". */
  readonly argtypes: readonly Converter[] | null;
  /** Whether further arguments may follow, as for `...`. */
  readonly takesMore: boolean;
  readonly paramflags: readonly ParamFlag[] | null;
  /** Whether its type asks for `errno`, whatever its library does. */
  readonly usesErrno: boolean;
  /** Of a callback: whether other threads do not wait for it. */
  readonly nowait?: boolean | undefined;
}

/**
 * The location of a function: where it is, whether `errno` is swapped, and the library that it belongs to, if one is
 * known.
 */
export interface Location {
  readonly address: Address;
  readonly usesErrno: boolean;
  readonly origin?: SymbolOrigin | undefined;
  /** There when it is a callback. */
  readonly callback?: unknown;
}

/** @throws TypeError for what is no result type. */
export function checkRestype(where: string, restype: unknown): Declaration["restype"] {
  if (restype === null || isCType(restype)) return restype;
  const isClass = typeof restype === "function" && /^class\b/.test(Function.prototype.toString.call(restype));
  if (typeof restype === "function" && !isClass) return restype as (value: number) => unknown;
  throw new TypeError(`${where}: expected a C type, a function or null, got ${describe(restype)}`);
}

/** @throws TypeError naming the first that is no parameter type, ArgumentError when they are too many. */
export function checkArgtypes(where: string, argtypes: readonly unknown[]): readonly Converter[] {
  const i = argtypes.findIndex((type) => typeof (type as Partial<Converter> | null)?.from_param !== "function");
  if (i >= 0) {
    const advice = argtypes[i] === "..." ? "; '...' comes last" : "";
    throw new TypeError(
      `${where}[${i}]: expected a C type or an object with from_param(), got ${describe(argtypes[i])}${advice}`,
    );
  }
  if (argtypes.length > 1024) {
    throw new ArgumentError(`${where}: ${argtypes.length} are too many; the maximum is 1024`);
  }
  return argtypes as readonly Converter[];
}

/** A function type as messages have it. */
export function declarationName({ restype, argtypes, takesMore }: Declaration): string {
  const named = (type: unknown) => (isCType(type) ? spelling(type) : "?");
  const parameters = [...(argtypes ?? []).map(named), ...(takesMore ? ["..."] : [])];
  return `(${parameters.join(", ")}) => ${restype === null ? "void" : named(restype)}`;
}
