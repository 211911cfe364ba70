/** The compiled `fixtures/contract.c`; compiles it when that is newer. */
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("fixtures/contract.c", import.meta.url));
/** Where the set-up of the workspace puts it as well. */
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

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
