/**
 * What can be known of macOS without one: its assembler, the form of its files, and how they are judged.
 * `npm run test:on -- macos` builds the addon.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Assembler } from "../packages/rawffi/src/stubs/aapcs64/assembler.ts";
import { instructions } from "../packages/rawffi/test/arm64-instructions.ts";
import { missingCompiler } from "../packages/rawffi/test/stubs-arm64.ts";
import { faultsOfAddon, readMachO } from "../scripts/setup/macho.mjs";
import { MACOS } from "../scripts/setup/zig.mjs";

const CLANG = "clang-14";
const root = join(import.meta.dirname, "..");
const hasClang = spawnSync(CLANG, ["--version"]).status === 0;
const skip = !hasClang && `there is no ${CLANG}: on Debian, apt-get install ${CLANG}`;
const folder = mkdtempSync(join(tmpdir(), "ctypes-macos-"));
after(() => rmSync(folder, { recursive: true }));

/** Compiles C or assembly for macOS to an object file, and returns its path. */
function compile(name: string, text: string, cpu: "arm64" | "x86_64", ...options: string[]): string {
  const source = join(folder, name);
  writeFileSync(source, text);
  const object = `${source}-${cpu}.o`;
  execFileSync(CLANG, [`--target=${cpu}-apple-macosx${MACOS}`, ...options, "-c", "-o", object, source]);
  return object;
}

function codeIn(object: string): Buffer {
  const sections: { name: string; bytes: Buffer }[] = readMachO(object).sections;
  const code = sections.find(({ name }) => name === "__text")?.bytes;
  assert.ok(code, `${object} has no code`);
  return code;
}

test("Clang's assembler for macOS writes what ours writes", { skip }, () => {
  const lines = [...instructions()].map(([text, write]) => {
    const asm = new Assembler();
    write(asm);
    return { text, bytes: asm.code() };
  });
  // There a semicolon begins a comment.
  const text = lines.map((line) => line.text.replaceAll("; ", "\n")).join("\n");
  const code = codeIn(compile("all.s", `${text}\n`, "arm64"));
  let at = 0;
  for (const { text, bytes } of lines) {
    assert.deepEqual([...bytes], [...code.subarray(at, at + bytes.length)], text);
    at += bytes.length;
  }
  assert.equal(at, code.length);
});

test("the call site of throwing stubs is the same code on macOS as on Linux", { skip: skip || missingCompiler }, () => {
  const source = join(root, "packages/rawffi/native/callsite.cc");
  const include = ["-I", join(root, "packages/rawffi/build")];
  const linux = { arm64: "aarch64-linux-gnu-", x86_64: process.arch === "x64" ? "" : "x86_64-linux-gnu-" };
  for (const cpu of ["arm64", "x86_64"] as const) {
    const elf = join(folder, `${cpu}.elf`);
    execFileSync(`${linux[cpu]}gcc`, [...include, "-x", "c", "-c", "-o", `${elf}.o`, source]);
    const section = ["-O", "binary", "-j", ".text.rawffiCallSite"];
    execFileSync(`${linux[cpu]}objcopy`, [...section, `${elf}.o`, elf]);
    // Clang knows raw strings in C++ only; the file is read as if it were C.
    const object = compile("callsite.cc", readFileSync(source, "utf8"), cpu, ...include, "-U__cplusplus");
    assert.deepEqual(codeIn(object), readFileSync(elf), cpu);
  }
});

test("a Mach-O file says its processor, its oldest system, and its symbols", { skip }, () => {
  const text =
    "extern int given; int mine = 3; static int own(void) { return 1; } int f(void) { return given + own(); }";
  for (const [cpu, name] of [
    ["arm64", "arm64"],
    ["x86_64", "x64"],
  ] as const) {
    const read = readMachO(compile("symbols.c", text, cpu));
    assert.deepEqual([read.cpu, read.kind, read.oldest], [name, "object", "11.0"]);
    assert.deepEqual(read.exported.toSorted(), ["_f", "_mine"]);
    assert.deepEqual(
      read.wanted.map((one: { name: string }) => one.name),
      ["_given"],
    );
  }
});

test("an addon that is not as macOS wants it is refused, with each reason", { skip }, () => {
  const faults = faultsOfAddon(compile("wrong.c", "int f(void) { return 1; }", "x86_64"), "arm64", "12.0").join("\n");
  for (const reason of [
    "it is for x64",
    "it is of kind object",
    "it needs macOS 11.0, and not 12.0",
    "it has no signature",
    "it is linked with ",
    "it does not export what Node calls",
    "it exports _f",
    "its thunks are no page of code",
  ])
    assert.ok(faults.includes(reason), `${reason}, in:\n${faults}`);
  assert.throws(() => readMachO(process.execPath), /is no Mach-O file of 64 bits/);
});
