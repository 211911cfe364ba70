/** Checks: what a module says of enumerations, functions and variables, and what headers no longer have. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { check, generate } from "ctypes-configure";
import {
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_long,
  c_longlong,
  c_short,
  c_size_t,
  c_ubyte,
  c_uint,
  c_ulong,
  c_void_p,
  Opaque,
  POINTER,
  Structure,
  type TypeOf,
} from "ctypes-js";
import { Config } from "ctypes-libclang";
import { file, folder } from "./support.ts";

const skip = ((): string | false => {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
})();

const header = `
#include <stddef.h>
#define LEVEL 3
enum color { RED, GREEN = 5, BLUE = -1 };
typedef struct point { int x, y; } point;
struct hidden;
typedef int (*visit_t)(const point *p, void *data);
int add(int left, long right);
point middle(const point *points, size_t count);
int shout(const char *format, ...);
void each(struct hidden *h, visit_t visit);
unsigned char *bytes(void);
enum color mix(enum color a, double b);
int old();
extern short counter;
`;
const source = `
#include <checked.h>
short counter = 7;
int add(int left, long right) { return left + right; }
point middle(const point *points, size_t count) { return *points; }
int shout(const char *format, ...) { return 0; }
void each(struct hidden *h, visit_t visit) {}
unsigned char *bytes(void) { return 0; }
enum color mix(enum color a, double b) { return a; }
int old() { return 1; }
int secret(void) { return 2; }
`;

class point extends Structure({ x: c_int, y: c_int }) {}
class hidden extends Opaque("hidden") {}

describe("a check", { skip }, () => {
  let library: string;
  const settings = () => ({ headers: ["checked.h"], includeDirs: [folder()], cache: false as const });
  before(() => {
    file("checked.h", header);
    library = join(folder(), "libchecked.so");
    const args = ["-shared", "-fPIC", "-w", `-I${folder()}`, "-o", library, file("checked.c", source)];
    const built = spawnSync("gcc", args, { encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
  });

  /** "name what: ours / theirs" for each difference of a library that is declared so. */
  async function differencesOf(symbols: Record<string, TypeOf>): Promise<string[]> {
    const lib = new CDLL(library, symbols);
    const { differences } = await check({ lib }, settings());
    return differences.map(({ name, what, module, headers }) => `${name} ${what}: ${module} / ${headers}`);
  }

  test("finds no difference in functions and variables that are declared as the headers have them", async () => {
    const lib = new CDLL(library, {
      add: CFUNCTYPE(c_int, c_int, c_long),
      middle: CFUNCTYPE(point, POINTER(point), c_size_t),
      shout: CFUNCTYPE(c_int, c_char_p, "..."),
      each: CFUNCTYPE(null, POINTER(hidden), CFUNCTYPE(c_int, POINTER(point), c_void_p)),
      bytes: CFUNCTYPE(POINTER(c_ubyte)),
      mix: CFUNCTYPE(c_int, c_uint, c_double),
      old: CFUNCTYPE(c_int, c_int),
      counter: c_short,
    });
    const { differences, unknown, compared } = await check({ lib, point }, settings());
    // An enumeration with a negative value is an int.
    assert.deepEqual(
      differences.map(({ name, what, module, headers }) => [name, what, module, headers]),
      [["lib.mix", "parameter 1 (a)", "c_uint", "enum color"]],
    );
    assert.deepEqual(unknown, []);
    assert.ok(compared > 25, `${compared} facts`);
  });

  test("takes void * and bytes for what may be anything", async () => {
    const symbols = {
      middle: CFUNCTYPE(point, c_void_p, c_size_t),
      each: CFUNCTYPE(null, c_void_p, c_void_p),
      bytes: CFUNCTYPE(c_char_p),
    };
    assert.deepEqual(await differencesOf(symbols), []);
  });

  test("tells how many parameters there are, and whether more may follow", async () => {
    assert.deepEqual(await differencesOf({ add: CFUNCTYPE(c_int, c_int) }), ["lib.add parameters: 1 / 2"]);
    assert.deepEqual(await differencesOf({ shout: CFUNCTYPE(c_int, c_char_p) }), ["lib.shout variadic: false / true"]);
    assert.deepEqual(await differencesOf({ add: CFUNCTYPE(c_int, c_int, c_long, "...") }), [
      "lib.add variadic: true / false",
    ]);
  });

  test("tells parameters and results of another size or kind", async () => {
    assert.deepEqual(await differencesOf({ add: CFUNCTYPE(c_ulong, c_uint, c_int) }), [
      "lib.add result: c_ulong / int",
      "lib.add parameter 1 (left): c_uint / int",
      "lib.add parameter 2 (right): c_int / long",
    ]);
    assert.deepEqual(await differencesOf({ mix: CFUNCTYPE(null, c_int, c_float) }), [
      "lib.mix result: null / enum color",
      "lib.mix parameter 2 (b): c_float / double",
    ]);
    assert.deepEqual(await differencesOf({ middle: CFUNCTYPE(POINTER(point), point, c_size_t) }), [
      "lib.middle result: POINTER(point) / point",
      "lib.middle parameter 1 (points): point / const point *",
    ]);
  });

  test("tells pointers to something else", async () => {
    class larger extends Structure({ x: c_int, y: c_int, z: c_int }) {}
    assert.deepEqual(await differencesOf({ middle: CFUNCTYPE(point, POINTER(larger), c_size_t) }), [
      "lib.middle parameter 1 (points): POINTER(larger) / const point *",
    ]);
    assert.deepEqual(await differencesOf({ each: CFUNCTYPE(null, POINTER(c_int), POINTER(c_int)) }), [
      "lib.each parameter 1 (h): POINTER(c_int) / struct hidden *",
      "lib.each parameter 2 (visit): POINTER(c_int) / visit_t",
    ]);
    assert.deepEqual(
      await differencesOf({ each: CFUNCTYPE(null, POINTER(hidden), CFUNCTYPE(c_int, POINTER(point))) }),
      ["lib.each parameter 2 (visit): CFUNCTYPE(c_int, POINTER(point)) / visit_t"],
    );
  });

  test("tells variables of another type, and what is no function", async () => {
    assert.deepEqual(await differencesOf({ counter: c_int }), ["lib.counter type: c_int / c_short"]);
    assert.deepEqual(await differencesOf({ add: c_int }), ["lib.add kind: a variable / a function"]);
  });

  test("names symbols that no header declares, and those that the library lacks", async () => {
    const lib = new CDLL(library, { secret: CFUNCTYPE(c_int) });
    assert.deepEqual((await check({ lib }, settings())).unknown, ["lib.secret"]);
    file("more.h", '#include "checked.h"\nint promised(void);\n');
    const other = new CDLL(library, { promised: CFUNCTYPE(c_int) });
    const { differences } = await check({ other }, { ...settings(), headers: ["more.h"] });
    assert.match(String(differences[0]?.headers), /no symbol 'promised'/);
  });

  test("compares every enumerator, and knows which are missing", async () => {
    const { differences, unknown } = await check({ color: { RED: 0, GREEN: 6, MAUVE: 9 } }, settings());
    assert.deepEqual(
      differences.map(({ name, module, headers }) => [name, module, headers]),
      [
        ["color.GREEN", 6, 5],
        ["color.BLUE", undefined, -1],
      ],
    );
    assert.deepEqual(unknown, ["color.MAUVE"]);
    // An object of constants need be no enumeration of C.
    const any = await check({ Mine: { LEVEL: 3, BLUE: -1 }, options: { verbose: 1 } }, settings());
    assert.deepEqual([any.differences, any.unknown, any.compared], [[], ["options"], 2]);
  });

  test("of a generated module finds what the headers changed since", async () => {
    const { text } = generate({ headers: ["checked.h"], includeDirs: [folder()], libraries: [library] });
    const layouts = { point: ["struct point", 8, 4, { x: 0, y: 4 }] };
    const lib = new CDLL(library, { add: CFUNCTYPE(c_int, c_int, c_long) });
    const module = {
      __configure__: { source: { headers: ["checked.h"], includeDirs: [folder()] }, names: {}, layouts },
      ...{ LEVEL: 3, point, color: { RED: 0, GREEN: 5, BLUE: -1 }, lib },
    };
    assert.match(text, /point: \["struct point", 8, 4, \{ x: 0, y: 4 \}\]/);
    assert.deepEqual(await check(module, { cache: false }).then((found) => [found.differences, found.unknown]), [
      [],
      [],
    ]);
    const changed = header
      .replace("#define LEVEL 3", "")
      .replace("int x, y;", "long x; int z;")
      .replace("GREEN = 5,", "")
      .replace("long right", "int right");
    file("checked.h", changed);
    try {
      const { differences, unknown } = await check(module, { cache: false });
      assert.deepEqual(
        differences.map(({ name, what }) => `${name} ${what}`),
        ["point size", "point alignment", "point.x size", "lib.add parameter 2 (right)"],
      );
      assert.deepEqual([...unknown].sort(), ["LEVEL", "color.GREEN", "point.y"]);
    } finally {
      file("checked.h", header);
    }
  });

  test("of headers that do not compile is the compiler's message", async () => {
    file("broken.h", "int f(\n");
    await assert.rejects(check({ LEVEL: 3 }, { ...settings(), headers: ["broken.h"] }), /expected|error/);
    const odd = { LEVEL: 3, wide: c_longlong };
    assert.deepEqual((await check(odd, settings())).differences, []);
  });
});
