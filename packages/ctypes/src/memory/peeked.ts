/**
 * Foreign memory without a window: the methods of `DataView`, each of which makes one native call. For runtimes that
 * refuse buffers over C's memory, and for checked mode.
 *
 * Where memory is not there, each throws a `MemoryFaultError`.
 */
import { rawffi } from "rawffi";

/** The methods of `DataView` that it has, and what a `Memory` has besides. */
export type PeekedMemory = Pick<DataView, `${"get" | "set"}${(typeof TYPES)[number]}`> & Peeked;

/** Foreign memory from `base` on; `check`, if given, is asked about each address first. */
export function peekedMemory(base: number, check: ((address: number) => void) | null): PeekedMemory {
  return new (check === null ? plainClass() : checkedClass(check))(base) as PeekedMemory;
}

/** Whether it is such memory, and not checked: then one native call for a whole word is better than two. */
export function isPlainlyPeeked(memory: { readonly kind: string }): boolean {
  return Plain !== undefined && memory.kind === "foreign" && memory instanceof Plain;
}

// -- Private ---------------------------------------------------------------------------------------

class Peeked {
  readonly kind = "foreign";
  readonly base: number;
  constructor(base: number) {
    this.base = base;
  }
}

const { access } = rawffi;
const TYPES = [
  "Int8",
  "Uint8",
  "Int16",
  "Uint16",
  "Int32",
  "Uint32",
  "BigInt64",
  "BigUint64",
  "Float32",
  "Float64",
] as const;
const { isLittleEndian } = rawffi.platform;
/** What has the other byte order goes through it. */
const turned = new DataView(new ArrayBuffer(8));

// Both are made when they are first used: most programs need neither.
let Plain: typeof Peeked | undefined;
let Checked: typeof Peeked | undefined;

function plainClass(): typeof Peeked {
  Plain ??= withAccessors(class extends Peeked {}, null);
  return Plain;
}

function checkedClass(check: (address: number) => void): typeof Peeked {
  Checked ??= withAccessors(class extends Peeked {}, check);
  return Checked;
}

function withAccessors(Class: typeof Peeked, check: ((address: number) => void) | null): typeof Peeked {
  for (const type of TYPES) addPair(Class.prototype, `get${type}` as "getInt32", `set${type}` as "setInt32", check);
  return Class;
}

// Written for one type; all have the same shape.
function addPair(prototype: Peeked, get: "getInt32", set: "setInt32", check: ((address: number) => void) | null): void {
  const load = access[get];
  const store = access[set];
  const isByte = get.endsWith("nt8");
  const getTurned = (address: number, littleEndian: boolean): number => {
    turned[set](0, load(address), isLittleEndian);
    return turned[get](0, littleEndian);
  };
  const setTurned = (address: number, value: number, littleEndian: boolean): void => {
    turned[set](0, value, littleEndian);
    store(address, turned[get](0, isLittleEndian));
  };
  const methods = {
    [get](this: Peeked, offset: number, littleEndian = false) {
      const address = this.base + offset;
      check?.(address);
      return isByte || littleEndian === isLittleEndian ? load(address) : getTurned(address, littleEndian);
    },
    [set](this: Peeked, offset: number, value: number, littleEndian = false) {
      const address = this.base + offset;
      check?.(address);
      if (isByte || littleEndian === isLittleEndian) store(address, value);
      else setTurned(address, value, littleEndian);
    },
  };
  for (const name of [get, set]) Object.defineProperty(prototype, name, { value: methods[name] });
}
