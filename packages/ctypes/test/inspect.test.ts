/**
 * What `console.log` shows.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ARRAY,
  addressof,
  bits,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_double_complex,
  c_int,
  c_longlong,
  c_size_t,
  c_uint,
  c_void_p,
  c_wchar,
  create_string_buffer,
  POINTER,
  pointer,
  Structure,
  Union,
} from "ctypes-js";
import { functionsPath, sizeName } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
class Rect extends Structure({ topLeft: Point, bottomRight: Point, tag: c_char_p }) {}
class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {}

function shows(value: unknown, expected: string): void {
  assert.equal(inspect(value, { breakLength: Infinity }), expected);
}

const hex = (address: number) => `0x${address.toString(16)}`;

test("a simple object shows its type and value", () => {
  shows(new c_int(5), "c_int(5)");
  shows(new c_longlong(5), "c_longlong(5n)");
  shows(new c_double(0.5), "c_double(0.5)");
  shows(new c_char("x"), "c_char('x')");
  shows(new c_char_p("text"), "c_char_p('text')");
  shows(new c_char_p(), "c_char_p(null)");
  shows(new c_void_p(), "c_void_p(null)");
  shows(new c_void_p(4096), "c_void_p(4096)");
  shows(new c_double_complex({ re: 1, im: 2 }), "c_double_complex({ re: 1, im: 2 })");
  class Celsius extends c_double {}
  const celsius = new Celsius(20);
  shows(celsius, `Celsius at ${hex(addressof(celsius))}`); // a class of its own may mean anything by it, as in ctypes
});

test("a structure shows its members", () => {
  shows(new Point({ x: 3, y: 4 }), "Point { x: 3, y: 4 }");
  shows(
    new Rect({ topLeft: { x: 3, y: 4 }, tag: "frame" }),
    "Rect { topLeft: Point { x: 3, y: 4 }, bottomRight: Point { x: 0, y: 0 }, tag: 'frame' }",
  );
});

test("a structure in an object shows the same", () => {
  shows({ point: new Point() }, "{ point: Point { x: 0, y: 0 } }");
  shows([new Point()], "[ Point { x: 0, y: 0 } ]");
});

test("unions and bit-fields show each member", () => {
  class Flags extends Union({ all: c_uint, low: bits(c_uint, 3) }) {}
  shows(new Flags({ all: 15 }), "Flags { all: 15, low: 7 }");
});

test("an extended structure shows the members of its base first", () => {
  class Point3D extends Point.extend({ z: c_int }) {}
  shows(new Point3D({ x: 1, z: 3 }), "Point3D { x: 1, y: 0, z: 3 }");
});

test("what lies too deep shows its type", () => {
  class A extends Structure({ point: Point }) {}
  class B extends Structure({ a: A }) {}
  class C extends Structure({ b: B }) {}
  shows(new C(), "C { b: B { a: A { point: [Point] } } }");
});

test("a pointer shows where it points, NULL that it is NULL", () => {
  const point = new Point();
  shows(pointer(point), `POINTER(Point) ${hex(addressof(point))}`);
  shows(new (POINTER(Point))(), "POINTER(Point) NULL");
  shows(new Node({ value: 1 }), "Node { value: 1, next: null }");
  const node = new Node({ value: 1 });
  shows(new Node({ value: 2, next: pointer(node) }), `Node { value: 2, next: POINTER(Node) ${hex(addressof(node))} }`);
  shows(new (POINTER(POINTER(c_int)))(), "POINTER(POINTER(c_int)) NULL");
});

test("an array shows its items, a long one the first hundred", () => {
  shows(new (ARRAY(c_int, 3))(1, 2, 3), "ARRAY(c_int, 3) [ 1, 2, 3 ]");
  shows(new (ARRAY(c_int, 0))(), "ARRAY(c_int, 0) []");
  shows(new (ARRAY(Point, 1))(), "ARRAY(Point, 1) [ Point { x: 0, y: 0 } ]");
  shows(new (ARRAY(ARRAY(c_int, 2), 1))([1, 2]), "ARRAY(ARRAY(c_int, 2), 1) [ ARRAY(c_int, 2) [ 1, 2 ] ]");
  const shown = inspect(new (ARRAY(c_int, 150))());
  assert.match(shown, /^ARRAY\(c_int, 150\) \[ 0, .* 0, … 50 more items \]$/s);
});

test("a buffer of characters shows its text", () => {
  shows(create_string_buffer("hello", 10), "ARRAY(c_char, 10) 'hello'");
  const wide = new (ARRAY(c_wchar, 4))();
  wide.value = "né";
  shows(wide, "ARRAY(c_wchar, 4) 'né'");
});

test("a function shows its name, type and address", () => {
  const lib = new CDLL(functionsPath, {
    add: CFUNCTYPE(c_int, c_int, c_int),
    length_of: CFUNCTYPE(c_size_t, c_char_p),
  });
  assert.match(inspect(lib.add), /^\[C function add\(c_int, c_int\) => c_int at 0x[0-9a-f]+\]$/);
  const lengthOf = new RegExp(`^\\[C function length_of\\(c_char_p\\) => ${sizeName} at 0x[0-9a-f]+\\]$`);
  assert.match(inspect(lib.length_of), lengthOf);
  const printf = new CDLL(null, { printf: CFUNCTYPE(c_int, c_char_p, "...") }).printf;
  assert.match(inspect(printf), /^\[C function printf\(c_char_p, \.\.\.\) => c_int at 0x[0-9a-f]+\]$/);
  const { add } = new CDLL(functionsPath);
  assert.match(inspect(add), /^\[C function add\(\) at 0x[0-9a-f]+\]$/);
});

test("a callback shows the name of its function", () => {
  const Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int));
  const compare = new Compare(function ascending() {
    return 0;
  });
  assert.match(
    inspect(compare),
    /^\[callback ascending\(POINTER\(c_int\), POINTER\(c_int\)\) => c_int at 0x[0-9a-f]+\]$/,
  );
  const nameless = new Compare(() => 0);
  assert.match(inspect(nameless), /^\[callback \(anonymous\)\(POINTER\(c_int\), .*\]$/);
});

test("a reference shows what it refers to", () => {
  shows(byref(new c_int(5)), "byref(c_int(5))");
  shows(byref(new Point()), "byref(Point { x: 0, y: 0 })");
});

test("a library shows its name, and whether it was closed", () => {
  const lib = new CDLL(functionsPath, {});
  shows(lib, `<CDLL ${JSON.stringify(functionsPath)}>`);
  lib.close();
  shows(lib, `<CDLL ${JSON.stringify(functionsPath)} closed>`);
  shows(new CDLL(null, {}), "<CDLL of the program>");
  shows(new CDLL(functionsPath), `<CDLL ${JSON.stringify(functionsPath)}>`);
});
