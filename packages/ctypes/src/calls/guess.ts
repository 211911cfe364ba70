/**
 * What an argument is when nobody declared it: behind `...`, and in functions without `argtypes`.
 */
import { isBuffer } from "../memory/buffers.ts";
import { argumentError, expected } from "../memory/errors.ts";
import {
  asParameter,
  CArgObject,
  CData,
  type CType,
  DECAY,
  type Decays,
  type Traits,
  traitsOf,
} from "../types/cdata.ts";
import { type Code, codes } from "../types/codes.ts";
import { c_char_p, c_double, c_int, c_longlong, c_void_p } from "../types/types.ts";
import { makeCall } from "./call.ts";
import type { Callee, CallShape } from "./shape.ts";

/** An argument with the type it is passed as. */
export interface Guessed {
  readonly traits: Traits;
  readonly value: unknown;
}

const traits = (type: unknown): Traits => traitsOf(type as CType);
const promotedTypes: Partial<Record<Code, unknown>> = { i: c_int, d: c_double };

/** An argument behind `...`: types smaller than `int` and `float` are promoted, as a C compiler does (C11 6.5.2.2p6). */
export function guessVariadic(given: unknown): Guessed {
  const value = asParameter(given);
  if (typeof value === "number") {
    throw expected(
      "a C object, string, buffer, bigint or null behind '...'",
      value,
      `say which number it is: new c_int(${value}) or new c_double(${value})`,
    );
  }
  const code = value instanceof CData ? (value.constructor as unknown as { _type_?: unknown })._type_ : undefined;
  const promotes = typeof code === "string" ? codes[code as Code]?.promotes : undefined;
  if (promotes === undefined) return guess(value, "a C object, string, buffer, bigint or null behind '...'");
  const plain = (value as unknown as { value: unknown }).value;
  return { traits: traits(promotedTypes[promotes]), value: codes[code as Code].pass?.(plain) };
}

/** An argument of a function without `argtypes`: as in ctypes, an integer is an `int`, and there are no floats. */
export function guess(given: unknown, accepted = "a C object, string, buffer, integer or null"): Guessed {
  const value = asParameter(given);
  switch (typeof value) {
    case "string":
      return { traits: traits(c_char_p), value };
    case "bigint":
      return { traits: traits(c_longlong), value };
    case "number":
      if (Number.isInteger(value)) return { traits: traits(c_int), value };
      throw expected("an integer where no argtypes are set", value, "set argtypes, or pass new c_double(…)");
    default:
      if (value instanceof CArgObject && value.traits !== null) return { traits: value.traits, value: value._obj };
      if (value instanceof CData) return { traits: traits(value.constructor), value };
      if (value === null || isBuffer(value)) return { traits: traits(c_void_p), value };
      if ((value as Partial<Decays> | undefined)?.[DECAY] !== undefined) return { traits: traits(c_void_p), value };
      throw expected(accepted, value);
  }
}

/** Calls with `args`, of which those behind the declared parameters are guessed. */
export function callGuessed(
  shape: CallShape,
  callee: Callee,
  address: number,
  args: readonly unknown[],
  how: (value: unknown) => Guessed,
  fixed: number | undefined,
): unknown {
  const declared = shape.parameters.length;
  const extra = args.slice(declared).map((value, i) => {
    try {
      return how(value);
    } catch (error) {
      throw argumentError(`${callee.name}(): argument ${declared + i + 1}`, error);
    }
  });
  const parameters = [...shape.parameters, ...extra.map(({ traits: of }) => of)];
  const call = makeCall({ ...shape, parameters, fixed }, callee, address);
  return call(...args.slice(0, declared), ...extra.map(({ value }) => value));
}
