/**
 * Every number type as argument and result: the library records what it was given and gives a third of it.
 */
import assert from "node:assert/strict";
import {
  type AnyData,
  CFUNCTYPE,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longdouble,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  type DynamicFunction,
  type TypeOf,
} from "ctypes-js";
import { row } from "./row.ts";
import { open, undeclared } from "./support.ts";

type Number = number | bigint;

/** What the last function was given, as the library saw it. */
function recorded(sign: "s" | "u"): bigint {
  const type = sign === "s" ? c_longlong : c_ulonglong;
  const variable = (type as typeof c_longlong).in_dll(open(), `last_tf_arg_${sign}`).value;
  const getter = undeclared(`get_last_tf_arg_${sign}`);
  getter.restype = type;
  assert.equal(getter(), variable, "the variable and its getter agree");
  return variable;
}

function forget(): void {
  c_longlong.in_dll(open(), "last_tf_arg_s").value = 0;
  c_ulonglong.in_dll(open(), "last_tf_arg_u").value = 0;
}

/** The function called as declared by hand, and as its declared type has it. */
function bothWays(name: string, type: TypeOf<AnyData>, parameters: readonly TypeOf<AnyData>[]) {
  const byHand = undeclared(name);
  byHand.restype = type;
  byHand.argtypes = parameters;
  const Declared = CFUNCTYPE(type, ...parameters);
  const declared = new Declared([name, open()]) as unknown as DynamicFunction;
  return { "declared by hand": byHand, declared };
}

/** tf_X with the value alone, and tf_bX with something in front of it. */
function check(
  letter: string,
  type: TypeOf<AnyData>,
  sign: "s" | "u",
  value: Number,
  third: Number,
  front = [0, c_byte],
) {
  const [first, firstType] = front as [unknown, TypeOf<AnyData>];
  const isPlus = letter.startsWith("b") && letter.length === 2;
  const parameters = isPlus ? [firstType, type] : [type];
  for (const [how, call] of Object.entries(bothWays(`tf_${letter}`, type, parameters))) {
    forget();
    const result = isPlus ? call(first as number, value) : call(value);
    assert.deepEqual(result, third, `tf_${letter} ${how}`);
    assert.equal(recorded(sign), BigInt(value), `what tf_${letter} was given, ${how}`);
  }
}

function cfunc(test: string, ...how: Parameters<typeof check>): void {
  row("test_cfuncs.py", "CFunctions", test, () => check(...how));
}

const int64 = { least: -9223372036854775806n, third: -3074457345618258602n };
const uint64 = { most: 18446744073709551615n, third: 6148914691236517205n };

// -- Integers --------------------------------------------------------------------------------------

cfunc("test_byte", "b", c_byte, "s", -126, -42);
cfunc("test_byte_plus", "bb", c_byte, "s", -126, -42);
cfunc("test_ubyte", "B", c_ubyte, "u", 255, 85);
cfunc("test_ubyte_plus", "bB", c_ubyte, "u", 255, 85);
cfunc("test_short", "h", c_short, "s", -32766, -10922);
cfunc("test_short_plus", "bh", c_short, "s", -32766, -10922);
cfunc("test_ushort", "H", c_ushort, "u", 65535, 21845);
cfunc("test_ushort_plus", "bH", c_ushort, "u", 65535, 21845);
cfunc("test_int", "i", c_int, "s", -2147483646, -715827882);
cfunc("test_int_plus", "bi", c_int, "s", -2147483646, -715827882);
cfunc("test_uint", "I", c_uint, "u", 4294967295, 1431655765);
cfunc("test_uint_plus", "bI", c_uint, "u", 4294967295, 1431655765);
cfunc("test_long", "l", c_long, "s", -2147483646, -715827882);
cfunc("test_long_plus", "bl", c_long, "s", -2147483646, -715827882);
cfunc("test_ulong", "L", c_ulong, "u", 4294967295, 1431655765);
cfunc("test_ulong_plus", "bL", c_ulong, "u", 4294967295, 1431655765, [" ", c_char] as never);
cfunc("test_longlong", "q", c_longlong, "s", int64.least, int64.third);
cfunc("test_longlong_plus", "bq", c_longlong, "s", int64.least, int64.third);
cfunc("test_ulonglong", "Q", c_ulonglong, "u", uint64.most, uint64.third);
cfunc("test_ulonglong_plus", "bQ", c_ulonglong, "u", uint64.most, uint64.third);

// -- Floating point --------------------------------------------------------------------------------

cfunc("test_float", "f", c_float, "s", -42, -14);
cfunc("test_float_plus", "bf", c_float, "s", -42, -14);
cfunc("test_double", "d", c_double, "s", 42, 14);
cfunc("test_double_plus", "bd", c_double, "s", 42, 14);
cfunc("test_longdouble", "D", c_longdouble, "s", 42, 14);
cfunc("test_longdouble_plus", "bD", c_longdouble, "s", 42, 14);

// -- Results ---------------------------------------------------------------------------------------

row("test_cfuncs.py", "CFunctions", "test_callwithresult", () => {
  const seen: number[] = [];
  const tf_i = undeclared("tf_i");
  tf_i.argtypes = [c_int];
  tf_i.restype = (result: number) => {
    seen.push(result);
    return result * 2;
  };
  assert.equal(tf_i(42), 28);
  assert.equal(recorded("s"), 42n);
  assert.equal(tf_i(-42), -28);
  assert.equal(recorded("s"), -42n);
  assert.deepEqual(seen, [14, -14], "it is called once, with what C returned");
});

row("test_cfuncs.py", "CFunctions", "test_void", () => {
  for (const [how, tv_i] of Object.entries(voidFunctions())) {
    for (const value of [42, -42]) {
      assert.equal(tv_i(value), undefined, how);
      assert.equal(recorded("s"), BigInt(value), how);
    }
  }
});

function voidFunctions() {
  const byHand = undeclared("tv_i");
  byHand.restype = null;
  byHand.argtypes = [c_int];
  const declared = new (CFUNCTYPE(null, c_int))(["tv_i", open()]);
  return { "declared by hand": byHand, declared };
}
