/**
 * Objects of C that are equal, and others that are not, for the tests that compare: `equality.test.ts`,
 * `equality-vitest.test.ts`.
 */
import assert from "node:assert";
import { test } from "node:test";
import {
  ARRAY,
  assign,
  BigEndianStructure,
  bits,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_double_complex,
  c_float,
  c_int,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulonglong,
  c_void_p,
  c_wchar,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  toPlain,
  Union,
} from "ctypes-js";

export class Point extends Structure({ x: c_int, y: c_int }) {}
export class Other extends Structure({ x: c_int, y: c_int }) {}
export class Rect extends Structure({ a: Point, b: Point }) {}
export class Flags extends Structure({ kind: bits(c_uint, 3), low: bits(c_int, 4), big: bits(c_ulonglong, 60) }) {}
export class Value extends Union({ i: c_int, f: c_float, bytes: ARRAY(c_ubyte, 8) }) {}
export class Tagged extends Structure({ tag: c_short, value: Value }, { anonymous: ["value"] }) {}
export class Named extends Structure({
  name: ARRAY(c_char, 8),
  wide: ARRAY(c_wchar, 4),
  text: c_char_p,
  size: c_longlong,
}) {}
export class Matrix extends Structure({ rows: ARRAY(ARRAY(c_double, 2), 2) }) {}
export class Header extends BigEndianStructure({ length: c_int, flag: c_short }) {}
export class Padded extends Structure({ small: c_ubyte, large: c_double }) {}
export class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {
  declare next: Pointer<Node> | null;
}
export const Callback = CFUNCTYPE(c_int, c_int);
export class Handler extends Structure({ call: Callback, data: c_void_p }) {}
export class Id extends c_int {}

const n = new c_int(1);
const same = new c_int(1);
export const callback = new Callback((x) => x);
const otherCallback = new Callback((x) => x);
const place = new Int32Array([1, 2, 3]);

