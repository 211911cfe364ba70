/**
 * Arguments: what passing any value to a parameter means, and the objects that stand for a converted or a referred one.
 */
import type { Address } from "rawffi";
import { anew } from "../memory/compile.ts";
import { outOfRange, SPELLED } from "../memory/errors.ts";
import { copy, exactAddress } from "../memory/memory.ts";
import { place, popScratch, scratch, scratchTop } from "../memory/slab.ts";
import { address } from "./address.ts";
import {
  Argument,
  type CType,
  DECAY,
  type Decays,
  INSPECT,
  type Inspect,
  type Instance,
  MEMORY,
  POINTEE,
  plainInspect,
  type Traits,
  TYPE,
  typeOfInstance,
} from "./protocol.ts";

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
  /** How many bytes after it a reference refers to. */
  get offset(): number {
    return this.#offset;
  }
  [DECAY](): Address | undefined {
    if (this.traits === null) return offsetBy(address(this._obj as Instance), this.#offset);
    if (typeof this._obj === "string") return (this.#text ??= placedText(this.traits, this._obj)).value;
    if (this.traits.pointee === undefined) return undefined;
    const passed = this.#text ?? (this.traits.pass(this._obj) as Address | Argument);
    if (!(passed instanceof Argument)) return exactAddress(passed);
    this.#text = passed;
    return exactAddress(passed.value);
  }
  [POINTEE](): CType | null | undefined {
    return this.traits === null ? typeOfInstance(this._obj as Instance) : this.traits.pointee;
  }
  [INSPECT](_depth: number, options: object, inspect: Inspect = plainInspect): string {
    return `${this.traits === null ? "byref" : `cparam ${this.traits.name}`}(${inspect(this._obj, options)})`;
  }
}

// For `quick.ts`, which asks every object for it.
Object.defineProperty(CArgObject.prototype, TYPE, { value: CArgObject });

function offsetBy(start: number, offset: number): Address {
  const at = start + offset;
  return at >= 0 && at <= Number.MAX_SAFE_INTEGER ? at : exactAddress(BigInt(start) + BigInt(offset));
}

/** Text where it can stay: who asks for its address may keep that longer than a call's scratch stack lasts. */
function placedText(traits: Traits, text: string): Argument {
  const mark = scratchTop();
  const passed = traits.pass(text);
  if (passed instanceof Argument) return passed;
  const byteLength = scratchTop() - mark;
  const { offset, memory } = place(byteLength, 16);
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
    const isAddress = traits.pointee !== undefined || traits.slot === "wide";
    return isAddress && !(passed instanceof Argument) ? new Argument(passed as Address, inner) : passed;
  };
  const passAny = anew(makePassing, { CArgObject, pass, traits, instead, isView: ArrayBuffer.isView });
  return passAny;
}

interface PassingParts {
  readonly CArgObject: typeof CArgObject;
  readonly pass: Traits["pass"];
  readonly traits: Traits;
  readonly instead: (value: unknown, error: unknown) => unknown;
  readonly isView: typeof ArrayBuffer.isView;
}

// Evaluated anew for each parameter.
function makePassing(parts: PassingParts): (value: unknown) => unknown {
  const { CArgObject, pass, traits, instead, isView } = parts;
  return (value) => {
    try {
      // Not `instanceof`: it would ask the Proxy at the end of an array's or a pointer's prototype chain.
      const isMade = typeof value === "object" && value !== null && !isView(value) && value.constructor === CArgObject;
      return pass(isMade && (value as CArgObject).traits === traits ? (value as CArgObject)._obj : value);
    } catch (error) {
      return instead(value, error);
    }
  };
}

/**
 * What stands for an object as an argument: its `_as_parameter_`, if it has one, or that one's. @throws RangeError for
 * an endless chain.
 */
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
  return isObject && (value as Partial<Instance>)[MEMORY] === undefined && "_as_parameter_" in (value as object);
}
