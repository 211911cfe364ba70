/**
 * What an argument is when nobody declared it: after `...`, and in functions without `argtypes`.
 */
import type { Address } from "rawffi";
import { isBuffer } from "../memory/buffers.ts";
import { argumentError, expected } from "../memory/errors.ts";
import { asParameter, CArgObject } from "../types/arguments.ts";
import { CData } from "../types/cdata.ts";
import { type Code, codes } from "../types/codes.ts";
import {
  type CType,
  DECAY,
  type Decays,
  type Instance,
  MEMORY,
  type Traits,
  traitsOf,
  typeOfInstance,
} from "../types/protocol.ts";
import { c_char_p, c_double, c_int, c_longlong, c_void_p } from "../types/types.ts";
import { makeCall } from "./call.ts";
import type { Callable, Callee, CallShape } from "./shape.ts";
import type { Learnt } from "./variadic.ts";

/** An argument with the type it is passed as. */
export interface Guessed {
  readonly traits: Traits;
  readonly value: unknown;
}

const traits = (type: unknown): Traits => traitsOf(type as CType);
const promotedTypes: Partial<Record<Code, unknown>> = { i: c_int, d: c_double };

/**
 * An argument after `...`: types smaller than `int` and `float` are promoted, as a C compiler does (C11 6.5.2.2p6).
 */
export function guessVariadic(given: unknown): Guessed {
  const value = asParameter(given);
  if (typeof value === "number") {
    throw expected(
      "a C object, string, buffer, bigint or null after '...'",
      value,
      `say which number it is: new c_int(${value}) or new c_double(${value})`,
    );
  }
  const code = value instanceof CData ? (typeOfInstance(value) as unknown as { _type_?: unknown })._type_ : undefined;
  const promotes = typeof code === "string" ? codes[code as Code]?.promotes : undefined;
  if (promotes === undefined) return guess(value, "a C object, string, buffer, bigint or null after '...'");
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
      if (value instanceof CData) return { traits: traitsOf(typeOfInstance(value)), value };
      if (value === null || isBuffer(value)) return { traits: traits(c_void_p), value };
      if ((value as Partial<Decays> | undefined)?.[DECAY] !== undefined) return { traits: traits(c_void_p), value };
      throw expected(accepted, value);
  }
}

/**
 * A call whose arguments after the parameters of `shape` are guessed; those after the first `fixed` stand after
 * `...`, if that is given.
 *
 * `learn` is told of calls that others of the same kinds may make at once.
 *
 * The call for the types of the arguments is looked for among those of the last calls: a program passes the same few
 * again and again.
 */
export function guessedCall(
  shape: CallShape,
  callee: Callee,
  address: Address,
  how: (value: unknown) => Guessed,
  fixed: number | undefined,
  learn: ((learnt: Learnt) => void) | null = null,
): (args: readonly unknown[]) => unknown {
  const declared = shape.parameters.length;
  const known: { readonly types: readonly Traits[]; readonly call: Callable }[] = [];
  const callFor = (types: readonly Traits[], count: number): Callable => {
    for (const one of known) if (isSame(one.types, types)) return one.call;
    const behindDots = fixed !== undefined && count > fixed ? fixed : undefined;
    const call = makeCall(
      { ...shape, parameters: [...shape.parameters, ...types], fixed: behindDots },
      callee,
      address,
    );
    known.unshift({ types, call });
    if (known.length > MOST_KNOWN) known.pop();
    return call;
  };
  // What the last call was given, when that says what it is passed as. Nothing is made to find that it is the same
  // again.
  let lastKinds: readonly unknown[] = [];
  let last: Callable | null = null;
  return (args) => {
    if (last !== null && areOfKinds(args, declared, lastKinds)) return last(...args);
    const types: Traits[] = [];
    const values = args.slice(0, declared);
    for (let i = declared; i < args.length; i++) {
      try {
        const guessed = how(args[i]);
        types.push(guessed.traits);
        values.push(guessed.value);
      } catch (error) {
        throw argumentError(`${callee.name}(): argument ${i + 1}`, error);
      }
    }
    const call = callFor(types, args.length);
    lastKinds = args.slice(declared);
    last = lastKinds.every((arg, i) => tells(arg, types[i] as Traits)) ? call : null;
    lastKinds = lastKinds.map(kindOf);
    if (last !== null && learn !== null) learn({ call, declared, kinds: lastKinds, types });
    // What was asked for its type may have closed the library.
    callee.ended?.();
    return call(...values);
  };
}

/** Strings are of one kind, and so are the C objects of a class; undefined is of no kind. */
function kindOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return (value as Partial<CData>)[MEMORY] === undefined ? undefined : typeOfInstance(value as Instance);
}

/** Whether all of the kind of `given` are passed as they are, as `traits`. */
function tells(given: unknown, { type }: Traits): boolean {
  return typeof given === "string" || typeof given === "bigint" || kindOf(given) === type;
}

function areOfKinds(args: readonly unknown[], declared: number, kinds: readonly unknown[]): boolean {
  if (args.length !== declared + kinds.length) return false;
  for (let i = 0; i < kinds.length; i++) if (kindOf(args[declared + i]) !== kinds[i]) return false;
  return true;
}

const MOST_KNOWN = 8;

function isSame(some: readonly Traits[], others: readonly Traits[]): boolean {
  return some.length === others.length && some.every((one, i) => one === others[i]);
}
