/**
 * What every C type answers, and what every instance of one is.
 *
 * This protocol keeps the house free of circles: a structure reads its member through `load`, and so never needs to know that pointers, arrays
 * or functions exist; `DECAY` tells a pointer parameter where an array or a function begins.
 */
import type { RawType } from "rawffi";
import { type BufferLike, backing, bufferAddress, isBuffer } from "../memory/buffers.ts";
import { compile } from "../memory/compile.ts";
import { describe, expected, locate, located, NullPointerError, outOfRange, SPELLED } from "../memory/errors.ts";
import { INDEX, KEPT, type Keeper, PARENT } from "../memory/keep.ts";
import { copy, Memory, memoryAt, userSpace } from "../memory/memory.ts";
import { popScratch, reserve, reserved, scratch, scratchTop } from "../memory/slab.ts";

// -- The protocol ----------------------------------------------------------------------------------

/** How a value travels in a call's frame; `calls/slots.ts` has one row for each. `wide`: by the address of its memory. */
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
  load(memory: Memory, offset: number, parent: CData | null, index: number): unknown;
  /** JavaScript → C memory. Gives what must be kept alive with the memory, or undefined. */
  store(memory: Memory, offset: number, value: unknown): unknown;
  /** How values that need no conversion are stored, written out where it pays; absent where there are none. */
  readonly direct?: DirectStore;
  /** Whether an argument is already what its slot takes; absent where it never is. */
  ready?(value: unknown): boolean;
  /** An argument → what its slot takes: a number or bigint, or an {@link Argument} where something must outlive the call. */
  pass(value: unknown): unknown;
  /** The same for a string, where strings are what is passed most. */
  passString?(text: string): number | Argument;
  /** What a slot held → JavaScript. Of a wide type: the address of memory, which is copied. */
  receive(slot: never): unknown;
  /** The same of the result slot, where native code can make the value at once. */
  receiveResult?(): unknown;
  /** What a library's symbol of this type is, when not the variable itself. */
  symbol?(address: number, origin: SymbolOrigin): unknown;
  /** An instance that is the memory there. */
  readonly view: ViewMaker;
  /** The type pointed to, of a type that is or decays to a pointer; null for `void *`. */
  readonly target?: CType | null;
  /** Whether `_objects` of an instance is the kept thing itself, as for simple types, not a record of them. */
  readonly keepsItself?: boolean;
}

/** A value that `accepts` is stored by this method of a `DataView`, in the machine's byte order, and keeps nothing alive. */
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

/** Where a symbol comes from. */
export interface SymbolOrigin {
  readonly name: string;
  readonly usesErrno: boolean;
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
  whenEnded?: (() => void)[];
}

/** Any C type: a class whose instances are C objects. */
export interface CType {
  new (...args: never[]): CData;
  readonly prototype: CData;
  readonly name: string;
  [DESCRIBE](): Traits;
  [SWAPPED](): CType | undefined;
  [ITEMS](): TypedArrayClass | null | undefined;
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
  [FIND](name: string): number;
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
 * The static method giving the class of typed arrays whose items are such values: null where their byte order is not the machine's, undefined
 * where there is none.
 */
export const ITEMS: unique symbol = Symbol("items");
/** Where they are then found. */
export const TRAITS: unique symbol = Symbol("traits");
/** What `console.log` asks. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
/** Where an instance's memory is, and where it begins in it. */
export const MEMORY: unique symbol = Symbol("memory");
export const OFFSET: unique symbol = Symbol("offset");
/** The method giving the address something stands for where C expects a pointer. */
export const DECAY: unique symbol = Symbol("decay");
/** Whether it is of a simple type: asked first, for `instanceof` would walk up to the Proxy behind arrays and pointers, which say it before that. */
export const IS_SIMPLE: unique symbol = Symbol("isSimple");
/** The method giving the type that address points to: null is `void`, undefined is "no pointer at all". */
export const TARGET: unique symbol = Symbol("target");

/** What can stand where C expects a pointer: arrays, pointers, functions, references. */
export interface Decays {
  [DECAY](): number | undefined;
  [TARGET](): CType | null | undefined;
}

/** The address `value` stands for as a pointer to `target` (null: to anything); undefined when it is no such thing. */
export function decayed(value: unknown, target: CType | null): number | undefined {
  if (typeof value !== "object" && typeof value !== "function") return undefined;
  if (value === null || (value as Partial<Decays>)[DECAY] === undefined) return undefined;
  const to = (value as Decays)[TARGET]();
  if (to === undefined) return undefined;
  if (target !== null && to !== target && !(to !== null && to.prototype instanceof target)) return undefined;
  return (value as Decays)[DECAY]();
}

/** The traits of a C type. @throws TypeError for an incomplete or abstract type. */
export function traitsOf(type: CType): Traits {
  const known = type[TRAITS];
  if (known !== undefined && known.type === type) return known;
  return describeType(type);
}

function describeType(type: CType): Traits {
  const traits = type[DESCRIBE]();
  Object.defineProperty(type, TRAITS, { value: traits, configurable: true });
  return traits;
}

export function isCType(value: unknown): value is CType {
  return typeof value === "function" && value.prototype instanceof CData;
}

/**
 * `value instanceof type`, for instances: of exactly that class it is told at once, while `instanceof` would walk up the prototype chain, which ends
 * in a Proxy where arrays and pointers are.
 */
export function isInstance(value: unknown, type: CType): value is CData {
  if (typeof value !== "object" || value === null) return false;
  return (value.constructor === type && (value as CData)[MEMORY] !== undefined) || value instanceof type;
}

// -- Instances -------------------------------------------------------------------------------------

/** A C object: a place in memory. What it is made of is its class's business. */
export abstract class CData implements Keeper, Decays {
  declare [MEMORY]: Memory;
  declare [OFFSET]: number;
  declare [PARENT]: CData | null;
  declare [INDEX]: number;
  declare [KEPT]: unknown;

