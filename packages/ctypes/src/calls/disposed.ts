/**
 * Results that the caller frees: text that is read, and whose memory is given back at once.
 */
import { describe } from "../memory/errors.ts";
import { cast } from "../types/cast.ts";
import { isCType } from "../types/cdata.ts";
import type { Simple, Tagged, TypeOf } from "../types/inference.ts";
import { traitsOf } from "../types/protocol.ts";
import { c_void_p } from "../types/types.ts";
import { CFUNCTYPE } from "./function.ts";

// biome-ignore lint/suspicious/noExplicitAny: whatever is stored or passed
type AnyText = Simple<"z" | "Z" | "t" | "T", string | null, any, any>;

/** A C function that is given the memory: `free`, and its like. */
export interface Disposer extends Tagged<"function"> {}

/**
 * A result type: text that the caller must free. The call gives the text, and has C free its memory by the function
 * that `by` gives, which is asked at the first such result. NULL is null, and is not freed. Such a function has no
 * `async`.
 *
 *     const free = CFUNCTYPE(null, c_void_p);
 *     const libc = new CDLL(null, { free, strdup: CFUNCTYPE(disposed(c_char_p, (): Disposer => libc.free), c_char_p) });
 *     libc.strdup("text");   // "text"
 *
 * @throws TypeError for what is no type of text; in a call, when `by` gives no C function.
 */
export function disposed<I extends AnyText>(type: TypeOf<I>, by: () => Disposer): TypeOf<I> {
  const letter = isCType(type) ? (type as unknown as { readonly _type_?: unknown })._type_ : undefined;
  if (typeof letter !== "string" || !"zZtT".includes(letter)) {
    throw new TypeError(`disposed(): argument 1: expected a type of text, such as c_char_p, got ${describe(type)}`);
  }
  if (typeof by !== "function") {
    throw new TypeError(`disposed(): argument 2: expected a function giving a C function, got ${describe(by)}`);
  }
  const { name, receive } = traitsOf(type as never);
  let free: ((memory: c_void_p) => void) | undefined;
  class DisposedText extends c_void_p {
    static _check_retval_(memory: DisposedText): unknown {
      if (memory.value === null) return null;
      free ??= freeing(by());
      try {
        return receive(memory.value as never);
      } finally {
        free(memory);
      }
    }
  }
  Object.defineProperty(DisposedText, "name", { value: `disposed(${name})` });
  return DisposedText as unknown as TypeOf<I>;
}

// -- Private ---------------------------------------------------------------------------------------

/** The same function, whatever it is declared to take. */
function freeing(by: Disposer): (memory: c_void_p) => void {
  if (typeof by !== "function") throw new TypeError(`disposed(): expected a C function, got ${describe(by)}`);
  return new (CFUNCTYPE(null, c_void_p))(cast(by as never, c_void_p).value as number);
}
