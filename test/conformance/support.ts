/**
 * What the conformance tests share: the helper library, the collector, errors with their message, a few prototypes.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CDLL, type DynamicFunction, type DynamicLibrary } from "ctypes-js";

// -- The helper library ----------------------------------------------------------------------------

/** The library compiled from `test/fixtures/conformance.c`. */
export const library = fileURLToPath(new URL("../fixtures/build/conformance.so", import.meta.url));

/**
 * The library without declarations, as a test of its own sees it: what is set on its functions is seen by nobody else.
 */
export function open(): DynamicLibrary {
  return new CDLL(library);
}

/** A function of the library nobody has declared yet. */
export function undeclared(name: string): DynamicFunction {
  return open()[name] as DynamicFunction;
}

export const isWindows = process.platform === "win32";

/** What a `wchar_t` holds, and the array of units that wide text is, as messages name them. */
export const wideCharacter = isWindows ? "UTF-16 unit" : "character";
export const wideUnits = isWindows ? "Uint16Array" : "Uint32Array";

// -- Errors ----------------------------------------------------------------------------------------

// An abstract class, too, may be what is expected.
type ErrorClass = abstract new (...args: never[]) => Error;

/** `run` throws an error of this class, whose message matches when a pattern or text is given; gives the error. */
export function throws(run: () => unknown, type: ErrorClass, message?: string | RegExp): Error {
  let thrown: unknown;
  assert.throws(run, (error: unknown) => {
    thrown = error;
    return true;
  });
  assert.ok(thrown instanceof Error, "what is thrown is an error");
  assert.ok(thrown instanceof type, `expected ${type.name}, got ${thrown.constructor.name}: ${thrown.message}`);
  if (typeof message === "string") assert.equal(thrown.message, message);
  else if (message !== undefined) assert.match(thrown.message, message);
  return thrown;
}

// -- The collector ---------------------------------------------------------------------------------

/** Collects garbage and lets finalizers run, several times: one round does not reach what only a finalizer released. */
export async function collect(rounds = 4): Promise<void> {
  const { gc } = globalThis;
  assert.ok(gc !== undefined, "run with --expose-gc");
  for (let i = 0; i < rounds; i++) {
    gc();
    await setImmediate();
  }
}

/** Whether what `make` gives is collected when nobody else holds it. */
export async function isCollected(make: () => object): Promise<boolean> {
  const ref = new WeakRef(make());
  await setImmediate();
  await collect();
  return ref.deref() === undefined;
}

// -- Bytes -----------------------------------------------------------------------------------------

/** The bytes of ASCII text, of numbers, or of hexadecimal digits: `bytes("abc")`, `bytes([1, 2])`, `hex("0a 0b")`. */
export function bytes(from: string | readonly number[]): Uint8Array {
  return typeof from === "string" ? Uint8Array.from(from, (c) => c.charCodeAt(0)) : Uint8Array.from(from);
}

export function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(/[\s-]/g, ""), "hex"));
}
