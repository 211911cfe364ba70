/** What a release refuses to be built with. (Building one takes the network: `npm run build:release`.) */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

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
