/**
 * What every C type answers, and what is known of every instance of one.
 *
 * This protocol keeps the house free of circles: a structure reads its member through `load`, and so never needs to
 * know that pointers, arrays or functions exist; `DECAY` tells a pointer parameter where an array or a function begins.
 */

import { inspect } from "node:util";
import { type Address, own, type RawType } from "rawffi";
import { type INDEX, type KEEP, type KEPT, MEMORY, OFFSET, type PARENT } from "../memory/keep.ts";
import type { Memory } from "../memory/memory.ts";

/**
 * How a value travels in a call's frame; `calls/slots.ts` has one row for each. `wide`: by the address of its memory.
 */
export type SlotKind = "void" | "i32" | "u32" | "f32" | "f64" | "word" | "uword" | "i64" | "u64" | "address" | "wide";

/** What a class answers as a C type, worked out once, at its first use. */
export interface Traits {
  /** The class these are the traits of: a subclass has its own. */
  readonly type: CType;
  /** As messages name it: `c_int`, `POINTER(Point)`, `ARRAY(c_int, 4)`. */
  readonly name: string;
  readonly size: number;
  readonly align: number;
  /** The type as the machine sees it, in memory and by value. */
  readonly raw: RawType;
  /** The type an argument of it has, where that is another one: arrays are passed as pointers. */
  readonly rawArgument?: RawType;
  readonly slot: SlotKind;
  /** Whether `pass` may put text or wide values on the scratch stack. */
  readonly usesScratch: boolean;
  /** C memory → JavaScript: a value, or a view of the memory as item `index` of `parent`. */
  load(memory: Memory, offset: number, parent: Instance | null, index: number): unknown;
  /** JavaScript → C memory. Gives what must be kept alive with the memory, or undefined. */
  store(memory: Memory, offset: number, value: unknown): unknown;
  /** How values that need no conversion are stored, written out where it pays; absent where there are none. */
  readonly direct?: DirectStore;
  /** Whether an argument is already what its slot takes, or becomes it by `fromReady`; absent where it never is. */
  ready?(value: unknown): boolean;
  /** What the slot takes of an argument that is `ready`; absent where that is the argument. */
  fromReady?(value: never): number;
  /**
   * An argument → what its slot takes: a number or bigint, or an {@link Argument} where something must outlive the
   * call.
   */
  pass(value: unknown): unknown;
  /** The same for a string, where strings are what is passed most. */
  passString?(text: string): number | Argument;
  /** Makes what gives the address of an argument that takes no conversion: see `quick.ts`. */
  quick?(): QuickAddress;
  /** What a slot held → JavaScript. Of a wide type: the address of memory, which is copied. */
  receive(slot: never): unknown;
  /** The same of the result slot, where native code can make the value at once. */
  receiveResult?(): unknown;
  /** What a library's symbol of this type is, when not the variable itself. */
  symbol?(address: Address, origin: SymbolOrigin): unknown;
  /** An instance that is the memory there. */
  readonly view: ViewMaker;
  /** The type pointed to, of a type that is or decays to a pointer; null for `void *`. */
  readonly pointee?: CType | null;
  /** What `console.log` shows for a value that was read, where that is not the value. */
  show?(value: unknown): unknown;
  /** Whether `_objects` of an instance is the kept thing itself, as for simple types, not a record of them. */
  readonly keepsItself?: boolean;
}

/** The address of an argument, a safe integer; -1 for a buffer, and NaN where it takes more: see `quick.ts`. */
export type QuickAddress = (value: unknown) => number;

/**
 * A value that `accepts` is stored by this method of a `DataView`, in the machine's byte order, and keeps nothing
 * alive.
 */
export interface DirectStore {
  accepts(value: unknown): boolean;
  readonly method:
    | "setInt8"
    | "setUint8"
    | "setInt16"
    | "setUint16"
    | "setInt32"
    | "setUint32"
    | "setFloat32"
    | "setFloat64";
}

