/**
 * Finds the binaries for this platform and loads them: the addon, and the V8 part where there is one. Reports whatever
 * may be wrong with an installation.
 */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NativeAddon, NativeV8, V8Verbs } from "./addon.ts";
import { own } from "./own.ts";
import { TABLE_HASH } from "./table.ts";

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
  return load<NativeAddon>(addonOverride() ?? deliveredAddon());
}

/**
 * The V8 part, which lies beside the addon, attached to this environment.
 *
 * @throws Error when there is none for this runtime, or it cannot be loaded; everything works without it.
 */
export function loadV8Part(addon: NativeAddon): V8Verbs {
  const { bun, deno, electron, modules, v8 } = process.versions;
  // They report Node's ABI number, but have another V8.
  if (bun ?? deno ?? electron) throw new Error("rawffi: the V8 part is for Node only");
  if (hasShortPointers()) throw new Error("rawffi: the V8 part is for a V8 that does not compress pointers");
  const path = join(dirname(addonOverride() ?? deliveredAddon()), `rawffi-v8-${modules}.node`);
  if (!existsSync(path)) throw new Error(`rawffi: there is no V8 part for V8 ${v8}: ${path}`);
  return own(load<NativeV8>(path).attach(addon.environmentAddress, addon.throwPending));
}

/** Whether this V8 compresses pointers, as some builds of Node do: its objects have another layout. */
function hasShortPointers(): boolean {
  const variables = process.config.variables as Readonly<Record<string, unknown>>;
  return [variables.v8_enable_pointer_compression, variables.v8_enable_sandbox].some((value) => Number(value) === 1);
}

function load<Binary extends { readonly version: number }>(path: string): Binary {
  let binary: Binary;
  try {
    binary = createRequire(import.meta.url)(path);
  } catch (cause) {
    throw new Error(explain(path, cause), { cause });
  }
  if (binary.version !== TABLE_HASH) {
    throw new Error(
      `rawffi: ${path} is of another version (${binary.version}, expected ${TABLE_HASH}); build it again`,
    );
  }
  return binary;
}

// -- Where it is -----------------------------------------------------------------------------------

/** A process with raised privileges must not load what its environment names. */
function addonOverride(): string | null {
  const path = process.env.RAWFFI_ADDON;
  if (!path) return null;
  const hasOthersRights = process.getuid?.() !== process.geteuid?.() || process.getgid?.() !== process.getegid?.();
  return hasOthersRights ? null : path;
}

export function deliveredAddon(): string {
  const platform = platformFolder();
  const folder = new URL(`../prebuilds/${platform}/`, import.meta.url);
  const path = fileURLToPath(new URL("rawffi.node", folder));
  if (existsSync(path)) return path;
  throw new Error(
    `rawffi: there is no binary for ${platform} in ${fileURLToPath(folder)}. Usual causes: the platform is not supported; ` +
      "node_modules was copied from another system or filled without optional packages; a bundler left the file out; " +
      "or, in a clone of the repository, it was not built: npm run setup",
  );
}

/** Node's names of processors whose addresses have 32 bits: the frame's slots, and every layout, are made for 64. */
const NARROW: ReadonlySet<string> = new Set(["arm", "ia32", "mips", "mipsel", "ppc", "s390"]);

/** In the words of npm's `os`, `cpu` and `libc`; `native/build.mjs` writes there. */
function platformFolder(): string {
  const { platform, arch } = process;
  return platform === "linux" ? `${platform}-${arch}-${isMusl() ? "musl" : "glibc"}` : `${platform}-${arch}`;
}

/** The program interpreter stands in the first page of an ELF executable. */
function isMusl(): boolean {
  const page = Buffer.alloc(4096);
  try {
    const executable = openSync(process.execPath, "r");
    readSync(executable, page);
    closeSync(executable);
  } catch {
    return false; // unreadable, as under --permission: the common case is a good guess
  }
  return page.includes("/ld-musl-");
}

// -- What went wrong -------------------------------------------------------------------------------

function explain(path: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ERR_DLOPEN_DISABLED") {
    return "rawffi: this process may not load native addons: give --allow-addons with --permission, and no --no-addons";
  }
  return `rawffi: cannot load ${path}: ${message ?? cause}`;
}
