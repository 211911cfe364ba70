/**
 * Asks CPython for the sizes, alignments and offsets of the same aggregates, where it is on the machine.
 *
 * Left out: bit-fields, which CPython before 3.14 lays out by an older algorithm that differs from gcc's; `_align_`,
 * which came with 3.13; unions that extend one, where CPython 3.11 forgets the size of the base; types that it has not.
 * `_pack_`, anonymous members, extended structures and big-endian ones are compared.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { shapeOf } from "./aggregates.ts";
import { Classes } from "./classes.ts";
import { type AggregateItem, aggregatesOf } from "./spec.ts";

export interface PythonOutcome {
  /** One line about what was compared, or why nothing was. */
  readonly summary: string;
  readonly differences: readonly { readonly item: AggregateItem; readonly what: string }[];
}

export function comparePython(items: readonly AggregateItem[]): PythonOutcome {
  const asked = items.filter((item) => aggregatesOf(item).every(isExpressible));
  const input = JSON.stringify(asked.map(aggregatesOf));
  const child = spawnSync("python3", [join(import.meta.dirname, "python.py")], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (child.error !== undefined) return { summary: "CPython: skipped, there is no python3", differences: [] };
  if (child.status !== 0 && child.stderr.includes("ImportError")) {
    return { summary: "CPython: skipped, this python3 has no ctypes", differences: [] };
  }
  if (child.status !== 0) throw new Error(`abi: python3: ${child.stderr}`);

  const { version, shapes } = JSON.parse(child.stdout) as { version: string; shapes: (number[] | null)[] };
  const compared = shapes.filter((shape) => shape !== null).length;
  const differences = asked.flatMap((item, i) => {
    const what = compareShapes(item, shapes[i] ?? null);
    return what === null ? [] : [{ item, what }];
  });
  const left = items.length - compared;
  const summary = `CPython ${version}: sizes, alignments and offsets of ${compared} aggregates, ${differences.length} differences (${left} left out: bit-fields, which it lays out differently, align, types it has not)`;
  return { summary, differences };
}

function isExpressible({ kind, members, align, base }: AggregateItem["aggregate"]): boolean {
  if (kind === "union" && base !== undefined) return false;
  return align === undefined && members.every((member) => member.width === undefined);
}

function compareShapes(item: AggregateItem, theirs: readonly number[] | null): string | null {
  if (theirs === null) return null;
  const ours = shapeOf(item, new Classes());
  const wrong = ours.findIndex(({ value }, i) => value !== theirs[i]);
  const one = ours[wrong];
  return one === undefined ? null : `${one.what} is ${one.value}, of CPython ${theirs[wrong]}`;
}
