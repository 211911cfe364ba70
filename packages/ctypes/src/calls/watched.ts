/**
 * Calls in checked mode: a pointer that points nowhere is refused before C sees it, and text that C gives is looked at
 * before it is read. (And calls in our tests' stress mode.)
 */
import { type Address, own } from "rawffi";
import { checkNotFreed, checkPointer } from "../memory/checked.ts";
import { exactAddress } from "../memory/memory.ts";
import { stressed } from "../memory/stress.ts";
import { Argument, type CType, type Traits, traitsOf } from "../types/protocol.ts";
import type { CallShape } from "./shape.ts";

/** What is checked, and what is only watched under stress. */
const knownParameters = { checked: new WeakMap<Traits, Traits>(), plain: new WeakMap<Traits, Traits>() };
const knownResults = new WeakMap<Traits, Traits>();

/** `shape` with types that are watched; the same give the same. */
export function watchedShape(shape: CallShape): CallShape {
  const { isChecked = false } = shape;
  const result = shape.result === null || !isChecked ? shape.result : watchedResult(shape.result);
  return own({ ...shape, result, parameters: shape.parameters.map((traits) => watchedParameter(traits, isChecked)) });
}

// -- Private ---------------------------------------------------------------------------------------

/** With a `receive` that is watched, where text is made of what C gave. */
function watchedResult(traits: Traits): Traits {
  const { receiveResult, ...rest } = traits;
  if (receiveResult === undefined) return traits;
  let watched = knownResults.get(traits);
  if (watched === undefined) {
    const receive = (address: never) => {
      checkNotFreed(address);
      return traits.receive(address);
    };
    knownResults.set(traits, (watched = own({ ...rest, receive })));
  }
  return watched;
}

/** With a `pass` that is watched. */
function watchedParameter(traits: Traits, isChecked: boolean): Traits {
  const known = isChecked ? knownParameters.checked : knownParameters.plain;
  let watched = known.get(traits);
  if (watched === undefined) {
    const { ready: _, fromReady: __, quick: ___, ...rest } = traits;
    known.set(traits, (watched = own({ ...rest, pass: stressed(isChecked ? checkedPass(traits) : traits.pass) })));
  }
  return watched;
}

function checkedPass(traits: Traits): Traits["pass"] {
  const isPointer = traits.pointee !== undefined && traits.slot === "address";
  if (!isPointer) return traits.pass;
  return (value) => {
    const passed = traits.pass(value);
    const at = addressIn(passed);
    if (at !== 0 && !isMark(at, traits)) checkPointer(at, sizeOfPointee(traits));
    return passed;
  };
}

/**
 * Whether it is what C's interfaces have in place of a pointer: `MAP_FAILED`, `SIG_ERR` and `SQLITE_TRANSIENT` are -1,
 * and no memory is in the last page; of functions, `SIG_IGN` is 1.
 */
function isMark(at: Address, { symbol }: Traits): boolean {
  return at >= LAST_PAGE || (symbol !== undefined && at < PAGE);
}

const PAGE = 4096;
const LAST_PAGE = 2n ** 64n - 4096n;

function addressIn(passed: unknown): Address {
  return exactAddress((passed instanceof Argument ? passed.value : passed) as Address);
}

/** What must be there at least: one object of the type, where it has a size. */
function sizeOfPointee({ pointee, symbol }: Traits): number {
  if (pointee === null || symbol !== undefined) return 1;
  try {
    return Math.max(1, traitsOf(pointee as CType).size);
  } catch {
    return 1; // incomplete
  }
}
