/**
 * What the kinds of C types are made with: constructors, views, and the store of types whose instances are views.
 */
import { type Leaf, type RawType, rawffi } from "rawffi";
import { anew, type Extra } from "../memory/compile.ts";
import { KEPT, type Keys, keepByPath, keys } from "../memory/keep.ts";
import { copy, type Memory } from "../memory/memory.ts";
import { reserve, reserved } from "../memory/slab.ts";
import { lentAddress } from "./address.ts";
import type { CData } from "./cdata.ts";
import { keptFrom } from "./copies.ts";
import {
  ADDRESS,
  type CType,
  MEMORY,
  OFFSET,
  STEADY,
  type Traits,
  TYPE,
  traitsOf,
  VIEWED,
  type ViewMaker,
} from "./protocol.ts";

export type Fill = (self: CData, init: unknown, traits: Traits) => void;
/** What a constructor does for `type`, which extends its class. */
export type Construct = (init: unknown, type: CType) => CData;

/** Zeroed memory, then `fill` when something to fill it with is given; with type feedback of its own. */
export function constructOf(fill: Fill): Construct {
  return anew(makeConstruct, { traitsOf, reserve, reserved, fill });
}

interface ConstructParts {
  readonly traitsOf: typeof traitsOf;
  readonly reserve: typeof reserve;
  readonly reserved: typeof reserved;
  readonly fill: Fill;
}

function makeConstruct(parts: ConstructParts): Construct {
  const { traitsOf, reserve, reserved, fill } = parts;
  let traits: Traits | undefined;
  let view: Traits["view"];
  return (init, type) => {
    if (traits === undefined || traits.type !== type) {
      traits = traitsOf(type);
      view = traits.view;
    }
    const offset = reserve(traits.size, traits.align);
    const self = view(reserved.memory, offset, null, 0) as CData;
    if (init !== undefined) fill(self, init, traits);
    return self;
  };
}

/**
 * Makes the function that makes all instances of `type`: one class, one shape, so that member access stays monomorphic.
 *
 * What an instance knows of itself is private (`#memory`), so that nobody sees it: not `Object.keys`, spread,
 * `JSON.stringify`, `assert` or a test framework. Symbols reach it, through accessors on a prototype between the
 * instance and its class:
 *
 *     instance ──▶ View.prototype: [MEMORY], [OFFSET] … ──▶ Point.prototype ──▶ what Structure() gave ──▶ CData.prototype
 *
 * A class of its own for each type is what makes it fast: `new View()` is inlined, while private members of a class
 * that others extend are stored by the runtime (60 ns instead of 10). So constructors give back what is made here.
 */
export function viewMaker(type: CType): ViewMaker {
  const { View, make } = anew(makeViews, { keys, VIEWED, ADDRESS, STEADY, lentAddress, keepByPath }, marked());
  // The class of an instance is its type.
  delete (View.prototype as { constructor?: unknown }).constructor;
  Object.defineProperty(View.prototype, TYPE, { value: type });
  Object.setPrototypeOf(View.prototype, type.prototype);
  return make;
}

/**
 * `structuredClone` and `postMessage` refuse an instance with this member, whose copy would have nothing of it. It is a
 * field of the class because V8 adds no member of this kind to an object otherwise without a call; and fields cannot be
 * there under a condition.
 */
