/**
 * Random programs: lines of JavaScript that misuse ctypes in every way that must not crash.
 *
 * Programs that may crash by C's own rules are left out: a number used as an address, an index beyond the pointee of a
 * pointer, a length beyond an array, a pointer to the code of a function, a function pointer that is NULL or was not
 * made from a function, a wrong declaration of a function (except for functions that accept any arguments).
 */
import { Random } from "./random.ts";
import { act, POOL, value } from "./values.ts";

const SIMPLE = [
  "c_byte",
  "c_ubyte",
  "c_short",
  "c_ushort",
  "c_int",
  "c_uint",
  "c_long",
  "c_ulong",
  "c_longlong",
  "c_ulonglong",
  "c_float",
  "c_double",
  "c_longdouble",
  "c_bool",
  "c_char",
  "c_wchar",
  "c_int128",
  "c_double_complex",
] as const;

/** Types with memory of at least four bytes that no use of `f` below goes beyond. */
const TYPES = [
  ...SIMPLE,
  "Point",
  "Big",
  "Mixed",
  "Number_",
  "ARRAY(c_int, 4)",
  "ARRAY(c_ubyte, 64)",
  "ARRAY(c_char, 16)",
  "ARRAY(ARRAY(c_int, 4), 2)",
  "ARRAY(Point, 4)",
  "POINTER(c_int)",
  "POINTER(Point)",
  "c_char_p",
  "c_wchar_p",
  "c_void_p",
  "Callback",
];

/** Result types for which the garbage of a wrong declaration is valid. */
const RESULTS = ["null", ...SIMPLE, "Point", "Mixed", "ARRAY(c_int, 4)", "(v) => v"];

/** The lines of program number `seed`. */
export function program(seed: number, length: number): string[] {
  const random = new Random(seed);
  const lines: string[] = [];
  for (let i = 0; i < POOL; i++) lines.push(`p[${i}] = ${made(random)}`);
  for (let i = 0; i < length; i++) lines.push(line(random));
  return lines;
}

function line(random: Random): string {
  const any = () => value(random);
  const at = () => `p[${random.below(POOL)}]`;
  const type = () => random.pick(TYPES);
  const member = () => random.pick(["x", "y", "numbers", "point", "next", "text", "f", "value", "raw", "contents"]);
  return random.pick<() => string>([
    () => `${at()} = ${made(random)}`,
    () => `${at()} = ${made(random)}`,
    () => `${at()} = ${any()}`,
    () => `${at()}.${member()} = ${any()}`,
    () => `${at()}.${member()} = ${any()}`,
    () => `use(${at()}.${member()})`,
    () => `use(${at()})`,
    () => `put(${at()}, ${any()}, ${any()})`,
    () => `item(${at()}, ${any()})`,
    () => `${at()} = item(${at()}, ${random.pick(["0", "1", "3"])})`,
    () => `${at()} = ${at()}.${member()}`,
    () => `assign(${at()}, ${any()})`,
    () => `${at()} = cast(object(${any()}), POINTER(c_ubyte))`,
    () => `${at()} = cast(object(${any()}), c_void_p)`,
    () => `resize(${any()}, ${random.pick(["4096", "16", "100_000", any()])})`,
    () => `sizeof(${any()}); alignment(${any()}); addressof(${any()})`,
    () => `${type()}.from_param(${any()})`,
    () => `${at()}.dispose()`,
    () => `closing.close()`,
    () => `closing = open()`,
    () => `${at()} = own(closing.${random.pick(["same_int", "same_double", "double_ints", "add"])})`,
    () => `run(${at()}, [${args(random)}])`,
    () => "gc()",
    () => "gc({ type: 'minor' })",
    () => `detach(${at()})`,
    () => `overwrite(${random.pick([at(), type()])})`,
    () => `pollute(${random.below(100)}, ${any()})`,
    () => call(random),
    () => call(random),
    () => call(random),
    () => call(random),
    () => checked(random),
    () => wrongly(random),
    () => `memmove(${any()}, ${any()}, ${random.pick(["0", "1", "-1", "1.5", '"x"', "undefined"])})`,
    () => `memset(${any()}, ${any()}, ${random.pick(["0", "1", "-1", "1.5", '"x"', "undefined"])})`,
    () => `string_at(object(${any()}), ${random.pick(["0", "1", "-2", "1.5", "Infinity"])})`,
    () => `create_string_buffer(${any()}, ${any()})`,
    () => `new (ARRAY(${random.pick([type(), any()])}, ${any()}))()`,
    () => `POINTER(${any()})`,
    () => `new (class extends Structure({ a: ${type()}, b: ${random.pick([type(), any()])} }, ${any()}) {})(${any()})`,
    () =>
      `new (CFUNCTYPE(${any()}, ${any()}, ${any()}))(${random.pick(["null", "0", "undefined", '"x"', "[]", any()])})`,
    () => `f.same_int.argtypes = ${random.pick(["[c_int]", "null", "undefined", "[c_double]", any()])}`,
    () => `f.same_int.restype = ${random.pick(["c_int", "null", "undefined", "c_double", any()])}`,
    () => `f.same_int.errcheck = ${random.pick(["null", `() => { ${act(random)}; }`, any()])}`,
    () => `offsetof(${random.pick(["Point", "Mixed", any()])}, ${any()})`,
  ])();
}

