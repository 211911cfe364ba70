/**
 * The static side that every C type shares, for the compiler. The methods themselves are `CData`'s.
 */
import type { BufferLike } from "../memory/buffers.ts";
import type { Address, AnyData } from "./inference.ts";
import type { SymbolSource } from "./protocol.ts";

// biome-ignore lint/suspicious/noExplicitAny: the constructor's parameters do not matter to these methods
type ClassOf<I> = abstract new (...args: any) => I;

export interface Statics {
  /**
   * An instance that *is* the memory at `address`, not a copy of it. It owns nothing: it is valid as long as that
   * memory is.
   *
   * @throws TypeError for what is no address, NullPointerError for 0.
   */
  from_address<I>(this: ClassOf<I>, address: Address): I;
  /**
   * An instance that shares the memory of a buffer, a typed array or another C object from byte `offset` on, and keeps
   * it alive.
   *
   * JavaScript cannot lock a buffer: an access after it was detached is a TypeError, one after the end of a shrunk one
   * a RangeError, and so is giving its address to C. C, where it has the address from before, would not notice.
   *
   *     c_int.from_buffer(new Int32Array([1, 2]), 4).value;   // 2
   *
   * @throws TypeError for what is no buffer, RangeError when it is too small.
   */
  from_buffer<I>(this: ClassOf<I>, buffer: BufferLike | AnyData, offset?: number): I;
  /** The same with a copy of the bytes. */
  from_buffer_copy<I>(this: ClassOf<I>, buffer: BufferLike | AnyData, offset?: number): I;
  /**
   * An instance that is the exported variable `name` of a library: reading it reads the variable.
   *
   * @throws LibraryError when the library has no such symbol.
   */
  in_dll<I>(this: ClassOf<I>, library: SymbolSource | object, name: string): I;
  /**
   * What passing `value` to a parameter of this type means: the value itself where it is passed as it is, or an object
   * that stands for the converted value (its `_obj`). A class may have its own; what that gives is then passed in place
   * of the argument.
   *
   * @throws TypeError for what the type does not take.
   */
  from_param(value: unknown): unknown;
}
