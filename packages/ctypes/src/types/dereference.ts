/**
 * Following a pointer: the item it points to, and those beside it.
 *
 * C knows no bounds here; what is checked is that there can be memory at all. The accessors are made for each type at
 * their first use, when the type pointed to is complete.
 */
import { anew } from "../memory/compile.ts";
import { describe, locate, NullPointerError, spelling } from "../memory/errors.ts";
import { FOLLOWED, type Keys, keep, keys, rootOf } from "../memory/keep.ts";
import { loadAddress, memoryAt, userSpace } from "../memory/memory.ts";
import type { CData } from "./cdata.ts";
import { type CType, MEMORY, OFFSET, type Traits, traitsOf } from "./protocol.ts";

export interface Accessors {
  /** The pointee itself. @throws NullPointerError */
  contents(this: CData): CData;
  /** What the item `index` places after the pointee reads as. @throws NullPointerError */
  at(this: CData, index: number): unknown;
  put(this: CData, index: number, value: unknown): void;
}

/** How pointers to `type` are followed. */
export function accessorsTo(type: CType): Accessors {
  const { load, store, view, size } = traitsOf(type);
  return anew(makeAccessors, {
    keys,
    FOLLOWED,
    rootOf,
    memoryAt,
    keep,
    load,
    store,
    view,
    size,
    end: 2 ** 47,
    unusual: (pointer, index, name) => addressOfItem(pointer, type, index, name),
    failed: (error, index) => locate(error, `${pointerName(type)}[${index}]`),
  });
}

/** As messages name a pointer type. */
export function pointerName(type: CType): string {
  return `POINTER(${spelling(type)})`;
}

// -- Private ---------------------------------------------------------------------------------------

interface AccessorParts extends Pick<Traits, "load" | "store" | "view" | "size"> {
  readonly keys: Keys;
  readonly FOLLOWED: number;
  readonly rootOf: typeof rootOf;
  readonly memoryAt: typeof memoryAt;
  readonly keep: typeof keep;
  /** Where user space ends. */
  readonly end: number;
  readonly unusual: (pointer: CData, index: number, name?: string) => number;
  readonly failed: (error: unknown, index: number) => unknown;
}

// Evaluated anew for each type pointed to.
function makeAccessors(parts: AccessorParts) {
  const { keys, FOLLOWED, rootOf, memoryAt, keep, load, store, view, size, end, unusual, failed } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  const PARENT: Keys["PARENT"] = keys.PARENT;
  const INDEX: Keys["INDEX"] = keys.INDEX;

  // What is unusual, NULL and numbers that are no address above all, is asked about elsewhere, where the messages are.
  function addressAt(pointer: CData, index: number, name?: string): number {
    if (typeof index === "number" && (index | 0) === index) {
      const own = pointer[MEMORY];
      const offset = pointer[OFFSET];
      // Beyond 2^53 it is rounded, and not followed.
      const start = own.getUint32(offset + 4, true) * 4294967296 + own.getUint32(offset, true);
      const at = start + index * size;
      if (start !== 0 && at >= 4096 && at < end) return at;
    }
    return unusual(pointer, index, name);
  }

  // `rootOf`, with the first steps written out: what was followed to says that it has the root for its parent.
  function rootFrom(holder: CData): CData {
    const above = holder[PARENT];
    if (holder[INDEX] === FOLLOWED) return above as CData;
    if (above === null) return holder;
    return above[PARENT] === null ? above : (rootOf(above) as CData);
  }

  // Who keeps alive what is found there: a pointer that is no part of another object itself; else that object, however
  // far it was followed. A window is smaller than 2 GiB. Told that an offset has 31 bits, V8 need not find out whether
  // a double is such an integer.
  return {
    contents(this: CData) {
      const at = addressAt(this, 0, ".contents");
      const memory = memoryAt(at);
      const holder = this[PARENT];
      if (holder === null) return view(memory, (at - memory.base) | 0, this, 0) as CData;
      return view(memory, (at - memory.base) | 0, rootFrom(holder), FOLLOWED) as CData;
    },
    at(this: CData, index: number) {
      const at = addressAt(this, index);
      const memory = memoryAt(at);
      const holder = this[PARENT];
      if (holder === null) return load(memory, (at - memory.base) | 0, this, index);
      return load(memory, (at - memory.base) | 0, rootFrom(holder), FOLLOWED);
    },
    put(this: CData, index: number, value: unknown) {
      const at = addressAt(this, index);
      const memory = memoryAt(at);
      try {
        const kept = store(memory, at - memory.base, value);
        if (kept !== undefined) keep(this, index, kept);
      } catch (error) {
        throw failed(error, index);
      }
    },
  };
}

/** The address of the item `index` places after the pointee. @throws NullPointerError */
export function addressOfItem(pointer: CData, type: CType, index: number, name?: string): number {
  const start = loadAddress(pointer[MEMORY], pointer[OFFSET]);
  if (!Number.isInteger(index)) {
    throw new TypeError(`${pointerName(type)}: expected an integer index, got ${describe(index)}`);
  }
  if (start === 0) throw new NullPointerError(`${pointerName(type)}${name ?? `[${index}]`}: the pointer is NULL`);
  try {
    // Nothing is near what is beyond all numbers.
    return userSpace(typeof start === "bigint" ? start : start + index * traitsOf(type).size);
  } catch (error) {
    throw locate(error, `${pointerName(type)}${name ?? `[${index}]`}`);
  }
}
