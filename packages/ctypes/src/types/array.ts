/**
 * C arrays: a fixed number of items of one type, live in memory.
 */
import type { Leaf } from "rawffi";
import { describe, expected, locate, outOfRange, SPELLED } from "../memory/errors.ts";
import { loadAddress } from "../memory/memory.ts";
import { WeaklyBy } from "../memory/weakly.ts";
import { address } from "./address.ts";
import { type CData, isCType } from "./cdata.ts";
import { addTextMembers } from "./characters.ts";
import { codes } from "./codes.ts";
import { insideOf, leavesOf, storeCopy, viewMaker } from "./construct.ts";
import { AT, Indexed, PUT } from "./indexed.ts";
import type { AnyData, ArrayInstance, ArrayOf, TypeOf, Write } from "./inference.ts";
import { arrayName, defineItems, fillItems } from "./items.ts";
import { isReal, loadedInForm, shownOr, shownWithoutMemory } from "./plain.ts";
import {
  type CType,
  DECAY,
  DESCRIBE,
  INSPECT,
  type Inspect,
  IS_SIMPLE,
  ITEMS,
  LARGEST_SIZE,
  MEMORY,
  OFFSET,
  PLAIN,
  type PlainForm,
  POINTEE,
  plainInspect,
  SWAPPED,
  TEXT,
  type Traits,
  type TypedArrayClass,
  traitsOf,
  typeOfInstance,
} from "./protocol.ts";
import { arrayIndices, type Bound, joined, valuesFor } from "./slices.ts";
import type { Statics } from "./statics.ts";

/** The class of an array type. */
export interface ArrayType<I extends AnyData, N extends number> extends Statics {
  /** The first items; the others are zero. @throws RangeError when there are more than the array has. */
  new (...items: Write<I>[]): ArrayInstance<I, N>;
  readonly _type_: TypeOf<I>;
  readonly _length_: N;
}

/** The base of all array types; it has no items itself. */
abstract class ArrayData extends Indexed {
  constructor(...items: unknown[]) {
    super();
    if (items.length > 0) fill(this, items, traitsOf(new.target as unknown as CType).name);
  }
  static override [DESCRIBE](): Traits {
    const { item, length } = declaredBy(this);
    const base = Object.getPrototypeOf(this) as Partial<Declared> & CType;
    const like = ARRAY(item as never, length) as unknown as CType;
    if ((this as unknown) === like) defineItems(this.prototype, item, length);
    else if (base._type_ === item && base._length_ === length) traitsOf(base);
    else borrow(this, like);
    return arrayTraits(this as unknown as CType, item, length);
  }
  override get [IS_SIMPLE](): boolean {
    return false;
  }
  override [DECAY](): number {
    return address(this);
  }
}
Object.defineProperty(ArrayData, "name", { value: "Array" });

/**
 * The base of all array types. What `ARRAY(type, length)` gives extends it, and so may a class that says both itself.
 *
 *     class Row extends Array { static _type_ = c_int; static _length_ = 3 }
 *     new Row(1, 2) instanceof Array;   // true
 *
 * @throws TypeError at the first use of a class that has no `_type_`, no `_length_` or neither; RangeError for a
 * negative `_length_`.
 */
const ArrayBase = ArrayData as unknown as Statics & (abstract new (...items: unknown[]) => ArrayOf<AnyData>);

export { ArrayBase as Array };

/** The array types of an item, and the one that was asked for last: mostly it is the next one as well. */
class ArraysOf {
  readonly byLength = new WeaklyBy<number, object>();
  lastLength = -1;
  last: object | null = null;
}
const arrayTypes = new WeakMap<CType, ArraysOf>();

/**
 * The type "array of `length` times `type`", Python's `type * length`; the same two give the same type.
 *
 *     const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
 *     numbers.at(-1);   // 3
 *
 * @throws TypeError for what is no type or no integer, RangeError for a negative length or one that no memory could
 * hold. (Instances have at most 1 GiB.)
 */
export function ARRAY<I extends AnyData, const N extends number>(type: TypeOf<I>, length: N): ArrayType<I, N> {
  if (!isCType(type)) throw new TypeError(`ARRAY(): argument 1: expected a C type, got ${describe(type)}`);
  checkLength("ARRAY(): argument 2", type, length);
  let known = arrayTypes.get(type);
  if (known === undefined) arrayTypes.set(type, (known = new ArraysOf()));
  if (known.lastLength !== length) {
    known.last = known.byLength.get(length) ?? known.byLength.set(length, arrayType(type, length));
    known.lastLength = length;
  }
  return known.last as ArrayType<I, N>;
}

