/**
 * What every instance of a C type is.
 */
import { type Address, canShrink } from "rawffi";
import { type BufferLike, backing, bufferAddress, holdBuffer, isBuffer, placeIn } from "../memory/buffers.ts";
import { describe, locate, located, NullPointerError } from "../memory/errors.ts";
import { INDEX, KEEP, KEPT, type Keeper, keepByPath, PARENT } from "../memory/keep.ts";
import { copy, Memory, memoryAt, userSpace } from "../memory/memory.ts";
import { nameClasses } from "../memory/naming.ts";
import { popScratch, reserve, reserved, scratchTop } from "../memory/slab.ts";
import { hex, lentAddress, toAddress } from "./address.ts";
import { asParameter, CArgObject, passing } from "./arguments.ts";
import { isReal, JSON_VALUES, shownWithoutMemory, tagOf } from "./plain.ts";
import {
  ADDRESS,
  type CType,
  DECAY,
  DESCRIBE,
  FIND,
  INSPECT,
  type Instance,
  IS_SIMPLE,
  ITEMS,
  MEMORY,
  OFFSET,
  PLAIN,
  type PlainForm,
  POINTEE,
  STEADY,
  SWAPPED,
  type SymbolSource,
  TEXT,
  type Traits,
  TYPE,
  type TypedArrayClass,
  traitsOf,
  typeOfInstance,
} from "./protocol.ts";

export function isCType(value: unknown): value is CType {
  return typeof value === "function" && value.prototype instanceof CData;
}

/**
 * `value instanceof type`, for instances: of exactly that class it is told at once, while `instanceof` would walk up
 * the prototype chain, which ends in a Proxy where arrays and pointers are.
 */
export function isInstance(value: unknown, type: CType): value is CData {
  if (typeof value !== "object" || value === null) return false;
  return (
    ((value as { [TYPE]?: CType })[TYPE] === type && (value as CData)[MEMORY] !== undefined) || value instanceof type
  );
}

/** A C object: a place in memory. What it is made of is its class's business. */
export abstract class CData implements Keeper, Instance {
  declare [MEMORY]: Memory;
  declare [OFFSET]: number;
  declare [PARENT]: CData | null;
  declare [INDEX]: number;
  declare [KEPT]: unknown;

  /** Zeroed memory of its own. */
  constructor() {
    const traits = traitsOf(new.target as unknown as CType);
    // A function has memory only when somebody asks for it.
    if (traits.pointee === traits.type) return;
    const offset = reserve(traits.size, traits.align);
    // biome-ignore lint/correctness/noConstructorReturn: instances are made in one place, which hides what they are made of
    return traits.view(reserved.memory, offset, null, 0) as CData;
  }

  get [IS_SIMPLE](): boolean {
    return false;
  }

  static [DESCRIBE](): Traits {
    throw new TypeError(`${this.name} is an abstract class: it has no size and no instances`);
  }

  static [SWAPPED](): CType | undefined {
    return undefined;
  }

  static [ITEMS](): TypedArrayClass | null | undefined {
    return undefined;
  }

  static [TEXT](): CType | undefined {
    return undefined;
  }

  /** An instance that is the memory at `where`; it owns nothing and keeps nothing alive. */
  static from_address(where: unknown): CData {
    const traits = traitsOf(this as unknown as CType);
    const place = `${traits.name}.from_address()`;
    const at = toAddress(where, place);
    if (at === 0) throw new NullPointerError(`${place}: the address is NULL`);
    const start = located(place, () => userSpace(at));
    const memory = memoryAt(start);
    return traits.view(memory, start - memory.base, null, 0);
  }

  /** An instance that shares the memory of a buffer or another object, from byte `offset` on, and keeps it alive. */
  static from_buffer(buffer: unknown, offset = 0): CData {
    const traits = traitsOf(this as unknown as CType);
    const { memory, start } = window(traits, "from_buffer", buffer, offset);
    const data = traits.view(memory, start, null, 0);
    data[KEPT] = traits.keepsItself ? buffer : { ffffffff: buffer };
    return data;
  }

  /** An instance with a copy of a buffer's bytes, from byte `offset` on. */
  static from_buffer_copy(buffer: unknown, offset = 0): CData {
    const traits = traitsOf(this as unknown as CType);
    const { memory, start } = window(traits, "from_buffer_copy", buffer, offset);
    const at = reserve(traits.size, traits.align);
    const data = traits.view(reserved.memory, at, null, 0);
    copy(data[MEMORY], at, memory, start, traits.size);
    return data;
  }

