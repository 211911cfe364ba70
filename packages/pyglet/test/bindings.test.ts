/** The modules of the C libraries: made again they are the same, and they say what this machine's headers say. */
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

/** A group of modules: its folder in `native/`, the headers it needs, and the modules that are compared. */
interface Group {
  folder: string;
  headers: string[];
  modules: string[];
}

const GROUPS: Record<string, Group> = {
  x11: {
    folder: ".",
    headers: ["X11/XKBlib.h", "X11/extensions/Xrandr.h", "X11/extensions/XTest.h", "GL/glx.h", "GL/glu.h"],
    modules: ["Xlib", "Xrandr", "gl", "glx"],
  },
  gles: {
    folder: "gles",
    headers: ["GLES3/gl3.h", "EGL/egl.h", "EGL/eglext.h"],
    modules: ["gl3", "egl", "eglext"],
  },
  media: {
    folder: "media",
    headers: ["AL/alext.h", "libavformat/avformat.h", "libswscale/swscale.h", "libswresample/swresample.h"],
    modules: ["al/al", "al/alext", "av/avformat", "av/avcodec", "av/avutil", "av/swscale", "av/swresample"],
  },
  text: {
    folder: "text",
    headers: ["freetype2/ft2build.h", "fontconfig/fontconfig.h", "harfbuzz/hb-ft.h", "fribidi/fribidi.h"],
    modules: ["freetype", "fontconfig", "hb-ft", "fribidi"],
  },
};

/** The files of a folder and of those in it. */
function modulesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort();
}

test("each folder of rules is a group here", () => {
  const folders = readdirSync(native).filter((name) => existsSync(join(native, name, "ctypes-configure.json")));
  assert.deepEqual(Object.keys(GROUPS).sort(), ["x11", ...folders].sort());
});

for (const [name, { folder, headers, modules }] of Object.entries(GROUPS)) {
  const missing = headers.filter(
    (header) => !["/usr/include", "/usr/include/x86_64-linux-gnu"].some((place) => existsSync(join(place, header))),
  );
  const skip = missing.length === 0 ? false : `headers are missing: ${missing.join(", ")}`;
  const committed = join(native, folder, "generated");

  describe(`the modules of ${name}`, { skip }, () => {
    test("are made again by one command, as they are", () => {
      const out = mkdtempSync(join(tmpdir(), "pyglet-bindings-"));
      try {
        const program = join(root, "scripts/pyglet.mjs");
        const options = ["bindings", "--only", name, "--out", out];
        const made = spawnSync(process.execPath, [program, ...options], { encoding: "utf8" });
        assert.equal(made.status, 0, made.stderr);
        const again = join(out, folder, "generated");
        const files = modulesIn(again);
        assert.deepEqual(files, modulesIn(committed));
        const stale = files.filter(
          (file) => readFileSync(join(again, file), "utf8") !== readFileSync(join(committed, file), "utf8"),
        );
        assert.deepEqual(stale, [], `npm run pyglet -- bindings --only ${name}`);
      } finally {
        rmSync(out, { recursive: true });
      }
    });

    for (const module of modules) {
      test(`${module}.ts says what the header says`, async () => {
        const loaded = await import(pathToFileURL(join(committed, `${module}.ts`)).href);
        const { differences, unknown, compared } = await check(loaded);
        assert.deepEqual([differences, unknown], [[], []]);
        assert.ok(compared > 0);
      });
    }
  });
}