// -- Private ---------------------------------------------------------------------------------------

/** What an array type says of itself. */
interface Declared {
  readonly _type_: CType;
  readonly _length_: number;
}

/** Checks what a class says: its own class line may have said it, or one further up. */
function declaredBy(type: { readonly name: string } & Partial<Declared>): { item: CType; length: number } {
  const { name, _type_: item, _length_: length } = type;
  if (item === undefined && length === undefined) {
    throw new TypeError(`${name} is an abstract class: it has no _type_ and no _length_`);
  }
  if (item === undefined || length === undefined) {
    throw new TypeError(`${name} has no ${item === undefined ? "_type_" : "_length_"}`);
  }
  if (!isCType(item)) throw new TypeError(`${name}._type_: expected a C type, got ${describe(item)}`);
  checkLength(`${name}._length_`, item, length);
  return { item, length };
}

function checkLength(where: string, item: CType, length: number): void {
  if (!Number.isInteger(length)) throw new TypeError(`${where}: expected an integer length, got ${describe(length)}`);
  if (length < 0) throw new RangeError(`${where}: the length cannot be negative, got ${length}`);
  let count = length;
  let inner = item as Partial<Declared> | undefined;
  // A class can be made to say that it is an array of itself, so there is an end to believing.
  for (let depth = 0; inner?._length_ !== undefined && depth < 1000; depth++) {
    count *= inner._length_;
    inner = inner._type_ as Partial<Declared>;
  }
  if (count > LARGEST_SIZE) throw new RangeError(`${where}: ${length} items are too many for a type; at most 2 ** 50`);
}

/** Gives a class that declares items of its own the members of an array of such items. */
function borrow(type: typeof ArrayData, like: CType): void {
  traitsOf(like);
  for (const key of Reflect.ownKeys(like.prototype)) {
    if (Object.hasOwn(type.prototype, key)) continue;
    Object.defineProperty(type.prototype, key, Object.getOwnPropertyDescriptor(like.prototype, key) as object);
  }
}

type ArrayClass = new (...items: unknown[]) => CData;

function arrayType(item: CType, length: number): object {
  class ArrayOfItems extends ArrayData {
    static readonly _type_ = item;
    static readonly [SPELLED] = arrayName(item, length);
    static readonly _length_ = length;
    static override [SWAPPED](): CType | undefined {
      const other = item[SWAPPED]();
      return other && (ARRAY(other as never, length) as unknown as CType);
    }
    static override [ITEMS](): TypedArrayClass | null | undefined {
      return item[ITEMS]();
    }
    override [POINTEE](): CType {
      return item;
    }
    get length(): number {
      return length;
    }
    slice(start?: Bound, stop?: Bound, step?: Bound): unknown {
      return joined(
        arrayIndices(length, start, stop, step).map((i) => this[AT](i)),
        isText(item),
      );
    }
    setSlice(values: unknown, start?: Bound, stop?: Bound, step?: Bound): void {
      const indices = arrayIndices(length, start, stop, step);
      const list = valuesFor(values, indices.length, isText(item));
      indices.forEach((index, i) => {
        this[PUT](index, list[i]);
      });
    }
    override [AT](_index: number): unknown {
      return undefined; // at its first use the class gets the items of its own
    }
    override [PUT](_index: number, _value: unknown): void {}
    override [PLAIN](form: PlainForm): unknown {
      const items = () => itemsInForm(this, item, length, form);
      return isText(item)
        ? form.text(
            () => (this as unknown as { value: string }).value,
            () => this as unknown as Iterable<string>,
          )
        : form.array(items());
    }
    override [INSPECT](depth: number | null, options: object, inspect: Inspect = plainInspect): string {
      if (!isReal(this)) return shownWithoutMemory(this);
      const { name } = traitsOf(typeOfInstance(this));
      if (isText(item)) return `${name} ${inspect((this as unknown as { value: string }).value, options)}`;
      if (depth !== null && depth < 0) return `[${name}]`;
      const deeper = { ...options, depth: depth === null ? null : depth - 1 };
      const traits = traitsOf(item);
      const read = (i: number) =>
        shownOr(
          traits,
          () => this[AT](i),
          () => loadAddress(this[MEMORY], this[OFFSET] + i * traits.size),
        );
      const shown = Array.from({ length: Math.min(length, 100) }, (_, i) => inspect(read(i), deeper));
      if (length > shown.length) shown.push(`… ${length - shown.length} more items`);
      return shown.length === 0 ? `${name} []` : `${name} [ ${shown.join(", ")} ]`;
    }
  }
  if (isText(item)) addTextMembers(ArrayOfItems.prototype, length, traitsOf(item).size);
  Object.defineProperty(ArrayOfItems, "name", { value: `${item.name}_Array_${length}` });
  // The members above are made for this item and this length: a class that said otherwise afterwards would have other
  // memory.
  for (const key of ["_type_", "_length_"])
    Object.defineProperty(ArrayOfItems, key, { writable: false, configurable: false });
  return ArrayOfItems;
}

