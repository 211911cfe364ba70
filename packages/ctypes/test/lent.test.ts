/**
 * Memory that goes while it is in use: converting an argument runs any JavaScript, and so does reading what a type says
 * of itself.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  buffer_info,
  byref,
  Array as CArray,
  CDLL,
  CFUNCTYPE,
  c_int,
  c_long,
  c_size_t,
  c_void_p,
  POINTER,
  Structure,
  sizeof,
} from "ctypes-js";
import { functionsPath, throws } from "./support.ts";

class Big extends Structure({ a: c_long, b: c_long, c: c_long, d: c_long }) {}

const declared = {
  sum_ints: CFUNCTYPE(c_long, POINTER(c_int), c_size_t),
  double_bytes: CFUNCTYPE(null, c_void_p, c_size_t),
  second_Big: CFUNCTYPE(Big, Big, Big),
  apply: CFUNCTYPE(c_int, CFUNCTYPE(c_int, c_int, c_int), c_int, c_int),
  add: CFUNCTYPE(c_int, c_int, c_int),
};
const lib = new CDLL(functionsPath, declared);

function detach(buffer: ArrayBufferLike): void {
  // Asked for again, Node 26 says of a detached buffer that it is none.
  if (buffer.byteLength > 0) structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}

/** An argument whose conversion runs `act`. */
function evil(act: () => void, value: unknown): never {
  return {
    get _as_parameter_() {
      act();
      return value;
    },
  } as never;
}

test("a buffer that a later argument detaches is not handed to C", () => {
  const words = new Int32Array(70_000);
  throws(
    () =>
      lib.sum_ints(
        words,
        evil(() => detach(words.buffer), 4),
      ),
    ArgumentError,
    "sum_ints(): argument 1: expected a buffer with memory, got an Int32Array; it is detached: its memory was transferred",
  );
  const bytes = new Uint8Array(8);
  throws(
    () =>
      lib.double_bytes(
        bytes,
        evil(() => detach(bytes.buffer), 4),
      ),
    ArgumentError,
    /detached/,
  );
});

test("nor is an object in such a buffer, by address, by reference or by value", () => {
  const make = () => new Int32Array(70_000);
  const Ints = ARRAY(c_int, 4);
  for (const pass of [(o: never) => o, (o: never) => byref(o)]) {
    const words = make();
    const given = pass(Ints.from_buffer(words) as never) as never;
    throws(
      () =>
        lib.double_bytes(
          given,
          evil(() => detach(words.buffer), 4),
        ),
      ArgumentError,
      /argument 1: .*detached/,
    );
  }
  const words = make();
  const big = Big.from_buffer(words);
  throws(
    () =>
      lib.second_Big(
        big,
        evil(() => detach(words.buffer), new Big()),
      ),
    ArgumentError,
    /argument 1: .*detached/,
  );
});

test("nor is a function whose library a later argument closes", () => {
  const other = new CDLL(functionsPath, declared);
  const { add } = other;
  throws(
    () =>
      lib.apply(
        add,
        evil(() => other.close(), 1),
        2,
      ),
    ArgumentError,
    /^apply\(\): argument 1: .*functions\.so was closed$/,
  );
});

test("what an array type says of its items cannot be changed", () => {
  const Ints = ARRAY(c_int, 4);
  for (const [key, value] of [
    ["_length_", 2 ** 20],
    ["_type_", Big],
  ] as const) {
    assert.throws(() => Object.defineProperty(Ints, key, { value }), TypeError);
    assert.equal(Reflect.set(Ints, key, value), false);
  }
  assert.equal(sizeof(Ints), 16);
});

test("a class that changes its mind about its items keeps the memory it has", () => {
  class Row extends CArray {
    static _type_ = c_int as unknown;
    static _length_ = 2;
    override get length(): number {
      return 1000;
    }
  }
  assert.equal(sizeof(Row as never), 8);
  Row._length_ = 1000;
  throws(() => new Row(1, 2, 3), RangeError, /3 items are too many/);
  throws(() => (new Row() as unknown as { at(i: number): unknown }).at(5), RangeError, /index 5 is out of bounds/);
});

test("a class that says that it is an array of itself is no endless loop", () => {
  class Point extends Structure({ x: c_int }) {}
  Object.assign(Point, { _length_: 1, _type_: Point });
  assert.equal(sizeof(ARRAY(Point, 3)), 12);
  assert.throws(() => buffer_info(Point), RangeError);
});
