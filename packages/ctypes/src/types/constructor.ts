/**
 * The constructors of types.
 */
import type { CData } from "./cdata.ts";
import { type Construct, constructOf, type Fill } from "./construct.ts";
import type { CType } from "./protocol.ts";

/** Has what the constructor does, from its first use on. A symbol: `Object.prototype` must not have it. */
const CONSTRUCT: unique symbol = Symbol("construct");
interface Late {
  [CONSTRUCT]?: Construct;
}

/**
 * `Base` with a constructor of its own: zeroed memory, then `fill` when something to fill it with is given. That of
 * `Base` does not run.
 *
 * Each type has one, and so type feedback of its own: one constructor that makes instances of twenty classes is twice
 * as slow. It is evaluated when the first instance is made, for a program has many types and uses a few; and put where
 * V8 takes it for a constant: a property that is added once. (A variable, or another constructor as the prototype of
 * this one or of the class, would make `new` cost some 30 ns more.)
 */
export function ownConstructor<B extends typeof CData>(Base: B, fill: Fill): B {
  const late: Late = {};
  const Own = function (init: unknown): CData {
    const construct = late[CONSTRUCT];
    if (construct !== undefined) return construct(init, new.target as unknown as CType);
    late[CONSTRUCT] = constructOf(fill);
    return late[CONSTRUCT](init, new.target as unknown as CType);
  };
  (Own as { prototype: unknown }).prototype = Base.prototype;
  Object.defineProperty(Base.prototype, "constructor", { value: Own });
  Object.defineProperty(Own, "name", { value: Base.name, configurable: true });
  return Object.setPrototypeOf(Own, Base) as B;
}
