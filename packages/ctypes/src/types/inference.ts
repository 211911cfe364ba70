/**
 * The type-level protocol: how a C type meets JavaScript, for the compiler only. Imports nothing, exists not at run
 * time.
 *
 * Every instance type carries one phantom property with what reading it gives, what may be stored and what may be
 * passed. Its key is a `unique symbol`, so it collides with no member of a user's structure and never shows in
 * completions.
 */

declare const JS: unique symbol;
declare const TAG: unique symbol;
declare const SELF: unique symbol;

/** Stands for "the instance itself" inside a {@link Js} record. */
export interface Self {
  readonly [SELF]: true;
}

/** What reading gives, what may be stored, what a call accepts. */
export interface Js<R, W, P> {
  readonly read: R;
  readonly write: W;
  readonly pass: P;
}

/** What every instance of a C type has in common. */
export interface Data<R = unknown, W = unknown, P = unknown> {
  readonly [JS]: Js<R, W, P>;
}

/** Tells types apart that otherwise look the same. */
export interface Tagged<T> {
  readonly [TAG]: T;
}

/** Leaves the phantom property out: what is promoted from an anonymous member must not bring that member's own. */
export type WithoutPhantom<T> = Omit<T, typeof JS | typeof TAG>;

/** An instance of some C type. */
export interface AnyData extends Data {}

/** The class of a C type: `TypeOf<Point>` is any class whose instances are `Point`. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of a class that is only looked at may be anything
export type TypeOf<I extends AnyData = AnyData> = abstract new (...args: any) => I;

/** The instance type of a C type: `InstanceOf<typeof c_int>` is `c_int`. */
export type InstanceOf<T> = T extends abstract new (
  // biome-ignore lint/suspicious/noExplicitAny: as above
  ...args: any
) => infer I
  ? I
  : never;

type Resolve<X, I> = X extends Self ? I : X;

/** What reading a member, an item or a result of type `I` gives: `Read<c_int>` is `number`. */
export type Read<I> = I extends Data ? Resolve<I[typeof JS]["read"], I> : never;

/** What may be stored where an `I` stands: `Write<Point>` is `Point | { x?: …; y?: … }`. */
export type Write<I> = I extends Data ? Resolve<I[typeof JS]["write"], I> : never;

/** What a structure or union of type `I` may be made from, besides an instance. */
export type Initial<I> = I extends Data ? Exclude<I[typeof JS]["write"], Self> : never;

/**
 * What `toPlain` gives for an `I`: `Plain<Point>` is `{ x: number; y: number }`. Of the members of a structure, those
 * that are objects of C are plain, too; pointers and functions are what they are.
 */
export type Plain<I> = PlainValue<I extends Simple<infer _C, infer V, infer _W, infer _P> ? V : I>;

type PlainValue<V> = V extends Tagged<["pointer", unknown]> | Tagged<"function">
  ? V
  : V extends CharArray | WideArray
    ? string
    : V extends ArrayOf<infer T>
      ? PlainValue<Read<T>>[]
      : V extends Simple<infer _C, infer S, infer _W, infer _P>
        ? S
        : V extends Data
          ? { -readonly [K in keyof V as K extends string ? K : never]: PlainValue<V[K]> }
          : V;

/** What may be passed where a function expects an `I`. */
export type Pass<I> = I extends Data ? Resolve<I[typeof JS]["pass"], I> : never;

export type ReadAll<A> = { [K in keyof A]: Read<A[K]> };
export type PassAll<A> = { [K in keyof A]: Pass<A[K]> };
export type InstancesOf<A> = { -readonly [K in keyof A]: A[K] extends TypeOf<infer I> ? I : A[K] };
export type TypesOf<A> = { [K in keyof A]: A[K] extends AnyData ? TypeOf<A[K]> : A[K] };
export type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void
  ? I
  : never;

/** A memory address: a number, since user space ends below 2^53; a bigint is accepted. */
export type Address = number | bigint;

// -- Bare instances --------------------------------------------------------------------------------

/** A simple C value. `Code` is ctypes' type letter; it makes `c_int` and `c_long` different types to the compiler. */
export interface Simple<Code extends string, V, W = V, P = W> extends Data<V, W | Self, P | Self>, Tagged<Code> {
  get value(): V;
  set value(value: W);
}

/** What `byref` gives: good as an argument, and for nothing else. */
export interface Ref<I> extends Tagged<["ref", I]> {
  /** The object referred to. */
  readonly _obj: I;
}

/** A C pointer that is not NULL. Where it may be NULL, reading gives `Pointer<I> | null`. */
export interface Pointer<I>
  extends Data<
      Self | null,
      Self | null | ArrayOf<I> | BufferFor<I>,
      Self | null | ArrayOf<I> | BufferFor<I> | Ref<I> | I | readonly Write<I>[]
    >,
    Tagged<["pointer", I]> {
  /** The pointed-to object itself, not a copy. Throws on NULL. Assigning re-points. */
  contents: I;
  /** Reads the item `index` places after the pointee; negative ones stand before it. C knows no bounds here. */
  at(index: number): Read<I>;
  /**
   * The first `length` items as a typed array on the same memory, live both ways: what {@link ArrayOf.view} is for
   * arrays. C knows no length, so a wrong one is a segmentation fault. It is valid as long as that memory is; what the
   * pointer keeps alive now, it keeps too.
   *
   * @throws NullPointerError for NULL, TypeError for items that are no numbers or in the other byte order, RangeError
   * for a negative length and memory that is not aligned for a typed array.
   */
  view(length: number): ViewOf<I>;
  /** Python's `pointer[start:stop:step]`: `stop` must be given, and negative bounds are real indices. */
  slice(start: number | null, stop: number, step?: number | null): SliceOf<I>;
  /** Items, as C's pointer arithmetic has them; without bounds. */
  [index: number]: Read<I>;
}

