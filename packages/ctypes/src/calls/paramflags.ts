/**
 * `paramflags`: parameters with names, defaults and a direction, as ctypes has them for functions made of
 * `[name, library]`.
 *
 *     1 in        given by the caller: by position, by name, or its default
 *     2 out       made here, passed by reference, and given back
 *     3 in-out    given by the caller, and given back as it is
 *     5 in (lcid) its default, or 0
 */
import { ArgumentError, describe } from "../memory/errors.ts";
import { CData, isCType } from "../types/cdata.ts";
import { type CType, decays, traitsOf } from "../types/protocol.ts";

/** `[direction, name, default]`; the last two may be absent. */
export type ParamFlag = readonly [direction: number, name?: string | null, fallback?: unknown];

const IN = 1;
const OUT = 2;
const LCID = 4;

/** What a call passes, and what it gives back. */
export interface BoundArguments {
  readonly values: unknown[];
  /** The result of the call, given C's: the out-parameters where there are any. */
  outputs(result: unknown): unknown;
}

/**
 * Checks the flags of a function with these parameters.
 *
 * @throws TypeError for malformed flags and out-parameters that are no pointers, RangeError when they are not as many
 * as the parameters.
 */
export function checkParamflags(
  where: string,
  argtypes: readonly unknown[],
  flags: unknown,
): readonly ParamFlag[] | null {
  if (flags === null || flags === undefined) return null;
  if (!Array.isArray(flags))
    throw new TypeError(`${where}: paramflags: expected an array or null, got ${describe(flags)}`);
  if (flags.length !== argtypes.length) {
    throw new RangeError(
      `${where}: paramflags must have the same length as argtypes: ${flags.length} and ${argtypes.length}`,
    );
  }
  flags.forEach((flag: unknown, i) => {
    const [direction, name] = Array.isArray(flag) ? flag : [];
    const isWell = Number.isInteger(direction) && (name === undefined || name === null || typeof name === "string");
    if (!isWell)
      throw new TypeError(`${where}: paramflags[${i}]: expected [direction, name?, default?], got ${describe(flag)}`);
    if (![0, 1, 2, 3, 5].includes(direction & 7)) {
      throw new TypeError(
        `${where}: paramflags[${i}]: direction ${direction} is none of 1 (in), 2 (out), 3 (in-out), 5 (lcid)`,
      );
    }
    if ((direction & 7) === OUT && pointedTo(argtypes[i]) === undefined) {
      throw new TypeError(
        `${where}: paramflags[${i}]: 'out' parameter ${i + 1} must be a pointer type, not ${typeName(argtypes[i])}`,
      );
    }
  });
  return flags as unknown as readonly ParamFlag[];
}

/** What a call with these arguments passes. @throws ArgumentError for missing, superfluous and unknown ones. */
export function bindParameters(
  name: string,
  argtypes: readonly unknown[],
  flags: readonly ParamFlag[],
  args: readonly unknown[],
): BoundArguments {
  const keywords = keywordsIn(flags, args);
  const positional = keywords === null ? args : args.slice(0, -1);
  let next = 0;
  let used = 0;
  const outputs: { value: unknown; isMade: boolean }[] = [];
  const values = flags.map(([direction, label, fallback], i) => {
    const kind = direction & 7;
    if (kind === (IN | LCID)) return fallback ?? 0;
    if (kind === OUT) {
      const value = fallback ?? makeOutput(name, argtypes[i], i);
      outputs.push({ value, isMade: fallback === undefined });
      return value;
    }
    let value: unknown;
    if (next < positional.length) {
      value = positional[next++];
      if (label && keywords !== null && Object.hasOwn(keywords, label)) {
        throw new ArgumentError(`${name}(): argument '${label}' was given twice, by position and by name`);
      }
      used++;
    } else if (label && keywords !== null && Object.hasOwn(keywords, label)) {
      value = keywords[label];
      used++;
    } else if (fallback !== undefined) value = fallback;
    else
      throw new ArgumentError(
        label ? `${name}(): required argument '${label}' missing` : `${name}(): not enough arguments`,
      );
    if (kind === (IN | OUT)) outputs.push({ value, isMade: false });
    return value;
  });
  const given = positional.length + (keywords === null ? 0 : Object.keys(keywords).length);
  if (given !== used) throw new ArgumentError(`${name}(): call takes exactly ${used} arguments (${given} given)`);
  return {
    values,
    outputs(result) {
      const given = outputs.map(({ value, isMade }) => (isMade ? fromOutput(value) : value));
      return given.length === 0 ? result : given.length === 1 ? given[0] : given;
    },
  };
}

// -- Private ---------------------------------------------------------------------------------------

/** A last argument that is a plain object of parameter names and nothing else. */
function keywordsIn(flags: readonly ParamFlag[], args: readonly unknown[]): Record<string, unknown> | null {
  const last = args.at(-1);
  if (typeof last !== "object" || last === null || Object.getPrototypeOf(last) !== Object.prototype) return null;
  const names = flags.map(([, name]) => name);
  return Object.keys(last).every((key) => names.includes(key)) ? (last as Record<string, unknown>) : null;
}

function pointedTo(type: unknown): CType | null | undefined {
  return isCType(type) ? traitsOf(type).pointee : undefined;
}

function typeName(type: unknown): string {
  return isCType(type) ? traitsOf(type).name : describe(type);
}

function makeOutput(name: string, type: unknown, index: number): unknown {
  const made = isCType(type) && decays(traitsOf(type)) ? type : pointedTo(type);
  if (made === null || made === undefined) {
    throw new TypeError(`${name}(): 'out' parameter ${index + 1}: ${typeName(type)} must be passed as a default value`);
  }
  return new made();
}

/** What an out-parameter reads as: a plain value where its type is a direct simple one. */
function fromOutput(value: unknown): unknown {
  if (!(value instanceof CData)) return value;
  const method = (value as { __ctypes_from_outparam__?: () => unknown }).__ctypes_from_outparam__;
  return method === undefined ? value : method.call(value);
}
