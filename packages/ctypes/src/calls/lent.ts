/**
 * Arguments whose memory may have gone while later ones were converted, or may go while another thread makes the call.
 *
 * A conversion runs any JavaScript (`_as_parameter_`, a getter), and that may detach a buffer whose address was taken
 * already, or close the library of a function pointer. `call.ts` asks here between the last conversion and the call,
 * when a later argument was an object at all.
 */
import { backing, bufferAddress, isBuffer } from "../memory/buffers.ts";
import { KEPT, type Keeper, rootOf } from "../memory/keep.ts";
import { Memory } from "../memory/memory.ts";
import { address } from "../types/address.ts";
import type { CData } from "../types/cdata.ts";
import { DECAY, type Decays, IS_SIMPLE, MEMORY } from "../types/protocol.ts";

/**
 * @throws what asking for the address of `given` now throws: the memory of a buffer has moved on, a library was closed.
 */
export function checkStillThere(given: unknown): void {
  if (!isObject(given)) return;
  // C objects first: to find that an array or pointer is no buffer takes a walk up to the Proxy behind all of them.
  const data = given as Partial<Decays>;
  if (data[DECAY] !== undefined) {
    // A function has memory only when somebody asks for it.
    if (typeof given === "object" && (given as Partial<CData>)[MEMORY] !== undefined) address(given as CData);
    data[DECAY]();
  } else if (isBuffer(given)) bufferAddress(given);
}

/**
 * Whether converting `value` can have run JavaScript; an object of a simple type has its memory read, and that is all.
 */
export function mayHaveRun(value: unknown): boolean {
  return isObject(value) && (value as Partial<CData>)[IS_SIMPLE] !== true;
}

/**
 * The user's buffers that C may come to from what it is given: those themselves, those that objects lie in, and those
 * behind pointers that were set in JavaScript.
 */
export function lentBuffers(given: readonly unknown[]): ReadonlySet<ArrayBuffer> {
  const found = new Set<ArrayBuffer>();
  const seen = new Set<unknown>();
  const add = (buffer: ArrayBufferLike) => {
    if (buffer instanceof ArrayBuffer) found.add(buffer);
  };
  const look = (value: unknown): void => {
    // A function has memory only when somebody asks for it.
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const memory = value instanceof Memory ? value : (value as Partial<CData>)[MEMORY];
    if (memory?.kind === "lent") add(memory.buffer);
    if (memory === undefined && isBuffer(value)) add(backing(value));
    else if (memory !== undefined && memory !== value) look(rootOf(value as Keeper)[KEPT]);
    else if (isRecord(value)) Object.values(value).forEach(look);
  };
  given.forEach(look);
  return found;
}

function isRecord(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
