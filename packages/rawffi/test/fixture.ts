/**
 * What tests run on: the compiled `fixtures/contract.c` (compiled here when the source is newer), and the V8 part or
 * the reason why it is missing.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadAddon, loadV8Part } from "../src/load.ts";

const SOURCE = fileURLToPath(new URL("fixtures/contract.c", import.meta.url));
/** The path is that of the workspace's set-up. */
const FOLDER = fileURLToPath(new URL("fixtures/build/", import.meta.url));
const LIBRARY = `${FOLDER}contract.so`;

export function fixture(): string {
  if (modified(LIBRARY) > modified(SOURCE)) return LIBRARY;
  mkdirSync(FOLDER, { recursive: true });
  // Renamed into place: test files run at the same time, and one may have the old library loaded.
  const fresh = `${LIBRARY}.${process.pid}`;
  execFileSync("gcc", ["-shared", "-fPIC", "-O1", "-g", "-Wall", "-o", fresh, SOURCE, "-lpthread"], {
    stdio: "inherit",
  });
  renameSync(fresh, LIBRARY);
  return LIBRARY;
}

/**
 * Why tests of the V8 part are skipped; false where it exists. It is optional: there is none for a Node without
 * headers.
 */
export function v8PartIsMissing(): string | false {
  try {
    loadV8Part(loadAddon());
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
