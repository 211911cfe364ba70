/** What a release refuses to be built with. (Building one takes the network: `npm run build:release`.) */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { changesOf, check, dated } from "../scripts/release/check.mjs";
import { ownPlatform, stage } from "../scripts/release/stage.mjs";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "ctypes-release-"));
after(() => rmSync(folder, { recursive: true }));

function release(environment: NodeJS.ProcessEnv): { status: number | null; stderr: string } {
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, [join(root, "scripts/release.mjs")], { encoding: "utf8", env, timeout: 60_000 });
}

test("an older libffi, or one that does not say its version", () => {
  mkdirSync(join(folder, "include"));
  const header = join(folder, "include/ffi.h");
  for (const [text, said] of [
    ["", "no version"],
    ["#define FFI_VERSION_NUMBER 30502", "30502"],
  ] as const) {
    writeFileSync(header, text);
    const { status, stderr } = release({ LIBFFI: folder });
    assert.deepEqual([status, stderr.trim()], [1, `a release needs libffi 3.8.0 or newer: ${header} says ${said}`]);
  }
});

test("another source than the pinned one", (context) => {
  const made = join(root, "node_modules/.cache/libffi", `3.8.0-${process.platform}-${process.arch}`, "lib/libffi.a");
  if (spawnSync("test", ["-e", made]).status === 0) return context.skip("the pinned one is built already");
  const tarball = join(folder, "libffi.tar.gz");
  writeFileSync(tarball, "something else");
  const { status, stderr } = release({ LIBFFI: "", LIBFFI_SOURCE: tarball });
  assert.equal(status, 1);
  assert.match(stderr, /is not libffi 3\.8\.0: its SHA-256 is [0-9a-f]{64}, expected bf40d752/);
});

test("the packages as they are have nothing wrong", () => {
  const place = join(folder, "whole");
  const names = stage(place, [ownPlatform()]);
  const { problems, sizes } = check(place, names);
  assert.deepEqual(problems, []);
  assert.ok([...sizes.values()].every((size) => size > 1000));
});

test("what is wrong in a package is said", () => {
  const place = join(folder, "broken");
  mkdirSync(join(place, "one/test"), { recursive: true });
  const manifest = { name: "one", version: "1.0.0", license: "ISC", main: "./none.js", scripts: { install: "make" } };
  writeFileSync(join(place, "one/package.json"), JSON.stringify(manifest));
  writeFileSync(join(place, "one/LICENSE"), "mine");
  writeFileSync(join(place, "one/test/a.js"), "");
  assert.deepEqual(check(place, ["one"]).problems, [
    "one: the license is ISC, not MIT",
    "one: LICENSE is not that of the repository",
    "one: THIRD-PARTY-NOTICES.md is not packed",
    "one: README.md is not packed",
    "one: ./none.js is not packed",
    "one: test/a.js is packed",
    "one: has the script install, which most programs do not run",
  ]);
});

test("a release needs an entry of CHANGELOG, and gives it its day", () => {
  const changelog = "# Changelog\n\n## Unreleased (1.2.0)\n\n- New.\n\n## 1.1.0 (2026-01-02)\n\n- Old.\n";
  assert.deepEqual([changesOf("1.2.0", changelog), changesOf("1.1.0", changelog)], ["- New.", "- Old."]);
  assert.equal(changesOf("1.3.0", changelog), null);
  assert.equal(changesOf("1.2.0", "## Unreleased (1.2.0)\n\n"), null);
  assert.match(dated("1.2.0", changelog, "2026-03-04"), /^## 1\.2\.0 \(2026-03-04\)$/m);
});
