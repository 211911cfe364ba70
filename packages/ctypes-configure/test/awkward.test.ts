/**
 * Declarations that cannot be had as they stand: each is bytes, has another name or is left out, and everything else is
 * there.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { check, generate } from "ctypes-configure";
import { alignment, offsetof, sizeof } from "ctypes-js";
import { complaintsAbout, loaded, skipWithoutLibclang } from "./generated.ts";
import { file } from "./support.ts";

const skip = skipWithoutLibclang();

const header = `
typedef unsigned guint; typedef guint deeper; enum kind { SMALL, LARGE = 2 };
struct bits { guint a : 1; deeper b : 7; enum kind c : 3; _Bool d : 1; int after; };
struct hostile { int constructor; long __proto__; int toString, hasOwnProperty, prototype, name, length; };
struct hidden { int a; double b; };
struct outside { int before; struct hidden inside; struct hidden many[2]; int after; };
typedef struct hidden hidden_t; struct outside2 { char before; hidden_t inside; };
struct atomic { char before; _Atomic int counter; _Atomic long large; };
struct wide { char before; int v __attribute__((vector_size(16))); };
int after_all(struct bits *b, struct hostile *h, struct atomic *a);
`;

test("what ctypes has no way to declare ends no header", { skip }, async () => {
  const path = file("awkward.h", header);
  const { module, made } = await loaded({ headers: [path], opaque: [/^hidden$/] });
  const { bits_, hostile, outside, outside2, atomic, wide } = module;

  const flags = new bits_({ a: 1, b: 100, c: 2, d: true, after: 7 });
  assert.deepEqual([flags.a, flags.b, flags.c, flags.d, flags.after, sizeof(bits_)], [1, 100, 2, true, 7, 8]);

  const h = new hostile({
    constructor_: 1,
    __proto___: 2,
    toString: 3,
    hasOwnProperty: 4,
    prototype: 5,
    name: 6,
    length: 7,
  });
  assert.deepEqual([h.constructor_, h.__proto___, h.toString, h.name, h.length], [1, 2, 3, 6, 7]);
  assert.equal(h.constructor, hostile);
  assert.match(made.text, /C's `constructor`, a name that is JavaScript's own/);
  const renamed = generate({ headers: [file("renamed.h", "struct renamed { int constructor; };\n")] });
  assert.equal(complaintsAbout(renamed), "");

  assert.deepEqual([sizeof(outside), offsetof(outside, "after" as never), sizeof(new outside().inside)], [64, 56, 16]);
  assert.deepEqual([sizeof(outside2), offsetof(outside2, "inside" as never), alignment(outside2)], [24, 8, 8]);
  assert.deepEqual(
    [sizeof(atomic), offsetof(atomic, "large" as never), sizeof(wide), alignment(wide)],
    [16, 8, 32, 16],
  );

  assert.ok(made.declarations.some(({ name }) => name === "after_all"));
  for (const { name, place } of made.skipped) assert.match(place, /awkward\.h:\d+$/, name);
  const { differences } = await check(module, { cache: false });
  assert.deepEqual(differences, []);
});