/** Something for the pool. */
function made(random: Random): string {
  const any = () => value(random);
  const at = `p[${random.below(POOL)}]`;
  const type = random.pick(TYPES);
  return random.pick([
    "new Int32Array(4)",
    "new Int32Array(70_000)",
    "new Uint8Array(4096)",
    "new Int32Array(resizable(256))",
    "new ArrayBuffer(4096)",
    "new SharedArrayBuffer(256)",
    `new (${type})()`,
    `new (${type})(${random.pick(["", any()])})`,
    "new (ARRAY(c_int, 4))(1, 2, 3, 4)",
    "new Point({ x: 1, y: 2 })",
    `new Mixed({ text: "abc", numbers: [1, 2, 3, 4], point: { x: 1 }, next: ${at} })`,
    `pointer(${at})`,
    `byref(${at}, 0)`,
    `new (POINTER(c_int))(${at})`,
    "create_string_buffer('text', 16)",
    `${type}.from_buffer(${random.pick([at, any()])}, ${random.pick(["0", "0", "8", any()])})`,
    `${type}.from_buffer_copy(${random.pick([at, any()])}, ${random.pick(["0", "0", "8", any()])})`,
    `own(new Callback((v) => { ${act(random)}; return ${any()}; }))`,
    "own(new Callback((v) => v + 1))",
    `own(new TakesPointer((a) => { ${act(random)}; return a; }))`,
    `own(new ByValue((a) => { ${act(random)}; return ${random.pick(["a", any()])}; }))`,
  ]);
}

function args(random: Random): string {
  return Array.from({ length: random.below(4) }, () => value(random)).join(", ");
}

/** Functions as they are declared, with any arguments; lengths stay within the memory of their types. */
function call(random: Random): string {
  const any = () => value(random);
  const ints = `ints(p[${random.below(POOL)}])`;
  const evil = (result: string) => `{ get _as_parameter_() { ${act(random)}; return ${result}; } }`;
  return random.pick([
    `f.same_int(${any()})`,
    `f.same_double(${any()})`,
    `f.same_text(${any()})`,
    `f.length_of(${any()})`,
    `f.address_of(${any()})`,
    `f.same_Point(${any()})`,
    `f.same_Big(${any()})`,
    `f.same_longdouble(${any()})`,
    `f.same_int128(${any()})`,
    `f.sum_ints(${ints}, ${evil("4")})`,
    `f.double_ints(${ints}, ${evil("4")})`,
    `f.double_ints(${ints}, 4)`,
    `f.double_bytes(bytes(${any()}), ${evil("4")})`,
    `f.second_Point(${any()}, ${evil(`p[${random.below(POOL)}]`)})`,
    `f.second_Big(${any()}, ${evil(`p[${random.below(POOL)}]`)})`,
    `f.sum_point(${any()})`,
    `f.divide(${any()}, 1, ${ints}, ${evil("new c_int()")})`,
    `f.call_int(callee(${any()}, addsOne), ${any()})`,
    `f.call_pointer(callee(${any()}, givesPointer), ${any()})`,
    `f.call_Point(callee(${any()}, givesPoint), ${any()})`,
    `f.add(${args(random)})`,
    `f.sum_of_longs(${random.pick(["0", evil("0")])}, ${any()}, ${any()})`,
    // The memory of one argument is freed while another is converted.
    ...["new Int32Array(70_000)", "new Int32Array(8)", "new Int32Array(resizable(300_000))"].flatMap((buffer) => [
      `with_(${buffer}, (b) => f.double_ints(b, { get _as_parameter_() { free(b); return 4; } }))`,
      `with_(${buffer}, (b) => f.divide(7, 2, b, { get _as_parameter_() { free(b); return new c_int(); } }))`,
      `with_(${buffer}, (b) => f.double_ints(ARRAY(c_int, 4).from_buffer(b), { get _as_parameter_() { free(b); return 4; } }))`,
      `with_(${buffer}, (b) => f.double_bytes(new Uint8Array(b.buffer), { get _as_parameter_() { free(b); return 4; } }))`,
      `with_(${buffer}, (b) => f.second_Big(Big.from_buffer(b), { get _as_parameter_() { free(b); return new Big(); } }))`,
      `with_(${buffer}, (b) => f.sum_of_longs(0, b, { get _as_parameter_() { free(b); return new c_long(); } }))`,
    ]),
  ]);
}

/** Calls whose result is known. */
function checked(random: Random): string {
  const number = random.below(2 ** 31) - 2 ** 30;
  const length = random.below(60);
  return random.pick([
    `is(g.same_int(${number}), ${number})`,
    `is(g.same_double(${number / 8}), ${number / 8})`,
    `is(g.same_longlong(${number}n), ${number}n)`,
    `is(g.length_of("${"é".repeat(length)}"), ${2 * length})`,
    `is(g.same_Point(new Point({ x: ${number}, y: 1 })).x, ${number})`,
    `is(g.call_int(addsOne, ${number}), ${number + 1})`,
  ]);
}

/** A function that accepts any arguments, declared in some way. */
function wrongly(random: Random): string {
  const types = Array.from({ length: random.below(12) }, () => random.pick(TYPES));
  const options = random.pick(["", "", ", { use_errno: true }", ", { leaf: true }", ", { leaf: false }"]);
  const variadic = random.once(5) && types.length > 0 && options === "" ? ', "..."' : "";
  const given = Array.from({ length: random.once(4) ? random.below(14) : types.length }, () => value(random));
  const declared = [random.pick(RESULTS), ...types].join(", ");
  return `new (CFUNCTYPE(${declared}${variadic}${options}))(["ignores_all", library])(${given.join(", ")})`;
}
