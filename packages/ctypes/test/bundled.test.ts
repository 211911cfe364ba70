/** What messages say in a program that esbuild has bundled, which renames classes: to `_Shape`, or to `e`. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "ctypes-bundled-"));
after(() => rmSync(folder, { recursive: true }));

const PROGRAM = `
import { ARRAY, CData, CDLL, CFUNCTYPE, POINTER, Structure, c_int, c_char_p, c_size_t } from "ctypes-js";
import { RECT, PRECT } from "ctypes-js/wintypes";
class Shape extends Structure({ x: c_int, next: () => POINTER(Shape) }) {
  static override readonly name = "Shape";
  static make() { return new Shape(); }
}
const libc = new CDLL(null, { strlen: CFUNCTYPE(c_size_t, c_char_p) });
for (const act of [
  () => new c_int("a" as never),
  () => libc.strlen(libc as never),
  () => new RECT({ none: 1 } as never),
  () => new (CData as never)(),
  () => new Shape({ none: 1 } as never),
  () => { new Shape().next = 5 as never; },
]) {
  try { act(); } catch (error) { console.log((error as Error).message); }
}
console.log(PRECT.name, ARRAY(c_int, 2).name, POINTER(Shape).name);
`;

const SAID = `expected an integer for c_int, got the string "a"
strlen(): argument 1: expected a string, Uint8Array or null for c_char_p, got a CDLL
RECT has no member 'none'; its members are left, top, right, bottom
CData is an abstract class: it has no size and no instances
Shape has no member 'none'; its members are x, next
Shape.next: expected POINTER(Shape), an array or buffer of Shape, or null, got the number 5
LP_RECT c_int_Array_2 LP_Shape
`;

for (const minify of [false, true]) {
  test(`the names of C types are what they are in a program that is bundled${minify ? " and minified" : ""}`, async () => {
    const entry = join(folder, "program.ts");
    writeFileSync(entry, PROGRAM);
    const outfile = join(folder, `bundled-${minify}.mjs`);
    await build({
      entryPoints: [entry],
      outfile,
      minify,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      nodePaths: [join(root, "node_modules")],
      // It finds its binaries beside itself.
      plugins: [{ name: "rawffi", setup: (of) => of.onResolve({ filter: /^rawffi$/ }, () => outside) }],
      logLevel: "silent",
    });
    const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, SAID);
  });
}

const outside = { path: join(root, "packages/rawffi/dist/index.js"), external: true };
