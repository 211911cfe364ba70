/**
 * Which ABI writes the stubs of a platform. The addon's TypeScript side asks once, when it is loaded.
 */
import type { Platform } from "../interface.ts";
import type { Abi } from "./abi.ts";
import { sysv } from "./sysv/sysv.ts";

/** The ABI of `platform`; null where there is none yet, and every call goes through libffi. */
export function abiFor(platform: Platform): Abi | null {
  if (platform.arch === "x64" && platform.os !== "win32") return sysv;
  // Not yet: AArch64 and Windows x64.
  return null;
}
