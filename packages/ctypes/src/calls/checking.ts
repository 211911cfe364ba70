/**
 * Parameters in checked mode: a pointer that points nowhere is refused before C sees it.
 */
import { checkPointer } from "../memory/checked.ts";
import { Argument, type CType, type Traits, traitsOf } from "../types/cdata.ts";

const known = new WeakMap<Traits, Traits>();

/** `traits`, with a `pass` that looks where a pointer points. The same give the same. */
export function checkedParameter(traits: Traits): Traits {
  const isPointer = traits.target !== undefined && (traits.slot === "address" || traits.slot === "uword");
  if (!isPointer) return traits;
  let checked = known.get(traits);
  if (checked === undefined) {
    const { ready: _, ...rest } = traits;
    checked = {
      ...rest,
      pass(value) {
        const passed = traits.pass(value);
        const at = addressIn(passed);
        if (at !== 0) checkPointer(at, sizeOfTarget(traits));
        return passed;
      },
    };
    known.set(traits, checked);
  }
  return checked;
}

// -- Private ---------------------------------------------------------------------------------------

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
