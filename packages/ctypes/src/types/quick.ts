/**
 * The addresses of what is passed most to pointers: C objects, references, pointers, buffers and NULL.
 *
 * For the wrappers of fast calls. Nothing is thrown here, and nothing has to outlive the call but the argument:
 * whatever takes more is left to `pass`, which does it again from the start. Some object's own JavaScript may run, a
 * Proxy's; so buffers, whose memory it could take away, are only told apart here, and asked for their addresses later.
 */
import { rawffi } from "rawffi";
import { anew } from "../memory/compile.ts";
import { typedArrayName } from "../memory/intrinsics.ts";
import { type Keys, keys } from "../memory/keep.ts";
import { loadAddress } from "../memory/memory.ts";
import { CArgObject } from "./arguments.ts";
import { type CType, decays, type Instance, type QuickAddress, STEADY, TYPE, traitsOf } from "./protocol.ts";

// A constant of its own, so that optimised code knows what it calls.
const { addressOf } = rawffi;

/** What goes quickly by a parameter. */
export interface QuickRules {
  /** Whether an object of this type stands for its own address. */
  takesObject(type: CType): boolean;
  /** Whether a pointer to this type does, null being `void`: a pointer, an array or a reference. */
  takesPointer(to: CType | null): boolean;
  /** The classes of typed arrays that are taken, three at most; null for all. */
  readonly buffers: readonly string[] | null;
  /** Whether numbers are addresses. */
  readonly takesNumbers: boolean;
}

/** Made anew for each parameter, which has type feedback of its own then, and learns which types it gets. */
export function quickAddress(rules: QuickRules): QuickAddress {
  const { buffers, takesNumbers } = rules;
  const [first = null, second = first, third = first] = buffers ?? [];
  const names = { first, second, third, takesAll: buffers === null, nameOf: typedArrayName };
  const roleOf = (type: CType, isReferent: boolean) => roleBy(type, isReferent, rules);
  const isView = ArrayBuffer.isView;
  return anew(makeQuick, {
    ...names,
    isView,
    takesNumbers,
    keys,
    symbols: { TYPE, STEADY },
    CArgObject,
    loadAddress,
    roleOf,
  });
}

/** The address of a buffer for which a {@link QuickAddress} gave -1; NaN where `pass` knows what is wrong with it. */
export function quickBuffer(buffer: ArrayBufferView): number {
  try {
    // Of nothing, and of what was detached, it is 0.
    return addressOf(buffer) || Number.NaN;
  } catch {
    return Number.NaN;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Whether what is passed is the object's own address, or the one that it holds; null where it is not taken. */
function roleBy(type: CType, isReferent: boolean, rules: QuickRules): "itself" | "holder" | null {
  if (isReferent) return rules.takesPointer(type) ? "itself" : null;
  if (rules.takesObject(type)) return "itself";
  const traits = traitsOf(type);
  if (traits.pointee === undefined || !rules.takesPointer(traits.pointee)) return null;
  return decays(traits) ? "itself" : "holder";
}

interface QuickParts {
  readonly first: string | null;
  readonly second: string | null;
  readonly third: string | null;
  readonly takesAll: boolean;
  readonly takesNumbers: boolean;
  readonly isView: typeof ArrayBuffer.isView;
  readonly nameOf: typeof typedArrayName;
  readonly keys: Keys;
  readonly symbols: { readonly TYPE: typeof TYPE; readonly STEADY: typeof STEADY };
  readonly CArgObject: typeof CArgObject;
  readonly loadAddress: typeof loadAddress;
  readonly roleOf: (type: CType, isReferent: boolean) => "itself" | "holder" | null;
}

function makeQuick(parts: QuickParts): QuickAddress {
  const {
    first,
    second,
    third,
    takesAll,
    takesNumbers,
    isView,
    nameOf,
    keys,
    symbols,
    CArgObject,
    loadAddress,
    roleOf,
  } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  const TYPE: typeof symbols.TYPE = symbols.TYPE;
  const STEADY: typeof symbols.STEADY = symbols.STEADY;
  const isAddress = (value: number) => value >= 0 && value <= 9007199254740991 && Math.floor(value) === value;
  // NULL stands for no type.
  let object: CType | null = null;
  let otherObject: CType | null = null;
  let holder: CType | null = null;
  let referent: CType | null = null;
  // So many types are learnt; what is of others goes the other way.
  let chances = 6;
  const learn = (type: CType, isReferent: boolean) => {
    if (chances === 0) return;
    chances--;
    const role = roleOf(type, isReferent);
    if (role === null) return;
    if (isReferent) referent = type;
    else if (role === "holder") holder = type;
    else if (object === null) object = type;
    else otherObject = type;
  };
  const addressAt = (data: Instance) => {
    const memory = data[MEMORY];
    if (memory.kind !== "owned") return NaN;
    const at = loadAddress(memory, data[OFFSET]);
    return typeof at === "number" ? at : NaN;
  };
  const numberAsAddress = (value: unknown) => (typeof value === "number" && isAddress(value) ? value : NaN);
  const markOf = (view: object) => {
    const name = nameOf(view);
    const isTaken = takesAll ? name !== undefined : name === first || name === second || name === third;
    return isTaken ? -1 : NaN;
  };
  const addressByReference = (reference: CArgObject) => {
    if (reference.traits !== null) return NaN;
    const to = reference._obj as Instance & { readonly [TYPE]: CType };
    const type = to[TYPE];
    if (type === referent) {
      const at = to[STEADY]() + reference.offset;
      return isAddress(at) ? at : NaN;
    }
    learn(type, true);
    return NaN;
  };
  const addressOfOther = (value: Instance, own: unknown) => {
    if (own === otherObject) return value[STEADY]();
    if (own === holder) return addressAt(value);
    if (own !== undefined) learn(own as CType, false);
    return NaN;
  };
  // Whatever does not occur is not inlined: V8 inlines 920 bytes of bytecode in a function, and no more.
  return (value) => {
    if (typeof value !== "object") return takesNumbers ? numberAsAddress(value) : NaN;
    if (value === null) return 0;
    if (isView(value)) return takesAll || first !== null ? markOf(value) : NaN;
    try {
      const own = (value as { [TYPE]?: unknown })[TYPE];
      if (own === object) return (value as Instance)[STEADY]();
      if (own === CArgObject) return addressByReference(value as CArgObject);
      return addressOfOther(value as Instance, own);
    } catch {
      // `pass` finds the same, and says which argument it is.
      return NaN;
    }
  };
}