/**
 * A direct store for functions that are evaluated anew; none is null, which V8 takes for a constant, as it does not
 * undefined.
 */
export interface MaybeDirect {
  readonly accepts: DirectStore["accepts"] | null;
  readonly method: DirectStore["method"] | null;
}

export const NO_DIRECT: MaybeDirect = { accepts: null, method: null };

/** Where a symbol comes from. */
export interface SymbolOrigin {
  readonly name: string;
  readonly usesErrno: boolean;
  /** Whether the library is `checked`. */
  readonly isChecked: boolean;
  /** The library, which lives as long as its symbols. */
  readonly library: object;
  /** Throws when the library was closed. */
  check(): void;
  /** Has `ended` called when the library is closed. */
  onClose(ended: () => void): void;
  /** Tells the library of a callback that one of its functions was given. */
  lend(callback: Lent): void;
  /** One call more on another thread, or one less; until there are none the library cannot be closed. */
  readonly count: (change: 1 | -1) => void;
}

/** A callback in the hands of a library; it lives as long as its function object. */
export interface Lent {
  readonly name: string;
  /** Null until it was disposed of. */
  readonly ended: unknown;
  /** Who is told when it is disposed of. */
  whenEnded: (() => void)[] | undefined;
}

/** Any C type: a class whose instances are C objects. */
export interface CType {
  new (...args: never[]): Instance;
  readonly prototype: Instance;
  readonly name: string;
  [DESCRIBE](): Traits;
  [SWAPPED](): CType | undefined;
  [ITEMS](): TypedArrayClass | null | undefined;
  [TEXT](): CType | undefined;
  [TRAITS]?: Traits;
}

/** A class of typed arrays. */
export type TypedArrayClass =
  | Int8ArrayConstructor
  | Uint8ArrayConstructor
  | Int16ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

/** A passed value that something must outlive the call for. */
export class Argument {
  readonly value: number | bigint;
  readonly kept: unknown;
  constructor(value: number | bigint, kept: unknown) {
    this.value = value;
    this.kept = kept;
  }
}

/** Whatever has symbols: a library. */
export interface SymbolSource {
  [FIND](name: string): Address;
  [ORIGIN](name: string): SymbolOrigin;
}

/** A library's method giving what a symbol is to know of it. */
export const ORIGIN: unique symbol = Symbol("origin");
/** A library's method giving the address of a symbol. */
export const FIND: unique symbol = Symbol("find");
/** The static method that works out a class's {@link Traits}. */
export const DESCRIBE: unique symbol = Symbol("describe");
/** The static method giving the same type in the other byte order; undefined where there is none. */
export const SWAPPED: unique symbol = Symbol("swapped");
/**
 * The static method giving the class of typed arrays whose items are such values: null where their byte order is not
 * the machine's, undefined where there is none.
 */
export const ITEMS: unique symbol = Symbol("items");
/**
 * The static method that a type of characters answers by the type of pointers to their text: of `c_char`, `c_char_p`.
 */
export const TEXT: unique symbol = Symbol("text");
/** Where a class has its {@link Traits} then. */
export const TRAITS: unique symbol = Symbol("traits");
/** What `console.log` asks. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
/** How it has others shown. */
export type Inspect = (value: unknown, options: object) => string;
/** For who asks as `console.log` does, and yet gives no such function, as chai does not. */
export const plainInspect: Inspect = (value, options) => inspect(value, options);
/** Where an instance's memory is, and where it begins in it. */
export { MEMORY, OFFSET };
/** The method giving an instance as a plain value, in a {@link PlainForm}. */
export const PLAIN: unique symbol = Symbol("plain");
/** The method giving the address of an instance's memory: `address()` asks it. */
export const ADDRESS: unique symbol = Symbol("address");
/** The method giving the same, NaN where the memory could be taken away during a call: `quick.ts` asks it. */
export const STEADY: unique symbol = Symbol("steady");
/** The type that an instance was made of, whatever prototype or `constructor` it has got since. */
export const TYPE: unique symbol = Symbol("type");
/** The typed array that an array gave as its view: asking again is cheap. */
export const VIEWED: unique symbol = Symbol("viewed");
/** The method giving the address something stands for where C expects a pointer. */
export const DECAY: unique symbol = Symbol("decay");
/**
 * Whether it is of a simple type: asked first, for `instanceof` would walk up to the Proxy behind arrays and pointers,
 * which say it before that.
 */