/** JavaScript's own arrays of the same items: passed by address, without a copy. */
export type BufferFor<I> =
  I extends Simple<infer C, infer _V, infer _W, infer _P>
    ? C extends "c" | "b" | "B" | "?"
      ? Uint8Array | Int8Array
      : C extends "h" | "H" | "s"
        ? Int16Array | Uint16Array
        : C extends "i" | "I" | "S"
          ? Int32Array | Uint32Array
          : C extends "q" | "Q" | "l" | "L"
            ? BigInt64Array | BigUint64Array
            : C extends "f"
              ? Float32Array
              : C extends "d"
                ? Float64Array
                : never
    : never;

/**
 * The typed array on the memory of items of type `I`: `ViewOf<c_int>` is `Int32Array`. Arrays of arrays are seen flat,
 * row after row; items that are no numbers have none. (Of `c_long`, as where it has 64 bits; on Windows it is an
 * `Int32Array`.)
 */
export type ViewOf<I> =
  I extends Tagged<infer T>
    ? T extends keyof Views
      ? Views[T]
      : T extends readonly ["array", infer Item]
        ? ViewOf<Item>
        : never
    : never;

/** By type letter. */
interface Views {
  b: Int8Array;
  B: Uint8Array;
  c: Uint8Array;
  "?": Uint8Array;
  h: Int16Array;
  H: Uint16Array;
  i: Int32Array;
  I: Uint32Array;
  l: BigInt64Array;
  L: BigUint64Array;
  q: BigInt64Array;
  Q: BigUint64Array;
  f: Float32Array;
  d: Float64Array;
  v: Int16Array;
  s: Uint16Array;
  S: Uint32Array;
}

/** A C array. */
export interface ArrayOf<I, N extends number = number>
  extends Data<Self, Self | readonly Write<I>[] | TextFor<I>, Self>,
    Tagged<["array", I]>,
    Iterable<Read<I>> {
  readonly length: N;
  /** Item `index`; negative ones count from the end. Faster than `[index]`. */
  at(index: number): Read<I>;
  /** Stores item `index`; negative ones count from the end. Faster than `[index] =`. */
  put(index: number, value: Write<I>): void;
  /**
   * The items as a typed array on the same memory, live both ways: an `Int32Array` for `c_int`. Asking again gives the
   * same one.
   *
   * Items of 64 bits are bigints in it, characters and booleans bytes; arrays of arrays are seen flat, row after row.
   * It keeps alive memory that belongs to C objects or buffers; of foreign memory it is valid as long as that is.
   *
   *     const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
   *     numbers.view.map((n) => 2 * n).join();   // "2,4,6"
   *
   * @throws TypeError for items that are no numbers or in the other byte order, and when the buffer was detached;
   * RangeError when the memory is not aligned for a typed array.
   */
  readonly view: ViewOf<I>;
  /** Python's `array[start:stop:step]`: items read one by one, or a string of characters. Null is a bound left out. */
  slice(start?: number | null, stop?: number | null, step?: number | null): SliceOf<I>;
  /** Python's `array[start:stop:step] = values`. @throws RangeError when the values are not as many as the places. */
  setSlice(
    values: Iterable<Write<I>> | TextFor<I>,
    start?: number | null,
    stop?: number | null,
    step?: number | null,
  ): void;
  [index: number]: Read<I>;
}

/** What a slice reads as. */
export type SliceOf<I> = I extends Simple<"c" | "u" | "s" | "S", string, infer _W, infer _P> ? string : Read<I>[];

/** What an array of characters takes as a whole: up to its first NUL; what lies after that stays. */
export type TextFor<I> =
  I extends Simple<"c", string, infer _W, infer _P>
    ? string | Uint8Array
    : I extends Simple<"u" | "s" | "S", string, infer _W, infer _P>
      ? string
      : never;

/** `char[N]`: `value` up to the first NUL, `raw` all of it. */
export interface CharArray<I = unknown, N extends number = number> extends ArrayOf<I, N> {
  get value(): string;
  set value(text: string | Uint8Array);
  /** All bytes, live: a view of the memory itself. */
  get raw(): Uint8Array;
  set raw(bytes: ArrayBufferView | ArrayBufferLike);
}

/** `wchar_t[N]`: `value` up to the first NUL. */
export interface WideArray<I = unknown, N extends number = number> extends ArrayOf<I, N> {
  value: string;
}

/** The instance type of `ARRAY(I, N)`. */
export type ArrayInstance<I, N extends number> =
  I extends Simple<"c", string, infer _W, infer _P>
    ? CharArray<I, N>
    : I extends Simple<"u" | "s" | "S", string, infer _W, infer _P>
      ? WideArray<I, N>
      : ArrayOf<I, N>;

/** Anything a `void *` parameter takes. */
export type AnyPointer =
  | Tagged<["pointer", unknown]>
  | Tagged<["ref", unknown]>
  | Tagged<["array", unknown]>
  | Tagged<"function">
  | ArrayBufferView
  | ArrayBufferLike;
