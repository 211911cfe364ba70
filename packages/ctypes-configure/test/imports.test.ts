/** Modules that take types from others. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check, type GeneratedModules, generate, generatePerHeader } from "ctypes-configure";
import { sizeof } from "ctypes-js";
import { skipWithoutLibclang } from "./generated.ts";
import { skipWithoutHeader } from "./header-sets.ts";
import { typeErrors, workshop } from "./headers.ts";
import { file, skipWithout } from "./support.ts";

const skip = skipWithoutLibclang();

describe("a module that imports another", { skip }, () => {
  let place: string;
  before(() => {
    place = workshop();
    process.env.CTYPES_DEBUG = "1";
  });
  after(() => rmSync(place, { recursive: true, force: true }));

  const write = (name: string, text: string) => writeFileSync(join(place, name), text);
  const load = (name: string) => import(pathToFileURL(join(place, name)).href);

  const glx = { headers: ["GL/glx.h"], libraries: ["GL"] };
  test("has GLX's functions over the types of Xlib's module", { skip: skipWithoutHeader(glx) }, async () => {
    write("x11.ts", generate({ headers: ["X11/Xlib.h"], libraries: ["X11"] }).text);
    const { text, declarations } = generate({
      ...glx,
      imports: { "X11/Xlib.h": join(place, "x11.ts") },
      out: join(place, "glx.ts"),
    });
    write("glx.ts", text);
    assert.match(text, /^import \{[^}]*\bXVisualInfo\b|export class XVisualInfo /m);
    assert.match(text, /^import \{[^}]*\bDisplay\b[^}]*\} from "\.\/x11\.ts";$/m);
    assert.deepEqual(
      declarations.filter(({ header }) => /X11\/(X|Xlib)\.h$/.test(header)),
      [],
    );
    const [x11, made] = [await load("x11.ts"), await load("glx.ts")];
    // Xutil.h is no part of Xlib.h: its structures are here, over those of Xlib.h.
    assert.equal(made.XVisualInfo._fields_.visual._type_, x11.Visual);
    assert.equal("Visual" in made || "libX11" in made || "KeyPress" in made, false);
    assert.deepEqual(made.libGL.glXQueryExtension.constructor._argtypes_[0]._type_, x11.Display);
    assert.equal(sizeof(made.XVisualInfo), 64);
    const { differences, unknown, compared } = await check(made, { cache: false });
    assert.deepEqual([differences, unknown], [[], []]);
    assert.ok(compared > 1000, `${compared} facts`);
  });

  test("takes types by their names in C, and makes those that the other lacks", async () => {
    const base = file(
      "imported_base.h",
      "#pragma once\ntypedef struct lib_point { int x, y; } lib_point;\nenum lib_mode { LIB_A, LIB_B };\nstruct lib_left { lib_point at; };\n#define LIB_SIZE 3\n",
    );
    const user = file(
      "imported_user.h",
      '#include "imported_base.h"\nstruct user { lib_point points[LIB_SIZE]; enum lib_mode mode; struct lib_left left; };\n#define USER 4\n',
    );
    write("base.ts", generate({ headers: [base], strip: ["lib_", "LIB_"], block: [/^lib_left$/] }).text);
    const options = { headers: [user], imports: { [base]: join(place, "base.ts") }, out: join(place, "user.ts") };
    write("user.ts", generate(options).text);
    const [theirs, ours] = [await load("base.ts"), await load("user.ts")];
    assert.equal(ours.user._fields_.points._type_, theirs.point);
    assert.equal(ours.lib_left._fields_.at, theirs.point);
    assert.deepEqual(Object.keys(ours).sort(), ["USER", "__configure__", "lib_left", "user"]);
    assert.deepEqual((await check(ours, { cache: false })).differences, []);
    assert.equal(typeErrors(place), "");
  });

  test("is one for each header, over one or over one for each header", { skip: skipWithout("gcc") }, async () => {
    const [types, base] = [join(place, "point.h"), join(place, "base.h")];
    const [sub, user] = [join(place, "sub.h"), join(place, "user.h")];
    const put = (path: string, text: string) => writeFileSync(path, `#pragma once\n${text}`);
    put(types, "typedef struct point { int x, y; } point;\nenum mode { MODE_A, MODE_B = 4 };\n");
    put(base, '#include "point.h"\nstruct left { point at; };\n#define BASE 3\nint area(point p);\n');
    put(sub, '#include "point.h"\nstruct sub { enum mode mode; };\nint sub_mode(struct sub s);\n');
    put(
      user,
      '#include "base.h"\n#include "sub.h"\nstruct user { point at[BASE]; struct sub sub; };\nint all(struct user u);\n',
    );
    const source = `#include "user.h"
      int area(point p) { return p.x * p.y; } int sub_mode(struct sub s) { return s.mode; }
      int all(struct user u) { return u.at[2].x + u.sub.mode; }`;
    writeFileSync(join(place, "both.c"), source);
    execFileSync("gcc", ["-shared", "-fPIC", "-o", "libboth.so", "both.c"], { cwd: place });
    const library = { libraries: [join(place, "libboth.so")] };
    const putAll = (folder: string, { modules }: GeneratedModules) => {
      mkdirSync(join(place, folder));
      for (const { file, text } of modules) writeFileSync(join(place, folder, file), text);
    };
    write("home.ts", generate({ headers: [base], ...library }).text);
    putAll("bases", generatePerHeader({ headers: [base], ...library }));
    const over = (imported: string, out: string) => {
      const imports = { [base]: join(place, imported) };
      return { headers: [user], ...library, imports, out: join(place, out) };
    };
    putAll("users", generatePerHeader(over("home.ts", "users")));
    putAll("more", generatePerHeader(over("bases/base.ts", "more")));
    write("whole.ts", generate(over("bases/base.ts", "whole.ts")).text);
    for (const [name, home] of [
      ["users/user.ts", "home.ts"],
      ["more/user.ts", "bases/base.ts"],
      ["whole.ts", "bases/base.ts"],
    ] as const) {
      const [made, theirs] = [await load(name), await load(home)];
      assert.equal(made.user._fields_.at._type_, theirs.point, name);
      assert.equal(made.sub._fields_.mode, theirs.mode, name);
      const at = [{ x: 0, y: 0 }, theirs.point.from_buffer(new Uint8Array(8)), { x: 5, y: 0 }];
      assert.equal(made.libboth.all(new made.user({ at, sub: { mode: theirs.mode.MODE_B } })), 9);
      // As in C, who imports the module sees what its header includes; the library is its own.
      if (name !== "whole.ts") {
        assert.deepEqual([made.point, made.left, made.BASE], [theirs.point, theirs.left, 3]);
        assert.ok("all" in made.libboth && !("all" in theirs.libboth));
      }
      const { differences, unknown, compared } = await check(made, { cache: false });
      assert.deepEqual([differences, unknown, compared > 10], [[], [], true]);
    }
    assert.deepEqual(readdirSync(join(place, "users")).sort(), [
      ...["libraries.ts", "sub.ts", "sub.types.ts", "user.ts", "user.types.ts"],
    ]);
    for (const folder of [".", "bases", "users", "more"]) assert.equal(typeErrors(join(place, folder)), "");
  });

  test("takes a type from the module that has made it, of several whose headers include its own", async () => {
    const one = file("several_one.h", "#pragma once\nstruct one { int x; };\n");
    const two = file("several_two.h", '#pragma once\n#include "several_one.h"\nstruct two { struct one one; };\n');
    const three = file(
      "several_three.h",
      '#include "several_two.h"\nstruct three { struct one one; struct two two; };\n',
    );
    write("one.ts", generate({ headers: [one] }).text);
    const [first, out] = [{ [one]: join(place, "one.ts") }, (name: string) => join(place, name)];
    write("two.ts", generate({ headers: [two], imports: first, out: out("two.ts") }).text);
    const imports = { [two]: join(place, "two.ts"), ...first };
    write("three.ts", generate({ headers: [three], imports, out: out("three.ts") }).text);
    const [ones, threes] = [await load("one.ts"), await load("three.ts")];
    assert.equal(threes.three._fields_.one, ones.one);
    assert.deepEqual(Object.keys(threes).sort(), ["__configure__", "three"]);
  });

  test("says which header or module is not there", () => {
    const header = file("alone.h", "int alone(void);\n");
    const other = { headers: [header], imports: { "zlib.h": "zlib.ts" } };
    assert.throws(() => generate(other), /imports: zlib\.h: none of the headers includes it/);
    const missing = { headers: [header], imports: { [header]: "no-such-package" } };
    assert.throws(() => generate(missing), /imports: no-such-package: there is no such file, and no such package/);
  });
});