export const IS_SIMPLE: unique symbol = Symbol("isSimple");
/** The method giving the type that address points to: null is `void`, undefined is "no pointer at all". */
export const POINTEE: unique symbol = Symbol("pointee");

/** The largest size of a type in bytes: a number can count its bits exactly. No address space is larger. */
export const LARGEST_SIZE = 2 ** 50;

/** An instance of `type` that *is* the memory there; no constructor of a subclass runs. */
export type ViewMaker = (memory: Memory, offset: number, parent: Instance | null, index: number) => Instance;

/** How an object of C becomes a plain value: what each kind of it becomes. */
export interface PlainForm {
  /** A number, a string and the like. */
  value(value: unknown): unknown;
  /** What stands for an address: `object` is it as JavaScript has it. */
  address(at: Address, object: unknown): unknown;
  /** An array of characters: its text, or all its items. */
  text(value: () => string, items: () => Iterable<unknown>): unknown;
  object(entries: () => Iterable<readonly [name: string, value: unknown]>): unknown;
  array(items: Iterable<unknown>): unknown;
}

/** An instance of a C type: a place in memory. The class is `CData`. */
export interface Instance extends Decays {
  [MEMORY]: Memory;
  [OFFSET]: number;
  [PARENT]: Instance | null;
  [INDEX]: number;
  [KEPT]: unknown;
  [ADDRESS](): number;
  [STEADY](): number;
  [PLAIN](form: PlainForm): unknown;
  toJSON(): unknown;
  readonly [Symbol.toStringTag]: string | undefined;
  [KEEP](index: number, value: unknown): void;
  readonly [IS_SIMPLE]: boolean;
  [INSPECT](depth: number, options: object, inspect: (value: unknown, options: object) => string): string;
  __ctypes_from_outparam__(): unknown;
  readonly _objects: unknown;
  readonly _b_base_: Instance | null;
}

/** What can stand where C expects a pointer: arrays, pointers, functions, references. */
export interface Decays {
  [DECAY](): Address | undefined;
  [POINTEE](): CType | null | undefined;
}

/** The address `value` stands for as a pointer to `pointee` (null: to anything); undefined when it is no such thing. */
export function decayed(value: unknown, pointee: CType | null): Address | undefined {
  if (typeof value !== "object" && typeof value !== "function") return undefined;
  if (value === null || (value as Partial<Decays>)[DECAY] === undefined) return undefined;
  const to = (value as Decays)[POINTEE]();
  if (to === undefined) return undefined;
  if (pointee !== null && to !== pointee && !(to !== null && to.prototype instanceof pointee)) return undefined;
  return (value as Decays)[DECAY]();
}

/** The type of an instance; of a function object, which nothing of ours made, its class. */
export function typeOfInstance(data: Instance): CType {
  return (data as { [TYPE]?: CType })[TYPE] ?? (data.constructor as unknown as CType);
}

/** Whether its values are pointers where they are passed, and lie in memory as what they are: arrays do. */
export function decays({ rawArgument }: Traits): boolean {
  return rawArgument === "pointer";
}

/** The traits of a C type. @throws TypeError for an incomplete or abstract type. */
export function traitsOf(type: CType): Traits {
  const known = type[TRAITS];
  if (known !== undefined && known.type === type) return known;
  return describeType(type);
}

function describeType(type: CType): Traits {
  const traits = own(type[DESCRIBE]());
  Object.defineProperty(type, TRAITS, { value: traits, configurable: true });
  return traits;
}
