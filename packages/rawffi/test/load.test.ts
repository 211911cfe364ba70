/** Which of the binaries is loaded: by the C library that the runtime is linked with. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { interpreterOf } from "../src/load.ts";

const folder = mkdtempSync(join(tmpdir(), "rawffi-load-"));
after(() => rmSync(folder, { recursive: true }));

/** An executable of nothing but a note and its interpreter's path, which stands `at`. */
function executable(name: string, path: string, at: number, isLittle: boolean): string {
  const bytes = Buffer.alloc(at + path.length + 1);
  const half = (value: number, to: number) => bytes[isLittle ? "writeUInt16LE" : "writeUInt16BE"](value, to);
  const word = (value: number, to: number) => bytes[isLittle ? "writeUInt32LE" : "writeUInt32BE"](value, to);
  const wide = (value: number, to: number) =>
    bytes[isLittle ? "writeBigUInt64LE" : "writeBigUInt64BE"](BigInt(value), to);
  bytes.write(`\x7fELF\x02${isLittle ? "\x01" : "\x02"}\x01`, 0, "latin1");
  wide(64, 32);
  half(56, 54);
  half(2, 56);
  word(4, 64);
  word(3, 120);
  wide(at, 128);
  wide(path.length + 1, 152);
  bytes.write(path, at, "latin1");
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

test("the interpreter is found wherever it stands, in both byte orders", () => {
  for (const [i, at] of [200, 5000, 300_000].entries())
    for (const isLittle of [true, false])
      assert.equal(
        interpreterOf(executable(`a${i}${isLittle}`, "/lib/ld-musl-x86_64.so.1", at, isLittle)),
        "/lib/ld-musl-x86_64.so.1\0",
      );
});

test("a script has none, nor has what cannot be read", () => {
  writeFileSync(join(folder, "script"), "#!/bin/sh\n");
  for (const name of ["script", "nothing"]) assert.equal(interpreterOf(join(folder, name)), null);
});
