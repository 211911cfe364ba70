/**
 * What the compiler knows: every inference has a line that must compile and one that must not.
 *
 * The functions at the end are never called; `tsc` checks them with the other tests.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Address,
  ARRAY,
  type ArrayOf,
  bits,
  byref,
  CDLL,
  CFUNCTYPE,
  type CharArray,
  type Complex,
  c_bool,
  c_char,
  c_char_p,
  c_double,
  type c_double_complex,
  c_float,
  c_int,
  c_int64,
  type c_int128,
  type c_long,
  c_longlong,
  c_size_t,
  c_uint,
  type c_uint64,
  c_void_p,
  c_wchar,
  type c_wchar_p,
  cast,
  type Func,
  type FunctionType,
  type InstanceOf,
  Opaque,
  type Pass,
  POINTER,
  type Pointer,
  pointer,
  type Read,
  type Ref,
  Structure,
  sizeof,
  type TypeOf,
  Union,
  type WideArray,
  type Write,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { type Equal, expectType, functionsPath } from "./support.ts";

// -- What is declared ------------------------------------------------------------------------------

class Point extends Structure({ x: c_int, y: c_int }) {
  get norm() {
    return Math.hypot(this.x, this.y);
  }
}
class Rect extends Structure({ topLeft: Point, bottomRight: Point, tag: c_char_p }) {}
class ListNode extends Structure({ value: c_int, next: () => POINTER(ListNode) }) {}
class Owner extends Structure({ id: c_int, pet: () => POINTER(Pet) }) {}
class Pet extends Structure({ id: c_int, owner: POINTER(Owner) }) {}
class Tree extends Structure<{ key: c_int; left: Pointer<Tree>; right: Pointer<Tree> }>() {}
class Number32 extends Union({ i: c_int, f: c_float }) {}
class Variant extends Structure(
  { kind: bits(c_uint, 3), flag: bits(c_uint, 1), as: Number32, points: ARRAY(Point, 2), next: () => POINTER(Variant) },
  { anonymous: ["as"] },
) {}
class Point3D extends Point.extend({ z: c_int }) {}

const Compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int));
class Driver extends Structure({ name: c_char_p, compare: Compare, self: () => POINTER(Driver) }) {}
class sqlite3 extends Opaque("sqlite3") {}
class sqlite3_stmt extends Opaque("sqlite3_stmt") {}

const symbols = {
  abs: CFUNCTYPE(c_int, c_int),
  strlen: CFUNCTYPE(c_size_t, c_char_p),
  llabs: CFUNCTYPE(c_longlong, c_longlong),
  qsort: CFUNCTYPE(null, c_void_p, c_size_t, c_size_t, Compare),
  printf: CFUNCTYPE(c_int, c_char_p, "..."),
  getenv: CFUNCTYPE(c_char_p, c_char_p),
};

// -- Each with its run-time side -------------------------------------------------------------------

test("simple types read as the table of values says", () => {
  expectType<Equal<Read<c_int>, number>>();
  expectType<Equal<Read<c_long>, number>>();
  expectType<Equal<Read<c_size_t>, number>>();
  expectType<Equal<Read<c_int64>, bigint>>();
  expectType<Equal<Read<c_uint64>, bigint>>();
  expectType<Equal<Read<c_longlong>, bigint>>();
  expectType<Equal<Read<c_int128>, bigint>>();
  expectType<Equal<Read<c_double>, number>>();
  expectType<Equal<Read<c_double_complex>, Complex>>();
  expectType<Equal<Read<c_bool>, boolean>>();
  expectType<Equal<Read<c_char>, string>>();
  expectType<Equal<Read<c_char_p>, string | null>>();
  expectType<Equal<Read<c_wchar_p>, string | null>>();
  expectType<Equal<Read<c_void_p>, number | null>>();
  class All extends Structure({ i: c_int, l: c_size_t, q: c_int64, b: c_bool, c: c_char, s: c_char_p, p: c_void_p }) {}
  const all = new All();
  assert.deepEqual([all.i, all.l, all.q, all.b, all.c, all.s, all.p], [0, 0, 0n, false, "\0", null, null]);
});

test("types of the same JavaScript value are different types", () => {
  expectType<Equal<c_int extends c_uint ? true : false, false>>();
  expectType<Equal<c_int extends c_long ? true : false, false>>();
  expectType<Equal<Pointer<c_int> extends Pointer<c_uint> ? true : false, false>>();
  assert.notEqual(POINTER(c_int) as unknown, POINTER(c_uint));
});

test("a structure reads, stores and passes itself", () => {
  const rect = new Rect({ topLeft: { x: 3, y: 4 }, bottomRight: new Point({ x: 5 }), tag: "frame" });
  expectType<Equal<typeof rect.topLeft, Point>>();
  expectType<Equal<typeof rect.topLeft.x, number>>();
  expectType<Equal<typeof rect.topLeft.norm, number>>();
  expectType<Equal<typeof rect.tag, string | null>>();
  expectType<Equal<Read<Point>, Point>>();
  assert.equal(rect.topLeft.norm, 5);
});

test("a function type that is told its types has names for its parameters, and is the same type", () => {
  const named = CFUNCTYPE<c_int, [left: c_int, text: c_char_p]>(c_int, c_int, c_char_p);
  expectType<Equal<typeof named, FunctionType<c_int, [left: c_int, text: c_char_p]>>>();
  assert.equal(named as unknown, CFUNCTYPE(c_int, c_int, c_char_p));
  const leaf = CFUNCTYPE<void, [at: Pointer<c_int>]>(null, POINTER(c_int), { leaf: true });
  expectType<Equal<typeof leaf, FunctionType<void, [at: Pointer<c_int>]>>>();
  assert.equal(leaf as unknown, CFUNCTYPE(null, POINTER(c_int), { leaf: true }));
  const variadic = CFUNCTYPE<c_int, [format: c_char_p, more: "..."]>(c_int, c_char_p, "...");
  assert.equal(variadic as unknown, CFUNCTYPE(c_int, c_char_p, "..."));
  // @ts-expect-error: the second value is another type
  CFUNCTYPE<c_int, [left: c_int, text: c_char_p]>(c_int, c_int, c_double);
  // @ts-expect-error: the result is another type
  CFUNCTYPE<c_int, [left: c_int]>(c_double, c_int);
  // @ts-expect-error: there is one more parameter
  CFUNCTYPE<c_int, [left: c_int, text: c_char_p]>(c_int, c_int);
});

test("recursion is inferred where it stands", () => {
  const tail = new ListNode({ value: 2, next: null });
  const head = new ListNode({ value: 1, next: pointer(tail) });
  expectType<Equal<typeof head.next, Pointer<ListNode> | null>>();
  expectType<Equal<NonNullable<typeof head.next>["contents"], ListNode>>();
  const pet = new Pet({ id: 7, owner: pointer(new Owner({ id: 8 })) });
  expectType<Equal<NonNullable<typeof pet.owner>["contents"]["pet"], Pointer<Pet> | null>>();
  assert.equal(head.next?.contents.value, 2);
  assert.equal(pet.owner?.contents.id, 8);
});

test("members given later are inferred from the promise", () => {
  Tree._fields_ = { key: c_int, left: POINTER(Tree), right: POINTER(Tree) };
  const tree = new Tree({ key: 1, left: pointer(new Tree({ key: 2 })), right: null });
  expectType<Equal<typeof tree.left, Pointer<Tree> | null>>();
  assert.equal(tree.left?.contents.key, 2);
});

test("anonymous members, bit-fields and arrays are inferred, beside recursion", () => {
  const variant = new Variant({ kind: 5, i: 42, points: [{ x: 1 }, new Point({ y: 2 })] });
  expectType<Equal<typeof variant.kind, number>>();
  expectType<Equal<typeof variant.i, number>>();
  expectType<Equal<typeof variant.as.f, number>>();
  expectType<Equal<typeof variant.points.length, 2>>();
  expectType<Equal<(typeof variant.points)[0], Point>>();
  expectType<Equal<typeof variant.next, Pointer<Variant> | null>>();
  assert.equal(variant.as.i, 42);
  assert.equal(variant.points[1]?.y, 2);
});

test("an extended structure is its base and more", () => {
  const deep = new Point3D({ x: 1, y: 2, z: 3 });
  const asPoint: Point = deep;
  expectType<Equal<typeof deep.z, number>>();
  expectType<Equal<typeof deep.norm, number>>();
  assert.equal(asPoint.y, 2);
});

test("arrays know their items and their length", () => {
  const numbers = new (ARRAY(c_int, 3))(1, 2, 3);
  expectType<Equal<typeof numbers, ArrayOf<c_int, 3>>>();
  expectType<Equal<(typeof numbers)[0], number>>();
  const name = new (ARRAY(c_char, 16))();
  expectType<Equal<typeof name, CharArray<c_char, 16>>>();
  const wide = new (ARRAY(c_wchar, 16))();
  expectType<Equal<typeof wide, WideArray<c_wchar, 16>>>();
  const grid = new (ARRAY(ARRAY(c_double, 2), 3))();
  expectType<Equal<(typeof grid)[0], ArrayOf<c_double, 2>>>();
  assert.equal(numbers.length + name.length + wide.length + grid.length, 38);
});

test("pointers know their target", () => {
  const p = pointer(new Point());
  expectType<Equal<typeof p, Pointer<Point>>>();
  expectType<Equal<typeof p.contents, Point>>();
  expectType<Equal<(typeof p)[0], Point>>();
  const ref = byref(new c_int());
  expectType<Equal<typeof ref, Ref<c_int>>>();
  const again = cast(p, POINTER(c_int));
  expectType<Equal<typeof again, Pointer<c_int>>>();
  expectType<Equal<(typeof again)[0], number>>();
  expectType<Equal<InstanceOf<ReturnType<typeof POINTER<Point>>>, Pointer<Point>>>();
  assert.equal(again[0], 0);
});

test("functions know what they take and give", () => {
  const libc = new CDLL(null, symbols);
  expectType<Equal<ReturnType<typeof libc.abs>, number>>();
  expectType<Equal<ReturnType<typeof libc.strlen>, number>>();
  expectType<Equal<ReturnType<typeof libc.llabs>, bigint>>();
  expectType<Equal<ReturnType<typeof libc.qsort>, void>>();
  expectType<Equal<ReturnType<typeof libc.getenv>, string | null>>();
  expectType<Equal<Parameters<typeof libc.abs>, [Pass<c_int>]>>();
  expectType<Equal<Parameters<typeof libc.qsort>["length"], 4>>();
  assert.equal(libc.llabs(-5), 5n);
  assert.equal(libc.getenv("NO_SUCH_VARIABLE"), null);
});

test("callbacks know what they get", () => {
  const compare = new Compare((a, b) => {
    expectType<Equal<typeof a, Pointer<c_int> | null>>();
    return a!.contents.value - b!.contents.value;
  });
  expectType<Equal<typeof compare, Func<c_int, [Pointer<c_int>, Pointer<c_int>]>>>();
  expectType<Equal<Parameters<typeof compare>[0], Pass<Pointer<c_int>>>>();
  const driver = new Driver({ name: "d", compare, self: null });
  expectType<Equal<ReturnType<NonNullable<typeof driver.compare>>, number>>();
  assert.equal(driver.compare?.(new c_int(5), new c_int(3)), 2);
});

test("a library knows its variables", () => {
  const lib = new CDLL(functionsPath, { counter: c_int, origin: Point });
  expectType<Equal<typeof lib.counter, c_int>>();
  expectType<Equal<typeof lib.origin, Point>>();
  expectType<Equal<typeof lib.close, () => void>>();
  assert.equal(lib.counter.value, 42);
});

test("a view from elsewhere is of its class", () => {
  const view = Point.from_buffer(new Int32Array(2));
  expectType<Equal<typeof view, Point>>();
  const number = c_int.from_address(0x1000n);
  expectType<Equal<typeof number, c_int>>();
  expectType<Equal<Parameters<typeof Point.from_address>[0], Address>>();
  assert.equal(view.x, 0);
});

test("one can write functions over any C type", () => {
  const filled = <I extends InstanceOf<TypeOf>>(type: TypeOf<I> & { from_buffer_copy(buffer: Uint8Array): I }): I =>
    type.from_buffer_copy(new Uint8Array(sizeof(type)).fill(1));
  const point = filled<Point>(Point);
  expectType<Equal<typeof point, Point>>();
  assert.equal(point.x, 0x01010101);
});

// -- What must not compile -------------------------------------------------------------------------

declare const libc: InstanceOf<typeof CDLL<typeof symbols>>;
declare const rect: Rect;
declare const head: ListNode;
declare const deep: Point3D;
declare const numbers: ArrayOf<c_int, 3>;
declare const sqlite3_open: Func<c_int, [c_char_p, Pointer<Pointer<sqlite3>>]>;
declare const sqlite3_step: Func<c_int, [Pointer<sqlite3_stmt>]>;

/** Never called: the compiler must reject each line that follows an `@ts-expect-error`. */
export function mustNotCompile() {
  // @ts-expect-error a member is what its type reads as
  const wrongRead: string = rect.topLeft.x;
  // @ts-expect-error no such member
  rect.topLeft.z;
  // @ts-expect-error members are checked in initialisers
  new Point({ x: "1" });
  // @ts-expect-error unknown names are checked in initialisers
  new Point({ q: 1 });
  // @ts-expect-error and so at depth
  new Rect({ topLeft: { x: "1" } });
  // @ts-expect-error one structure is not another
  rect.topLeft = rect;
  // @ts-expect-error a 64-bit member reads as a bigint
  const wrongInteger: number = new (Structure({ n: c_int64 }))().n;
  // @ts-expect-error a size is a number
  const wrongSize: bigint = new (Structure({ n: c_size_t }))().n;
  // @ts-expect-error a Boolean is no text
  new (Structure({ b: c_bool }))({ b: "yes" });

  // @ts-expect-error a member's type is checked where it is declared
  Structure({ x: 5 });
  // @ts-expect-error a JavaScript class is not a C type
  Structure({ x: Map });
  // @ts-expect-error only existing members can be anonymous
  Structure({ x: c_int }, { anonymous: ["y"] });
  // @ts-expect-error options have names
  Structure({ x: c_int }, { packed: 1 });
  // @ts-expect-error there are two layouts
  Structure({ x: c_int }, { layout: "msvc" });
  // @ts-expect-error bit-fields are integers
  Structure({ x: bits(c_float, 3) });
  // @ts-expect-error given later, but not as promised
  Tree._fields_ = { key: c_float, left: POINTER(Tree), right: POINTER(Tree) };
  // @ts-expect-error given later, but not all
  Tree._fields_ = { key: c_int, left: POINTER(Tree) };

  // @ts-expect-error NULL must be looked at first
  head.next.contents;
  // @ts-expect-error a pointer to one thing is no pointer to another
  head.next = pointer(new Point());
  // @ts-expect-error not even among simple types of the same JavaScript value
  const wrongTarget: Pointer<c_int> = pointer(new c_uint(1));
  // @ts-expect-error pointer to what?
  POINTER(5);
  // @ts-expect-error an array of what?
  ARRAY("int", 3);
  // @ts-expect-error items are checked
  new (ARRAY(c_int, 2))("1");
  // @ts-expect-error the length of an array is fixed
  numbers.length = 5;

  // @ts-expect-error too few arguments
  libc.abs();
  // @ts-expect-error wrong argument
  libc.abs("1");
  // @ts-expect-error too many arguments
  libc.abs(1, 2);
  // @ts-expect-error a plain number says too little for `...`
  libc.printf("%d\n", 1);
  // @ts-expect-error no such symbol was declared
  libc.missing();
  // @ts-expect-error the callback's parameters are pointers that may be NULL
  new Compare((a, b) => a.contents.value - b.contents.value);
  // @ts-expect-error the callback returns the wrong thing
  new Compare(() => "less");
  // @ts-expect-error `...` comes last
  CFUNCTYPE(c_int, "...", c_int);
  // @ts-expect-error a result is a type
  CFUNCTYPE(5);
  // @ts-expect-error a bare function is no C function: who would keep it?
  libc.qsort(numbers, 3, 4, (a: Pointer<c_int>, b: Pointer<c_int>) => a.at(0) - b.at(0));
  // @ts-expect-error doubles are not ints
  compare(new Float64Array(2), null);
  // @ts-expect-error there is no such option
  new CDLL(null, symbols, { deepBind: true });
  // @ts-expect-error a symbol is a type
  new CDLL(null, { abs: 5 });

  const db = new (POINTER(sqlite3))();
  const stmt = new (POINTER(sqlite3_stmt))();
  sqlite3_open(":memory:", byref(db));
  sqlite3_open(":memory:", db); // as in ctypes: where POINTER(T) is expected, a T is passed by reference
  sqlite3_step(stmt);
  // @ts-expect-error a connection is not a statement
  sqlite3_step(db);
  // @ts-expect-error an opaque type has no instances
  new sqlite3();
  return [wrongRead, wrongInteger, wrongSize, wrongTarget];
}

declare const compare: InstanceOf<typeof Compare>;

/** Never called: what must compile, beside the inferences above. */
export function mustCompile() {
  libc.qsort(numbers, 3, sizeof(c_int), compare);
  libc.qsort(byref(numbers), 3n, 4n, null);
  libc.qsort(new Int32Array(3), 3, 4, compare);
  libc.printf("%d %s\n", new c_int(1), "text", 5n, null, numbers, new Uint8Array(1));
  libc.abs(new c_int(-5));
  libc.abs(5n);
  libc.strlen(new Uint8Array(4));
  libc.strlen(new (ARRAY(c_char, 4))());
  compare(numbers, byref(new c_int(1)));
  compare(new c_int(1), null);
  compare(new Int32Array(1), numbers);
  const untyped = new CDLL(find_library("m"));
  untyped.floor!(new c_double(1.5));
  untyped.floor!.restype = c_double;
  head.next = null;
  head.next = pointer(head);
  rect.topLeft = deep;
  for (const n of numbers) expectType<Equal<typeof n, number>>();
  const write: Write<Point>[] = [new Point(), { x: 1 }, {}, deep];
  return write;
}
