/**
 * The simple types: one C value that is one JavaScript value.
 *
 * A direct simple type reads as its plain value: a member of type `c_int` gives a number. A class *derived* from one
 * reads as an instance, unconverted, so that it can carry meaning of its own: as in ctypes.
 */
import { type Address, own } from "rawffi";
import { expected } from "../memory/errors.ts";
import { keepWhole } from "../memory/keep.ts";
import { copy, loadAddress, type Memory, storeAddress } from "../memory/memory.ts";
import { place, pushScratch, scratch } from "../memory/slab.ts";
import { address } from "./address.ts";
import { CData } from "./cdata.ts";
import { type Code, codes, type Row } from "./codes.ts";
import { viewMaker } from "./construct.ts";
import { ownConstructor } from "./constructor.ts";
import { keptFrom } from "./copies.ts";
import type { Simple } from "./inference.ts";
import { isReal, loadedInForm, shownOr, shownWithoutMemory } from "./plain.ts";
import {
  type Argument,
  type CType,
  DECAY,
  DESCRIBE,
  INSPECT,
  type Inspect,
  IS_SIMPLE,
  ITEMS,
  MEMORY,
  OFFSET,
  PLAIN,
  type PlainForm,
  plainInspect,
  type QuickAddress,
  SWAPPED,
  type Traits,
  type TypedArrayClass,
} from "./protocol.ts";
import type { Statics } from "./statics.ts";

/** The class of a simple type. */
export interface SimpleType<C extends string, V, W = V, P = W> extends Statics {
  /** @throws TypeError when `value` is not of the kind the type takes. */
  new (value?: W): Simple<C, V, W, P>;
  /** ctypes' type letter. */
  readonly _type_: C;
}

/** A row of the table; text and `void *` also keep things alive and point somewhere. */
export interface Kind extends Omit<Row, "store" | "pass"> {
  /** Gives what must be kept alive, if anything. */
  store(memory: Memory, at: number, value: unknown, littleEndian: boolean): unknown;
  /** Gives what the slot takes, or an `Argument`; kinds that travel by address have none. */
  pass?(value: unknown): unknown;
  /** `receive` of the result slot. */
  receiveResult?(): unknown;
  /** `pass` for a string, where strings are what is passed most. */
  passString?(text: string): number | Argument;
  /** See `Traits.quick`. */
  quick?(): QuickAddress;
  readonly usesScratch?: boolean;
  /** Whether instances are few, so that a constructor made for them alone would cost more than it saves. */
  readonly hasFewInstances?: boolean;
  /** See `Traits.show`. */
  show?(value: unknown): unknown;
  /** The type pointed to, for those that are pointers. */
  readonly pointee?: () => CType | null;
}

const RULES: unique symbol = Symbol("rules");

/** What is a simple type's own; its class and its instances have it. */
interface Rules {
  readonly code: string;
  readonly kind: Kind;
  /** That of the class which is made for it: a class that extends that one is the type itself. */
  readonly prototype: object;
  swapped: CType | undefined;
}

/** Whether a class is the type itself, and not one derived from it. */
function isDirect(type: object, { prototype }: Rules): boolean {
  return (Object.getPrototypeOf(type) as { readonly prototype?: unknown } | null)?.prototype === prototype;
}

/** What all simple types have: the class of each has its `value` and nothing more. */
abstract class SimpleData extends CData {
  declare static readonly [RULES]: Rules;
  declare readonly [RULES]: Rules;
  abstract get value(): unknown;
  abstract set value(value: unknown);
  static override [DESCRIBE](): Traits {
    const rules = this[RULES];
    if (rules === undefined) return super[DESCRIBE]();
    return simpleTraits(this as unknown as CType, rules.kind, isDirect(this, rules));
  }
  static override [SWAPPED](): CType | undefined {
    const rules = this[RULES];
    const { code, kind } = rules;
    if (kind.swaps === undefined) return undefined;
    if (kind.swaps === "same") return this as unknown as CType;
    return (rules.swapped ??= swap(this, code, kind));
  }
  static override [ITEMS](): TypedArrayClass | null | undefined {
    return this[RULES].kind.items;
  }
  /** The type in big-endian byte order; it is for memory only. */
  static get __ctype_be__(): unknown {
    return this[SWAPPED]();
  }
  /** The type in little-endian byte order: the type itself. */
  static get __ctype_le__(): unknown {
    return this[RULES].kind.swaps && this;
  }
  override get [IS_SIMPLE](): boolean {
    return true;
  }
  override [DECAY](): Address | undefined {
    return this[RULES].kind.pointee === undefined ? undefined : loadAddress(this[MEMORY], this[OFFSET]);
  }
  override [PLAIN](form: PlainForm): unknown {
    return loadedInForm(
      form,
      this[RULES].kind.raw,
      () => this.value,
      () => loadAddress(this[MEMORY], this[OFFSET]),
    );
  }
  override __ctypes_from_outparam__(): unknown {
    return isDirect(this.constructor, this[RULES]) ? this.value : this;
  }
  override [INSPECT](depth: number, options: object, inspect: Inspect = plainInspect): string {
    if (!isReal(this)) return shownWithoutMemory(this);
    const rules = this[RULES];
    // A class of the user's may mean something else than the plain value by it.
    if (!isDirect(this.constructor, rules)) return super[INSPECT](depth, options, inspect);
    const value = shownOr(
      rules.kind,
      () => this.value,
      () => loadAddress(this[MEMORY], this[OFFSET]),
    );
    return `${this.constructor.name}(${inspect(value, options)})`;
  }
}

