/** Headers of Debian: the modules made of them agree with C in every size, alignment, offset and constant. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Config } from "ctypes-libclang";
import { HEADER_SETS, type HeaderSet, skipWithoutHeader } from "./header-sets.ts";
import { tryHeader, typeErrors, workshop } from "./headers.ts";

const noLibclang = ((): string | false => {
  try {
    Config.get_filename();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
})();

// Some of these libraries leave memory behind when they are closed; a leak sanitizer would tell it of us.

describe("a module made of a header that Debian has", () => {
  let folder: string;
  before(() => {
    folder = workshop();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, functions, facts] of [
    ["zlib", 80, 600],
    ["sqlite3", 250, 2000],
    ["xlib", 500, 7000],
    ["gl", 300, 8000],
    ["avcodec", 100, 4000],
    ["curl", 60, 1800],
    ["clang", 300, 2500],
    ["libxml", 700, 7000],
    ["glib", 1000, 5000],
    ["gio", 2500, 25000],
    ["vulkan", 100, 10000],
    ["evp", 500, 5000],
    ["freetype", 200, 6000],
  ] as const) {
    const set = HEADER_SETS[name] as HeaderSet;
    const skip = noLibclang || skipWithoutHeader(set);
    test(`${set.headers[0]}: zero differences`, { skip }, async () => {
      const { differences, compared, unknown, declarations } = await tryHeader(name, folder);
      assert.deepEqual(differences, []);
      assert.deepEqual(unknown, []);
      assert.ok(compared > facts, `${compared} facts compared`);
      const found = declarations.filter(({ kind }) => kind === "function").length;
      assert.ok(found > functions, `${found} functions`);
    });
  }

  test("passes tsc under strict", { skip: noLibclang }, () => {
    assert.equal(typeErrors(folder), "");
  });
});
