/**
 * What a specification expects of a member. Only its shape matters to the question: how big it is, and of which sign, C
 * is asked.
 */
import type { BitField, TypeOf } from "ctypes-js";
import type { Hint, StructEntry } from "./entry.ts";

/** How a member is asked about. */
export type Shape = "plain" | "array" | "flexible" | "bits";

export function shapeOf(hint: Hint): Shape {
  if (isBits(hint)) return "bits";
  const length = lengthOf(hint);
  return length === null ? "plain" : length === 0 ? "flexible" : "array";
}

export function isBits(hint: Hint): hint is BitField<never> {
  return typeof hint === "object" && "width" in hint;
}

export function isEntry(hint: unknown): hint is StructEntry {
  return typeof hint === "object" && hint !== null && "kind" in hint && "fields" in hint;
}

/** How many items the hint says there are; null when it is no array. */
export function lengthOf(hint: Hint): number | null {
  if (Array.isArray(hint)) return hint[1] as number;
  const length = (hint as { _length_?: unknown })._length_;
  return typeof length === "number" ? length : null;
}

/** What the items of an array hint are. */
export function itemOf(hint: Hint): Hint {
  return Array.isArray(hint) ? (hint[0] as Hint) : (hint as unknown as { _type_: TypeOf })._type_;
}
