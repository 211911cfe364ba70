/**
 * Finds the binaries for this platform and loads them: the addon, and the V8 part where there is one. Reports whatever
 * may be wrong with an installation.
 *
 * They are in a package of their own (`platforms.ts`), in a single executable (`assets.ts`), or in a clone of the
 * repository in `prebuilds`.
 */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { NativeAddon, NativeV8, V8Verbs } from "./addon.ts";
import { assetFile } from "./assets.ts";
import { environmentVariable, hasOthersRights } from "./environment.ts";
import { TABLE_HASH } from "./header.ts";
import { own } from "./own.ts";
import { PLATFORMS, type PlatformPackage, platformPackage } from "./platforms.ts";

/**
 * The addon. The environment variable `RAWFFI_ADDON` names a file to load instead of the packaged one, such as a
 * sanitizer build.
 *
 * @throws Error when there is none, or it cannot be loaded, as in a 32-bit process.
 */
export function loadAddon(): NativeAddon {
  if (NARROW.has(process.arch)) {
    throw new Error(
      `rawffi: 32-bit processes are not supported, and this one is (${process.platform}-${process.arch}). Where the ` +
        "system has 64 bits, install the 64-bit Node",
    );
  }
  const path = addonOverride() ?? assetFile("rawffi.node");
  if (path !== null) return loadFile<NativeAddon>(path);
  const delivered = deliveredPackage();
  return delivered === null
    ? loadFile<NativeAddon>(deliveredAddon())
    : load(`the addon of rawffi-${platformName()}`, delivered.addon);
}

/**
 * The V8 part, which lies beside the addon, attached to this environment.
 *
 * @throws Error when there is none for this runtime, or it cannot be loaded; everything works without it.
 */
export function loadV8Part(addon: NativeAddon): V8Verbs {
  const { bun, deno, electron, modules } = process.versions;
  // They report Node's ABI number, but have another V8.
  if (bun ?? deno ?? electron) throw new Error("rawffi: the V8 part is for Node only");
  if (hasShortPointers()) throw new Error("rawffi: the V8 part is for a V8 that does not compress pointers");
  const override = addonOverride();
  const asset = override === null ? assetFile(`rawffi-v8-${modules}.node`) : null;
  if (asset !== null) return attached(loadFile<NativeV8>(asset), addon);
  const delivered = override === null ? deliveredPackage() : null;
  if (delivered !== null) {
    const title = `the V8 part of rawffi-${platformName()} for Node's ABI ${modules}`;
    const make = delivered.v8Parts[modules as string];
    if (make === undefined) throw noV8Part(title);
    return attached(load(title, make), addon);
  }
  const path = join(dirname(override ?? deliveredAddon()), `rawffi-v8-${modules}.node`);
  if (!existsSync(path)) throw noV8Part(path);
  return attached(loadFile<NativeV8>(path), addon);
}

function attached(part: NativeV8, addon: NativeAddon): V8Verbs {
  return own(part.attach(addon.environmentAddress, addon.throwPending));
}

function noV8Part(what: string): Error {
  return new Error(`rawffi: there is no V8 part for V8 ${process.versions.v8}: ${what}`);
}

/** Whether this V8 compresses pointers, as some builds of Node do: its objects have another layout. */
function hasShortPointers(): boolean {
  const variables = process.config.variables as Readonly<Record<string, unknown>>;
  return [variables.v8_enable_pointer_compression, variables.v8_enable_sandbox].some((value) => Number(value) === 1);
}

function loadFile<Binary extends { readonly version: number }>(path: string): Binary {
  // Not of this module, which may be in a bundle.
  return load(path, () => createRequire(path)(path));
}

function load<Binary extends { readonly version: number }>(what: string, make: () => Binary): Binary {
  let binary: Binary;
  try {
    binary = make();
  } catch (cause) {
    throw new Error(explain(what, cause), { cause });
  }
  if (binary.version !== TABLE_HASH) {
    throw new Error(
      `rawffi: ${what} is of another version (${binary.version}, expected ${TABLE_HASH}); install or build it again`,
    );
  }
  return binary;
}

