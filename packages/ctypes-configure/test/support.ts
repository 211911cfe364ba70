/**
 * What the tests of ctypes-configure share: a cache of their own, files that are deleted with the test, and what is
 * installed.
 */
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Settings } from "ctypes-configure";
import { CDLL, CFUNCTYPE } from "ctypes-js";

/** Whether AddressSanitizer has its own functions in place of the C library's. */
export const isUnderAsan = process.env.LD_PRELOAD?.includes("libasan") === true;

/** Why a library of which Node exports a copy is not tried, or false. */
export const isNodesOwn =
  isUnderAsan && "Node exports a copy of its own, which is found first: RTLD_DEEPBIND is off under a sanitizer";

// The libraries that a generated module is of are opened and closed again, and leave memory behind of which nobody can
// say any more whose it was. What leaks of ours is found by the tests of rawffi and ctypes.
if (isUnderAsan) new CDLL(null, { __lsan_disable: CFUNCTYPE(null) }).__lsan_disable();

let made: string | undefined;
/** A folder that is deleted when the process ends. */
export function folder(): string {
  if (made === undefined) {
    const fresh = mkdtempSync(join(tmpdir(), "ctypes-configure-test-"));
    process.on("exit", () => rmSync(fresh, { recursive: true, force: true }));
    made = fresh;
  }
  return made;
}

/** Writes a file there and returns its path. */
export function file(name: string, text: string): string {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return path;
}

/** Settings for C text after the headers, without a cache. */
export function withC(after: string, more: Settings = {}): Settings {
  return { cache: false, after, ...more };
}

/** False where a command is installed, else the reason to skip. */
export function skipWithout(command: string): string | false {
  const isThere = (process.env.PATH ?? "").split(delimiter).some((place) => {
    try {
      accessSync(join(place, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return isThere ? false : `${command} is not installed`;
}
