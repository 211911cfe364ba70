/**
 * CPython's test_pep3118: the buffer format of each kind of type.
 */
import assert from "node:assert/strict";
import {
  ARRAY,
  BigEndianStructure,
  buffer_info,
  CFUNCTYPE,
  c_bool,
  c_byte,
  c_char,
  c_double,
  c_double_complex,
  c_float,
  c_int,
  c_long,
  c_longdouble,
  c_longlong,
  c_short,
  c_ssize_t,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  LittleEndianStructure,
  memoryview_at,
  Opaque,
  POINTER,
  type Statics,
  Structure,
  sizeof,
  type TypeOf,
  Union,
} from "ctypes-js";
import { row } from "./row.ts";
import { throws } from "./support.ts";

// -- What is looked at -------------------------------------------------------------------------------

class Point extends Structure({ x: c_ssize_t, y: c_ssize_t }) {}
class PackedPoint extends Structure({ x: c_ssize_t, y: c_ssize_t }, { pack: 2 }) {}
class PackedMixed extends Structure({ a: c_byte, b: c_ssize_t }, { pack: 2 }) {}
class PackedTail extends Structure({ b: c_ssize_t, a: c_byte }, { pack: 4, align: 8 }) {}
class PackedHolder extends Structure({ a: c_byte, inner: PackedMixed, z: c_ubyte }, { pack: 1 }) {}
class MidPad extends Structure({ x: c_byte, y: c_uint }) {}
class EndPad extends Structure({ y: c_ulonglong, x: c_byte }) {}
class Empty extends Structure({}) {}
class Either extends Union({ a: c_int, b: c_double }) {}
class WithArrays extends Structure({ x: ARRAY(ARRAY(c_ssize_t, 3), 2), y: ARRAY(Point, 4) }) {}
class Incomplete extends Structure<{ x: c_int }>() {}
class Hidden extends Opaque("Hidden") {}
class Completed extends Structure<{ a: c_ssize_t }>() {}
Completed._fields_ = { a: c_ssize_t };
class Node extends Structure({ value: c_int, next: () => POINTER(Node) }) {}
const Func = CFUNCTYPE(c_int, c_int);

type Row = readonly [type: TypeOf, format: string, shape: readonly number[], item: TypeOf | null];
const one = (type: TypeOf, format: string): Row => [type, format, [], type];
const many = (type: TypeOf, format: string, shape: readonly number[], item: TypeOf): Row => [type, format, shape, item];

/** `item` is null for types that have no size, and so no memory. */
const native: readonly Row[] = [
  // numbers, with the letters of standard sizes: eight bytes are a q
  one(c_char, "<c"),
  one(c_byte, "<b"),
  one(c_ubyte, "<B"),
  one(c_short, "<h"),
  one(c_ushort, "<H"),
  one(c_int, "<i"),
  one(c_uint, "<I"),
  one(c_long, sizeof(c_long) === 8 ? "<q" : "<l"),
  one(c_ulong, sizeof(c_ulong) === 8 ? "<Q" : "<L"),
  one(c_longlong, "<q"),
  one(c_ulonglong, "<Q"),
  one(c_float, "<f"),
  one(c_double, "<d"),
  one(c_longdouble, "<g"),
  one(c_bool, "<?"),
  one(c_double_complex, "<D"),
  // pointers
  one(POINTER(c_byte), "&<b"),
  one(POINTER(POINTER(c_short)), "&&<h"),
  one(POINTER(ARRAY(c_short, 2)), "&(2)<h"),
  one(POINTER(ARRAY(ARRAY(c_short, 3), 2)), "&(2,3)<h"),
  one(POINTER(Point), "&T{<q:x:<q:y:}"),
  // arrays, the outermost dimension first
  many(ARRAY(c_double, 4), "<d", [4], c_double),
  many(ARRAY(c_double, 0), "<d", [0], c_double),
  many(ARRAY(ARRAY(ARRAY(c_float, 4), 3), 2), "<f", [2, 3, 4], c_float),
  many(ARRAY(ARRAY(c_float, 0), 2), "<f", [2, 0], c_float),
  many(ARRAY(POINTER(c_short), 2), "&<h", [2], POINTER(c_short)),
  many(ARRAY(ARRAY(POINTER(c_short), 2), 3), "&<h", [3, 2], POINTER(c_short)),
  many(ARRAY(Point, 1), "T{<q:x:<q:y:}", [1], Point),
  many(ARRAY(c_bool, 1), "<?", [1], c_bool),
  // structures and unions
  one(Point, "T{<q:x:<q:y:}"),
  one(PackedPoint, "T{<q:x:<q:y:}"),
  one(PackedMixed, "T{<b:a:x<q:b:}"),
  one(PackedTail, "T{<q:b:<b:a:7x}"),
  one(PackedHolder, "T{<b:a:T{<b:a:x<q:b:}:inner:<B:z:}"),
  one(MidPad, "T{<b:x:3x<I:y:}"),
  one(EndPad, "T{<Q:y:<b:x:7x}"),
  one(Empty, "T{}"),
  one(Either, "B"),
  one(WithArrays, "T{(2,3)<q:x:(4)T{<q:x:<q:y:}:y:}"),
  many(ARRAY(WithArrays, 3), "T{(2,3)<q:x:(4)T{<q:x:<q:y:}:y:}", [3], WithArrays),
  one(Completed, "T{<q:a:}"),
  one(Node, "T{<i:value:4x&B:next:}"),
  // what has no members yet, or never
  [Incomplete, "B", [], null],
  one(POINTER(Incomplete), "&B"),
  [Hidden, "B", [], null],
  one(POINTER(Hidden), "&B"),
  // functions
  one(Func, "X{}"),
  one(POINTER(Func), "&X{}"),
];

