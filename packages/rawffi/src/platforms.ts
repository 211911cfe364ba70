/**
 * The packages with the binaries, one a platform: an installation has that of its machine, by npm's `os`, `cpu` and
 * `libc`.
 */
import type { NativeAddon, NativeV8 } from "./addon.ts";

/** What such a package exports; `scripts/release/platform.mjs` writes it. */
export interface PlatformPackage {
  addon(): NativeAddon;
  /** The V8 parts by Node's ABI number. */
  readonly v8Parts: Readonly<Record<string, () => NativeV8>>;
}

/**
 * The package for a platform; null where there is none or it is not installed.
 *
 * The names are literal, each in a call of its own, and the calls in one `try`: so bundlers take what is installed
 * along, and leave out what is not.
 */
export function platformPackage(platform: string): PlatformPackage | null {
  try {
    switch (platform) {
      case "linux-x64-glibc":
        return require("rawffi-linux-x64-glibc");
      case "linux-x64-musl":
        return require("rawffi-linux-x64-musl");
      case "linux-arm64-glibc":
        return require("rawffi-linux-arm64-glibc");
      case "linux-ppc64-glibc":
        return require("rawffi-linux-ppc64-glibc");
      case "linux-riscv64-glibc":
        return require("rawffi-linux-riscv64-glibc");
      case "win32-x64":
        return require("rawffi-win32-x64");
      case "darwin-arm64":
        return require("rawffi-darwin-arm64");
      case "darwin-x64":
        return require("rawffi-darwin-x64");
    }
  } catch {
    // Not installed; or its files are gone, which whoever loads them is told.
  }
  return null;
}

/** The platforms of {@link platformPackage}: those for which the repository builds binaries. */
export const PLATFORMS: readonly string[] = [
  "linux-x64-glibc",
  "linux-x64-musl",
  "linux-arm64-glibc",
  "linux-ppc64-glibc",
  "linux-riscv64-glibc",
  "win32-x64",
  "darwin-arm64",
  "darwin-x64",
];
