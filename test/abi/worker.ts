/**
 * Compares the items it is sent, in a process of its own: a wrong call may crash it, and then it is known where.
 *
 * A job comes as JSON on standard input. What is found goes to standard output, a line of JSON each:
 *
 *     { "at": 17 }                         the item at this position begins
 *     { "at": 17, "what": "argument 3: …" }    it is different
 *     { "done": true }                     there are no more
 */
import { readFileSync, writeSync } from "node:fs";
import { compareBatch } from "./batch.ts";
import { aggregateItem, signatureItem } from "./generate.ts";
import type { Item } from "./spec.ts";

/** Items given as they are, or as what they are generated from. */
export interface Job {
  readonly items?: readonly Item[];
  readonly made?: readonly { readonly seed: number; readonly kind: Kind; readonly index: number }[];
  readonly batchSize: number;
}

export type Kind = "aggregate" | "signature";

export function makeItem(seed: number, kind: Kind, index: number): Item {
  return kind === "aggregate" ? aggregateItem(seed, index) : signatureItem(seed, index);
}

function work(): void {
  const { items, made = [], batchSize } = JSON.parse(readFileSync(0, "utf8")) as Job;
  const count = items?.length ?? made.length;
  for (let first = 0; first < count; first += batchSize) {
    const end = Math.min(count, first + batchSize);
    const batch = items?.slice(first, end) ?? made.slice(first, end).map((of) => makeItem(of.seed, of.kind, of.index));
    compareBatch(
      batch,
      (position, what) => {
        if (what !== null) say({ at: first + position, what });
      },
      (position) => say({ at: first + position }),
    );
  }
  say({ done: true });
}

function say(message: object): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

if (process.argv[1] === import.meta.filename) work();
