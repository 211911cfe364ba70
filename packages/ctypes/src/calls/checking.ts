/**
 * Parameters in checked mode: a pointer that points nowhere is refused before C sees it. (And in our tests' stress mode.)
 */
import { checkPointer, isChecked } from "../memory/checked.ts";
import { stressed } from "../memory/stress.ts";
import { Argument, type CType, type Traits, traitsOf } from "../types/cdata.ts";

const known = new WeakMap<Traits, Traits>();

/** `traits`, with a `pass` that is watched; the same give the same. */
export function watchedParameter(traits: Traits): Traits {
  let watched = known.get(traits);
  if (watched === undefined) {
    const { ready: _, ...rest } = traits;
    known.set(traits, (watched = { ...rest, pass: stressed(isChecked ? checkedPass(traits) : traits.pass) }));
  }
  return watched;
}

// -- Private ---------------------------------------------------------------------------------------

function checkedPass(traits: Traits): Traits["pass"] {
  const isPointer = traits.target !== undefined && (traits.slot === "address" || traits.slot === "uword");
  if (!isPointer) return traits.pass;
  return (value) => {
    const passed = traits.pass(value);
    const at = addressIn(passed);
    if (at !== 0) checkPointer(at, sizeOfTarget(traits));
    return passed;
  };
}

function addressIn(passed: unknown): number {
  const value = passed instanceof Argument ? passed.value : passed;
  return Number(typeof value === "bigint" ? BigInt.asUintN(64, value) : value);
}

/** What must be there at least: one object of the type, where it has a size. */
function sizeOfTarget({ target, symbol }: Traits): number {
  if (target === null || symbol !== undefined) return 1;
  try {
    return Math.max(1, traitsOf(target as CType).size);
  } catch {
    return 1; // incomplete
  }
}
