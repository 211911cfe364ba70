/**
 * Bit-fields: values, signs, neighbours, and what is refused. Where they lie is `layout.test.ts`'s.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alignment,
  type BitField,
  bits,
  c_bool,
  c_byte,
  c_char,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_size_t,
  c_ssize_t,
  c_ubyte,
  c_uint,
  c_ulong,
  c_ulonglong,
  c_ushort,
  field,
  offsetof,
  Structure,
  sizeof,
  toPlain,
} from "ctypes-js";
import { type Equal, expectType, runC, throws } from "./support.ts";

class Flags extends Structure({
  kind: bits(c_uint, 3),
  signed: bits(c_int, 5),
  on: bits(c_uint, 1),
  rest: bits(c_uint, 23),
}) {}

test("a bit-field reads what was written", () => {
  const flags = new Flags({ kind: 5, signed: -3, rest: 0x7fffff });
  expectType<Equal<typeof flags.kind, number>>();
  assert.equal(sizeof(Flags), 4);
  assert.deepEqual([flags.kind, flags.signed, flags.on, flags.rest], [5, -3, 0, 0x7fffff]);
});

test("writing a bit-field leaves its neighbours alone", () => {
  const flags = new Flags({ kind: 7, signed: -1, on: 1, rest: 0x7fffff });
  flags.signed = 0;
  assert.deepEqual([flags.kind, flags.signed, flags.on, flags.rest], [7, 0, 1, 0x7fffff]);
  flags.rest = 1;
  flags.kind = 2;
  assert.deepEqual([flags.kind, flags.signed, flags.on, flags.rest], [2, 0, 1, 1]);
});

test("what does not fit is cut, as in C", () => {
  const flags = new Flags({ kind: 8 + 3, signed: 16 });
  assert.equal(flags.kind, 3);
  assert.equal(flags.signed, -16, "the top bit is the sign");
  flags.kind = -1;
  assert.equal(flags.kind, 7);
});

const types = { c_byte, c_ubyte, c_short, c_ushort, c_int, c_uint, c_long, c_ulong, c_longlong, c_ulonglong };

for (const [name, type] of Object.entries(types)) {
  test(`every width of ${name} at every place keeps its extremes`, () => {
    const size = 8 * sizeof(type);
    const integer = type as unknown as typeof c_int; // one of many: to the compiler any will do
    const isSigned = new type(-1).value < 0;
    for (let before = 0; before < size; before++) {
      for (let width = 1; before + width <= size; width += before % 7 === 0 ? 1 : 5) {
        const after = size - before - width;
        const fields: Record<string, BitField<c_int>> = {};
        if (before > 0) fields.before = bits(integer, before);
        fields.field = bits(integer, width);
        if (after > 0) fields.after = bits(integer, after);
        class Place extends Structure(fields) {}
        assert.equal(sizeof(Place), size / 8);
        const place = new Place() as unknown as Record<string, number | bigint>;
        const least = isSigned ? -(2n ** BigInt(width - 1)) : 0n;
        const most = isSigned ? 2n ** BigInt(width - 1) - 1n : 2n ** BigInt(width) - 1n;
        for (const value of [most, least, -1n, 0n, 1n]) {
          place.field = value;
          const kept = isSigned ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
          assert.equal(BigInt(place.field!), kept, `${before}+${width}: ${value}`);
          assert.equal(BigInt(place.before ?? 0), 0n, `${before}+${width}: before`);
          assert.equal(BigInt(place.after ?? 0), 0n, `${before}+${width}: after`);
        }
      }
    }
  });
}

test("a bit-field has the kind of value its type has", () => {
  class Kinds extends Structure({
    small: bits(c_longlong, 3),
    wide: bits(c_ulonglong, 50),
    size: bits(c_size_t, 40),
    huge: bits(c_ssize_t, 64),
    on: bits(c_bool, 1),
  }) {}
  const kinds = new Kinds({ small: -2, wide: 2n ** 49n, size: 2 ** 39, huge: -(2n ** 63n), on: true });
  expectType<Equal<typeof kinds.small, bigint>>();
  expectType<Equal<typeof kinds.size, number>>();
  expectType<Equal<typeof kinds.on, boolean>>();
  assert.equal(kinds.small, -2n);
  assert.equal(kinds.wide, 2n ** 49n);
  assert.equal(kinds.size, 2 ** 39);
  assert.equal(kinds.huge as number | bigint, -(2n ** 63n), "beyond 2^53 a bigint, never rounded");
  assert.equal(kinds.on, true);
  kinds.huge = -5;
  assert.equal(kinds.huge, -5);
});

test("a bool bit-field takes what c_bool takes", () => {
  class On extends Structure({ a: bits(c_bool, 1), b: bits(c_bool, 1) }) {}
  const on = new On({ b: true });
  assert.deepEqual([on.a, on.b], [false, true]);
  on.a = 2 as never;
  assert.deepEqual([on.a, on.b], [true, true]);
  on.b = false;
  assert.deepEqual([on.a, on.b], [true, false]);
  throws(() => (on.a = "yes" as never), TypeError, 'On.a: expected a boolean for c_bool, got the string "yes"');
});

test("a bit-field takes an instance of its type", () => {
  assert.equal(new Flags({ kind: new c_uint(6) }).kind, 6);
});

test("a bit-field refuses what is no integer", () => {
  const flags = new Flags({ kind: 5 });
  throws(() => (flags.kind = 1.5), TypeError, "Flags.kind: expected an integer for c_uint, got the number 1.5");
  throws(() => (flags.kind = NaN), TypeError, "Flags.kind: expected an integer for c_uint, got the number NaN");
  throws(
    () => (flags.kind = "1" as never),
    TypeError,
    'Flags.kind: expected an integer for c_uint, got the string "1"',
  );
  throws(() => (flags.kind = null as never), TypeError, "Flags.kind: expected an integer for c_uint, got null");
  throws(
    () => (flags.kind = undefined as never),
    TypeError,
    "Flags.kind: expected an integer for c_uint, got undefined",
  );
  throws(
    () => (flags.kind = new c_int(1) as never),
    TypeError,
    "Flags.kind: expected an integer for c_uint, got a c_int",
  );
  assert.equal(flags.kind, 5);
});

test("a bit-field's type and width are checked where it is declared", () => {
  throws(
    // @ts-expect-error bit-fields are integers
    () => bits(c_float, 3),
    TypeError,
    "bits(): argument 1: expected an integer type for a bit-field, got c_float",
  );
  throws(
    // @ts-expect-error a double is no integer
    () => bits(c_double, 3),
    TypeError,
    "bits(): argument 1: expected an integer type for a bit-field, got c_double",
  );
  // @ts-expect-error nor is a character
  throws(() => bits(c_char, 3), TypeError, "bits(): argument 1: expected an integer type for a bit-field, got c_char");
  throws(() => bits(5 as never, 3), TypeError, "bits(): argument 1: expected a C type, got the number 5");
  throws(() => bits(c_uint, 33), RangeError, "bits(): argument 2: c_uint has 0 to 32 bits, got 33");
  throws(() => bits(c_uint, -1), RangeError, "bits(): argument 2: c_uint has 0 to 32 bits, got -1");
  throws(() => bits(c_bool, 2), RangeError, "bits(): argument 2: c_bool has 0 or 1 bit, got 2");
  throws(() => bits(c_uint, 2.5), TypeError, "bits(): argument 2: expected an integer width, got the number 2.5");
});

test("a bit-field has no address", () => {
  throws(() => offsetof(Flags, "on"), TypeError, "offsetof(): Flags.on is a bit-field and has no address");
});

test("a bit-field in a packed structure never touches what lies after", () => {
  class Tight extends Structure(
    { a: bits(c_ulonglong, 36), b: bits(c_ulonglong, 4) },
    { pack: 1, layout: "gcc-sysv" },
  ) {}
  assert.equal(sizeof(Tight), 5);
  const bytes = new Uint8Array(6).fill(0xff);
  const tight = Tight.from_buffer(bytes);
  tight.a = 0n;
  tight.b = 0n;
  assert.deepEqual([...bytes], [0, 0, 0, 0, 0, 0xff]);
});

test("a bit-field without a width begins a new unit, as gcc has it", () => {
  const ended = { c: bits(c_byte, 3), _: bits(c_long, 0), last: bits(c_byte, 2) };
  const layouts: [body: string, type: Parameters<typeof sizeof>[0], attribute?: string][] = [
    ["char c:3; int:0; char last:2;", Structure({ c: bits(c_byte, 3), _: bits(c_int, 0), last: bits(c_byte, 2) })],
    ["char c:3; long:0; char last:2;", Structure(ended)],
    ["char c; int:0; char last;", Structure({ c: c_byte, _: bits(c_int, 0), last: c_byte })],
    ["int:0; char last;", Structure({ _: bits(c_int, 0), last: c_byte })],
    ["char last:1; int:0;", Structure({ last: bits(c_byte, 1), _: bits(c_int, 0) })],
    [
      "char c; short:0; int:0; char last:1;",
      Structure({ c: c_byte, _: bits(c_short, 0), __: bits(c_int, 0), last: bits(c_byte, 1) }),
    ],
    ["int c:3; char:0; int last:4;", Structure({ c: bits(c_int, 3), _: bits(c_byte, 0), last: bits(c_int, 4) })],
    ["char c:3; long:0; char last:2;", Structure(ended, { pack: 1 }), "__attribute__((packed))"],
  ];
  const structs = layouts.map(([body, , attribute = ""], i) => `struct s${i} { ${body} } ${attribute};`).join("\n");
  const lines = layouts.map(
    (_, i) => `{
      union { struct s${i} s; unsigned char n[64]; } u = { .n = { 0 } };
      u.s.last = 1;
      int at = 0;
      while (!(u.n[at / 8] >> (at % 8) & 1)) at++;
      printf("%zu %zu %d\\n", sizeof(struct s${i}), _Alignof(struct s${i}), at);
    }`,
  );
  const gcc = runC("zero-width", `#include <stdio.h>\n${structs}\nint main(void) { ${lines.join("\n")} }`)
    .trim()
    .split("\n");
  layouts.forEach(([body, Base], i) => {
    class Zero extends (Base as ReturnType<typeof Structure>) {}
    const { offset, bit_offset, is_bitfield } = field(Zero, "last" as never);
    const at = 8 * offset + (is_bitfield ? bit_offset : 0);
    assert.equal(`${sizeof(Zero)} ${alignment(Zero)} ${at}`, gcc[i], body);
    assert.deepEqual(
      Object.keys(toPlain(new Zero())).filter((name) => name.startsWith("_")),
      [],
    );
  });
});
