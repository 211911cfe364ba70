/**
 * Stubs for AArch64, on any machine: the assembler against GNU as, and calls of random signatures in an emulator
 * against GCC, and by the rules of macOS against clang.
 *
 * `npm run test:on -- arm64-stubs` says what must be installed and runs more signatures: `RAWFFI_ARM64_COUNT` of them,
 * beginning at `RAWFFI_ARM64_SEED`.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Platform } from "../src/interface.ts";
import { aapcs64, apple64 } from "../src/stubs/aapcs64/aapcs64.ts";
import { Assembler } from "../src/stubs/aapcs64/assembler.ts";
import { assign } from "../src/stubs/aapcs64/assign.ts";
import { APPLE, classify, STANDARD } from "../src/stubs/aapcs64/classify.ts";
import { abiFor } from "../src/stubs/index.ts";
import type { AggregateType, RawType, ScalarType } from "../src/types.ts";
import { instructions } from "./arm64-instructions.ts";
import {
  ASSEMBLER,
  compareArm64,
  LINUX,
  MACOS,
  missingAssembler,
  missingClang,
  missingRunner,
  OBJCOPY,
} from "./stubs-arm64.ts";

const SEED = Number(process.env.RAWFFI_ARM64_SEED ?? 7);
const COUNT = Number(process.env.RAWFFI_ARM64_COUNT ?? 300);

// -- The assembler ---------------------------------------------------------------------------------

test("the assembler writes what GNU as writes", { skip: missingAssembler }, () => {
  const lines = [...instructions()].map(([text, write]) => {
    const asm = new Assembler();
    write(asm);
    return { text, bytes: asm.code() };
  });
  const expected = assemble(lines.map(({ text }) => text));
  let at = 0;
  for (const { text, bytes } of lines) {
    assert.deepEqual([...bytes], [...expected.subarray(at, at + bytes.length)], text);
    at += bytes.length;
  }
  assert.equal(at, expected.length);
});

function assemble(lines: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-assembler-"));
  try {
    const file = (name: string) => join(folder, name);
    writeFileSync(file("all.s"), [...lines, ""].join("\n"));
    execFileSync(ASSEMBLER, ["-o", file("all.o"), file("all.s")]);
    execFileSync(OBJCOPY, ["-O", "binary", "-j", ".text", file("all.o"), file("all.bin")]);
    return readFileSync(file("all.bin"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// -- Classification --------------------------------------------------------------------------------

const struct = (size: number, align: number, ...leaves: [ScalarType, number, number?][]): AggregateType => ({
  size,
  align,
  leaves: leaves.map(([type, offset, count = 1]) => ({ type, offset, count })),
});

function kindOf(type: RawType, rules = STANDARD): string {
  const { kind, count, width } = classify(type, rules);
  return `${count} × ${width} ${kind}`;
}

test("one to four members of one floating-point type travel in vector registers", () => {
  assert.equal(kindOf(struct(4, 4, ["float", 0])), "1 × 4 vector");
  assert.equal(kindOf(struct(32, 8, ["double", 0, 4])), "4 × 8 vector");
  assert.equal(kindOf(struct(64, 16, ["longdouble", 0, 4])), "4 × 16 vector");
  assert.equal(kindOf(struct(24, 8, ["cdouble", 0], ["double", 16])), "3 × 8 vector");
  assert.equal(kindOf("clongdouble"), "2 × 16 vector");
});

test("so does a union of such structures, as long as its largest member", () => {
  assert.equal(kindOf(struct(12, 4, ["float", 0], ["float", 0, 3])), "3 × 4 vector");
});

test("five floats, two kinds of floats and floats with padding do not", () => {
  assert.equal(kindOf(struct(20, 4, ["float", 0, 5])), "1 × 8 memory");
  assert.equal(kindOf(struct(16, 8, ["float", 0], ["double", 8])), "2 × 8 general");
  assert.equal(kindOf(struct(16, 16, ["float", 0, 2])), "2 × 8 general");
});

test("up to 16 bytes travel in general registers, and an empty structure in none", () => {
  assert.equal(kindOf(struct(9, 1, ["uint8", 0, 9])), "2 × 8 general");
  assert.equal(kindOf(struct(17, 1, ["uint8", 0, 17])), "1 × 8 memory");
  assert.equal(kindOf(struct(0, 1)), "0 × 8 general");
});

test("a structure is aligned as its members are, not as it is itself", () => {
  assert.equal(classify(struct(16, 16, ["sint128", 0]), STANDARD).align, 16);
  assert.equal(classify({ ...struct(16, 16, ["sint32", 0]), memberAlign: 4 }, STANDARD).align, 8);
});

test("libffi is told of an argument more where an odd register is left out", () => {
  const lowered = aapcs64.lowerParameters({ result: "void", parameters: ["sint32", "sint128", struct(0, 1), "float"] });
  assert.deepEqual(lowered, [
    { slot: 0, isWide: false, type: "sint32" },
    { slot: 1, isWide: false, type: "uint64" },
    { slot: 1, isWide: true, type: { size: 16, align: 16, elements: ["uint8"] } },
    { slot: 3, isWide: false, type: "float" },
  ]);
});

test("Apple's stack arguments take their own size, variadic ones a word, and a long double is a double", () => {
  assert.equal(kindOf("longdouble", APPLE), "1 × 8 vector");
  const { align, stackSize } = classify("sint16", APPLE);
  assert.deepEqual([align, stackSize], [2, 2]);
  const integers = Array<ScalarType>(8).fill("sint64");
  const places = assign({ result: "void", parameters: [...integers, "uint8", "sint16", "float"] }, APPLE).places;
  assert.deepEqual(
    places.slice(8).map(({ stackOffset, register }) => [register, stackOffset]),
    [
      [null, 0],
      [null, 2],
      [0, 0],
    ],
  );
  const printf = assign({ result: "sint32", parameters: ["pointer", "sint32", "double"], fixed: 1 }, APPLE).places;
  assert.deepEqual(
    printf.map(({ stackOffset, register }) => [register, stackOffset]),
    [
      [0, 0],
      [null, 0],
      [null, 8],
    ],
  );
});

test("what libffi does wrong on Apple's systems is refused", () => {
  const few: AggregateType = struct(3, 1, ["uint8", 0, 3]);
  const integers = Array<ScalarType>(8).fill("sint64");
  const fault = (parameters: RawType[], fixed?: number) =>
    apple64.libffiFault({ result: "void", parameters, ...(fixed !== undefined && { fixed }) }, "call", 30800);
  assert.match(fault([...integers, few, "sint8"]) ?? "", /structures on the stack/);
  assert.equal(fault([...integers, few]), null);
  assert.match(fault(["sint32"], 0) ?? "", /variadic/);
  assert.equal(fault(["sint32", "double"], 1), null);
});

test("Linux and macOS on AArch64 have stubs, Windows has none yet", () => {
  const on = (os: string) => abiFor({ arch: "arm64", os } as Platform);
  assert.equal(on("linux"), aapcs64);
  assert.equal(on("darwin"), apple64);
  assert.equal(on("win32"), null);
});

// -- Calls -----------------------------------------------------------------------------------------

test("random signatures are called as GCC compiles them for AArch64", { skip: missingRunner }, (t) => {
  const { run, without, failures } = compareArm64(LINUX, SEED, COUNT);
  t.diagnostic(`${run} signatures ran from seed ${SEED}, ${without} have no stub, ${failures.length} differ`);
  assert.deepEqual(failures, []);
  assert.equal(run, COUNT);
});

test("random signatures are called as clang compiles them for macOS", { skip: missingClang }, (t) => {
  const { run, without, failures } = compareArm64(MACOS, SEED, COUNT);
  t.diagnostic(`${run} signatures ran from seed ${SEED}, ${without} have no stub, ${failures.length} differ`);
  assert.deepEqual(failures, []);
  assert.equal(run, COUNT);
});