function marked(): Extra | null {
  const { uncloneable } = rawffi;
  if (uncloneable === null) return null;
  const change = [/\bclass(\s+[\w$]+)?\s*\{/, "$&[uncloneable.key] = uncloneable.value;"] as const;
  return { change, scope: { uncloneable } };
}

interface ViewParts {
  readonly keys: Keys;
  readonly VIEWED: typeof VIEWED;
  readonly ADDRESS: typeof ADDRESS;
  readonly STEADY: typeof STEADY;
  readonly lentAddress: typeof lentAddress;
  readonly keepByPath: typeof keepByPath;
}

interface Views {
  readonly View: { readonly prototype: object };
  readonly make: ViewMaker;
}

function makeViews(parts: ViewParts): Views {
  const { keys, lentAddress, keepByPath } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  const PARENT: Keys["PARENT"] = keys.PARENT;
  const INDEX: Keys["INDEX"] = keys.INDEX;
  const KEPT: Keys["KEPT"] = keys.KEPT;
  const KEEP: Keys["KEEP"] = keys.KEEP;
  const VIEWED: ViewParts["VIEWED"] = parts.VIEWED;
  const ADDRESS: ViewParts["ADDRESS"] = parts.ADDRESS;
  const STEADY: ViewParts["STEADY"] = parts.STEADY;

  class View {
    #memory: Memory;
    // Members that hold an integer begin as one, which V8 then believes of them; whatever else they began with would be
    // stored for nothing (before Node 22 a nanosecond a member).
    #offset = 0;
    #parent: unknown;
    #index = 0;
    #kept: unknown;
    #viewed: unknown;
    constructor(memory: Memory, offset: number, parent: unknown, index: number) {
      this.#memory = memory;
      this.#offset = offset;
      this.#parent = parent;
      this.#index = index;
    }
    get [MEMORY](): Memory {
      return this.#memory;
    }
    set [MEMORY](memory: Memory) {
      this.#memory = memory;
    }
    get [OFFSET](): number {
      return this.#offset;
    }
    set [OFFSET](offset: number) {
      this.#offset = offset;
    }
    get [PARENT](): unknown {
      return this.#parent;
    }
    set [PARENT](parent: unknown) {
      this.#parent = parent;
    }
    get [INDEX](): number {
      return this.#index;
    }
    set [INDEX](index: number) {
      this.#index = index;
    }
    get [KEPT](): unknown {
      return this.#kept;
    }
    set [KEPT](kept: unknown) {
      this.#kept = kept;
    }
    get [VIEWED](): unknown {
      return this.#viewed;
    }
    set [VIEWED](viewed: unknown) {
      this.#viewed = viewed;
    }
    [ADDRESS](): number {
      const memory = this.#memory;
      const { kind } = memory;
      if (kind === "owned" || kind === "foreign") return memory.base + this.#offset;
      return lentAddress(this as unknown as CData);
    }
    [STEADY](): number {
      const { kind, base } = this.#memory;
      return kind === "owned" || kind === "foreign" ? base + this.#offset : NaN;
    }
    [KEEP](index: number, value: unknown): void {
      const kept = this.#kept as Record<number, unknown> | null | undefined;
      if (this.#parent !== null || index > 9) keepByPath(this as unknown as CData, index, value);
      else if (kept !== undefined && kept !== null) kept[index] = value;
      else this.#kept = index === 1 ? { 1: value } : { [index]: value };
    }
  }
  const make: ViewMaker = (memory, offset, parent, index) =>
    new View(memory, offset, parent, index) as unknown as CData;
  return { View, make };
}

// -- Shared by the kinds of types ------------------------------------------------------------------

/**
 * The store of every type whose instances are views: copies the bytes of an instance; other values are made one first.
 */
export function storeCopy(
  traits: { readonly type: CType; readonly name: string; readonly size: number },
  make: (value: unknown) => CData,
): Traits["store"] {
  const { type, size } = traits;
  const storeAny: Traits["store"] = (memory, offset, value) => {
    const isInstance = value instanceof type;
    const source = isInstance ? value : make(value);
    copy(memory, offset, source[MEMORY], source[OFFSET], size);
    return isInstance ? keptFrom(source) : source[KEPT];
  };
  const isView = ArrayBuffer.isView;
  return anew(makeStore, { keys, TYPE, type, size, copy, keptFrom, storeAny, isView });
}

interface StoreParts {
  readonly keys: Keys;
  readonly TYPE: typeof TYPE;
  readonly type: CType;
  readonly size: number;
  readonly copy: typeof copy;
  readonly keptFrom: typeof keptFrom;
  readonly storeAny: Traits["store"];
  readonly isView: typeof ArrayBuffer.isView;
}

function makeStore(parts: StoreParts): Traits["store"] {
  const { keys, type, size, copy, keptFrom, storeAny, isView } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  const PARENT: Keys["PARENT"] = keys.PARENT;
  const KEPT: Keys["KEPT"] = keys.KEPT;
  const TYPE: StoreParts["TYPE"] = parts.TYPE;
  return (memory, offset, given) => {
    if (typeof given !== "object" || given === null || isView(given)) return storeAny(memory, offset, given);
    const value = given as CData & { readonly [TYPE]: unknown };
    if (value[TYPE] !== type) return storeAny(memory, offset, value);
    const from = value[MEMORY];
    if (from === undefined) return storeAny(memory, offset, value);
    copy(memory, offset, from, value[OFFSET], size);
    return value[PARENT] === null ? (value[KEPT] ??= {}) : keptFrom(value);
  };
}

/** What the machine is told of the inside of `size` bytes: `leaves`, or bytes where no ABI looks inside. */
export function insideOf(size: number, leaves: () => Leaf[]): Leaf[] {
  return size > LARGEST_IN_REGISTERS ? [{ type: "uint8", offset: 0, count: size }] : leaves();
}

// ELFv2 (PowerPC) passes up to eight floating-point numbers of one type in registers; others stop at four, or at 16
// bytes.
const LARGEST_IN_REGISTERS = 128;

/** The scalars of a type as part of an aggregate that begins `offset` bytes before it. */
export function leavesOf(raw: RawType, offset: number): Leaf[] {
  if (typeof raw === "string") return [{ type: raw, offset }];
  return raw.leaves.map((leaf) => ({ ...leaf, offset: leaf.offset + offset }));
}
