/**
 * An object of the same type where members are expected, one of another class of that name, and objects that only look
 * like objects of C.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ARRAY,
  assign,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_int,
  POINTER,
  pointer,
  Structure,
  toPlain,
  Union,
} from "ctypes-js";
import { collect, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
class Line extends Structure({ from: Point, to: Point, name: c_char_p }) {}

function kept(object: object): Record<string, unknown> {
  return (object as { _objects: Record<string, unknown> })._objects;
}

// -- The same type ---------------------------------------------------------------------------------

test("a structure may be made of, and assigned from, one of its type: a copy", () => {
  const point = new Point({ x: 1, y: 2 });
  const made = new Point(point);
  const assigned = new Point({ x: 5 });
  assert.equal(assign(assigned, point), assigned);
  point.x = 9;
  for (const copy of [made, assigned]) assert.deepEqual([copy.x, copy.y], [1, 2]);
  assert.deepEqual(assign(made, made), assigned);
  const line = new Line({ from: made, to: { x: 3 } });
  assert.deepEqual(assign(line.to, line.from), made);
  assert.equal(line.to.y, 2);
  class Either extends Union({ i: c_int, bytes: ARRAY(c_int, 3) }) {}
  const either = new Either({ bytes: [1, 2, 3] });
  assert.deepEqual([...new Either(either).bytes], [1, 2, 3]);
});

test("an object of a class that extends it is copied, also with fields of its own; not the other way round", () => {
  class Counted extends Point {
    readonly count = 7;
  }
  class Point3 extends Point.extend({ z: c_int }) {}
  assert.equal(new Point(new Counted({ x: 4 })).x, 4);
  assert.equal(assign(new Point(), new Point3({ y: 6 })).y, 6);
  assert.equal(new Counted(new Counted({ x: 4 })).x, 4);
  throws(() => new Point3(new Point()), TypeError, "Point3: expected Point3 or an object of its members, got a Point");
});

test("a copy keeps alive what it points to, whatever becomes of the original", async () => {
  class Text extends Structure({ text: c_char_p, at: POINTER(c_int) }) {}
  class Both extends Structure({ a: Text, b: Text }) {}
  const make = (i: number) => new Text({ text: `text number ${i}`, at: pointer(new c_int(i)) });
  const originals = Array.from({ length: 50 }, (_, i) => make(i));
  const copies = originals.map((original) => new Text(original));
  const assigned = originals.map((original) => assign(make(-1), original));
  const nested = originals.map((_, i) => {
    const both = new Both();
    assign(both.b, make(i));
    return both;
  });
  const taken = nested.map((both) => new Text(both.b));
  for (const original of originals) assign(original, { text: "another", at: null });
  originals.length = nested.length = 0;
  await collect();
  for (const texts of [copies, assigned, taken]) {
    texts.forEach((copy, i) => {
      assert.deepEqual([copy.text, copy.at?.contents.value], [`text number ${i}`, i]);
    });
  }
});

test("structures that are swapped again and again keep no more than they need", () => {
  class Text extends Structure({ text: c_char_p }) {}
  const [a, b] = [new Text({ text: "a" }), new Text({ text: "b" })];
  for (let i = 0; i < 9; i++) {
    const held = new Text(a);
    assign(a, b);
    assign(b, held);
  }
  assert.deepEqual([a.text, b.text], ["b", "a"]);
  assert.deepEqual(
    [a, b].map((text) => Object.keys(kept(text))),
    [["0"], ["0"]],
  );
  // The buffer that one of them lies in is its own affair.
  const bytes = new Uint8Array(8);
  const lent = Text.from_buffer(bytes);
  const { ffffffff: before } = kept(lent);
  assign(lent, Text.from_buffer(new Uint8Array(8)));
  assert.equal(kept(lent).ffffffff, before);
});

// -- Another class of that name --------------------------------------------------------------------

test("of another class of the same name the message says so", () => {
  const point = new Point();
  const line = new Line();
  const Other = (() => {
    class Point extends Structure({ x: c_int, y: c_int }) {}
    return Point;
  })();
  const other = new Other({ x: 1 });
  const message = "expected Point or an object of its members, got an instance of another class of that name";
  throws(() => new Point(other), TypeError, `Point: ${message}`);
  throws(() => assign(point, other), TypeError, message);
  throws(() => (line.to = other), TypeError, `Line.to: ${message}`);
  throws(() => new Line({ to: other }), TypeError, `Line.to: ${message}`);
  const { abs } = new CDLL(null, { abs: CFUNCTYPE(c_int, Point) });
  assert.throws(() => abs(other), { message: `abs(): argument 1: ${message}` });
});

// -- No object of C --------------------------------------------------------------------------------

test("prototypes, and what inherits from them, are logged, and a clear TypeError elsewhere", () => {
  const got = "expected a C object, got an object without memory, such as a prototype";
  const FunctionPointer = Object.getPrototypeOf(CFUNCTYPE(c_int));
  throws(
    () => new FunctionPointer(() => 1),
    TypeError,
    "FunctionPointer is an abstract class: it has no size and no instances",
  );
  assert.equal(FunctionPointer._restype_, undefined);
  const types = [Point, Line, c_int, ARRAY(c_int, 2), POINTER(c_int), CFUNCTYPE(c_int)];
  for (const type of types as unknown as { prototype: object }[]) {
    const { prototype } = type;
    for (const object of [prototype, Object.create(prototype) as object]) {
      throws(() => JSON.stringify(object), TypeError, `toJSON(): ${got}`);
      throws(() => toPlain(object as never), TypeError, `toPlain(): argument 1: ${got}`);
      assert.equal(typeof inspect(object), "string");
      assert.equal(typeof inspect([{ object }]), "string");
    }
    assert.match(inspect(Object.create(prototype)), / without memory\]$/);
  }
  throws(
    () => new Point(Object.create(Point.prototype) as Point),
    TypeError,
    "Point: expected Point or an object of its members, got an object without memory, such as a prototype",
  );
});

test("a Proxy around an object of C has no memory, unless its handler hands the object on", () => {
  const point = new Point({ x: 1 });
  const blind = new Proxy(point, {});
  assert.throws(() => blind.x, TypeError);
  assert.throws(() => JSON.stringify(blind), TypeError);
  assert.throws(() => new Point(blind), TypeError);
  const seeing = new Proxy(point, {
    get: (target, key) => Reflect.get(target, key),
    set: (target, key, value) => Reflect.set(target, key, value),
  });
  seeing.y = 2;
  assert.deepEqual([seeing.x, point.y, new Point(seeing).y], [1, 2, 2]);
});

test("a member called toJSON is read by its name; a structure around it has JSON", () => {
  class Odd extends Structure({ toJSON: c_int, y: c_int }) {}
  class Around extends Structure({ odd: Odd }) {}
  const odd = new Odd({ toJSON: 1, y: 2 });
  assert.equal(odd.toJSON, 1);
  assert.deepEqual(toPlain(odd), { toJSON: 1, y: 2 });
  assert.equal(JSON.stringify(toPlain(odd)), '{"toJSON":1,"y":2}');
  assert.equal(JSON.stringify(new Around({ odd })), '{"odd":{"toJSON":1,"y":2}}');
});
