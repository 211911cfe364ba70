/** What the parts of the contract's suite share. */
import type { RawFFI, RawType, Signature } from "rawffi";
import { interpreterOf } from "../src/load.ts";
import type { Caller } from "./caller.ts";
import type { DoubleValue } from "./double/double.ts";

export interface Subject {
  readonly raw: RawFFI;
  /** Path of the fixture. */
  readonly library: string;
  /** Ends its environment; absent where that ends with this process. */
  readonly end?: () => void;
  /** What this backend cannot do. */
  readonly cannot?: { readonly hold?: boolean };
}

/** The address of a function of the library. */
export type FindSymbol = (name: string) => number;
/** A closure that the suite keeps alive. */
export type MakeClosure = (
  signature: Signature,
  act: (...args: DoubleValue[]) => DoubleValue,
) => { address: number; free(): void };

/** Whether the C library is musl, whose loader has its own words. */
export const isMusl = interpreterOf("/proc/self/exe")?.includes("/ld-musl-") === true;

/** The address sanitizer aborts the process for RTLD_DEEPBIND and for impossible sizes. */
export const isUnderAsan = process.env.LD_PRELOAD?.includes("asan") === true;

/** The reason to skip a test that the double cannot run; false for the addon. */
export function onlyAddon({ raw }: Caller, reason: string): string | false {
  return raw.name === "double" ? `the double ${reason}` : false;
}

/** Arguments that take all registers. */
export const LATE: readonly RawType[] = [...Array<RawType>(6).fill("sint64"), ...Array<RawType>(8).fill("double")];
export const LATE_VALUES: readonly DoubleValue[] = [1n, 2n, 3n, 4n, 5n, 6n, 1, 2, 3, 4, 5, 6, 7, 8];
