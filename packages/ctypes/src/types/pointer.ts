/**
 * Pointers to a type, and references for argument lists.
 */
import type { Address } from "rawffi";
import { bufferAddress, holdBuffer } from "../memory/buffers.ts";
import { describe, expected, locate, SPELLED, spelling } from "../memory/errors.ts";
import { KEPT, keep } from "../memory/keep.ts";
import { copy, loadAddress, storeAddress } from "../memory/memory.ts";
import { place } from "../memory/slab.ts";
import { address, hex } from "./address.ts";
import { CArgObject } from "./arguments.ts";
import { CData, isCType, isInstance } from "./cdata.ts";
import { viewMaker } from "./construct.ts";
import { ownConstructor } from "./constructor.ts";
import { keptFrom } from "./copies.ts";
import { type Accessors, accessorsTo, pointerName } from "./dereference.ts";
import { AT, Indexed, PUT } from "./indexed.ts";
import type { AnyData, Pointer, Ref, TypeOf } from "./inference.ts";
import { buffersOf, passByClass, passItems } from "./passpointer.ts";
import { isReal, shownWithoutMemory } from "./plain.ts";
import {
  type CType,
  DECAY,
  DESCRIBE,
  decayed,
  INSPECT,
  IS_SIMPLE,
  MEMORY,
  OFFSET,
  PLAIN,
  type PlainForm,
  type QuickAddress,
  TEXT,
  type Traits,
  traitsOf,
} from "./protocol.ts";
import { quickAddress } from "./quick.ts";
import { type Bound, joined, pointerIndices } from "./slices.ts";
import type { Statics } from "./statics.ts";
import { c_void_p } from "./types.ts";
import { viewOfPointee } from "./views.ts";

/** The class of a pointer type. */
export interface PointerType<I extends AnyData> extends Statics {
  /** A pointer to `pointee`, or NULL. @throws TypeError when `pointee` is no instance of the pointed-to type. */
  new (pointee?: I | Pointer<I>): Pointer<I>;
  /** The type pointed to. */
  readonly _type_: TypeOf<I>;
}

const pointerTypes = new WeakMap<CType, unknown>();

/**
 * The type "pointer to `type`": the same `type` gives the same pointer type. `POINTER(null)` is `c_void_p`.
 *
 *     POINTER(c_int) === POINTER(c_int);   // true
 *
 * @throws TypeError when `type` is no C type.
 */
export function POINTER<I extends AnyData>(type: TypeOf<I>): PointerType<I>;
export function POINTER(type: null): typeof c_void_p;
export function POINTER(type: unknown): unknown {
  if (type === null) return c_void_p;
  if (!isCType(type)) throw new TypeError(`POINTER(): expected a C type, got ${describe(type)}`);
  let known = pointerTypes.get(type);
  if (known === undefined) {
    pointerTypes.set(type, (known = pointerType(type)));
    // A class that extends `type` has a pointer type of its own, or none yet.
    const get = function (this: CType) {
      return pointerTypes.get(this);
    };
    Object.defineProperty(type, "__pointer_type__", { get, configurable: true });
  }
  return known;
}

/**
 * A new pointer to `object`, which it keeps alive.
 *
 *     const n = new c_int(5);
 *     pointer(n).contents === n;   // false
 *     pointer(n).contents.value;   // 5
 *
 * @throws TypeError when `object` is no C object.
 */
export function pointer<I extends AnyData>(object: I): Pointer<I> {
  if (!((object as unknown) instanceof CData))
    throw new TypeError(`pointer(): expected a C object, got ${describe(object)}`);
  const type = (object as unknown as CData).constructor as unknown as TypeOf<I>;
  return new (POINTER(type))(object);
}

/**
 * `&object` for an argument list, `offset` bytes further if that is given: lighter than {@link pointer}, and good for
 * nothing else.
 *
 * @throws TypeError when `object` is no C object.
 */
export function byref<I extends AnyData>(object: I, offset = 0): Ref<I> {
  if (!((object as unknown) instanceof CData)) {
    throw new TypeError(`byref(): argument 1: expected a C object, got ${describe(object)}`);
  }
  if (!Number.isInteger(offset)) {
    throw new TypeError(`byref(): argument 2: expected an integer offset, got ${describe(offset)}`);
  }
  return new CArgObject(null, object, offset) as unknown as Ref<I>;
}

// -- Private ---------------------------------------------------------------------------------------

/** Keys of what a pointer keeps, as ctypes numbers them: the pointee, and what the pointee keeps. */
const POINTEE_KEY = 1;
const POINTEES_OWN_KEY = 0;

