/**
 * Unions: members that share one place.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  alignment,
  bits,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_longlong,
  c_short,
  c_ubyte,
  c_uint,
  offsetof,
  POINTER,
  type Pointer,
  pointer,
  Structure,
  sizeof,
  Union,
} from "ctypes-js";
import { type Equal, expectType, throws } from "./support.ts";

class Number32 extends Union({ i: c_int, f: c_float, bytes: ARRAY(c_ubyte, 4) }) {}

test("the members of a union share their memory", () => {
  const number = new Number32({ f: 1 });
  expectType<Equal<typeof number.i, number>>();
  assert.equal(number.i, 0x3f800000);
  number.i = 0x01020304;
  assert.deepEqual([...number.bytes], [4, 3, 2, 1]);
});

test("a union is as large as its largest member, rounded to its alignment", () => {
  class Mixed extends Union({ c: c_ubyte, d: c_double, long: ARRAY(c_short, 5) }) {}
  assert.equal(sizeof(Mixed), 16);
  assert.equal(alignment(Mixed), 8);
  assert.equal(offsetof(Mixed, "long"), 0);
});

test("of several initial members the last one stays", () => {
  assert.equal(new Number32({ i: 5, f: 1 }).i, 0x3f800000);
});

test("a union in a structure is a view", () => {
  class Holder extends Structure({ before: c_int, number: Number32 }) {}
  const holder = new Holder({ number: { i: 7 } });
  holder.number.f = 1;
  assert.equal(holder.number.i, 0x3f800000);
  assert.equal(holder.before, 0);
});

test("assigning a union copies all of it", () => {
  class Wide extends Union({ small: c_ubyte, large: c_longlong }) {}
  class Holder extends Structure({ wide: Wide }) {}
  const holder = new Holder({ wide: new Wide({ large: 2n ** 40n }) });
  assert.equal(holder.wide.large, 2n ** 40n);
});

test("bit-fields of a union all begin at bit 0", () => {
  class Fields extends Union({ low: bits(c_uint, 3), more: bits(c_uint, 9), all: c_uint }) {}
  assert.equal(sizeof(Fields), 4);
  const fields = new Fields({ all: 0xfff });
  assert.equal(fields.low, 7);
  assert.equal(fields.more, 0x1ff);
  fields.low = 0;
  assert.equal(fields.all, 0xff8);
});

class Later extends Union<{ number: c_int; self: Pointer<Later> }>() {}

test("a union's members may be given later", () => {
  throws(() => new Later(), TypeError, "union 'Later' is incomplete: its _fields_ were never given");
  Later._fields_ = { number: c_int, self: POINTER(Later) };
  const later = new Later();
  expectType<Equal<typeof later.self, Pointer<Later> | null>>();
  later.self = pointer(new Later({ number: 5 }));
  assert.equal(later.self?.contents.number, 5);
});

test("a union keeps what its pointers point to", () => {
  class Text extends Union({ text: c_char_p, address: c_longlong }) {}
  const text = new Text({ text: "kept" });
  assert.notEqual(text.address, 0n);
  assert.equal(text.text, "kept");
});

test("an extended union shares the place of its base", () => {
  class More extends Number32.extend({ wide: c_longlong }) {}
  assert.equal(sizeof(More), 8);
  assert.equal(offsetof(More, "wide"), 0);
  const more = new More({ wide: 0x1_3f80_0000n });
  assert.equal(more.f, 1);
  assert.ok(more instanceof Number32);
});

test("messages name the union", () => {
  // @ts-expect-error a member is checked
  throws(() => new Number32({ i: "1" }), TypeError, 'Number32.i: expected an integer for c_int, got the string "1"');
  const message = "Number32 has no member 'd'; its members are i, f, bytes";
  // @ts-expect-error an unknown member
  throws(() => new Number32({ d: 1 }), TypeError, message);
  // @ts-expect-error a declaration is checked
  throws(() => Union({ x: 5 }), TypeError, "Union(): member 'x': expected a C type, got the number 5");
  class Self extends Union({ self: (): unknown => Self }) {}
  throws(() => sizeof(Self), TypeError, "union 'Self' cannot contain itself; a pointer to it can be a member");
});