/** Two that are equal, and others that are not. */
const cases: Record<string, [one: () => unknown, equal: () => unknown, ...others: (() => unknown)[]]> = {
  "simple values": [() => new c_int(1), () => new c_int(1), () => new c_int(2), () => new c_short(1)],
  "derived simple values": [() => new Id(1), () => new Id(1), () => new Id(2)],
  "64 bits": [() => new c_longlong(2n ** 62n), () => new c_longlong(2n ** 62n), () => new c_longlong(2n ** 62n + 1n)],
  "complex numbers": [
    () => new c_double_complex({ re: 1, im: 2 }),
    () => new c_double_complex({ re: 1, im: 2 }),
    () => new c_double_complex({ re: 1, im: 3 }),
  ],
  "NaN and the two zeros": [() => new c_double(Number.NaN), () => new c_double(Number.NaN), () => new c_double(0)],
  text: [() => new c_char_p("a"), () => new c_char_p("a"), () => new c_char_p("b"), () => new c_char_p()],
  structures: [
    () => new Point({ x: 1, y: 2 }),
    () => new Point({ x: 1, y: 2 }),
    () => new Point({ x: 1, y: 3 }),
    () => new Point({ x: 2, y: 1 }),
    () => new Other({ x: 1, y: 2 }),
  ],
  "a member and one that owns its memory": [
    () => new Rect({ a: { x: 1, y: 2 } }).a,
    () => new Point({ x: 1, y: 2 }),
    () => new Rect({ a: { x: 1, y: 2 } }).b,
  ],
  "nested structures": [
    () => new Rect({ a: { x: 1 }, b: { y: 2 } }),
    () => new Rect({ a: { x: 1 }, b: { y: 2 } }),
    () => new Rect({ a: { x: 1 }, b: { y: 3 } }),
    () => new Rect({ a: { x: 1, y: 2 } }),
  ],
  "bit-fields": [
    () => new Flags({ kind: 5, low: -3, big: 2n ** 59n }),
    () => new Flags({ kind: 5, low: -3, big: 2n ** 59n }),
    () => new Flags({ kind: 5, low: -4, big: 2n ** 59n }),
    () => new Flags({ kind: 5, low: -3, big: 2n ** 59n + 1n }),
  ],
  unions: [
    () => new Value({ i: 1 }),
    () => new Value({ i: 1 }),
    () => new Value({ f: 1 }),
    () => new Value({ bytes: [1, 0, 0, 0, 0, 1] }),
  ],
  "anonymous members": [
    () => new Tagged({ tag: 1, i: 2 }),
    () => new Tagged({ tag: 1, i: 2 }),
    () => new Tagged({ tag: 1, i: 3 }),
  ],
  "the other byte order": [
    () => new Header({ length: 1 }),
    () => new Header({ length: 1 }),
    () => new Header({ length: 2 }),
  ],
  "padding, which is no value": [
    () => Padded.from_buffer_copy(new Uint8Array(16).fill(1)),
    () =>
      assign(
        Padded.from_buffer_copy(new Uint8Array(16).fill(1)),
        toPlain(Padded.from_buffer_copy(new Uint8Array(16).fill(1))),
      ),
    () => Padded.from_buffer_copy(new Uint8Array(16).fill(2)),
  ],
  "characters and text as members": [
    () => new Named({ name: "ab", wide: "é", text: "t", size: 1 }),
    () => new Named({ name: "ab", wide: "é", text: "t", size: 1 }),
    () => new Named({ name: "ac", wide: "é", text: "t", size: 1 }),
    () => new Named({ name: "ab", wide: "e", text: "t", size: 1 }),
    () => new Named({ name: "ab", wide: "é", text: "u", size: 1 }),
    () => new Named({ name: "ab", wide: "é", text: null, size: 1 }),
  ],
  arrays: [
    () => new (ARRAY(c_int, 3))(1, 2, 3),
    () => new (ARRAY(c_int, 3))(1, 2, 3),
    () => new (ARRAY(c_int, 3))(1, 2, 4),
    () => new (ARRAY(c_int, 3))(3, 2, 1),
    () => new (ARRAY(c_int, 4))(1, 2, 3),
    () => new (ARRAY(c_uint, 3))(1, 2, 3),
  ],
  "arrays of characters": [
    () => new (ARRAY(c_char, 4))("a", "b"),
    () => new (ARRAY(c_char, 4))("a", "b"),
    () => new (ARRAY(c_char, 4))("a", "c"),
    () => new (ARRAY(c_char, 4))("a", "b", "\0", "x"),
  ],
  "arrays of structures": [
    () => new (ARRAY(Point, 2))({ x: 1 }, { y: 2 }),
    () => new (ARRAY(Point, 2))({ x: 1 }, { y: 2 }),
    () => new (ARRAY(Point, 2))({ y: 2 }, { x: 1 }),
  ],
  "arrays of arrays": [
    () =>
      new Matrix({
        rows: [
          [1, 2],
          [3, 4],
        ],
      }),
    () =>
      new Matrix({
        rows: [
          [1, 2],
          [3, 4],
        ],
      }),
    () =>
      new Matrix({
        rows: [
          [1, 2],
          [4, 3],
        ],
      }),
  ],
  pointers: [() => pointer(n), () => pointer(n), () => pointer(same), () => new (POINTER(c_int))()],
  "pointers as members": [
    () => new Node({ value: 1, next: pointer(new Node({ value: 2 })) }),
    () => new Node({ value: 1 }),
    () => new Node({ value: 2 }),
  ],
  addresses: [() => new c_void_p(place), () => new c_void_p(place), () => new c_void_p(null)],
  functions: [() => callback, () => callback, () => otherCallback],
  "functions as members": [
    () => new Handler({ call: callback }),
    () => new Handler({ call: callback }),
    () => new Handler({ call: otherCallback }),
    () => new Handler(),
  ],
};
// Equal only while both point to the same place.
export const next = pointer(new Node({ value: 2 }));
cases["pointers as members"] = [
  () => new Node({ value: 1, next }),
  () => new Node({ value: 1, next }),
  () => new Node({ value: 1, next: pointer(new Node({ value: 2 })) }),
  () => new Node({ value: 1 }),
];

/** `equal` throws only for values that are not equal. `but` are cases that a tool cannot distinguish. */
export function testEquality(tool: string, equal: (a: unknown, b: unknown) => void, but: readonly string[] = []): void {
  test(`${tool} finds what is equal and what is not`, () => {
    for (const [name, [one, alike, ...others]] of Object.entries(cases)) {
      if (but.includes(name)) continue;
      const a = one();
      equal(a, alike());
      equal([{ in: a }], [{ in: alike() }]);
      for (const other of others) {
        assert.throws(() => equal(a, other()), `${name}: ${tool} takes ${String(other)} for ${String(one)}`);
        assert.throws(() => equal(other(), a), `${name}: ${tool}, the other way around`);
        assert.throws(() => equal({ in: [a] }, { in: [other()] }), `${name}: ${tool}, inside of something`);
      }
    }
  });
}
