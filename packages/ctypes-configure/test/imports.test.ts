/** Modules that take types from others. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check, generate } from "ctypes-configure";
import { sizeof } from "ctypes-js";
import { skipWithoutLibclang } from "./generated.ts";
import { skipWithoutHeader } from "./header-sets.ts";
import { typeErrors, workshop } from "./headers.ts";
import { file } from "./support.ts";

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

  test("says which header or module is not there", () => {
    const header = file("alone.h", "int alone(void);\n");
    const other = { headers: [header], imports: { "zlib.h": "zlib.ts" } };
    assert.throws(() => generate(other), /imports: zlib\.h: none of the headers includes it/);
    const missing = { headers: [header], imports: { [header]: "no-such-package" } };
    assert.throws(() => generate(missing), /imports: no-such-package: there is no such file, and no such package/);
  });
});
