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
import { Assembler, SP, type Width } from "../src/stubs/aapcs64/assembler.ts";
import { assign } from "../src/stubs/aapcs64/assign.ts";
import { APPLE, classify, STANDARD } from "../src/stubs/aapcs64/classify.ts";
import { abiFor } from "../src/stubs/index.ts";
import type { AggregateType, RawType, ScalarType } from "../src/types.ts";
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

type Instruction = [text: string, write: (asm: Assembler) => void];

const x = (register: number) => (register === SP ? "sp" : `x${register}`);

function* instructions(): Generator<Instruction> {
  for (const r of [0, 7, 9, 16, 30]) yield* withRegister(r);
  for (const base of [9, 29, SP]) {
    for (const offset of [0, 1, 8, 16, 255, 256, 4095, 4096, 32760, -1, -256]) yield* withMemory(base, offset);
  }
  for (const offset of [65536, 100001, -257]) yield* withFarMemory(offset);
  yield ["ret", (asm) => asm.return()];
  const ret = Uint8Array.of(0xc0, 0x03, 0x5f, 0xd6);
  yield ["cmp x29, x10; b.ne .+8; ret", (asm) => asm.whenEqual(29, 10, ret)];
  yield ["cmp w10, w11; b.eq .+8; ret", (asm) => asm.unlessEqual(10, 11, ret)];
  yield ["cmp x29, x10; b.lo .+12; ret; ret", (asm) => asm.unlessBelow(29, 10, Uint8Array.of(...ret, ...ret))];
  for (const [to, from] of [
    [0, 1],
    [7, 6],
    [11, 17],
    [30, 2],
  ] as const) {
    yield [`mov x${to}, x${from}`, (asm) => asm.copy(to, from)];
    yield [`fmov d${to}, d${from}`, (asm) => asm.copyVector(to, from)];
    yield [`fcvt s${to}, d${from}`, (asm) => asm.narrow(to, from)];
  }
  for (const offset of [0, 16, 144]) {
    yield [`stp x19, x20, [sp, #${offset}]`, (asm) => asm.storePair(SP, offset, 19, 20)];
    yield [`stp d8, d9, [x29, #${offset}]`, (asm) => asm.storeFloatPair(29, offset, 8, 9)];
  }
  for (const n of [16, 32, 160]) {
    yield [`stp x29, x30, [sp, #-${n}]!; mov x29, sp`, (asm) => asm.enter(n)];
    yield [`mov sp, x29; ldp x29, x30, [sp], #${n}`, (asm) => asm.leave(n)];
  }
  yield [
    "movz x13, #9; 1: ldr q16, [x10], #16; str q16, [x12], #16; subs x13, x13, #1; b.ne 1b",
    (asm) => asm.copyChunks(12, 10, 13, 9, 16),
  ];
}

