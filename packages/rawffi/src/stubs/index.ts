/** Chooses the ABI that writes the stubs of a platform, once, when the addon is loaded. */
import type { Platform } from "../interface.ts";
import { aapcs64, apple64 } from "./aapcs64/aapcs64.ts";
import type { Abi } from "./abi.ts";
import { generic } from "./generic.ts";
import { sysv } from "./sysv/sysv.ts";
import { win64 } from "./win64/win64.ts";

/** The ABI of `platform`; null where there is none yet, and nothing can be called. */
export function abiFor(platform: Platform): Abi | null {
  if (platform.arch === "x64") return platform.os === "win32" ? win64 : sysv;
  if (platform.arch === "arm64" && platform.os !== "win32") return platform.os === "darwin" ? apple64 : aapcs64;
  // Not yet: AArch64 on Windows.
  return platform.os === "linux" ? generic(platform.arch) : null;
}
