/**
 * Names that JavaScript, TypeScript or the module itself has already, and types that name themselves: all type-check
 * and run.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "ctypes-configure";
import { pointer } from "ctypes-js";
import { complaintsAbout, loaded, skipWithoutLibclang } from "./generated.ts";
import { file } from "./support.ts";

const skip = skipWithoutLibclang();

const globals =
  "Array Boolean Date Error Function Infinity Iterator JSON Map Math NaN Number Object Partial Promise Proxy Readonly Record Reflect RegExp " +
  "Set String Symbol Uint8Array globalThis process console module exports require undefined";
const imported =
  "ARRAY ArrayOf ArrayType CDLL CData CFUNCTYPE CharArray Func FunctionType Opaque POINTER Pointer PointerType Structure TypeOf Union " +
  "alignment bits classes field offsetof pointer sizeof_ symbol c_int";
const words =
  "abstract accessor as asserts async check constructor declare from get global hasOwnProperty infer is keyof name namespace object of out " +
  "prototype readonly satisfies set toString type unique using valueOf __proto__";

test("structures with names that are taken", { skip }, async () => {
  const names = `${globals} ${imported} ${words}`.split(" ");
  const structures = names.map((name) => `struct ${name} { int x; struct ${name} *next; };`);
  const path = file("taken.h", `${structures.join("\n")}\nint use(struct Record *Record, struct Array *eval);\n`);
  const { module, made } = await loaded({ headers: [path] });
  for (const name of names) {
    const type = module[name] ?? module[`${name}_`];
    assert.equal(new type({ x: 7 }).x, 7, name);
  }
  assert.deepEqual((await check(module, { cache: false })).differences, []);
  assert.equal(complaintsAbout(made), "");
});

test("structures that name themselves through typedefs of pointers, arrays and functions", { skip }, async () => {
  const path = file(
    "circle.h",
    `
typedef struct node_ *node; struct node_ { void *data; node previous, next; int value; };
typedef struct first first_t; typedef first_t *first_p; typedef struct second *second_p;
struct first { second_p other; first_p all[3]; int x; }; struct second { first_p other; first_t inner; };
typedef struct row *rows[4]; struct row { rows neighbours; int x; };
typedef int (*visit)(struct visitor *self, int depth); struct visitor { visit call; int x; };
typedef struct deep **deep_p; struct deep { deep_p p; int x; };
`,
  );
  const { module, made } = await loaded({ headers: [path] });
  const last = new module.node_({ value: 2 });
  const first = new module.node_({ value: 1, next: pointer(last) });
  assert.equal(first.next.contents.value, 2);
  assert.equal(first.previous, null);
  assert.deepEqual((await check(module, { cache: false })).differences, []);
  assert.equal(complaintsAbout(made), "");
});
