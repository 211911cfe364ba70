/**
 * Binaries in a single executable of Node's: assets of it, named as the files are. The system loads libraries from
 * files only, so they are written to one.
 */
import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasOthersRights, singleExecutable } from "./environment.ts";

/** The path of a file with the asset; null where the program is no single executable, or has no such asset. */
export function assetFile(name: string): string | null {
  const executable = singleExecutable();
  if (executable?.isSea() !== true) return null;
  let asset: Uint8Array;
  try {
    asset = new Uint8Array(executable.getRawAsset(name));
  } catch {
    return null;
  }
  // The same for all threads, which must load one file, and for all processes.
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  const path = join(ownFolder(), `${createHash("sha256").update(asset).digest("hex").slice(0, 32)}-${name}`);
  if (!hasContent(path, asset)) {
    const written = `${path}.${process.pid}.${Math.random()}`;
    writeFileSync(written, asset, { mode: 0o700 });
    renameSync(written, path);
  }
  return path;
}

/** A folder to which only this user can write: code is loaded from it. */
function ownFolder(): string {
  // The environment says where the folder is, and its owner could change the file after we have looked at it.
  if (hasOthersRights())
    throw new Error(
      "rawffi: a process with the rights of another user loads nothing from the folder for temporary files",
    );
  const user = process.getuid?.();
  const { tmpdir } = require("node:os") as typeof import("node:os");
  const folder = join(tmpdir(), user === undefined ? "rawffi" : `rawffi-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user === undefined) return folder; // Windows, where the folder for temporary files is the user's own
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== user || (found.mode & 0o022) !== 0)
    throw new Error(`rawffi: ${folder} is not this user's own folder: remove it, or set TMPDIR to a folder that is`);
  return folder;
}

function hasContent(path: string, wanted: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(wanted);
  } catch {
    return false;
  }
}