  /** Zeroed memory of its own. */
  constructor() {
    const traits = traitsOf(new.target as unknown as CType);
    this[OFFSET] = reserve(traits.size, traits.align);
    this[MEMORY] = reserved;
    this[PARENT] = null;
    this[INDEX] = 0;
    this[KEPT] = undefined;
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

  /** An instance that is the memory at `where`; it owns nothing and keeps nothing alive. */
  static from_address(where: unknown): CData {
    const traits = traitsOf(this as unknown as CType);
    const place = `${traits.name}.from_address()`;
    const at = toAddress(where, place);
    if (at === 0) throw new NullPointerError(`${place}: the address is NULL`);
    const memory = located(place, () => memoryAt(userSpace(at)));
    return traits.view(memory, at - memory.base, null, 0);
  }

  /** An instance that shares the memory of a buffer, from byte `offset` on, and keeps it alive. */
  static from_buffer(buffer: unknown, offset = 0): CData {
    const traits = traitsOf(this as unknown as CType);
    const { bytes, start } = window(traits, "from_buffer", buffer, offset);
    const memory = new Memory(backing(bytes), bufferAddress(backing(bytes)), "lent");
    const data = traits.view(memory, start, null, 0);
    data[KEPT] = traits.keepsItself ? bytes : { ffffffff: bytes };
    return data;
  }

  /** An instance with a copy of a buffer's bytes, from byte `offset` on. */
  static from_buffer_copy(buffer: unknown, offset = 0): CData {
    const traits = traitsOf(this as unknown as CType);
    const { bytes, start } = window(traits, "from_buffer_copy", buffer, offset);
    const at = reserve(traits.size, traits.align);
    const data = traits.view(reserved, at, null, 0);
    copy(data[MEMORY], at, new Memory(backing(bytes), bufferAddress(backing(bytes)), "lent"), start, traits.size);
    return data;
  }

  /**
   * What passing `value` to a parameter of this type means: the instance itself, null for NULL, or an object that stands for the converted
   * value. A class may override it: what it gives is then passed as an undeclared argument would be.
   */
  static from_param(value: unknown): unknown {
    const traits = traitsOf(this as unknown as CType);
    if (value instanceof this || (value === null && traits.target !== undefined)) return value;
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

  [DECAY](): number | undefined {
    return undefined;
  }

  [TARGET](): CType | null | undefined {
    return traitsOf(this.constructor as unknown as CType).target;
  }

  /** What an out-parameter reads as. */
  __ctypes_from_outparam__(): unknown {
    return this;
  }

  [INSPECT](_depth: number, _options: object, _inspect: (value: unknown, options: object) => string): string {
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

// A class with an exotic prototype further up (arrays, pointers) must not be asked when an instance gets its first properties.
for (const key of [MEMORY, OFFSET, PARENT, INDEX, KEPT]) {
  Object.defineProperty(CData.prototype, key, { value: undefined, writable: true });
}

/** What `byref` and `from_param` give: good as an argument, and for nothing else. */
export class CArgObject implements Decays {
  static readonly [SPELLED] = "byref() or from_param() result";
  /** The object referred to, or the value that was converted. */
  readonly _obj: unknown;
  readonly #traits: Traits | null;
  readonly #offset: number;
  #text: Argument | undefined;
  constructor(traits: Traits | null, object: unknown, offset: number) {
    this._obj = object;
    this.#traits = traits;
    this.#offset = offset;
  }
  /** The type it is passed as; null is a reference to `_obj`. */
  get traits(): Traits | null {
    return this.#traits;
  }
  [DECAY](): number | undefined {
    if (this.traits === null) return address(this._obj as CData) + this.#offset;
    if (typeof this._obj === "string") return Number((this.#text ??= placedText(this.traits, this._obj)).value);
    return Number(this.traits.pass(this._obj));
  }
  [TARGET](): CType | null | undefined {
    return this.traits === null ? ((this._obj as CData).constructor as unknown as CType) : this.traits.target;
  }
  [INSPECT](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `${this.traits === null ? "byref" : `cparam ${this.traits.name}`}(${inspect(this._obj, options)})`;
  }
}

/** Text where it can stay: who asks for its address may keep that longer than a call's scratch stack lasts. */
function placedText(traits: Traits, text: string): Argument {
  const mark = scratchTop();
  const passed = traits.pass(text);
  if (passed instanceof Argument) return passed;
  const byteLength = scratchTop() - mark;
  const offset = reserve(byteLength, 16);
  const memory = reserved;
  copy(memory, offset, scratch, (passed as number) - scratch.base, byteLength);
  popScratch(mark);
  return new Argument(memory.base + offset, memory);
}

/** `pass` for any argument: what `_as_parameter_` names stands for an object that cannot be passed itself. */
export function passing(traits: Traits): (value: unknown) => unknown {
  const { pass } = traits;
  const instead = (value: unknown, error: unknown): unknown => {
    const inner = asParameter(value);
    if (Object.is(inner, value)) throw error;
    const passed = passAny(inner);
    const isAddress = traits.target !== undefined || traits.slot === "wide";
    return typeof passed === "number" && isAddress ? new Argument(passed, inner) : passed;
  };
  // Not `instanceof`: it would ask the Proxy at the end of an array's or a pointer's prototype chain.
  const compiled = compile<(value: unknown) => unknown>(
    `function (value) {
      try {
        const isMade = typeof value === "object" && value !== null && !isView(value) && value.constructor === CArgObject;
        return pass(isMade && value.traits === traits ? value._obj : value);
      } catch (error) { return instead(value, error); }
    }`,
    { CArgObject, pass, traits, instead, isView: ArrayBuffer.isView },
  );
  const plain = (value: unknown): unknown => {
    try {
      return pass(value instanceof CArgObject && value.traits === traits ? value._obj : value);
    } catch (error) {
      return instead(value, error);
    }
  };
  const passAny = compiled ?? plain;
  return passAny;
}

/** What stands for an object as an argument: its `_as_parameter_`, if it has one, or that one's. @throws RangeError for an endless chain. */
export function asParameter(value: unknown): unknown {
  let inner = value;
  for (let depth = 0; hasParameter(inner); depth++) {
    if (depth === DEEPEST_PARAMETER) throw outOfRange("its _as_parameter_ leads back to itself");
    inner = inner._as_parameter_;
  }
  return inner;
}

const DEEPEST_PARAMETER = 1000;

function hasParameter(value: unknown): value is { readonly _as_parameter_: unknown } {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject && !(value instanceof CData) && "_as_parameter_" in (value as object);
}

/** An instance of `type` that *is* the memory there; no constructor of a subclass runs. */
export type ViewMaker = (memory: Memory, offset: number, parent: CData | null, index: number) => CData;

/** The address of an instance's memory. @throws TypeError, RangeError when the buffer it lies in was detached or shrunk: C would not notice. */
export function address(data: CData): number {
  const memory = data[MEMORY];
  if (memory.kind === "lent") checkLent(data, memory);
  return memory.base + data[OFFSET];
}

function checkLent(data: CData, memory: Memory): void {
  const { name, size } = traitsOf(data.constructor as unknown as CType);
  let byteLength: number;
  try {
    byteLength = memory.byteLength;
  } catch {
    throw expected(`${name} with memory`, data, "its buffer was detached, the memory has moved on");
  }
  const end = data[OFFSET] + size;
  if (byteLength < end) throw outOfRange(`the buffer of ${name} shrank to ${byteLength} bytes; it ends at ${end}`);
}

/** A user's address as a number. @throws TypeError for what is no address. */
export function toAddress(value: unknown, where: string): number {
  const at = typeof value === "bigint" ? Number(BigInt.asUintN(64, value)) : value;
  if (typeof at === "number" && Number.isInteger(at) && at >= 0) return at;
  throw new TypeError(`${where}: expected an address (an integer from 0 up), got ${describe(value)}`);
}

function window(traits: Traits, method: string, buffer: unknown, offset: number): { bytes: BufferLike; start: number } {
  const where = `${traits.name}.${method}()`;
  if (!isBuffer(buffer)) throw new TypeError(`${where}: expected a buffer or typed array, got ${describe(buffer)}`);
  if (!Number.isInteger(offset)) throw new TypeError(`${where}: expected an integer offset, got ${describe(offset)}`);
  if (offset < 0) throw new RangeError(`${where}: the offset cannot be negative, got ${offset}`);
  if (buffer.byteLength < offset + traits.size) {
    const needed = offset + traits.size;
    throw new RangeError(`${where}: the buffer is too small: ${buffer.byteLength} bytes instead of at least ${needed}`);
  }
  return { bytes: buffer, start: offset + (ArrayBuffer.isView(buffer) ? buffer.byteOffset : 0) };
}

/** An address as C prints it. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
