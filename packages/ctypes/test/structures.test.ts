/**
 * Structures: members, initialisers, nesting, recursion, inheritance, and structures whose members come later.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  addressof,
  alignment,
  c_char,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_long,
  c_short,
  c_ubyte,
  Opaque,
  offsetof,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  sizeof,
  Union,
} from "ctypes-js";
import { type Equal, expectType, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {
  get norm() {
    return Math.hypot(this.x, this.y);
  }
}
class Rect extends Structure({ topLeft: Point, bottomRight: Point, tag: c_char_p }) {}

// -- Members ---------------------------------------------------------------------------------------

test("a new structure is zero", () => {
  const rect = new Rect();
  assert.equal(rect.topLeft.x, 0);
  assert.equal(rect.tag, null);
});

test("members are given by name, the others are zero", () => {
  const point = new Point({ y: 4 });
  expectType<Equal<typeof point.y, number>>();
  assert.equal(point.x, 0);
  assert.equal(point.y, 4);
});

test("members may be given in order, as in C's braces", () => {
  const point = new Point([3, 4]);
  assert.deepEqual([point.x, point.y], [3, 4]);
  assert.equal(new Point([7]).y, 0, "the others are zero");
  const rect = new Rect([[1, 2], { x: 3 }, "frame"] as never);
  assert.deepEqual([rect.topLeft.y, rect.bottomRight.x, rect.tag], [2, 3, "frame"]);
});

test("a nested structure takes an object, at any depth, or an instance", () => {
  const rect = new Rect({ topLeft: { x: 3, y: 4 }, bottomRight: new Point({ x: 5 }), tag: "frame" });
  expectType<Equal<typeof rect.topLeft, Point>>();
  expectType<Equal<typeof rect.tag, string | null>>();
  assert.equal(rect.topLeft.norm, 5);
  assert.equal(rect.bottomRight.x, 5);
  assert.equal(rect.tag, "frame");
});

test("an instance has the class's methods, also where it is a member", () => {
  const rect = new Rect({ topLeft: { x: 3, y: 4 } });
  assert.ok(rect.topLeft instanceof Point);
  assert.equal(rect.topLeft.norm, 5);
});

test("a nested structure is a view of the outer one's memory", () => {
  const rect = new Rect();
  const corner = rect.bottomRight;
  corner.x = 7;
  assert.equal(rect.bottomRight.x, 7);
  rect.bottomRight.y = 8;
  assert.equal(corner.y, 8);
  assert.equal(addressof(corner), addressof(rect) + 8);
  assert.notEqual(rect.bottomRight, corner, "a new view each time");
});

test("assigning a structure copies it", () => {
  const point = new Point({ x: 1, y: 2 });
  const rect = new Rect({ topLeft: point });
  point.x = 100;
  assert.equal(rect.topLeft.x, 1);
  rect.bottomRight = rect.topLeft;
  rect.topLeft.x = 50;
  assert.equal(rect.bottomRight.x, 1);
});

test("assigning an object sets the members it has and zeroes the others", () => {
  const rect = new Rect({ topLeft: { x: 1, y: 2 } });
  rect.topLeft = { y: 9 } as Point; // the compiler wants what reading gives
  assert.equal(rect.topLeft.x, 0);
  assert.equal(rect.topLeft.y, 9);
});

test("two views of one structure do not swap, as in ctypes", () => {
  const rect = new Rect({ topLeft: { x: 1 }, bottomRight: { x: 2 } });
  [rect.topLeft, rect.bottomRight] = [rect.bottomRight, rect.topLeft];
  assert.equal(rect.topLeft.x, 2);
  assert.equal(rect.bottomRight.x, 2);
});

test("a member whose name is also a name of JavaScript is a member", () => {
  class Odd extends Structure({ constructor_: c_int, length: c_int, value: c_int, name: c_int, toString_: c_int }) {}
  const odd = new Odd({ length: 1, value: 2, name: 3 });
  assert.deepEqual([odd.length, odd.value, odd.name], [1, 2, 3]);
});

test("a structure without members is empty", () => {
  class Empty extends Structure({}) {}
  assert.equal(sizeof(Empty), 0);
  assert.equal(alignment(Empty), 1);
  assert.ok(new Empty() instanceof Empty);
  class Holder extends Structure({ empty: Empty, n: c_int }) {}
  assert.equal(sizeof(Holder), 4);
  assert.equal(new Holder({ empty: {}, n: 3 }).n, 3);
});

test("the class keeps its name and its members", () => {
  assert.equal(Point.name, "Point");
  assert.deepEqual(Object.keys(Point._fields_), ["x", "y"]);
  assert.equal(Point._fields_.x, c_int);
});

test("a constructor of the class runs for new, not for members", () => {
  let made = 0;
  class Counted extends Structure({ n: c_int }) {
    constructor(n: number) {
      super({ n });
      made++;
    }
  }
  class Holder extends Structure({ counted: Counted }) {}
  new Counted(3);
  assert.equal(made, 1);
  const holder = new Holder();
  assert.ok(holder.counted instanceof Counted);
  assert.equal(made, 1);
});

test("arrays in a structure are views too", () => {
  class Path extends Structure({ count: c_int, points: ARRAY(Point, 3), name: ARRAY(c_char, 8) }) {}
  const path = new Path({ count: 2, points: [{ x: 1 }, new Point({ y: 2 })], name: "way" });
  expectType<Equal<typeof path.points.length, 3>>();
  expectType<Equal<(typeof path.points)[0], Point>>();
  assert.equal(path.points[1]?.y, 2);
  assert.equal(path.points.at(2).x, 0);
  path.points.at(2).x = 5;
  assert.equal(path.points.at(-1).x, 5);
  assert.equal(path.name.value, "way");
  path.name = "street" as never;
  assert.equal(path.name.value, "street");
});

// -- Where members lie -----------------------------------------------------------------------------

test("offsetof counts bytes, through anonymous members too", () => {
  class Value extends Union({ i: c_int, d: c_double }) {}
  class Variant extends Structure({ kind: c_short, as: Value, after: c_ubyte }, { anonymous: ["as"] }) {}
  assert.equal(offsetof(Point, "y"), 4);
  assert.equal(offsetof(Variant, "as"), 8);
  assert.equal(offsetof(Variant, "d"), 8);
  assert.equal(offsetof(Variant, "after"), 16);
});

test("pack and align change the layout", () => {
  class Packed extends Structure({ c: c_ubyte, n: c_int }, { pack: 1 }) {}
  class Aligned extends Structure({ c: c_ubyte }, { align: 16 }) {}
  assert.equal(sizeof(Packed), 5);
  assert.equal(offsetof(Packed, "n"), 1);
  assert.equal(alignment(Aligned), 16);
  assert.equal(sizeof(Aligned), 16);
  const packed = new Packed({ c: 255, n: -2 });
  assert.equal(packed.n, -2);
  assert.equal(packed.c, 255);
});

// -- Recursion -------------------------------------------------------------------------------------

class ListNode extends Structure({ value: c_int, next: () => POINTER(ListNode) }) {}

test("a structure may point to itself", () => {
  const tail = new ListNode({ value: 2, next: null });
  const head = new ListNode({ value: 1, next: pointer(tail) });
  expectType<Equal<typeof head.next, Pointer<ListNode> | null>>();
  expectType<Equal<NonNullable<typeof head.next>["contents"], ListNode>>();
  assert.equal(sizeof(ListNode), 16);
  assert.equal(head.next?.contents.value, 2);
  tail.value = 9;
  assert.equal(head.next?.contents.value, 9, "contents is the object itself");
});

test("NULL reads as null", () => {
  const node = new ListNode({ value: 1 });
  expectType<Equal<typeof node.next, Pointer<ListNode> | null>>();
  assert.equal(node.next, null);
  node.next = pointer(node);
  node.next = null;
  assert.equal(node.next, null);
});

class Owner extends Structure({ id: c_int, pet: () => POINTER(Pet) }) {}
class Pet extends Structure({ id: c_int, owner: POINTER(Owner) }) {}

test("two structures may point to each other", () => {
  const pet = new Pet({ id: 7, owner: pointer(new Owner({ id: 8 })) });
  expectType<Equal<NonNullable<typeof pet.owner>["contents"]["pet"], Pointer<Pet> | null>>();
  assert.equal(pet.owner?.contents.id, 8);
  assert.equal(pet.owner?.contents.pet, null);
});

class Tree extends Structure<{ key: c_int; left: Pointer<Tree>; right: Pointer<Tree> }>() {}

test("members may be given later, once", () => {
  throws(() => sizeof(Tree), TypeError, "structure 'Tree' is incomplete: its _fields_ were never given");
  throws(() => new Tree(), TypeError, "structure 'Tree' is incomplete: its _fields_ were never given");
  Tree._fields_ = { key: c_int, left: POINTER(Tree), right: POINTER(Tree) };
  const tree = new Tree({ key: 1, left: pointer(new Tree({ key: 2 })), right: null });
  expectType<Equal<typeof tree.left, Pointer<Tree> | null>>();
  assert.equal(tree.left?.contents.key, 2);
  throws(
    () => (Tree._fields_ = { key: c_int, left: POINTER(Tree), right: POINTER(Tree) }),
    TypeError,
    "Tree._fields_ is final",
  );
});

test("a structure cannot contain itself", () => {
  class Ouroboros extends Structure({ self: (): unknown => Ouroboros }) {}
  const message = "structure 'Ouroboros' cannot contain itself; a pointer to it can be a member";
  throws(() => sizeof(Ouroboros), TypeError, message);
  throws(() => sizeof(Ouroboros), TypeError, message);
});

test("an opaque type has pointers and nothing else", () => {
  class FILE extends Opaque("FILE") {}
  assert.equal(POINTER(FILE).name, "LP_FILE");
  class Holder extends Structure({ file: POINTER(FILE) }) {}
  assert.equal(new Holder().file, null);
  const message = "'FILE' is opaque: only pointers to it exist, it has no size and no instances";
  throws(() => sizeof(FILE), TypeError, message);
  // @ts-expect-error an opaque type has no instances
  throws(() => new FILE(), TypeError, message);
});

// -- Inheritance -----------------------------------------------------------------------------------

class Point3D extends Point.extend({ z: c_int }) {}

test("an extended structure begins with its base", () => {
  const point = new Point3D({ x: 3, y: 4, z: 5 });
  const asPoint: Point = point;
  expectType<Equal<typeof point.z, number>>();
  assert.equal(sizeof(Point3D), 12);
  assert.equal(offsetof(Point3D, "z"), 8);
  assert.ok(point instanceof Point);
  assert.equal(asPoint.norm, 5, "it has the base's methods");
  assert.deepEqual([point.x, point.y, point.z], [3, 4, 5]);
});

test("an extended structure stands where its base does", () => {
  const point = new Point3D({ x: 1, y: 2, z: 3 });
  const rect = new Rect({ topLeft: point });
  assert.equal(rect.topLeft.y, 2);
  assert.equal(rect.topLeft.constructor, Point);
});

test("a class that adds no members has its base's layout", () => {
  class Named extends Point {
    override toString() {
      return `(${this.x}, ${this.y})`;
    }
  }
  const named = new Named({ x: 1, y: 2 });
  assert.equal(sizeof(Named), 8);
  assert.equal(String(named), "(1, 2)");
  const holder = new (class extends Structure({ at: Named }) {})({ at: { x: 3 } });
  assert.ok(holder.at instanceof Named);
});

test("a structure extended twice keeps the padding of its base, as in ctypes", () => {
  class A extends Structure({ d: c_double, c: c_ubyte }) {}
  class B extends A.extend({ e: c_ubyte }) {}
  class C extends B.extend({ f: c_long }) {}
  assert.equal(offsetof(B, "e"), 16);
  assert.equal(sizeof(B), 24);
  assert.equal(offsetof(C, "f"), 24);
  const c = new C({ d: 1, c: 2, e: 3, f: 4 });
  assert.deepEqual([c.d, c.c, c.e, c.f], [1, 2, 3, 4]);
});

test("an extended structure may name a member as its base does: the later one is meant, as in ctypes", () => {
  class Again extends (Point.extend({ x: c_double as never }) as unknown as typeof Point) {}
  const again = new Again({ x: 1.5, y: 2 });
  assert.equal(again.x, 1.5);
  assert.equal(again.y, 2);
  assert.equal(offsetof(Again, "x"), 8);
  assert.equal(sizeof(Again), 16);
});

// -- Anonymous members -----------------------------------------------------------------------------

class Value extends Union({ i: c_int, f: c_float }) {}
class Variant extends Structure({ kind: c_int, as: Value }, { anonymous: ["as"] }) {}

test("the members of an anonymous member are members of the whole", () => {
  const variant = new Variant({ kind: 1, i: 0x3f800000 });
  expectType<Equal<typeof variant.i, number>>();
  expectType<Equal<typeof variant.as.f, number>>();
  assert.equal(variant.f, 1);
  assert.equal(variant.as.i, 0x3f800000);
  variant.f = 2;
  assert.equal(variant.as.f, 2);
});

test("anonymous members may be nested", () => {
  class Inner extends Structure({ low: c_short, high: c_short }) {}
  class Middle extends Union({ parts: Inner, whole: c_int }, { anonymous: ["parts"] }) {}
  class Outer extends Structure({ before: c_int, middle: Middle }, { anonymous: ["middle"] }) {}
  const outer = new Outer({ low: 1, high: 2 });
  assert.equal(outer.whole, 0x20001);
  assert.equal(outer.low, 1);
  assert.equal(outer.parts.high, 2);
  assert.equal(offsetof(Outer, "high"), 6);
});

test("an extended structure keeps its base's anonymous members", () => {
  class More extends Variant.extend({ extra: c_int }) {}
  const more = new More({ i: 5, extra: 6 });
  assert.equal(more.i, 5);
  assert.equal(more.as.i, 5);
  assert.equal(more.extra, 6);
  assert.equal(offsetof(More, "i"), 4);
});

// -- Memory of others ------------------------------------------------------------------------------

test("a structure can lie in a buffer", () => {
  const numbers = Int32Array.of(0, 1, 2);
  const point = Point.from_buffer(numbers, 4);
  assert.deepEqual([point.x, point.y], [1, 2]);
  point.y = 9;
  assert.equal(numbers[2], 9);
  const copy = Point.from_buffer_copy(numbers, 4);
  copy.x = 100;
  assert.equal(point.x, 1);
});

test("a structure can be what lies at an address", () => {
  const point = new Point({ x: 5 });
  const same = Point.from_address(addressof(point));
  expectType<Equal<typeof same, Point>>();
  same.x = 6;
  assert.equal(point.x, 6);
  assert.equal(Point.from_address(BigInt(addressof(point))).x, 6);
});

// -- What is refused -------------------------------------------------------------------------------

test("messages name the member, however deep it lies", () => {
  const rect = new Rect();
  throws(
    // @ts-expect-error members are checked in initialisers
    () => new Point({ x: "1" }),
    TypeError,
    'Point.x: expected an integer for c_int, got the string "1"',
  );
  throws(
    // @ts-expect-error and so at depth
    () => new Rect({ topLeft: { x: "1" } }),
    TypeError,
    'Rect.topLeft.x: expected an integer for c_int, got the string "1"',
  );
  throws(() => (rect.topLeft.y = NaN), TypeError, "Point.y: expected an integer for c_int, got the number NaN");
  throws(
    () => (rect.topLeft = { y: 0.5 } as Point),
    TypeError,
    "Rect.topLeft.y: expected an integer for c_int, got the number 0.5",
  );
  throws(
    // @ts-expect-error one structure is not another
    () => (rect.topLeft = rect),
    TypeError,
    "Rect.topLeft: expected Point or an object of its members, got a Rect",
  );
  throws(
    // @ts-expect-error a structure is no number
    () => (rect.topLeft = 5),
    TypeError,
    "Rect.topLeft: expected Point or an object of its members, got the number 5",
  );
  throws(
    // @ts-expect-error a structure is never null
    () => (rect.topLeft = null),
    TypeError,
    "Rect.topLeft: expected Point or an object of its members, got null",
  );
});

test("a member that was never declared is refused, with a hint", () => {
  // @ts-expect-error unknown names are checked in initialisers
  throws(() => new Point({ q: 1 }), TypeError, "Point has no member 'q'; its members are x, y");
  // @ts-expect-error also when only the case is wrong
  throws(() => new Point({ X: 1 }), TypeError, "Point has no member 'X'; did you mean 'x'?");
  const message = "Rect has no member 'topleft'; did you mean 'topLeft'?";
  // @ts-expect-error at the outer level too
  throws(() => new Rect({ topleft: {} }), TypeError, message);
});

test("a declaration is checked where it stands", () => {
  throws(
    // @ts-expect-error a member's type is checked where it is declared
    () => Structure({ x: 5 }),
    TypeError,
    "Structure(): member 'x': expected a C type, got the number 5",
  );
  throws(
    // @ts-expect-error a JavaScript class is not a C type
    () => Structure({ x: Map }),
    TypeError,
    "Structure(): member 'x': expected a C type, got the class Map",
  );
  throws(
    // @ts-expect-error only existing members can be anonymous
    () => Structure({ x: c_int }, { anonymous: ["y"] }),
    TypeError,
    "Structure(): anonymous: there is no member 'y'",
  );
  throws(
    // @ts-expect-error there is no such option
    () => Structure({ x: c_int }, { packed: 1 }),
    TypeError,
    'Structure(): there is no option "packed"; there are pack, align, layout, anonymous',
  );
  throws(() => Structure({ x: c_int }, { pack: 3 }), RangeError, "Structure(): pack: expected a power of two, got 3");
  throws(
    () => Structure({ x: c_int }, { align: -8 }),
    RangeError,
    "Structure(): align: expected a power of two, got -8",
  );
  throws(
    () => Structure({ x: c_int }, { pack: 1.5 }),
    TypeError,
    "Structure(): pack: expected an integer, got the number 1.5",
  );
  throws(
    () => Structure({ x: c_int }, { layout: "msvc" as never }),
    TypeError,
    'Structure(): layout: expected "gcc-sysv" or "ms", got the string "msvc"',
  );
});

test("an anonymous member must have members", () => {
  class Wrong extends Structure({ n: c_int }, { anonymous: ["n"] }) {}
  throws(() => sizeof(Wrong), TypeError, "'n' is anonymous, but c_int has no members");
});

test("what a member function gives must be a C type", () => {
  class Wrong extends Structure({ n: () => 5 }) {}
  throws(() => sizeof(Wrong), TypeError, "Wrong.n: expected a C type, got the number 5");
});

test("offsetof refuses what is no member", () => {
  // @ts-expect-error no such member
  throws(() => offsetof(Point, "z"), TypeError, "offsetof(): Point has no member 'z'");
  // @ts-expect-error an integer has no members
  throws(() => offsetof(c_int, "x"), TypeError, "offsetof(): c_int has no member 'x'");
  throws(
    () => offsetof({} as never, "x" as never),
    TypeError,
    "offsetof(): argument 1: expected a C type, got an object",
  );
});