/** Makes the class that a simple type's class line extends. */
export function simple<const C extends string, V, W = V, P = W>(code: C, row: Kind): SimpleType<C, V, W, P> {
  // A row of the table inherits nothing already.
  const kind = Object.getPrototypeOf(row) === Object.prototype ? own(row) : row;
  class OneSimple extends SimpleData {
    static readonly _type_: string = code;
    constructor(value?: unknown) {
      super();
      if (value !== undefined) this.value = value;
    }
    /** The C value as JavaScript has it; assigning converts and stores. */
    override get value(): unknown {
      return kind.load(this[MEMORY], this[OFFSET], true);
    }
    override set value(value: unknown) {
      const kept = kind.store(this[MEMORY], this[OFFSET], value, true);
      if (kept !== undefined) keepWhole(this, kept);
    }
  }
  const rules = { code, kind, prototype: OneSimple.prototype, swapped: undefined } satisfies Rules;
  const known = { value: rules };
  Object.defineProperty(OneSimple, RULES, known);
  Object.defineProperty(OneSimple.prototype, RULES, known);
  const Made = kind.hasFewInstances ? OneSimple : ownConstructor(OneSimple as unknown as typeof CData, setValue);
  return Made as unknown as SimpleType<C, V, W, P>;
}

function setValue(self: CData, value: unknown): void {
  (self as SimpleData).value = value;
}

/** The class of a row of the table. */
export function plain<const C extends Code, V, W = V>(code: C): SimpleType<C, V, W> {
  return simple<C, V, W>(code, codes[code]);
}

/** A type whose memory is in the other byte order: `c_int_be`. */
function swap(native: unknown, code: string, kind: Kind): CType {
  const { name } = native as CType;
  const Swapped = class extends (simple(code, {
    ...kind,
    ...(kind.items && { items: null }),
    load: (memory, at, littleEndian) => kind.load(memory, at, !littleEndian),
    store: (memory, at, value, littleEndian) => kind.store(memory, at, value, !littleEndian),
    direct: { accepts: () => false, method: "setInt8" },
    ready: () => false,
    pass: () => {
      throw expected(`${name}, since a value has no byte order`, `${name}_be`);
    },
  }) as unknown as new () => CData) {
    static override get name(): string {
      return `${name}_be`;
    }
    static get __ctype_be__(): unknown {
      return Swapped;
    }
    static get __ctype_le__(): unknown {
      return native;
    }
    static [SWAPPED](): unknown {
      return native;
    }
  };
  return Swapped as unknown as CType;
}

// -- Private ---------------------------------------------------------------------------------------

function simpleTraits(type: CType, kind: Kind, isDirect: boolean): Traits {
  const { size, align, raw, slot, load: loadValue, store: storeValue } = kind;
  const view = viewMaker(type);
  const receive = kind.receive ?? ((value: unknown) => value);
  const store: Traits["store"] = (memory, offset, value) => {
    if (typeof value === "object" && value instanceof type) {
      copy(memory, offset, value[MEMORY], value[OFFSET], size);
      return keptFrom(value);
    }
    return storeValue(memory, offset, value, true);
  };
  const receiveInstance = (value: unknown): CData => {
    const { offset, memory } = place(size, align);
    if (slot === "address") storeAddress(memory, offset, value as Address);
    else kind.store(memory, offset, receive(value as never), true);
    return view(memory, offset, null, 0);
  };
  return {
    type,
    name: type.name,
    size,
    align,
    raw,
    slot,
    usesScratch: kind.usesScratch ?? slot === "wide",
    load: isDirect ? (memory, offset) => loadValue(memory, offset, true) : view,
    store,
    ...(kind.direct && { direct: kind.direct }),
    ...(kind.ready && { ready: kind.ready }),
    ...(kind.fromReady && { fromReady: kind.fromReady }),
    ...(kind.receiveResult && isDirect && { receiveResult: kind.receiveResult }),
    ...(kind.show && isDirect && { show: kind.show }),
    ...(kind.quick && { quick: kind.quick }),
    ...(kind.passString && { passString: kind.passString }),
    pass: slot === "wide" ? passWide(type, kind) : passSlot(type, kind),
    receive: isDirect ? receive : receiveInstance,
    view,
    keepsItself: true,
    ...(kind.pointee && { pointee: kind.pointee() }),
  };
}

/** Tells what cannot be of a simple type, without looking for it. */
function maybeSimple(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    (value as Partial<CData>)[IS_SIMPLE] === true
  );
}

function passSlot(type: CType, kind: Kind): Traits["pass"] {
  const pass = kind.pass as (value: unknown) => unknown;
  return (value) => {
    if (!maybeSimple(value) || !(value instanceof type)) return pass(value);
    if (kind.slot === "address") return loadAddress(value[MEMORY], value[OFFSET]);
    return pass(kind.load(value[MEMORY], value[OFFSET], true) ?? 0);
  };
}

function passWide(type: CType, kind: Kind): Traits["pass"] {
  return (value) => {
    if (maybeSimple(value) && value instanceof type) return address(value);
    const at = pushScratch(kind.size);
    if (at < 0) throw new RangeError("the scratch stack is full: calls are nested too deeply");
    kind.store(scratch, at, value, true);
    return scratch.base + at;
  };
}
