/**
 * What the kinds of C types are made with: constructors, views, and the store of types whose instances are views.
 */
import type { Leaf, RawType } from "rawffi";
import { compile } from "../memory/compile.ts";
import { entries, INDEX, KEPT, PARENT, rootOf } from "../memory/keep.ts";
import { copy, type Memory } from "../memory/memory.ts";
import { reserve, reserved } from "../memory/slab.ts";
import type { CData } from "./cdata.ts";
import { type CType, MEMORY, OFFSET, type Traits, traitsOf, type ViewMaker } from "./protocol.ts";

/**
 * `Base` with a constructor of its own: zeroed memory, then `fill` when something to fill it with is given.
 *
 * It is compiled for each type, so that each has type feedback of its own: one constructor that makes instances of twenty classes is twice as
 * slow. Where code may not be made of strings it is `Base` itself, whose constructor must do the same.
 */
export function ownConstructor<B extends typeof CData>(
  Base: B,
  fill: (self: CData, init: unknown, traits: Traits) => void,
): B {
  const Own = compile<B>(
    `function () { let traits; return function (init) {
      if (traits === undefined || traits.type !== new.target) traits = traitsOf(new.target);
      this[OFFSET] = reserve(traits.size, traits.align);
      this[MEMORY] = lastReserved();
      this[PARENT] = null; this[INDEX] = 0; this[KEPT] = undefined;
      if (init !== undefined) fill(this, init, traits);
    }; }()`,
    { traitsOf, reserve, lastReserved, fill, MEMORY, OFFSET, PARENT, INDEX, KEPT },
  );
  if (Own === null) return Base;
  (Own as { prototype: unknown }).prototype = Base.prototype;
  Object.defineProperty(Base.prototype, "constructor", { value: Own });
  Object.defineProperty(Own, "name", { value: Base.name, configurable: true });
  return Object.setPrototypeOf(Own, Base) as B;
}

function lastReserved(): Memory {
  return reserved;
}

/** Makes the function that makes views of `type`: one class, one shape, so that member access stays monomorphic. */
export function viewMaker(type: CType): ViewMaker {
  const compiled = compile<ViewMaker>(
    `function () {
      function View(memory, offset, parent, index) {
        this[MEMORY] = memory; this[OFFSET] = offset; this[PARENT] = parent; this[INDEX] = index; this[KEPT] = undefined;
      }
      View.prototype = prototype;
      return function (memory, offset, parent, index) { return new View(memory, offset, parent, index); };
    }()`,
    { MEMORY, OFFSET, PARENT, INDEX, KEPT, prototype: type.prototype },
  );
  return compiled ?? plainViewMaker(type);
}

function plainViewMaker(type: CType): ViewMaker {
  return (memory, offset, parent, index) => {
    const view = Object.create(type.prototype) as CData;
    view[MEMORY] = memory;
    view[OFFSET] = offset;
    view[PARENT] = parent;
    view[INDEX] = index;
    view[KEPT] = undefined;
    return view;
  };
}

// -- Shared by the kinds of types ------------------------------------------------------------------

/** The store of every type whose instances are views: copies the bytes of an instance; other values are made one first. */
export function storeCopy(
  traits: { readonly type: CType; readonly name: string; readonly size: number },
  make: (value: unknown) => CData,
): Traits["store"] {
  const { type, size } = traits;
  return (memory, offset, value) => {
    const isInstance = value instanceof type;
    const source = isInstance ? value : make(value);
    copy(memory, offset, source[MEMORY], source[OFFSET], size);
    return isInstance ? keptFrom(source) : source[KEPT];
  };
}

/** What must stay alive where the memory of `source` was copied to: as in ctypes, the record of its owner itself. */
export function keptFrom(source: CData): unknown {
  const root = rootOf(source) as CData;
  return traitsOf(root.constructor as unknown as CType).keepsItself ? root[KEPT] : entries(root);
}

/** What the machine is told of the inside of `size` bytes: `leaves`, or bytes where no ABI looks inside. */
export function insideOf(size: number, leaves: () => Leaf[]): Leaf[] {
  return size > LARGEST_IN_REGISTERS ? [{ type: "uint8", offset: 0, count: size }] : leaves();
}

// ELFv2 (PowerPC) passes up to eight floating-point numbers of one type in registers; others stop at four, or at 16 bytes.
const LARGEST_IN_REGISTERS = 128;

/** The scalars of a type as part of an aggregate that begins `offset` bytes before it. */
export function leavesOf(raw: RawType, offset: number): Leaf[] {
  if (typeof raw === "string") return [{ type: raw, offset }];
  return raw.leaves.map((leaf) => ({ ...leaf, offset: leaf.offset + offset }));
}
