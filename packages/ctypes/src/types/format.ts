/**
 * The buffer format of a type: PEP 3118's little language, as Python's `memoryview(object).format` shows it.
 */
import { describe } from "../memory/errors.ts";
import type { AggregateTraits } from "./aggregate.ts";
import { CData, isCType } from "./cdata.ts";
import type { Data, TypeOf } from "./inference.ts";
import { type CType, traitsOf, typeOfInstance } from "./protocol.ts";

/** Format of an item, number of dimensions, and their lengths. */
export type BufferInfo = readonly [format: string, ndim: number, shape: readonly number[]];

/**
 * What Python's `buffer_info` says of a type or object. Of an incomplete structure, also where a pointer leads to it,
 * the format is `B`.
 *
 *     buffer_info(ARRAY(c_int, 3));   // [ '<i', 1, [ 3 ] ]
 *
 * @throws TypeError for what is neither.
 */
export function buffer_info(of: TypeOf | Data): BufferInfo {
  const type = isCType(of) ? of : of instanceof CData ? typeOfInstance(of) : undefined;
  if (type === undefined) throw new TypeError(`buffer_info(): expected a C type or object, got ${describe(of)}`);
  const { item, shape } = unfold(type);
  return [formatOf(item), shape.length, shape];
}

// -- Private ---------------------------------------------------------------------------------------

interface Described {
  readonly _type_?: CType | string;
  readonly _length_?: number;
  readonly _fields_?: object;
  readonly name: string;
}

/** A class can be made to say anything of itself, also that it is an array of itself. */
const DEEPEST_ARRAY = 1000;

/** The innermost item type of nested arrays, and their lengths from the outside in. */
function unfold(type: CType): { item: CType; shape: number[] } {
  const shape: number[] = [];
  let item = type;
  for (let next = item as unknown as Described; next._length_ !== undefined; next = item as unknown as Described) {
    shape.push(next._length_);
    item = next._type_ as CType;
    if (shape.length > DEEPEST_ARRAY) throw new RangeError(`${type.name}: its _type_ leads back to itself`);
  }
  return { item, shape };
}

/**
 * `outer` are the structures this stands in: one that points to itself is, from within, as unknown as an incomplete
 * one.
 */
function formatOf(type: CType, outer: readonly CType[] = []): string {
  const { _type_: code, _fields_: fields } = type as unknown as Described;
  if (typeof code === "string") return simpleFormat(type, code);
  if (code !== undefined) return `&${withShape(code, outer)}`;
  if ("_restype_" in type) return "X{}";
  if (fields === undefined || outer.includes(type)) return "B";
  const traits = traitsOf(type) as AggregateTraits;
  return traits.isUnion ? "B" : structureFormat(traits, [...outer, type]);
}

function withShape(type: CType, outer: readonly CType[]): string {
  const { item, shape } = unfold(type);
  return `${shape.length > 0 ? `(${shape.join(",")})` : ""}${formatOf(item, outer)}`;
}

// Standard sizes: eight bytes are a q, whatever C calls them.
function simpleFormat(type: CType, code: string): string {
  const { size } = traitsOf(type);
  const standard = code === "l" ? (size === 8 ? "q" : "l") : code === "L" ? (size === 8 ? "Q" : "L") : code;
  return `${type.name.endsWith("_be") ? ">" : "<"}${standard}`;
}

function structureFormat({ members, size }: AggregateTraits, outer: readonly CType[]): string {
  let format = "T{";
  let end = 0;
  for (const { name, offset, traits, end: memberEnd } of members) {
    if (offset > end) format += padding(offset - end);
    format += `${withShape(traits.type, outer)}:${name}:`;
    end = memberEnd;
  }
  return `${format}${size > end ? padding(size - end) : ""}}`;
}

function padding(count: number): string {
  return count === 1 ? "x" : `${count}x`;
}