function* withRegister(r: number): Generator<Instruction> {
  yield [`movz x${r}, #0`, (asm) => asm.immediate64(r, 0n)];
  yield [`movz x${r}, #0xbeef`, (asm) => asm.immediate64(r, 0xbeefn)];
  yield [`movz x${r}, #0x7ffc, lsl #32`, (asm) => asm.immediate64(r, 0x7ffc_0000_0000n)];
  yield [
    `movz x${r}, #0x4444; movk x${r}, #0x3333, lsl #16; movk x${r}, #0x2222, lsl #32; movk x${r}, #0x1111, lsl #48`,
    (asm) => asm.immediate64(r, 0x1111_2222_3333_4444n),
  ];
  yield [`sxtb x${r}, w${r}`, (asm) => asm.extend(1, true, r)];
  yield [`uxtb w${r}, w${r}`, (asm) => asm.extend(1, false, r)];
  yield [`sxth x${r}, w${r}`, (asm) => asm.extend(2, true, r)];
  yield [`uxth w${r}, w${r}`, (asm) => asm.extend(2, false, r)];
  yield [`sxtw x${r}, w${r}`, (asm) => asm.extend(4, true, r)];
  yield [`mov w${r}, w${r}`, (asm) => asm.extend(4, false, r)];
  yield [`orr x${r}, x${r}, x11, lsl #24`, (asm) => asm.orShifted(r, 11, 24)];
  yield [`lsr x${r}, x11, #56`, (asm) => asm.shiftRight(r, 11, 56)];
  yield [`fcvtzs x${r}, d16`, (asm) => asm.truncate(r, 16)];
  yield [`blr x${r}`, (asm) => asm.call(r)];
  yield [`br x${r}`, (asm) => asm.jump(r)];
  yield [`adr x${r}, .+8; ret`, (asm) => asm.addressAfter(r, Uint8Array.of(0xc0, 0x03, 0x5f, 0xd6))];
  for (const base of [9, SP]) {
    yield [`add x${r}, ${x(base)}, #0`, (asm) => asm.address(r, base, 0)];
    yield [`add x${r}, ${x(base)}, #4095`, (asm) => asm.address(r, base, 4095)];
    yield [`add x${r}, ${x(base)}, #1, lsl #12`, (asm) => asm.address(r, base, 4096)];
    yield [`add x${r}, ${x(base)}, #24, lsl #12; add x${r}, x${r}, #1696`, (asm) => asm.address(r, base, 100000)];
  }
  yield [`sub sp, ${x(r)}, #112`, (asm) => asm.subtract(SP, r, 112)];
  yield ["sub sp, sp, #24, lsl #12; sub sp, sp, #1696", (asm) => asm.subtract(SP, SP, 100000)];
  for (const bits of [5, 6, 15]) yield [`and sp, x${r}, #${-(2 ** bits)}`, (asm) => asm.alignDown(SP, r, bits)];
}

const MOVES: readonly [Width, load: string, store: string, name: string][] = [
  [1, "ldrb", "strb", "w"],
  [2, "ldrh", "strh", "w"],
  [4, "ldr", "str", "w"],
  [8, "ldr", "str", "x"],
];
const FLOAT_MOVES = [
  [4, "s"],
  [8, "d"],
  [16, "q"],
] as const;

function* withMemory(base: number, offset: number): Generator<Instruction> {
  const at = `[${x(base)}, #${offset}]`;
  const isUnscaled = (width: number) => offset < 0 || offset % width !== 0 || offset / width > 4095;
  const isFar = (width: number) => isUnscaled(width) && (offset > 255 || offset < -256);
  const spelled = (operation: string, width: number) =>
    isUnscaled(width) ? operation.replace(/^(ld|st)/, "$1u") : operation;
  for (const [width, load, store, name] of MOVES) {
    if (isFar(width)) continue;
    for (const r of [0, 30]) {
      yield [`${spelled(load, width)} ${name}${r}, ${at}`, (asm) => asm.load(width, r, base, offset)];
      yield [`${spelled(store, width)} ${name}${r}, ${at}`, (asm) => asm.store(width, base, offset, r)];
    }
  }
  for (const [width, name] of FLOAT_MOVES) {
    if (isFar(width)) continue;
    for (const r of [0, 16, 31]) {
      yield [`${spelled("ldr", width)} ${name}${r}, ${at}`, (asm) => asm.loadFloat(width, r, base, offset)];
      yield [`${spelled("str", width)} ${name}${r}, ${at}`, (asm) => asm.storeFloat(width, base, offset, r)];
    }
  }
}

function* withFarMemory(offset: number): Generator<Instruction> {
  const parts = [0, 16, 32, 48].map((shift) => [shift, (BigInt(offset) >> BigInt(shift)) & 0xffffn] as const);
  const moves = parts.filter(([, bits]) => bits !== 0n).map(([shift, bits]) => `x17, #${bits}, lsl #${shift}`);
  const number = moves.map((move, i) => `${i === 0 ? "movz" : "movk"} ${move}; `).join("");
  for (const [width, load, store, name] of MOVES) {
    yield [`${number}${load} ${name}5, [sp, x17]`, (asm) => asm.load(width, 5, SP, offset)];
    yield [`${number}${store} ${name}5, [x12, x17]`, (asm) => asm.store(width, 12, offset, 5)];
  }
  for (const [width, name] of FLOAT_MOVES) {
    yield [`${number}ldr ${name}5, [x12, x17]`, (asm) => asm.loadFloat(width, 5, 12, offset)];
    yield [`${number}str ${name}5, [sp, x17]`, (asm) => asm.storeFloat(width, SP, offset, 5)];
  }
}

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
