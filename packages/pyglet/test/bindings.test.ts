/** The modules of X11 and OpenGL: made again they are the same, and they say what this machine's headers say. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { check } from "ctypes-configure";

const root = join(import.meta.dirname, "../../..");
const native = join(root, "packages/pyglet/src/native");
const committed = join(native, "generated");
const headers = [
  "X11/XKBlib.h",
  "X11/extensions/Xrandr.h",
  "X11/extensions/XTest.h",
  "GL/glx.h",
  "GL/glu.h",
  "EGL/egl.h",
];
const missing = headers.filter((header) => !existsSync(join("/usr/include", header)));
const skip = missing.length === 0 ? false : `headers are missing: ${missing.join(", ")}`;

describe("the modules of X11 and OpenGL", { skip }, () => {
  test("are made again by one command, as they are", () => {
    const folder = mkdtempSync(join(tmpdir(), "pyglet-bindings-"));
    try {
      const program = join(root, "scripts/pyglet.mjs");
      const made = spawnSync(process.execPath, [program, "bindings", "--out", folder], { encoding: "utf8" });
      assert.equal(made.status, 0, made.stderr);
      const files = readdirSync(join(folder, "generated")).sort();
      assert.deepEqual(files, readdirSync(committed).sort());
      const stale = files.filter(
        (file) => readFileSync(join(folder, "generated", file), "utf8") !== readFileSync(join(committed, file), "utf8"),
      );
      assert.deepEqual(stale, [], "npm run pyglet -- bindings");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const name of ["Xlib", "Xrandr", "gl", "glx", "egl"]) {
    test(`${name}.ts says what the header says`, async () => {
      const module = await import(pathToFileURL(join(committed, `${name}.ts`)).href);
      const { differences, unknown, compared } = await check(module);
      assert.deepEqual([differences, unknown], [[], []]);
      assert.ok(compared > 0);
    });
  }
});
