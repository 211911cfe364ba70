/**
 * Wrong uses, each with its message: what a person reads who made the mistake.
 *
 * A row is what was written, the error's class and its sentence. Mistakes with a topic of their own stand in that
 * topic's file; here are the ones of issue 2 side by side, and that none of them crashes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  ArgumentError,
  addressof,
  alignment,
  bits,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_long,
  c_size_t,
  c_uint,
  c_void_p,
  cast,
  create_string_buffer,
  create_unicode_buffer,
  field,
  LibraryError,
  memmove,
  memset,
  NullPointerError,
  Opaque,
  offsetof,
  POINTER,
  pointer,
  Structure,
  set_errno,
  sizeof,
  string_at,
  Union,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { functionsPath, isWindows, noSuchFile, throws } from "./support.ts";

class Point extends Structure({ x: c_int, y: c_int }) {}
class Shape extends Structure({ points: ARRAY(Point, 4), name: ARRAY(c_char, 4), next: () => POINTER(Shape) }) {}
class Incomplete extends Structure<{ x: c_int }>() {}
class IncompleteUnion extends Union<{ x: c_int }>() {}
class FILE extends Opaque("FILE") {}

const Binary = CFUNCTYPE(c_int, c_int, c_int);
const lib = new CDLL(functionsPath, {
  add: Binary,
  length_of: CFUNCTYPE(c_size_t, c_char_p),
  sum_ints: CFUNCTYPE(c_long, POINTER(c_int), c_size_t),
  sum_of_ints: CFUNCTYPE(c_long, c_int, "..."),
  same_Point: CFUNCTYPE(Point, Point),
  same_double: CFUNCTYPE(c_double, c_double),
  apply: CFUNCTYPE(c_int, Binary, c_int, c_int),
  address_of: CFUNCTYPE(c_void_p, c_void_p),
  missing: Binary,
});
const untyped: Record<string, any> = lib;
const any = (value: unknown): any => value;

type Row = readonly [what: string, run: () => unknown, type: new (...args: never[]) => Error, message: string | RegExp];

const rows: readonly Row[] = [
  // The number of arguments
  ["too few arguments", () => untyped.add(1), ArgumentError, "add(): expected 2 arguments, got 1"],
  ["too many arguments", () => untyped.add(1, 2, 3), ArgumentError, "add(): expected 2 arguments, got 3"],
  ["no argument for one", () => untyped.length_of(), ArgumentError, "length_of(): expected 1 argument, got 0"],
  [
    "no fixed argument of a variadic",
    () => untyped.sum_of_ints(),
    ArgumentError,
    "sum_of_ints(): expected at least 1 argument, got 0",
  ],
  // Their kind
  [
    "text for an int",
    () => untyped.add("1", 2),
    ArgumentError,
    'add(): argument 1: expected an integer for c_int, got the string "1"',
  ],
  [
    "undefined for an int",
    () => untyped.add(1, undefined),
    ArgumentError,
    "add(): argument 2: expected an integer for c_int, got undefined",
  ],
  [
    "null for an int",
    () => untyped.add(1, null),
    ArgumentError,
    "add(): argument 2: expected an integer for c_int, got null",
  ],
  [
    "a fraction for an int",
    () => lib.add(0.5, 1),
    ArgumentError,
    "add(): argument 1: expected an integer for c_int, got the number 0.5",
  ],
  [
    "NaN for an int",
    () => lib.add(NaN, 1),
    ArgumentError,
    "add(): argument 1: expected an integer for c_int, got the number NaN",
  ],
  [
    "a Date for an int",
    () => untyped.add(new Date(), 1),
    ArgumentError,
    "add(): argument 1: expected an integer for c_int, got a Date",
  ],
  [
    "a symbol for an int",
    () => untyped.add(Symbol(), 1),
    ArgumentError,
    "add(): argument 1: expected an integer for c_int, got a symbol",
  ],
  [
    "a class for an int",
    () => untyped.add(c_int, 1),
    ArgumentError,
    "add(): argument 1: expected an integer for c_int, got the class c_int",
  ],
  [
    "a Boolean for a double",
    () => untyped.same_double(true),
    ArgumentError,
    "same_double(): argument 1: expected a number for c_double, got the boolean true",
  ],
  [
    "text for a double",
    () => untyped.same_double("1"),
    ArgumentError,
    'same_double(): argument 1: expected a number for c_double, got the string "1"',
  ],
  [
    "a number for text",
    () => untyped.length_of(5),
    ArgumentError,
    "length_of(): argument 1: expected a string, Uint8Array or null for c_char_p, got the number 5",
  ],
  [
    "undefined for text",
    () => untyped.length_of(undefined),
    ArgumentError,
    "length_of(): argument 1: expected a string, Uint8Array or null for c_char_p, got undefined",
  ],
  [
    "an array for text",
    () => untyped.length_of(["a"]),
    ArgumentError,
    "length_of(): argument 1: expected a string, Uint8Array or null for c_char_p, got an array",
  ],
  [
    "long text is shortened",
    () => untyped.add("x".repeat(100), 1),
    ArgumentError,
    `add(): argument 1: expected an integer for c_int, got the string "${"x".repeat(40)}…"`,
  ],
  [
    "a number for a structure",
    () => untyped.same_Point(5),
    ArgumentError,
    "same_Point(): argument 1: expected Point or an object of its members, got the number 5",
  ],
  [
    "null for a structure",
    () => untyped.same_Point(null),
    ArgumentError,
    "same_Point(): argument 1: expected Point or an object of its members, got null",
  ],
  [
    "an unknown member for a structure",
    () => untyped.same_Point({ z: 1 }),
    ArgumentError,
    "same_Point(): argument 1: Point has no member 'z'; its members are x, y",
  ],
  [
    "a number for a pointer",
    () => untyped.sum_ints(5, 1),
    ArgumentError,
    "sum_ints(): argument 1: expected POINTER(c_int), c_int, byref() of one, an array of them or null, got the number 5",
  ],
  [
    "another pointer for a pointer",
    () => untyped.sum_ints(pointer(new c_uint()), 1),
    ArgumentError,
    "sum_ints(): argument 1: expected POINTER(c_int), c_int, byref() of one, an array of them or null, got a POINTER(c_uint)",
  ],
  [
    "text for a void pointer",
    () => untyped.address_of(1.5),
    ArgumentError,
    "address_of(): argument 1: expected an address, a pointer, an array, a buffer or null for c_void_p, got the number 1.5",
  ],
  [
    "a function for a function",
    () => untyped.apply(() => 1, 1, 2),
    ArgumentError,
    "apply(): argument 1: expected a function object of type (c_int, c_int) => c_int or null, got a function; make one with `new`, and keep it as long as C may call it",
  ],
  [
    "a number after '...'",
    () => untyped.sum_of_ints(1, 5),
    ArgumentError,
    "sum_of_ints(): argument 2: expected a C object, string, buffer, bigint or null after '...', got the number 5; say which number it is: new c_int(5) or new c_double(5)",
  ],
  [
    "undefined after '...'",
    () => untyped.sum_of_ints(1, undefined),
    ArgumentError,
    "sum_of_ints(): argument 2: expected a C object, string, buffer, bigint or null after '...', got undefined",
  ],
  // Libraries
  [
    "an unknown symbol",
    () => lib.missing,
    LibraryError,
    `${functionsPath}: no symbol 'missing' (${functionsPath}: undefined symbol: missing${isWindows ? " (Windows error 127)" : ""}); is it C++? then declare it extern "C"`,
  ],
  ["a missing library", () => new CDLL("libmissing.so", {}), LibraryError, `libmissing.so: ${noSuchFile}`],
  ["a missing variable", () => c_int.in_dll(lib, "missing"), LibraryError, /: no symbol 'missing' \(/],
  ["use after close", () => closed().add(1, 2), LibraryError, "add(): its library was closed"],
  ["first use after close", () => closed().later, LibraryError, `later: the library ${functionsPath} was closed`],
  [
    "a library named by a number",
    () => new CDLL(any(5)),
    TypeError,
    "CDLL(): argument 1: expected the name of a library, a file URL or null, got the number 5",
  ],
  [
    "a misspelt option",
    () => new CDLL(null, {}, any({ useErrno: true })),
    TypeError,
    'CDLL(): there is no option "useErrno"; it is "use_errno"',
  ],
  [
    "find_library of a number",
    () => find_library(any(5)),
    TypeError,
    "find_library(): expected a string, got the number 5",
  ],
  // NULL
  [
    "contents of NULL",
    () => new (POINTER(c_int))().contents,
    NullPointerError,
    "POINTER(c_int).contents: the pointer is NULL",
  ],
  ["an item after NULL", () => new (POINTER(c_int))()[1], NullPointerError, "POINTER(c_int)[1]: the pointer is NULL"],
  [
    "storing through NULL",
    () => (new (POINTER(c_int))()[0] = 1),
    NullPointerError,
    "POINTER(c_int)[0]: the pointer is NULL",
  ],
  ["an object at NULL", () => Point.from_address(0), NullPointerError, "Point.from_address(): the address is NULL"],
  ["bytes at NULL", () => string_at(null), NullPointerError, "string_at(): argument 1: the pointer is NULL"],
  ["filling NULL", () => memset(0, 0, 1), NullPointerError, "memset(): argument 1: the pointer is NULL"],
  [
    "a function at NULL",
    () => new Binary(0),
    TypeError,
    "(c_int, c_int) => c_int: expected a function or an address, got NULL; use null",
  ],
  // Bounds
  ["an index out of range", () => new Shape().points.at(4), RangeError, "index 4 is out of bounds for ARRAY(Point, 4)"],
  [
    "a negative index out of range",
    () => new Shape().points[-5],
    RangeError,
    "index -5 is out of bounds for ARRAY(Point, 4)",
  ],
  [
    "storing out of range",
    () => (new Shape().points[4] = new Point()),
    RangeError,
    "index 4 is out of bounds for ARRAY(Point, 4)",
  ],
  [
    "a fractional index",
    () => new Shape().points.at(0.5),
    TypeError,
    "ARRAY(Point, 4): expected an integer index, got the number 0.5",
  ],
  [
    "too many items",
    () => new Shape({ points: any([{}, {}, {}, {}, {}]) }),
    RangeError,
    "Shape.points: 5 items are too many for ARRAY(Point, 4)",
  ],
  [
    "text too long for its member",
    () => new Shape({ name: "hello" }),
    RangeError,
    "Shape.name: 5 bytes are too many for ARRAY(c_char, 4)",
  ],
  [
    "a buffer too small",
    () => Point.from_buffer(new Uint8Array(7)),
    RangeError,
    "Point.from_buffer(): the buffer is too small: 7 bytes instead of at least 8",
  ],
  [
    "a negative offset",
    () => Point.from_buffer(new Uint8Array(16), -1),
    RangeError,
    "Point.from_buffer(): the offset cannot be negative, got -1",
  ],
  ["a bit-field too wide", () => bits(c_int, 33), RangeError, "bits(): argument 2: c_int has 0 to 32 bits, got 33"],
  [
    "an object without a prototype",
    () => new c_int(Object.create(null)),
    TypeError,
    "expected an integer for c_int, got an object",
  ],
  [
    "an object for the name of a member",
    () => offsetof(Point, {} as never),
    TypeError,
    "offsetof(): argument 2: expected the name of a member, got an object",
  ],
  [
    "a symbol for the name of a member",
    () => field(Point, Symbol() as never),
    TypeError,
    "field(): argument 2: expected the name of a member, got a symbol",
  ],
  [
    "no members at all",
    () => new Point(new Map() as never),
    TypeError,
    "Point: expected Point or an object of its members, got a Map",
  ],
  [
    "an instance of another type for a structure",
    () => new Point(new c_int(5) as never),
    TypeError,
    "Point: expected Point or an object of its members, got a c_int",
  ],
  [
    "a member that would be the class",
    () => Structure({ constructor: c_int }),
    TypeError,
    "Structure(): member 'constructor': JavaScript uses this name for the class of an object; choose another",
  ],
  [
    "the member of another type",
    () => field(Point, "y").set(new c_int() as never, 1),
    TypeError,
    "field Point.y: expected an instance of Point, got a c_int",
  ],
  [
    "a member's value through its description",
    () => field(Point, "y").set(new Point(), "1"),
    TypeError,
    'Point.y: expected an integer for c_int, got the string "1"',
  ],
  [
    "an index that is no number",
    () => new (ARRAY(c_int, 3))().at(Symbol() as never),
    TypeError,
    "ARRAY(c_int, 3): expected an integer index, got a symbol",
  ],
  [
    "a mode that is no flag",
    () => new CDLL(null, {}, { mode: 1.5 }),
    TypeError,
    "CDLL(): option mode: expected an integer, got the number 1.5",
  ],
  [
    "no options",
    () => new CDLL(null, {}, null as never),
    TypeError,
    "CDLL(): argument 3: expected an object of options, got null",
  ],
  [
    "a bigint without end",
    () => new c_char_p((10n ** 90n) as never),
    TypeError,
    `expected a string, Uint8Array or null for c_char_p, got the bigint 1${"0".repeat(39)}…n`,
  ],
  [
    "an address beyond memory",
    () => c_int.from_address(2 ** 50),
    RangeError,
    /^c_int\.from_address\(\): 0x[0-9a-f]+ is not an address of user space$/,
  ],
  // Negative lengths
  [
    "a negative array length",
    () => ARRAY(c_int, -1),
    RangeError,
    "ARRAY(): argument 2: the length cannot be negative, got -1",
  ],
  [
    "a negative buffer size",
    () => create_string_buffer(-1),
    RangeError,
    "create_string_buffer(): argument 1: the size cannot be negative, got -1",
  ],
  [
    "a negative wide buffer size",
    () => create_unicode_buffer("a", -1),
    RangeError,
    "create_unicode_buffer(): argument 2: the size cannot be negative, got -1",
  ],
  [
    "a negative count to copy",
    () => memmove(create_string_buffer(1), create_string_buffer(1), -1),
    RangeError,
    "memmove(): argument 3: the size cannot be negative, got -1",
  ],
  [
    "a negative count to read",
    () => string_at(create_string_buffer(1), -2),
    RangeError,
    "string_at(): argument 2: the size cannot be negative, got -2",
  ],
  // Incomplete types
  [
    "an incomplete structure",
    () => new Incomplete(),
    TypeError,
    "structure 'Incomplete' is incomplete: its _fields_ were never given",
  ],
  [
    "the size of an incomplete union",
    () => sizeof(IncompleteUnion),
    TypeError,
    "union 'IncompleteUnion' is incomplete: its _fields_ were never given",
  ],
  [
    "an incomplete member",
    () => sizeof(class extends Structure({ inner: Incomplete }) {}),
    TypeError,
    "structure 'Incomplete' is incomplete: its _fields_ were never given",
  ],
  [
    "an incomplete item",
    () => new (ARRAY(Incomplete, 2))(),
    TypeError,
    "structure 'Incomplete' is incomplete: its _fields_ were never given",
  ],
  [
    "an item of an opaque type",
    () => cast(0x1000, POINTER(FILE)).at(1),
    TypeError,
    "'FILE' is opaque: only pointers to it exist, it has no size and no instances",
  ],
  [
    "a structure in itself",
    () => sizeof(class Loop extends Structure({ self: (): unknown => Loop }) {}),
    TypeError,
    "structure 'Loop' cannot contain itself; a pointer to it can be a member",
  ],
  // Declarations
  [
    "a member that is no type",
    () => Structure(any({ x: "int" })),
    TypeError,
    `Structure(): member 'x': expected a C type, got the string "int"`,
  ],
  [
    "members that are no record",
    () => Structure(any(5)),
    TypeError,
    "Structure(): expected a record of member name and C type, got the number 5",
  ],
  [
    "a parameter that is no type",
    () => CFUNCTYPE(c_int, any(5)),
    TypeError,
    "CFUNCTYPE(): argtypes[0]: expected a C type or an object with from_param(), got the number 5",
  ],
  ["a pointer to no type", () => POINTER(any(5)), TypeError, "POINTER(): expected a C type, got the number 5"],
  [
    "a symbol that is no type",
    () => new CDLL(null, any({ abs: 5 })),
    TypeError,
    "CDLL(): symbol 'abs': expected a C type, got the number 5",
  ],
  // Values
  [
    "a member of the wrong kind",
    () => (new Point().x = any("1")),
    TypeError,
    'Point.x: expected an integer for c_int, got the string "1"',
  ],
  ["a misspelt member", () => new Point(any({ Y: 1 })), TypeError, "Point has no member 'Y'; did you mean 'y'?"],
  [
    "another structure's pointer",
    () => (new Shape().next = any(pointer(new Point()))),
    TypeError,
    "Shape.next: expected POINTER(Shape), an array or buffer of Shape, or null, got a POINTER(Point)",
  ],
  ["the address of a number", () => addressof(any(5)), TypeError, "addressof(): expected a C object, got the number 5"],
  [
    "the size of text",
    () => sizeof(any("int")),
    TypeError,
    'sizeof(): expected a C type or object, got the string "int"',
  ],
  [
    "the alignment of nothing",
    () => alignment(any(undefined)),
    TypeError,
    "alignment(): expected a C type or object, got undefined",
  ],
  [
    "a reference to a number",
    () => byref(any(5)),
    TypeError,
    "byref(): argument 1: expected a C object, got the number 5",
  ],
  ["a pointer to text", () => pointer(any("text")), TypeError, 'pointer(): expected a C object, got the string "text"'],
  ["the offset of no member", () => offsetof(Point, any("z")), TypeError, "offsetof(): Point has no member 'z'"],
  [
    "errno of text",
    () => set_errno(any("ENOENT")),
    TypeError,
    'set_errno(): expected an integer, got the string "ENOENT"',
  ],
  [
    "a NUL inside text",
    () => new c_char_p("a\0b"),
    TypeError,
    'expected text without NUL characters, got the string "a\\u0000b"; C would see only the part before the NUL',
  ],
  [
    "a callback of text",
    () => new Binary(any("add")),
    TypeError,
    '(c_int, c_int) => c_int: expected a function, an address or [name, CDLL], got the string "add"',
  ],
];

function closed() {
  const library = new CDLL(functionsPath, { add: Binary, later: Binary });
  library.add(1, 2);
  library.close();
  return library;
}

for (const [what, run, type, message] of rows) {
  test(`${what} is an error that says so`, () => throws(run, type, message));
}

test("a call without new of a class is a TypeError", () => {
  for (const type of [c_int, Point, ARRAY(c_int, 2), POINTER(c_int), Binary]) {
    assert.throws(() => (type as unknown as () => unknown)(), TypeError);
  }
});

test("the errors have codes that stay", () => {
  assert.equal(new ArgumentError("").code, "ERR_CTYPES_ARGUMENT");
  assert.equal(new LibraryError("").code, "ERR_CTYPES_LIBRARY");
  assert.equal(new NullPointerError("").code, "ERR_CTYPES_NULL_POINTER");
  assert.ok(new ArgumentError("") instanceof TypeError);
  assert.ok(new NullPointerError("") instanceof TypeError);
  assert.equal(String(new ArgumentError("x")), "ArgumentError: x");
});

test("after all these mistakes everything works", () => {
  assert.equal(lib.add(2, 3), 5);
  assert.equal(lib.same_Point({ x: 1, y: 2 }).y, 2);
  assert.equal(lib.length_of("hello"), 5);
});
