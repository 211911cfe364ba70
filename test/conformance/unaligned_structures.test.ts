/**
 * Members at odd places, in both byte orders.
 */
import assert from "node:assert/strict";
import {
  BigEndianStructure,
  c_byte,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  field,
  Structure,
  sizeof,
} from "ctypes-js";
import { checkFields } from "./field-check.ts";
import { row } from "./row.ts";

const types = { c_short, c_int, c_long, c_longlong, c_ushort, c_uint, c_ulong, c_ulonglong, c_float, c_double };

function check(base: typeof Structure, isBigEndian: boolean): void {
  for (const [name, given] of Object.entries(types)) {
    const type = given as typeof c_int; // one of many: to the compiler any will do
    class X extends base({ pad: c_byte, value: type }, { pack: 1, layout: "ms" }) {}
    class Y extends base({ pad: c_byte, value: X }, { pack: 1, layout: "ms" }) {}
    checkFields(X, { isBigEndian });
    assert.equal(field(X, "value").offset, 1, name);
    assert.equal(sizeof(X), 1 + sizeof(type), name);
    const x = new X();
    x.value = 4;
    assert.equal(Number(x.value), 4, name);
    const y = new Y({ value: x });
    assert.equal(Number(y.value.value), 4, `${name}, even within another`);
    assert.deepEqual([x.pad, y.pad, y.value.pad], [0, 0, 0], `${name}: the neighbours`);
  }
}

row("test_unaligned_structures.py", "TestStructures", "test_native", () => check(Structure, false));

row("test_unaligned_structures.py", "TestStructures", "test_swapped", () => check(BigEndianStructure, true));
