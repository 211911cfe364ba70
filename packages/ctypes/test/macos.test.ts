/** Where libraries are looked for on macOS; it is a search among files, which any system has. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { dyld_find, framework_find } from "ctypes-js/util";

const folder = mkdtempSync(join(tmpdir(), "ctypes-dyld-"));
after(() => rmSync(folder, { recursive: true }));

/** Makes an empty file, and returns its path. */
function file(...names: string[]): string {
  const path = join(folder, ...names);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  return path;
}

const find = (name: string, variables: Record<string, string> = {}) =>
  dyld_find(name, null, { HOME: join(folder, "home"), ...variables });

test("a library is found in the folders that are the default, and by its path", () => {
  const own = file("home/lib/libown.dylib");
  assert.equal(find("libown.dylib"), own);
  assert.equal(find(own), own);
  assert.equal(find("/elsewhere/libown.dylib"), own);
  assert.equal(find("libother.dylib"), null);
  assert.equal(find(dirname(own)), null, "a folder is no library");
});

test("a framework's library is found, by each of its names", () => {
  const own = file("home/Library/Frameworks/Own.framework/Versions/A/Own");
  assert.equal(find("Own.framework/Versions/A/Own"), own);
  const current = file("home/Library/Frameworks/Own.framework/Own");
  for (const name of ["Own", "Own.framework", "Own.framework/Own"])
    assert.equal(framework_find(name, null, { HOME: join(folder, "home") }), current, name);
  assert.equal(framework_find("Other", null, {}), null);
});

test("DYLD_LIBRARY_PATH and DYLD_FRAMEWORK_PATH come before a path that is given", () => {
  const given = file("given/libtwice.dylib");
  const first = file("first/libtwice.dylib");
  const library = join(folder, "first");
  assert.equal(find(given, { DYLD_LIBRARY_PATH: `${join(folder, "none")}:${library}` }), first);
  const framework = file("first/Twice.framework/Twice");
  file("given/Twice.framework/Twice");
  assert.equal(find(join(folder, "given/Twice.framework/Twice"), { DYLD_FRAMEWORK_PATH: library }), framework);
});

test("the variables for what is not found elsewhere replace the default folders", () => {
  const last = file("last/liblast.dylib");
  file("home/lib/libdefault.dylib");
  const variables = { DYLD_FALLBACK_LIBRARY_PATH: join(folder, "last") };
  assert.equal(find("liblast.dylib", variables), last);
  assert.equal(find("libdefault.dylib", variables), null);
  const framework = file("last/Last.framework/Last");
  assert.equal(find("Last.framework/Last", { DYLD_FALLBACK_FRAMEWORK_PATH: join(folder, "last") }), framework);
});

test("a variant with the suffix that is asked for comes first", () => {
  const plain = file("home/lib/libplain.dylib");
  file("home/lib/libboth.dylib");
  const debug = file("home/lib/libboth_debug.dylib");
  assert.equal(find("libboth.dylib", { DYLD_IMAGE_SUFFIX: "_debug" }), debug);
  assert.equal(find("libplain.dylib", { DYLD_IMAGE_SUFFIX: "_debug" }), plain);
});

test("a library beside the executable is found where that is known", () => {
  const beside = file("program/lib/libbeside.dylib");
  const name = "@executable_path/lib/libbeside.dylib";
  assert.equal(dyld_find(name, join(folder, "program"), {}), beside);
  assert.equal(find(name), null);
});
