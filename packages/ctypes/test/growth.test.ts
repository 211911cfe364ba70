/** What a program makes ever other ones of, and does not hold: types, and what is compiled for them, go again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_long,
  c_size_t,
  POINTER,
  pointer,
  Structure,
  sizeof,
  type TypeOf,
  Union,
} from "ctypes-js";
import { collect, functionsPath, many } from "./support.ts";

const COUNT = many(1000);

/** Makes something `COUNT` times, and gives how many are still there after collections. */
async function left(make: (i: number) => object, count = COUNT): Promise<number> {
  const made: WeakRef<object>[] = [];
  // Each in a call of its own: a variable of this function would hold the last.
  const one = (i: number) => made.push(new WeakRef(make(i)));
  for (let i = 0; i < count; i++) one(i);
  await collect(8);
  return made.filter((ref) => ref.deref() !== undefined).length;
}

// What the last turn looked at, and what optimised code remembers, may be there still.
const MOST = COUNT / 10;

test("array types of lengths that nobody needs any more go", async () => {
  const use = (i: number): object => {
    const array = new (ARRAY(c_int, 10 + i))(1, 2, 3);
    array[3] = i;
    assert.deepEqual([array.at(3), array[-1], [...array].length, array.view.length], [i, 0, 10 + i, 10 + i]);
    return array.constructor;
  };
  assert.ok((await left(use)) <= MOST);
});

/** What `act` leaves on the heap, in bytes, when it is done so often in one turn of the event loop. */
function leftBehind(act: (i: number) => void): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < COUNT; i++) act(i);
  for (let round = 0; round < 4; round++) globalThis.gc?.();
  return process.memoryUsage().heapUsed - before;
}

// V8 14 does.
const keepsCode =
  leftBehind((i) => new Function("a", `return a + ${i} + 0.5`)(1)) > 500 * COUNT &&
  "this V8 keeps what is compiled from text until the turn ends";

test("and in the same turn of the event loop", { skip: keepsCode }, () => {
  const left = leftBehind((i) => void new (ARRAY(c_int, 20_000 + i))(1).at(0));
  // All of them would be more than 10 KB each.
  assert.ok(left < 5000 * COUNT + 2 ** 22, `${left} bytes`);
});

test("arrays of arrays and of structures go as well", async () => {
  class Pair extends Structure({ a: c_int, b: c_double }) {}
  assert.ok((await left((i) => ARRAY(ARRAY(Pair, 5000 + i), 2))) <= MOST);
  assert.ok((await left((i) => (new (ARRAY(c_char_p, 5000 + i))("a") as object).constructor)) <= MOST);
});

test("types with all that was made of them go: structures, pointers, functions, calls and callbacks", async () => {
  const kinds: Record<string, () => object> = {
    structure: () => {
      class Made extends Structure({ x: c_int, y: c_double }) {}
      assert.equal(new Made({ x: 5 }).x, 5);
      return Made;
    },
    union: () => {
      class Made extends Union({ x: c_int, y: c_double }) {}
      assert.equal(new Made({ x: 5 }).x, 5);
      return Made;
    },
    pointer: () => {
      class Made extends Structure({ x: c_int }) {}
      assert.equal(pointer(new Made({ x: 5 })).contents.x, 5);
      return Made;
    },
    "function type": () => {
      class Made extends Structure({ x: c_int }) {}
      assert.equal(CFUNCTYPE(c_int, POINTER(Made)), CFUNCTYPE(c_int, POINTER(Made)));
      return Made;
    },
    call: () => {
      class Made extends Structure({ x: c_int }) {}
      const lib = new CDLL(functionsPath, { sum_ints: CFUNCTYPE(c_int, POINTER(Made), c_int) });
      assert.equal(lib.sum_ints(new Made({ x: 7 }), 1), 7);
      return Made;
    },
    callback: () => {
      class Made extends Structure({ x: c_int }) {}
      const callback = new (CFUNCTYPE(c_int, POINTER(Made)))((made) => made?.contents.x ?? 0);
      assert.equal(callback(new Made({ x: 9 })), 9);
      callback.dispose();
      return Made;
    },
  };
  for (const [name, make] of Object.entries(kinds)) assert.ok((await left(make, COUNT / 3)) <= MOST, name);
});

test("types of functions of ctypes' own types go, too", async () => {
  const scalars = [c_int, c_long, c_double, c_char_p] as const;
  const typesOf = (i: number) => Array.from({ length: 6 }, (_, at) => scalars[(i >> (2 * at)) & 3] as TypeOf);
  assert.ok((await left((i) => CFUNCTYPE(c_double, ...typesOf(i)))) <= MOST);
});

test("the same two give the same type as long as one of them is held", async () => {
  const held = ARRAY(c_int, 777);
  const func = CFUNCTYPE(c_size_t, c_char_p, c_double, c_long);
  const instance = new (ARRAY(c_double, 778))();
  await collect(8);
  assert.equal(ARRAY(c_int, 777), held);
  assert.equal(CFUNCTYPE(c_size_t, c_char_p, c_double, c_long), func);
  assert.ok(instance instanceof ARRAY(c_double, 778));
  assert.equal(sizeof(instance), 8 * 778);
});

test("functions and callbacks work whatever of their types was collected", async () => {
  const lib = new CDLL(functionsPath, {
    add: CFUNCTYPE(c_int, c_int, c_int),
    apply: CFUNCTYPE(c_int, CFUNCTYPE(c_int, c_int, c_int), c_int, c_int),
  });
  const callback = new (CFUNCTYPE(c_int, c_int, c_int))((a, b) => a * b);
  for (let round = 0; round < 3; round++) {
    await collect(8);
    assert.equal(lib.add(2, 3), 5);
    assert.equal(lib.apply(callback, 6, 7), 42);
    // Given that way, it is a function of a type that was made again.
    assert.equal(lib.apply(new (CFUNCTYPE(c_int, c_int, c_int))((a, b) => a - b), 6, 7), -1);
  }
});