// -- The check ---------------------------------------------------------------------------------------

function check([type, format, shape, item]: Row): void {
  assert.deepEqual(buffer_info(type), [format, shape.length, shape], type.name);
  if (item === null) {
    throws(() => sizeof(type), TypeError);
    return;
  }
  const count = shape.reduce((a, b) => a * b, 1);
  assert.equal(sizeof(type), count * sizeof(item), `${type.name}: as many bytes as its items`);
  if (type === Func || sizeof(type) === 0) return;
  const object = new (type as new () => InstanceType<TypeOf> & { length?: number })();
  assert.deepEqual(buffer_info(object), [format, shape.length, shape], `an object of ${type.name}`);
  assert.equal(object.length, shape[0], `${type.name}: its length is the first dimension, and there is none without`);
  const again = (type as unknown as Statics).from_buffer.call(type as never, new Uint8Array(sizeof(type)));
  assert.deepEqual(buffer_info(again as never), [format, shape.length, shape], `${type.name} over a buffer`);
}

/** The memory of an object is writable, all of it. */
function checkWritable(type: TypeOf): void {
  const object = new (type as new () => InstanceType<TypeOf>)();
  const bytes = memoryview_at(object as never, sizeof(type));
  bytes.fill(0xff);
  assert.ok(bytes.every((byte) => byte === 0xff));
  bytes.fill(0);
}

row("test_pep3118.py", "Test", "test_native_types", () => {
  for (const entry of native) check(entry);
  for (const type of [ARRAY(c_int, 3), ARRAY(Point, 2), ARRAY(ARRAY(c_char, 5), 2)]) checkWritable(type);
});

row("test_pep3118.py", "Test", "test_endian_types", () => {
  class BEPoint extends BigEndianStructure({ x: c_ssize_t, y: c_ssize_t }) {}
  class LEPoint extends LittleEndianStructure({ x: c_ssize_t, y: c_ssize_t }) {}
  const big = "T{>q:x:>q:y:}";
  const little = "T{<q:x:<q:y:}";
  check(one(BEPoint, big));
  check(many(ARRAY(BEPoint, 1), big, [1], BEPoint));
  check(one(POINTER(BEPoint), `&${big}`));
  check(one(LEPoint, little));
  check(many(ARRAY(LEPoint, 1), little, [1], LEPoint));
  check(one(POINTER(LEPoint), `&${little}`));
  const object = new BEPoint({ x: 1 });
  assert.equal(object.x, 1);
});
