/** Single values in memory that no window covers. */
import type { Address } from "./types.ts";

/**
 * Single values by address, each in one native call, by the names of `DataView`'s methods; the bytes are in the
 * machine's order. An address in memory is a number where that is exact. @throws MemoryFaultError where no memory is.
 */
export interface Access {
  getInt8(address: number): number;
  getUint8(address: number): number;
  getInt16(address: number): number;
  getUint16(address: number): number;
  getInt32(address: number): number;
  getUint32(address: number): number;
  getBigInt64(address: number): bigint;
  getBigUint64(address: number): bigint;
  getFloat32(address: number): number;
  getFloat64(address: number): number;
  getAddress(address: number): Address;
  setInt8(address: number, value: number): void;
  setUint8(address: number, value: number): void;
  setInt16(address: number, value: number): void;
  setUint16(address: number, value: number): void;
  setInt32(address: number, value: number): void;
  setUint32(address: number, value: number): void;
  setBigInt64(address: number, value: bigint): void;
  setBigUint64(address: number, value: bigint): void;
  setFloat32(address: number, value: number): void;
  setFloat64(address: number, value: number): void;
  setAddress(address: number, value: Address): void;
}

/** The addon's verbs, which return null where memory is not there. */
export type NativeAccess = {
  readonly [Name in keyof Access]: (...args: Parameters<Access[Name]>) => ReturnType<Access[Name]> | null;
};

/** The same as the contract has them; `faultOf` makes the error. */
export function checkedAccess(native: NativeAccess, faultOf: () => Error): Access {
  const made: Record<string, unknown> = {};
  for (const [name, act] of Object.entries(native) as [string, Verb][])
    made[name] = name.startsWith("get") ? getter(act, faultOf) : setter(act, faultOf);
  return made as unknown as Access;
}

// -- Private ---------------------------------------------------------------------------------------

type Verb = (address: number, value?: unknown) => unknown;

function getter(get: Verb, faultOf: () => Error): Verb {
  return (address) => {
    const value = get(address);
    if (value === null) throw faultOf();
    return value;
  };
}

function setter(set: Verb, faultOf: () => Error): Verb {
  return (address, value) => {
    if (set(address, value) === null) throw faultOf();
  };
}