  /**
   * What passing `value` to a parameter of this type means: the instance itself, null for NULL, or an object that
   * stands for the converted value. A class may override it: what it gives is then passed as an undeclared argument
   * would be.
   */
  static from_param(value: unknown): unknown {
    const traits = traitsOf(this as unknown as CType);
    if (value instanceof this || (value === null && traits.pointee !== undefined)) return value;
    const mark = scratchTop();
    try {
      passing(traits)(value);
    } catch (error) {
      throw locate(error, `${traits.name}.from_param()`);
    } finally {
      popScratch(mark);
    }
    return new CArgObject(traits, asParameter(value), 0);
  }

  /** An instance that is the variable `name` of a library. @throws LibraryError when it has no such symbol. */
  static in_dll(library: unknown, name: string): CData {
    const find = (library as Partial<SymbolSource> | null)?.[FIND];
    if (find === undefined)
      throw new TypeError(`${this.name}.in_dll(): argument 1: expected a CDLL, got ${describe(library)}`);
    if (typeof name !== "string") {
      throw new TypeError(`${this.name}.in_dll(): argument 2: expected the name of a symbol, got ${describe(name)}`);
    }
    return CData.from_address.call(this, find.call(library, name));
  }

  // What follows is for functions, which have a cell of memory only when somebody asks for it; the other instances have
  // methods of their own.
  [ADDRESS](): number {
    return lentAddress(this);
  }
  [STEADY](): number {
    return Number.NaN;
  }
  [KEEP](index: number, value: unknown): void {
    keepByPath(this, index, value);
  }

  [PLAIN](form: PlainForm): unknown {
    return form.address(this[ADDRESS](), this);
  }
  /** What `JSON.stringify` writes. */
  toJSON(): unknown {
    if (!isReal(this)) throw new TypeError(`toJSON(): expected a C object, got ${describe(this)}`);
    return this[PLAIN](JSON_VALUES);
  }
  get [Symbol.toStringTag](): string | undefined {
    return tagOf(this);
  }

  [DECAY](): Address | undefined {
    return undefined;
  }

  [POINTEE](): CType | null | undefined {
    return traitsOf(typeOfInstance(this)).pointee;
  }

  /** What an out-parameter reads as. */
  __ctypes_from_outparam__(): unknown {
    return this;
  }

  [INSPECT](_depth: number, _options: object, _inspect: (value: unknown, options: object) => string): string {
    if (!isReal(this)) return shownWithoutMemory(this);
    return `${this.constructor.name} at ${hex(this[MEMORY].base + this[OFFSET])}`;
  }

  /** What this object keeps alive: ctypes' record, by the path of the member. */
  get _objects(): unknown {
    return this[KEPT] ?? null;
  }

  /** The object whose memory this one shares, or null. */
  get _b_base_(): CData | null {
    return this[PARENT];
  }
}

nameClasses({ CData });

// A class with an exotic prototype further up (arrays, pointers) must not be asked when an instance gets its first
// properties.
for (const key of [MEMORY, OFFSET, PARENT, INDEX, KEPT]) {
  Object.defineProperty(CData.prototype, key, { value: undefined, writable: true });
}

function lentMemory(bytes: BufferLike): Memory {
  const buffer = backing(bytes);
  if (canShrink(buffer)) return new Memory(buffer, 0, "resizable");
  const address = bufferAddress(buffer);
  holdBuffer(buffer);
  return new Memory(buffer, address, "lent");
}

function window(traits: Traits, method: string, buffer: unknown, offset: number): { memory: Memory; start: number } {
  const where = `${traits.name}.${method}()`;
  const data = typeof buffer === "object" && buffer instanceof CData ? buffer : null;
  if (data === null && !isBuffer(buffer)) {
    throw new TypeError(`${where}: expected a buffer, typed array or C object, got ${describe(buffer)}`);
  }
  if (!Number.isInteger(offset)) throw new TypeError(`${where}: expected an integer offset, got ${describe(offset)}`);
  if (offset < 0) throw new RangeError(`${where}: the offset cannot be negative, got ${offset}`);
  const { byteOffset, byteLength } = data === null ? placeIn(buffer as BufferLike) : placeOf(data);
  if (byteLength < offset + traits.size) {
    const needed = offset + traits.size;
    throw new RangeError(`${where}: the buffer is too small: ${byteLength} bytes instead of at least ${needed}`);
  }
  return { memory: data === null ? lentMemory(buffer as BufferLike) : data[MEMORY], start: offset + byteOffset };
}

function placeOf(data: CData): { byteOffset: number; byteLength: number } {
  lentAddress(data);
  return { byteOffset: data[OFFSET], byteLength: traitsOf(typeOfInstance(data)).size };
}