function pointerType(type: CType): unknown {
  class PointerData extends Indexed {
    static readonly _type_ = type;
    static readonly [SPELLED] = pointerName(type);
    static override [DESCRIBE](): Traits {
      return pointerTraits(this as unknown as CType, type);
    }
    override get [IS_SIMPLE](): boolean {
      return false;
    }
    override [DECAY](): Address {
      return loadAddress(this[MEMORY], this[OFFSET]);
    }
    get contents(): unknown {
      return accessors().contents.call(this);
    }
    set contents(object: unknown) {
      if (!isInstance(object, type))
        throw locate(expected(`an instance of ${spelling(type)}`, object), `${pointerName(type)}.contents`);
      storeAddress(this[MEMORY], this[OFFSET], address(object));
      keep(this, POINTEE_KEY, object);
      if (object[KEPT] !== undefined && !traitsOf(type).keepsItself) keep(this, POINTEES_OWN_KEY, object[KEPT]);
    }
    at(index: number): unknown {
      return accessors().at.call(this, index);
    }
    view(length: number): unknown {
      return viewOfPointee(this, type, length, pointerName(type));
    }
    slice(start: Bound, stop: Bound, step?: Bound): unknown {
      return joined(
        pointerIndices(start, stop, step).map((i) => this.at(i)),
        type[TEXT]() !== undefined,
      );
    }
    override [AT](index: number): unknown {
      return accessors().at.call(this, index);
    }
    override [PUT](index: number, value: unknown): void {
      accessors().put.call(this, index, value);
    }
    override [PLAIN](form: PlainForm): unknown {
      const at = loadAddress(this[MEMORY], this[OFFSET]);
      // A copy: what was read from a member or an item is that place itself.
      return form.address(at, at === 0 ? null : new (this.constructor as new (pointee: unknown) => CData)(this));
    }
    override [INSPECT](): string {
      if (!isReal(this)) return shownWithoutMemory(this);
      const at = loadAddress(this[MEMORY], this[OFFSET]);
      return `${pointerName(type)} ${at === 0 ? "NULL" : hex(at)}`;
    }
  }
  let made: Accessors | undefined;
  // At the first use, when `type` is complete, the class gets accessors made for it in place of those above.
  const accessors = (): Accessors => {
    if (made !== undefined) return made;
    made = accessorsTo(type);
    const { contents: get, at, put } = made;
    const set = Object.getOwnPropertyDescriptor(PointerData.prototype, "contents")?.set as (value: unknown) => void;
    Object.defineProperty(PointerData.prototype, "contents", { get, set, configurable: true });
    for (const [key, value] of [
      ["at", at],
      [AT, at],
      [PUT, put],
    ] as const) {
      Object.defineProperty(PointerData.prototype, key, { value, writable: true, configurable: true });
    }
    return made;
  };
  const point = (self: CData, pointee: unknown): void => {
    if (isInstance(pointee, Made as unknown as CType)) {
      copy(self[MEMORY], self[OFFSET], pointee[MEMORY], pointee[OFFSET], 8);
      self[KEPT] = keptFrom(pointee);
    } else (self as PointerData).contents = pointee;
  };
  const Made = ownConstructor(PointerData as unknown as typeof CData, point);
  Object.defineProperty(Made, "name", { value: `LP_${type.name}` });
  return Made;
}

function quickPointer(type: CType): QuickAddress {
  const isOne = (of: CType) => of === type || of.prototype instanceof type;
  return quickAddress({
    takesObject: isOne,
    takesPointer: (to) => to !== null && isOne(to),
    buffers: knownBuffers(type),
    takesNumbers: false,
  });
}

function knownBuffers(type: CType): readonly string[] {
  try {
    return buffersOf(type);
  } catch {
    return []; // incomplete
  }
}

function pointerTraits(self: CType, type: CType): Traits {
  const name = pointerName(type);
  const view = viewMaker(self);
  const text = type[TEXT]();
  const passOther = (value: unknown): unknown => {
    if (value === null) return 0;
    if (value instanceof type) return address(value);
    if (value instanceof self) return loadAddress(value[MEMORY], value[OFFSET]);
    const given = toPointee(value);
    if (given !== undefined) return given;
    if (text !== undefined && typeof value === "string") return traitsOf(text).pass(value);
    if (Array.isArray(value)) return passItems(type, value);
    throw expected(accepted, value);
  };
  const accepted = `${name}, ${spelling(type)}, byref() of one, an array of them or null`;

  let buffers: readonly string[] | undefined;

  /** The address of what else may stand where a pointer is expected. */
  const toPointee = (value: unknown): Address | undefined => {
    if (!ArrayBuffer.isView(value)) return decayed(value, type);
    buffers ??= buffersOf(type);
    const tag = (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] as string;
    return buffers.includes(tag) ? bufferAddress(value) : undefined;
  };

  return {
    type: self,
    name,
    size: 8,
    align: 8,
    raw: "pointer",
    slot: "address",
    usesScratch: text !== undefined,
    pointee: type,
    load: (memory, offset, parent, index) =>
      loadAddress(memory, offset) === 0 ? null : view(memory, offset, parent, index),
    store(memory, offset, value) {
      if (value === null) {
        storeAddress(memory, offset, 0);
        return undefined;
      }
      if (isInstance(value, self)) {
        copy(memory, offset, value[MEMORY], value[OFFSET], 8);
        return keptFrom(value);
      }
      // A reference and a plain instance are good as arguments only: stored, they would hide who owns the pointee.
      const isReference = value instanceof CArgObject || value instanceof type;
      const given = isReference ? undefined : toPointee(value);
      if (given === undefined) throw expected(`${name}, an array or buffer of ${spelling(type)}, or null`, value);
      storeAddress(memory, offset, given);
      if (ArrayBuffer.isView(value)) holdBuffer(value);
      return value;
    },
    ...(text && { passString: (given: string) => (traitsOf(text).passString as (text: string) => number)(given) }),
    pass: passByClass(self, type, passOther),
    quick: () => quickPointer(type),
    receive(at: Address) {
      if (at === 0) return null;
      const { offset, memory } = place(8, 8);
      storeAddress(memory, offset, at);
      return view(memory, offset, null, 0);
    },
    view,
  };
}