// -- Where it is -----------------------------------------------------------------------------------

/** A process with raised privileges must not load what its environment names. */
function addonOverride(): string | null {
  const path = environmentVariable("RAWFFI_ADDON");
  return path && !hasOthersRights() ? path : null;
}

let packageOfPlatform: PlatformPackage | null | undefined;

/** The package for this platform; null where it is not installed, which takes Node long to find out. */
function deliveredPackage(): PlatformPackage | null {
  if (packageOfPlatform === undefined) packageOfPlatform = platformPackage(platformName());
  return packageOfPlatform;
}

/** What the repository has built. */
export function deliveredAddon(): string {
  const platform = platformName();
  const path = join(import.meta.dirname, "..", "prebuilds", platform, "rawffi.node");
  if (existsSync(path)) return path;
  if (!PLATFORMS.includes(platform)) {
    throw new Error(`rawffi: there is no binary for ${platform}; there are binaries for ${PLATFORMS.join(", ")}`);
  }
  throw new Error(
    `rawffi: there is no binary for ${platform}: the package rawffi-${platform} is not installed. Usual causes: ` +
      "node_modules was copied from another system or filled without optional packages (npm install " +
      "--include=optional); a bundler left it out; or, in a clone of the repository, it was not built: npm run setup",
  );
}

/** Node's names of processors whose addresses have 32 bits: the frame's slots, and every layout, are made for 64. */
const NARROW: ReadonlySet<string> = new Set(["arm", "ia32", "mips", "mipsel", "ppc", "s390"]);

let platform: string | undefined;

/** In the words of npm's `os`, `cpu` and `libc`; `native/build.mjs` names its folder so. */
function platformName(): string {
  const { platform: os, arch } = process;
  return (platform ??= os === "linux" ? `${os}-${arch}-${isMusl() ? "musl" : "glibc"}` : `${os}-${arch}`);
}

/** Which C library it is shows the program interpreter, of which an ELF executable has the path. */
function isMusl(): boolean {
  // Where Node takes a script that has started it for its executable, the kernel still knows the file.
  const found = interpreterOf(process.execPath) ?? interpreterOf("/proc/self/exe");
  return found?.includes("/ld-musl-") ?? false; // unreadable, as under --permission: the common case is a good guess
}

/** The path of an executable's program interpreter; null when it is none of 64 bits, or cannot be read. */
export function interpreterOf(path: string): string | null {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    // All that is looked at is mostly here.
    const start = Buffer.alloc(4096);
    const known = readSync(file, start, 0, start.length, 0);
    const read = (at: number, length: number) => {
      if (at + length <= known) return start.subarray(at, at + length);
      const bytes = Buffer.alloc(length);
      readSync(file as number, bytes, 0, length, at);
      return bytes;
    };
    const header = read(0, 64);
    if (header.toString("latin1", 0, 5) !== "\x7fELF\x02") return null;
    const isLittle = header[5] === 1;
    const half = (from: Buffer, at: number) => (isLittle ? from.readUInt16LE(at) : from.readUInt16BE(at));
    const word = (from: Buffer, at: number) => (isLittle ? from.readUInt32LE(at) : from.readUInt32BE(at));
    const wide = (from: Buffer, at: number) => Number(isLittle ? from.readBigUInt64LE(at) : from.readBigUInt64BE(at));
    const [size, count] = [half(header, 54), half(header, 56)];
    const segments = read(wide(header, 32), size * count);
    for (let at = 0; at < segments.length; at += size) {
      if (word(segments, at) === PT_INTERP)
        return read(wide(segments, at + 8), wide(segments, at + 32)).toString("latin1");
    }
    return null;
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The type of the program header that names the interpreter: `<elf.h>`. */
const PT_INTERP = 3;

// -- What went wrong -------------------------------------------------------------------------------

function explain(what: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ERR_DLOPEN_DISABLED") {
    return "rawffi: this process may not load native addons: give --allow-addons with --permission, and no --no-addons";
  }
  return `rawffi: cannot load ${what}: ${message ?? cause}`;
}