function arrayTraits(self: CType, item: CType, length: number): Traits {
  const of = traitsOf(item);
  const name = arrayName(item, length);
  const size = of.size * length;
  const self_ = self as unknown as ArrayClass & CType;
  const view = viewMaker(self);
  const make = (value: unknown): CData => {
    if (!Array.isArray(value)) throw expected(`${name} or an array of its items`, value);
    const array = new self_();
    fill(array, value);
    return array;
  };
  if (size > LARGEST_SIZE) throw outOfRange(`${name}: ${size} bytes are too many for a type; at most 2 ** 50`);
  const storeWhole = storeCopy({ type: self, name, size }, make);
  // Of items without a size any number is nothing.
  const leaves = size === 0 ? [] : insideOf(size, () => repeated(leavesOf(of.raw, 0), of.size, length));
  return {
    type: self,
    name,
    size,
    align: of.align,
    raw: { size, align: of.align, leaves },
    rawArgument: "pointer",
    slot: "address",
    usesScratch: false,
    pointee: item,
    load: view,
    store(memory, offset, value) {
      if (!isText(item) || (typeof value !== "string" && !(value instanceof Uint8Array))) {
        return storeWhole(memory, offset, value);
      }
      // ctypes' rule for members and items: up to the first NUL, a NUL if there is room, and what lies after stays.
      (view(memory, offset, null, 0) as CData & { value: unknown }).value = untilFirstNul(value);
      return undefined;
    },
    pass(value) {
      if (value instanceof self) return address(value);
      throw expected(name, value);
    },
    receive: (at: number) => (self as unknown as { from_address(at: number): CData }).from_address(at),
    view,
  };
}

// One leaf of many where scalars lie side by side: a `char[65536]` must not become 65536 objects. One scalar may also
// be followed by padding.
function repeated(leaves: Leaf[], size: number, length: number): Leaf[] {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined && byteLengthOf(only) === size) {
    return [{ ...only, count: (only.count ?? 1) * length }];
  }
  return Array.from({ length }, (_, i) => leaves.map((leaf) => ({ ...leaf, offset: leaf.offset + i * size }))).flat();
}

const scalarSizes = new Map<string, number>(Object.values(codes).map(({ raw, size }) => [raw, size]));

function byteLengthOf({ type, count = 1 }: Leaf): number {
  return count * (type === "pointer" ? 8 : (scalarSizes.get(type) ?? 0));
}

function untilFirstNul(text: string | Uint8Array): string | Uint8Array {
  const end = typeof text === "string" ? text.indexOf("\0") : text.indexOf(0);
  return end < 0 ? text : typeof text === "string" ? text.slice(0, end) : text.subarray(0, end);
}

function isText(item: CType): boolean {
  return item[TEXT]() !== undefined;
}

function* itemsInForm(array: CData, item: CType, length: number, form: PlainForm): Iterable<unknown> {
  const { load, size, raw } = traitsOf(item);
  for (let i = 0; i < length; i++) {
    const at = array[OFFSET] + i * size;
    yield loadedInForm(
      form,
      raw,
      () => load(array[MEMORY], at, array, i),
      () => loadAddress(array[MEMORY], at),
    );
  }
}

/** Stores the first items; `owner` is what stands in front of the place in messages, if nobody else puts it there. */
function fill(array: CData, items: readonly unknown[], owner?: string): void {
  const type = typeOfInstance(array) as CType & Declared;
  // What the memory was made for; the class's own words may have been changed since.
  const { pointee, size } = traitsOf(type);
  const item = pointee as CType;
  const length = size > 0 ? size / traitsOf(item).size : type._length_;
  if (items.length > length) throw outOfRange(`${items.length} items are too many for ${arrayName(item, length)}`);
  try {
    fillItems(array, item, items);
  } catch (error) {
    throw owner === undefined ? error : locate(error, owner);
  }
}
