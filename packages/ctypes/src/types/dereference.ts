/**
 * Following a pointer: the item it points to, and those beside it.
 *
 * C knows no bounds here; what is checked is that there can be memory at all. The accessors are compiled for each type
 * at their first use, when the type pointed to is complete.
 */
import { compile } from "../memory/compile.ts";
import { describe, locate, NullPointerError, spelling } from "../memory/errors.ts";
import { FOLLOWED, INDEX, keep, PARENT, rootOf } from "../memory/keep.ts";
import { loadAddress, memoryAt, userSpace } from "../memory/memory.ts";
import type { CData } from "./cdata.ts";
import { type CType, MEMORY, OFFSET, traitsOf } from "./protocol.ts";

export interface Accessors {
  /** The target itself. @throws NullPointerError */
  contents(pointer: CData): CData;
  /** What the item `index` places behind the target reads as. @throws NullPointerError */
  at(this: CData, index: number): unknown;
  put(this: CData, index: number, value: unknown): void;
}

/** How pointers to `type` are followed. */
export function accessorsTo(type: CType): Accessors {
  const plain = plainAccessorsTo(type);
  const { load, store, view, size } = traitsOf(type);
  const name = pointerName(type);
  // What is unusual, NULL and numbers that are no address above all, goes the plain way, which has the messages.
  const follow = (index: string, otherwise: string) => `
    if (typeof ${index} !== "number" || (${index} | 0) !== ${index}) return ${otherwise};
    const own = pointer[MEMORY], offset = pointer[OFFSET];
    // Beyond 2^53 it is rounded, and not followed.
    const start = own.getUint32(offset + 4, true) * 4294967296 + own.getUint32(offset, true);
    const at = start + ${index} * ${size};
    if (start === 0 || at < 4096 || at >= ${2 ** 47}) return ${otherwise};
    const memory = memoryAt(at);`;
  // `ownerOf`, with the first steps to the root written out: what was followed to says that it has the root for its
  // parent. A window is smaller than 2 GiB. Told that the offset has 31 bits, V8 need not find out whether a double is
  // such an integer.
  const found = (make: string, index: string) => `
    const holder = pointer[PARENT], offsetThere = (at - memory.base) | 0;
    if (holder === null) return ${make}(memory, offsetThere, pointer, ${index});
    const above = holder[PARENT];
    const isFollowed = holder[INDEX] === ${FOLLOWED};
    const root = isFollowed ? above : above === null ? holder : above[PARENT] === null ? above : rootOf(above);
    return ${make}(memory, offsetThere, root, ${FOLLOWED});`;
  const compiled = compile<Accessors>(
    `({
      contents(pointer) {
        ${follow("0", "plain.contents(pointer)")}
        ${found("view", "0")}
      },
      at(index) {
        const pointer = this;
        ${follow("index", "plain.at.call(pointer, index)")}
        ${found("load", "index")}
      },
      put(index, value) {
        const pointer = this;
        ${follow("index", "plain.put.call(pointer, index, value)")}
        try {
          const kept = store(memory, at - memory.base, value);
          if (kept !== undefined) keep(pointer, index, kept);
        } catch (error) { throw locate(error, name + "[" + index + "]"); }
      },
    })`,
    { MEMORY, OFFSET, PARENT, INDEX, rootOf, memoryAt, plain, load, store, view, keep, locate, name },
  );
  return compiled ?? plain;
}

/** As messages name a pointer type. */
export function pointerName(type: CType): string {
  return `POINTER(${spelling(type)})`;
}

// -- Private ---------------------------------------------------------------------------------------

function plainAccessorsTo(type: CType): Accessors {
  return {
    contents(pointer) {
      const at = addressOfItem(pointer, type, 0, ".contents");
      const memory = memoryAt(at);
      return traitsOf(type).view(memory, at - memory.base, ...ownerOf(pointer, 0));
    },
    at(index) {
      const at = addressOfItem(this, type, index);
      const memory = memoryAt(at);
      return traitsOf(type).load(memory, at - memory.base, ...ownerOf(this, index));
    },
    put(index, value) {
      const at = addressOfItem(this, type, index);
      const memory = memoryAt(at);
      try {
        const kept = traitsOf(type).store(memory, at - memory.base, value);
        if (kept !== undefined) keep(this, index, kept);
      } catch (error) {
        throw locate(error, `${pointerName(type)}[${index}]`);
      }
    },
  };
}

/**
 * Who keeps alive what is found there: a pointer that is no part of another object itself; else that object, however
 * far it was followed.
 */
function ownerOf(pointer: CData, index: number): [CData, number] {
  return pointer[PARENT] === null ? [pointer, index] : [rootOf(pointer) as CData, FOLLOWED];
}

/** The address of the item `index` places behind the target. @throws NullPointerError */
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
