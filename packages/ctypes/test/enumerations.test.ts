/**
 * Enumerations: integers whose values have names.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import {
  ARRAY,
  alignment,
  bits,
  byref,
  CDLL,
  CFUNCTYPE,
  c_byte,
  c_int,
  c_long,
  c_longlong,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  Enumeration,
  type InstanceOf,
  POINTER,
  type Pointer,
  pointer,
  type Read,
  Structure,
  sizeof,
  toPlain,
} from "ctypes-js";
import { compileLibrary, type Equal, expectType, isLongWide, throws } from "./support.ts";

const Color = Enumeration("Color", c_uint, { RED: 0, GREEN: 5, BLUE: 6 });
type Color = Read<InstanceOf<typeof Color>>;

const Access = Enumeration("Access", c_uint, { NONE: 0, READ: 1, WRITE: 2, EXECUTE: 4 });
type Access = Read<InstanceOf<typeof Access>>;

const Level = Enumeration("Level", c_int, { LOW: -1, HIGH: 1 });
const Packed = Enumeration("Packed", c_ubyte, { A: 0, B: 200 });
// An integer of 64 bits that is a number where that is exact; on Windows C has none of its own.
const Numbers = () => Enumeration("Wide", c_ulong, { SMALL: 1, LARGE: 0x8000_0000_0000_0000n });
const Wide = isLongWide
  ? Numbers()
  : (Enumeration("Wide", c_ulonglong, { SMALL: 1n, LARGE: 0x8000_0000_0000_0000n }) as unknown as ReturnType<
      typeof Numbers
    >);

class Pixel extends Structure({ color: Color, access: bits(Access, 3), colors: ARRAY(Color, 2), packed: Packed }) {}

const library = compileLibrary(
  "enumerations",
  `
  enum color { RED, GREEN = 5, BLUE };
  enum access { NONE, READ = 1, WRITE = 2, EXECUTE = 4 };
  enum level { LOW = -1, HIGH = 1 };
  enum __attribute__((packed)) packed { A, B = 200 };
  enum wide { SMALL = 1, LARGE = 0x8000000000000000ull };
  struct pixel { enum color color; enum access access : 3; enum color colors[2]; enum packed packed; };
  enum color next(enum color c) { return c == RED ? GREEN : c == GREEN ? BLUE : (enum color)77; }
  enum level negated(enum level l) { return -l; }
  enum packed same_packed(enum packed p) { return p; }
  enum wide same_wide(enum wide w) { return w; }
  enum access both(enum access a, enum access b) { return a | b; }
  void paint(enum color *c) { *c = BLUE; }
  enum color apply(enum color (*f)(enum color), enum color c) { return f(c); }
  struct pixel pixel(void) { return (struct pixel){ GREEN, READ | EXECUTE, { BLUE, (enum color)9 }, B }; }
  int sizes[] = { sizeof(enum color), sizeof(enum level), sizeof(enum packed), sizeof(enum wide), sizeof(struct pixel) };
  `,
);

const Paint = CFUNCTYPE(Color, Color);
const lib = new CDLL(library, {
  next: CFUNCTYPE(Color, Color),
  negated: CFUNCTYPE(Level, Level),
  same_packed: CFUNCTYPE(Packed, Packed),
  same_wide: CFUNCTYPE(Wide, Wide),
  both: CFUNCTYPE(Access, Access, Access),
  paint: CFUNCTYPE(null, POINTER(Color)),
  apply: CFUNCTYPE(Color, Paint, Color),
  pixel: CFUNCTYPE(Pixel),
  sizes: ARRAY(c_int, 5),
});

const shows = (value: unknown, expected: string) => assert.equal(inspect(value, { breakLength: Infinity }), expected);

test("an enumeration has its names as constants", () => {
  assert.equal(Color.GREEN, 5);
  expectType<Equal<typeof Color.GREEN, 5>>();
  expectType<Equal<Color, 0 | 5 | 6>>();
  assert.deepEqual(Object.entries(Color), [
    ["RED", 0],
    ["GREEN", 5],
    ["BLUE", 6],
  ]);
  // @ts-expect-error: they are constants
  assert.throws(() => (Color.RED = 0), TypeError);
});

test("it is the integer that C has for it", () => {
  assert.deepEqual(Array.from(lib.sizes), [sizeof(Color), sizeof(Level), sizeof(Packed), sizeof(Wide), sizeof(Pixel)]);
  assert.equal(alignment(Packed), 1);
});

test("arguments and results are its values", () => {
  const next = lib.next(Color.RED);
  expectType<Equal<typeof next, Color>>();
  assert.equal(next, Color.GREEN);
  assert.equal(lib.negated(Level.HIGH), Level.LOW);
  assert.equal(lib.same_packed(Packed.B), 200);
  const wide = lib.same_wide(Wide.LARGE);
  expectType<Equal<typeof wide, 1 | 0x8000_0000_0000_0000n>>();
  assert.equal(wide, 0x8000_0000_0000_0000n);
  assert.equal(lib.same_wide(Wide.SMALL), Wide.SMALL);
});

test("what has no name is read as the number", () => {
  assert.equal(lib.next(lib.next(Color.BLUE)), 77);
  assert.equal(lib.both(Access.READ, Access.WRITE), 3);
  assert.equal(lib.both((Access.READ | Access.WRITE) as Access, Access.EXECUTE), 7);
});

test("TypeScript takes no other number", () => {
  const number: number = 5;
  // @ts-expect-error: any number
  assert.equal(lib.next(number), Color.BLUE);
  // @ts-expect-error: a number that no name has
  assert.equal(lib.next(4), 77);
  // @ts-expect-error: a constant of another enumeration
  lib.next(Level.LOW);
  assert.equal(lib.next(number as Color), Color.BLUE);
  // @ts-expect-error: a member takes no other either
  new Pixel({ color: 7 });
  const pixel = new Pixel();
  // @ts-expect-error: nor when it is assigned
  pixel.color = number;
  assert.equal(pixel.color, 5 as Color);
});

test("what is no integer is refused by the name of the enumeration", () => {
  const message = `next(): argument 1: expected an integer for Color, got the string "RED"`;
  assert.throws(() => lib.next("RED" as never), { message });
  assert.throws(() => new Pixel({ color: "RED" as never }), {
    message: `Pixel.color: expected an integer for Color, got the string "RED"`,
  });
  assert.throws(() => lib.same_packed(null as never), {
    message: "same_packed(): argument 1: expected an integer for Packed, got null",
  });
});

test("members, bit-fields and arrays are values of it", () => {
  const pixel = lib.pixel();
  expectType<Equal<typeof pixel.color, Color>>();
  expectType<Equal<typeof pixel.access, Access>>();
  assert.equal(pixel.color, Color.GREEN);
  assert.equal(pixel.access, Access.READ | Access.EXECUTE);
  assert.deepEqual(Array.from(pixel.colors), [Color.BLUE, 9]);
  assert.equal(pixel.colors.at(0), Color.BLUE);
  assert.equal(pixel.packed, Packed.B);
  pixel.access = Access.WRITE;
  assert.equal(pixel.access, 2);
  assert.deepEqual(toPlain(pixel), { color: 5, access: 2, colors: [6, 9], packed: 200 });
});

test("pointers lead to it", () => {
  const color = new Color(Color.RED);
  lib.paint(byref(color));
  expectType<Equal<typeof color.value, Color>>();
  assert.equal(color.value, Color.BLUE);
  const to: Pointer<InstanceOf<typeof Color>> = pointer(color);
  assert.equal(to.at(0), Color.BLUE);
  lib.paint(new (ARRAY(Color, 1))());
});

test("callbacks get and give its values", () => {
  const paint = new Paint((color) => {
    expectType<Equal<typeof color, Color>>();
    return color === Color.RED ? Color.BLUE : Color.RED;
  });
  assert.equal(lib.apply(paint, Color.RED), Color.BLUE);
  paint.dispose();
});

test("the names are shown", () => {
  const pixel = lib.pixel();
  shows(new Color(Color.GREEN), "Color(GREEN)");
  shows(new Color(9 as Color), "Color(9)");
  shows(pixel, "Pixel { color: GREEN, access: READ | EXECUTE, colors: ARRAY(Color, 2) [ BLUE, 9 ], packed: B }");
  shows(new Wide(Wide.LARGE), "Wide(LARGE)");
  shows(new Level(-1), "Level(LOW)");
});

test("several names are shown only of flags", () => {
  shows(new Access(3 as Access), "Access(READ | WRITE)");
  shows(new Access(9 as Access), "Access(9)");
  const Counted = Enumeration("Counted", c_int, { ZERO: 0, ONE: 1, TWO: 2, THREE: 3, FOUR: 4 });
  shows(new Counted(5 as never), "Counted(5)");
  const Keys = Enumeration("Keys", c_uint, { NONE: 0, LEFT: 1, RIGHT: 2, SHIFT: 3, LEFT_ALT: 0x100 });
  shows(new Keys(Keys.SHIFT), "Keys(SHIFT)");
  shows(new Keys(0x103 as never), "Keys(LEFT | RIGHT | LEFT_ALT)");
});

test("calls and members go as those of its integer do", () => {
  const plain = new CDLL(library, {
    next: CFUNCTYPE(c_uint, c_uint),
    same_packed: CFUNCTYPE(c_ubyte, c_ubyte),
    same_wide: CFUNCTYPE(c_ulonglong, c_ulonglong),
    negated: CFUNCTYPE(c_int, c_int),
  });
  for (const name of ["next", "same_packed", "same_wide", "negated"] as const) {
    assert.equal(lib[name].tier, plain[name].tier, name);
  }
});

test("a class of the user's is a type of its own, as of any integer", () => {
  class Paintable extends Color {
    isRed(): boolean {
      return this.value === Color.RED;
    }
  }
  class Wall extends Structure({ paint: Paintable }) {}
  const { paint } = new Wall() as unknown as { readonly paint: Paintable };
  assert.equal(paint.isRed(), true);
});

test("what cannot be an enumeration is refused", () => {
  const make = Enumeration as (...args: unknown[]) => unknown;
  throws(() => make(5, c_int, {}), TypeError, "Enumeration(): argument 1: expected a name, got the number 5");
  throws(
    () => make("E", c_void_p, {}),
    TypeError,
    "Enumeration(): argument 2: expected an integer type, got the class c_void_p",
  );
  throws(
    () => make("E", c_int, null),
    TypeError,
    "Enumeration(): argument 3: expected an object of names and values, got null",
  );
  throws(
    () => make("E", c_byte, { A: 200 }),
    TypeError,
    "Enumeration(): E.A: expected a value that a c_byte reads as, got the number 200",
  );
  throws(
    () => make("E", c_longlong, { A: 1 }),
    TypeError,
    "Enumeration(): E.A: expected a value that a c_longlong reads as, got the number 1",
  );
  throws(
    () => make("E", c_ushort, { A: "1" }),
    TypeError,
    'Enumeration(): E.A: expected a value that a c_ushort reads as, got the string "1"',
  );
  for (const key of ["from_address", "prototype", "name", "_type_"]) {
    throws(
      () => make("E", c_long, { [key]: 1 }),
      TypeError,
      `Enumeration(): E.${key}: every C type has a '${key}' of its own`,
    );
  }
  const Odd = Enumeration("Odd", c_int, { length: 1, call: 2, toString: 3 });
  assert.deepEqual([Odd.length, Odd.call, Odd.toString], [1, 2, 3]);
  shows(new Odd(2), "Odd(call)");
});
