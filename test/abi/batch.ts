/**
 * Compiles items, one C file for all of them, and compares each with the compiler.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CDLL } from "ctypes-js";
import { aggregateSymbols, compareAggregate } from "./aggregates.ts";
import { compareSignature, connect, Wires } from "./signatures.ts";
import type { Item } from "./spec.ts";
import { C_FLAGS, PROLOGUE, textOf } from "./text.ts";
import { compileThrower, Leave } from "./ways.ts";

/**
 * Compares all `items`; `report` receives what differs in each, or null. `starting` receives it before, in case it
 * crashes.
 */
export function compareBatch(
  items: readonly Item[],
  report: (position: number, what: string | null) => void,
  starting: (position: number) => void = () => {},
): void {
  const folder = mkdtempSync(join(tmpdir(), "ctypes-abi-"));
  try {
    const path = compile(folder, [PROLOGUE, ...items.map(textOf)].join("\n"));
    using wires = new CDLL(path, { wires: Wires, fail_now: Leave });
    connect(wires);
    const hasSignatures = items.some((item) => "signature" in item);
    using thrower = hasSignatures ? new CDLL(compileThrower(folder), { throw_now: Leave }) : null;
    items.forEach((item, position) => {
      starting(position);
      report(position, compareItem(item, path, wires, thrower));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compareItem(item: Item, path: string, batch: object, thrower: object | null): string | null {
  try {
    if ("signature" in item) return compareSignature(item, path, batch, thrower);
    using library = new CDLL(path, aggregateSymbols(item));
    return compareAggregate(item, library);
  } catch (error) {
    const { name, message } = error as Error;
    return `throws ${name}: ${message}`;
  }
}

function compile(folder: string, text: string): string {
  const source = join(folder, "batch.c");
  const library = join(folder, "batch.so");
  writeFileSync(source, text);
  execFileSync("gcc", [...C_FLAGS, "-shared", "-fPIC", "-o", library, source], { stdio: ["ignore", "pipe", "pipe"] });
  return library;
}
