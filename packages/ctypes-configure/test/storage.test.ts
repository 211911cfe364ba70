/** `scalar_storage_order`, which changes what the bytes of a structure mean: refused by name, and seen by a check. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "ctypes-configure";
import { BigEndianStructure, c_int, Structure, sizeof } from "ctypes-js";
import { loaded, skipWithoutLibclang, wordsOf } from "./generated.ts";
import { file } from "./support.ts";

const skip = skipWithoutLibclang();

const header = `
#define WIRE __attribute__((scalar_storage_order("big-endian")))
struct WIRE packet { unsigned short port; unsigned a : 4, b : 12; int n[2]; };
typedef struct { int x; } __attribute__((__scalar_storage_order__("big-endian"))) unnamed;
struct same { int y; } __attribute__((scalar_storage_order("little-endian")));
struct holder { struct packet packet; int z; };
#pragma scalar_storage_order big-endian
struct by_pragma { int q; };
#pragma scalar_storage_order default
struct after { int q; };
`;

test("structures in another byte order have their bytes, but no members, and say so", { skip }, async () => {
  const { module, made } = await loaded({ headers: [file("storage.h", header)] });
  const words = wordsOf(made);
  for (const name of ["struct packet", "unnamed", "struct by_pragma"]) {
    assert.match(words.get(`members of ${name}`) ?? name, /scalar_storage_order makes them big-endian/);
  }
  assert.deepEqual(
    Object.keys(module.packet._fields_ ?? {}).filter((name) => !name.startsWith("_")),
    [],
  );
  assert.deepEqual(
    [module.packet, module.unnamed, module.by_pragma, module.holder].map((type) => sizeof(type)),
    [12, 4, 4, 16],
  );
  assert.equal(new module.same({ y: 3 }).y, 3);
  assert.equal(new module.after({ q: 3 }).q, 3);
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});

test("a check sees the order of a structure that was written by hand", { skip }, async () => {
  const headers = [file("storage.h", header)];
  class unnamed extends BigEndianStructure({ x: c_int }) {}
  const right = await check({ unnamed }, { headers, cache: false });
  assert.deepEqual(right.differences, []);
  class swapped extends Structure({ x: c_int }) {}
  const { differences } = await check({ unnamed: swapped }, { headers, cache: false });
  assert.deepEqual(
    differences.map(({ name, what, module, headers }) => [name, what, module, headers]),
    [["unnamed", "byte order", "little-endian", "big-endian"]],
  );
});
