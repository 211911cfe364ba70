/**
 * Copies of instances: their bytes, and what these keep alive.
 */
import { entries, KEPT, keep, keepWhole, PARENT, rootOf } from "../memory/keep.ts";
import { copy } from "../memory/memory.ts";
import type { CData } from "./cdata.ts";
import { MEMORY, OFFSET, traitsOf, typeOfInstance } from "./protocol.ts";

/**
 * Copies the `size` bytes of `from` to `to`, which is of the same type, and keeps alive what they need: member by
 * member between objects that own their memory, else as the store of a member does.
 */
export function copyWhole(to: CData, from: CData, size: number): void {
  copy(to[MEMORY], to[OFFSET], from[MEMORY], from[OFFSET], size);
  if (to[PARENT] === null && from[PARENT] === null) {
    // Not the buffer that an object lies in: each has its own.
    const { ffffffff: _buffer, ...kept } = (from[KEPT] ?? {}) as Record<string, unknown>;
    if (Object.keys(kept).length > 0) Object.assign(entries(to), kept);
    return;
  }
  const kept = keptFrom(from);
  if (to[PARENT] === null) keep(to, WHOLE, kept);
  else keepWhole(to, kept);
}

/** The key of what a copy of another object's part needs. */
const WHOLE = 0xfffffffe;

/** What must stay alive where the memory of `source` was copied to: as in ctypes, the record of its owner itself. */
export function keptFrom(source: CData): unknown {
  const root = rootOf(source) as CData;
  return traitsOf(typeOfInstance(root)).keepsItself ? root[KEPT] : entries(root);
}
