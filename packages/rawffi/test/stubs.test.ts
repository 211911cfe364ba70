/**
 * Stubs: the assembler against GNU as, and calls of random signatures against GCC.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { arrayOn, FRAME, type RawType, rawffi, type ScalarType, type Signature, type Tier } from "rawffi";
import { abiFor } from "../src/stubs/index.ts";
import { Assembler, GPR, type Width } from "../src/stubs/sysv/assembler.ts";
import { classify, classifyArgument } from "../src/stubs/sysv/classify.ts";
import { sysv } from "../src/stubs/sysv/sysv.ts";
import { win64 } from "../src/stubs/win64/win64.ts";
import { v8PartIsMissing } from "./fixture.ts";
import { compare, type Outcome } from "./stubs-compare.ts";

const SEED = 7;
const COUNT = 300;
const skip = abiFor(rawffi.platform) === null ? "stubs of this platform are not written yet" : false;
const skipAssembler =
  process.arch !== "x64" || process.platform !== "linux" ? "only GNU as for x86-64 knows what is written" : false;

// -- The assembler ---------------------------------------------------------------------------------

test("the assembler writes what GNU as writes", { skip: skipAssembler }, () => {
  const lines: { text: string; bytes: Uint8Array }[] = [];
  for (const [text, write] of instructions()) {
    const asm = new Assembler();
    write(asm);
    lines.push({ text, bytes: asm.code() });
  }
  const expected = assemble(lines.map(({ text }) => text));
  let at = 0;
  for (const { text, bytes } of lines) {
    assert.deepEqual([...bytes], [...expected.subarray(at, at + bytes.length)], text);
    at += bytes.length;
  }
  assert.equal(at, expected.length);
});

const QUADS = Object.keys(GPR);
const isOld = (name: string) => /^r[a-z]/.test(name);

/** A general-purpose register's name at a width. */
function named(register: number, width: Width): string {
  const quad = QUADS[register] ?? "";
  if (width === 8) return quad;
  if (!isOld(quad)) return quad + { 1: "b", 2: "w", 4: "d" }[width];
  if (width === 4) return quad.replace("r", "e");
  if (width === 2) return quad.slice(1);
  return quad.endsWith("x") ? `${quad.charAt(1)}l` : `${quad.slice(1)}l`;
}

type Instruction = [text: string, write: (asm: Assembler) => void];

function* instructions(): Generator<Instruction> {
  for (const r of Object.values(GPR)) yield* withRegister(r);
  for (const base of Object.values(GPR)) {
    for (const offset of [0, 8, 127, 128, 70000, -8, -128, -129]) yield* withMemory(base, offset);
  }
  for (const [to, from] of [
    [0, 7],
    [3, 12],
    [11, 2],
  ] as const) {
    yield [`movaps xmm${to}, xmm${from}`, (asm) => asm.copyVector(to, from)];
    yield [`cvtsd2ss xmm${to}, xmm${from}`, (asm) => asm.narrow(to, from)];
  }
  yield ["rep movsb", (asm) => asm.copyBytes()];
  for (const r of [GPR.rax, GPR.r10])
    yield [`lea ${QUADS[r]}, [rip+2]\nret\nleave`, (asm) => asm.addressAfter(r, Uint8Array.of(0xc3, 0xc9))];
  yield ["leave", (asm) => asm.leave()];
  yield ["ret", (asm) => asm.return()];
}

function* withRegister(r: number): Generator<Instruction> {
  const [r8, r16, r32, r64] = ([1, 2, 4, 8] as const).map((width) => named(r, width));
  yield [`push ${r64}`, (asm) => asm.push(r)];
  yield [`pop ${r64}`, (asm) => asm.pop(r)];
  yield [`movabs ${r64}, 0x7ffcdeadbee8`, (asm) => asm.immediate64(r, 0x7ffc_dead_bee8n)];
  yield [`mov ${r32}, 100000`, (asm) => asm.immediate32(r, 100000)];
  yield [`xor ${r32}, ${r32}`, (asm) => asm.zero(r)];
  yield [`movsx ${r64}, ${r8}`, (asm) => asm.extend(1, true, r)];
  yield [`movzx ${r32}, ${r8}`, (asm) => asm.extend(1, false, r)];
  yield [`movsx ${r64}, ${r16}`, (asm) => asm.extend(2, true, r)];
  yield [`movzx ${r32}, ${r16}`, (asm) => asm.extend(2, false, r)];
  yield [`movsxd ${r64}, ${r32}`, (asm) => asm.extend(4, true, r)];
  yield [`mov ${r32}, ${r32}`, (asm) => asm.extend(4, false, r)];
  yield [`shl ${r64}, 16`, (asm) => asm.shiftLeft(r, 16)];
  yield [`shr ${r64}, 56`, (asm) => asm.shiftRight(r, 56)];
  yield [`cvttsd2si ${r64}, xmm9`, (asm) => asm.truncate(r, 9)];
  for (const other of [GPR.rax, GPR.r10]) {
    yield [`mov ${r64}, ${named(other, 8)}`, (asm) => asm.copy(r, other)];
    yield [`or ${r64}, ${named(other, 8)}`, (asm) => asm.or(r, other)];
  }
  if (r === GPR.rax) return; // as has shorter forms for rax, which stubs do not need
  yield [`sub ${r64}, 112`, (asm) => asm.subtract(r, 112)];
  yield [`sub ${r64}, 128`, (asm) => asm.subtract(r, 128)];
  yield [`and ${r64}, -32`, (asm) => asm.and(r, -32)];
  yield [`and ${r64}, -4096`, (asm) => asm.and(r, -4096)];
}

function* withMemory(base: number, offset: number): Generator<Instruction> {
  const at = `[${named(base, 8)}${offset < 0 ? "" : "+"}${offset}]`;
  for (const r of [GPR.rax, GPR.rdi, GPR.r9]) {
    yield [`movzx ${named(r, 4)}, byte ptr ${at}`, (asm) => asm.load(1, r, base, offset)];
    yield [`movzx ${named(r, 4)}, word ptr ${at}`, (asm) => asm.load(2, r, base, offset)];
    yield [`mov ${named(r, 4)}, ${at}`, (asm) => asm.load(4, r, base, offset)];
    yield [`mov ${named(r, 8)}, ${at}`, (asm) => asm.load(8, r, base, offset)];
    for (const width of [1, 2, 4, 8] as const) {
      yield [`mov ${at}, ${named(r, width)}`, (asm) => asm.store(width, base, offset, r)];
    }
    yield [`lea ${named(r, 8)}, ${at}`, (asm) => asm.address(r, base, offset)];
  }
  for (const xmm of [0, 7, 15]) {
    yield [`movss xmm${xmm}, ${at}`, (asm) => asm.loadFloat(4, xmm, base, offset)];
    yield [`movsd xmm${xmm}, ${at}`, (asm) => asm.loadFloat(8, xmm, base, offset)];
    yield [`movss ${at}, xmm${xmm}`, (asm) => asm.storeFloat(4, base, offset, xmm)];
    yield [`movsd ${at}, xmm${xmm}`, (asm) => asm.storeFloat(8, base, offset, xmm)];
    yield [`cvttsd2si ${named(xmm, 8)}, qword ptr ${at}`, (asm) => asm.loadTruncated(xmm, base, offset)];
    yield [`movups xmm${xmm}, ${at}`, (asm) => asm.loadVector(xmm, base, offset)];
    yield [`movups ${at}, xmm${xmm}`, (asm) => asm.storeVector(base, offset, xmm)];
  }
  yield [`fstp tbyte ptr ${at}`, (asm) => asm.popLongDouble(base, offset)];
  yield [`fld tbyte ptr ${at}`, (asm) => asm.pushLongDouble(base, offset)];
  yield [`call qword ptr ${at}`, (asm) => asm.callAt(base, offset)];
  yield [
    `cmp rbp, ${at}\njne 1f\nret\nleave\n1:`,
    (asm) => asm.whenEqual(GPR.rbp, base, offset, Uint8Array.of(0xc3, 0xc9)),
  ];
  yield [
    `cmp dword ptr ${at}, 1000\nje 1f\nret\nleave\n1:`,
    (asm) => asm.unlessIs(base, offset, 1000, Uint8Array.of(0xc3, 0xc9)),
  ];
  yield [`jmp qword ptr ${at}`, (asm) => asm.jumpAt(base, offset)];
  yield [`mov dword ptr ${at}, 1000`, (asm) => asm.storeImmediate(4, base, offset, 1000)];
  yield [`mov qword ptr ${at}, -1`, (asm) => asm.storeImmediate(8, base, offset, -1)];
}

function assemble(lines: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-assembler-"));
  try {
    const file = (name: string) => join(folder, name);
    writeFileSync(file("all.s"), [".intel_syntax noprefix", ...lines, ""].join("\n"));
    execFileSync("as", ["-o", file("all.o"), file("all.s")]);
    execFileSync("objcopy", ["-O", "binary", "-j", ".text", file("all.o"), file("all.bin")]);
    return readFileSync(file("all.bin"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// -- Classification --------------------------------------------------------------------------------

const struct = (size: number, align: number, ...leaves: [ScalarType, number, number?][]): RawType => ({
  size,
  align,
  leaves: leaves.map(([type, offset, count = 1]) => ({ type, offset, count })),
});

test("an eightbyte shared by floats and integers is INTEGER", () => {
  assert.deepEqual(classify(struct(12, 4, ["float", 0, 2], ["sint32", 8])), ["SSE", "INTEGER"]);
  assert.deepEqual(classify(struct(8, 4, ["float", 0], ["sint32", 4])), ["INTEGER"]);
});

test("what is large or unaligned is in memory", () => {
  assert.deepEqual(classify(struct(17, 1, ["uint8", 0, 17])), ["MEMORY"]);
  assert.deepEqual(classify(struct(5, 1, ["uint8", 0], ["float", 1])), ["MEMORY"]);
});

test("a long double that shares its first eightbyte alone is in memory", () => {
  assert.deepEqual(classify(struct(16, 16, ["longdouble", 0], ["float", 0])), ["MEMORY"]);
  assert.deepEqual(classify(struct(16, 16, ["longdouble", 0], ["sint32", 0])), ["MEMORY"]);
  assert.deepEqual(classify(struct(16, 16, ["longdouble", 0], ["sint32", 0, 4])), ["INTEGER", "INTEGER"]);
});

test("a structure of one long double is returned on the x87 stack and passed in memory", () => {
  const type = struct(16, 16, ["longdouble", 0]);
  assert.deepEqual(classify(type), ["X87", "X87UP"]);
  assert.deepEqual(classifyArgument(type), ["MEMORY"]);
  assert.equal(sysv.lowerResult(type), "longdouble");
});

test("padding has no class, and an empty structure no eightbyte", () => {
  assert.deepEqual(classify(struct(16, 16, ["double", 0])), ["SSE", "NO_CLASS"]);
  assert.deepEqual(classify(struct(0, 1)), []);
});

test("x64 has one ABI on Windows and another one elsewhere", () => {
  assert.equal(abiFor({ ...rawffi.platform, arch: "x64", os: "win32" }), win64);
  assert.equal(abiFor({ ...rawffi.platform, arch: "x64", os: "darwin" }), sysv);
});

// -- Calls -----------------------------------------------------------------------------------------

const isLibffi = process.env.RAWFFI_TIER === "libffi";
const skipStubs = isLibffi ? "RAWFFI_TIER=libffi: no stubs" : skip;
/** Why random signatures are not compared. The stubs are the same for every runtime. */
const skipCompared =
  process.platform === "win32"
    ? "the comparison's memory is from mmap()"
    : rawffi.hasWindows
      ? skip
      : "the comparison reads C's memory through windows";

test("random signatures are called as GCC compiles them", { skip: skipStubs || skipCompared }, () => {
  const { calls, failures } = compare(SEED, COUNT);
  assert.deepEqual(failures, []);
  assert.equal(calls.libffi, 0);
});

test("and so they are through each other way in", { skip: skipStubs || skipCompared }, () => {
  const { tier } = rawffi.prepare({ result: "void", parameters: [] });
  const tiers = v8PartIsMissing() ? (["frame"] as const) : (["frame", "direct", "fast"] as const);
  for (const other of tiers.filter((one) => one !== tier)) {
    const { calls, failures } = compareIn(other, COUNT / 4);
    assert.deepEqual(failures, []);
    // Those that throw or are guarded are entered through Node-API always.
    assert.equal(calls[other], other === "frame" ? (5 * COUNT) / 4 : COUNT / 4);
    assert.equal(calls.libffi, 0);
  }
});

test("libffi is told the same of random signatures, or not asked where it is known to be wrong", {
  skip: skipCompared,
}, () => {
  const { calls, refused, failures } = compareIn("libffi", COUNT);
  assert.deepEqual(failures, []);
  assert.deepEqual([calls.fast, calls.direct, calls.frame], [0, 0, 0]);
  const reasons = Object.values(refused);
  // No fault is known in how it calls AArch64.
  const isRight = process.arch === "arm64" ? reasons.length === 0 : reasons.length > 0 && reasons.length < COUNT / 10;
  assert.ok(isRight, `${reasons.length} of ${COUNT} are refused`);
  for (const reason of reasons)
    assert.match(reason, /^libffi .* calls this signature wrongly, and there is no machine code/);
});

test("a closure's stub knows its signature and nothing else, so it is the same in every thread", { skip }, () => {
  const abi = abiFor(rawffi.platform);
  const signature: Signature = { result: "double", parameters: ["sint8", struct(16, 8, ["double", 0, 2])] };
  assert.deepEqual(abi?.writeClosureStub(signature), abi?.writeClosureStub({ ...signature, errno: true }));
});

test("1024 arguments arrive", { skip: skipStubs }, () => {
  const parameters = Array.from(
    { length: FRAME.MAX_ARGUMENTS },
    (_, i): ScalarType => (i % 3 === 0 ? "double" : "sint32"),
  );
  const sum = parameters.map((_, i) => `${i + 1} * (long long)p${i}`).join(" + ");
  const declared = parameters.map((type, i) => `${type === "double" ? "double" : "int"} p${i}`).join(", ");
  withLibrary(`long long sum(${declared}) { return ${sum}; }`, (library) => {
    const view = rawffi.frame;
    let expected = 0n;
    const call = ready({ result: "sint64", parameters }, rawffi.symbol(library, "sum") as number);
    for (const [i, type] of parameters.entries()) {
      const at = 8 * (FRAME.ARGUMENTS + i);
      if (type === "double") view.setFloat64(at, 7 * i, true);
      else view.setInt32(at, 7 * i, true);
      expected += BigInt(i + 1) * BigInt(7 * i);
    }
    call.enter();
    assert.equal(view.getBigInt64(8 * FRAME.RESULT, true), expected);
  });
});

test("a variadic function declared without '...' gets its doubles", { skip: skipStubs }, () => {
  const variadic = `#include <stdarg.h>
    double sum(int n, ...) { va_list l; va_start(l, n); double s = 0; while (n--) s += va_arg(l, double); return s; }`;
  withLibrary(variadic, (library) => {
    const view = rawffi.frame;
    const signature: Signature = { result: "double", parameters: ["sint32", "double", "double"] };
    const call = ready(signature, rawffi.symbol(library, "sum") as number);
    view.setInt32(8 * FRAME.ARGUMENTS, 2, true);
    view.setFloat64(8 * FRAME.ARGUMENTS + 8, 1.5, true);
    view.setFloat64(8 * FRAME.ARGUMENTS + 16, 2.25, true);
    call.enter();
    assert.equal(view.getFloat64(8 * FRAME.RESULT, true), 3.75);
  });
});

test("an argument aligned to a page is, on the stack", { skip: skipStubs }, () => {
  const text = `typedef struct { int a; } __attribute__((aligned(4096))) page;
    // The empty instruction keeps GCC from concluding the remainder from the type.
    long where(page p) { long at = (long)&p; asm("" : "+r"(at)); return at % 4096 + p.a; }`;
  withLibrary(text, (library) => {
    const view = rawffi.frame;
    const memory = new Int32Array(1024).fill(7);
    const signature: Signature = { result: "sint64", parameters: [struct(4096, 4096, ["sint32", 0])] };
    const call = ready(signature, rawffi.symbol(library, "where") as number);
    view.setBigUint64(8 * FRAME.ARGUMENTS, BigInt(rawffi.addressOf(memory.buffer)), true);
    call.enter();
    assert.equal(view.getBigInt64(8 * FRAME.RESULT, true), 7n);
  });
});

/** The comparison in a process of that tier. */
function compareIn(tier: Tier, count: number): Outcome {
  const fuzz = fileURLToPath(new URL("./stubs-fuzz.ts", import.meta.url));
  const args = [...process.execArgv.filter((arg) => !arg.startsWith("--test")), fuzz];
  // It is no test, and what `scripts/stress.mjs` asks for in one would print its results.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const output = execFileSync(process.execPath, [...args, "--json", "--seed", `${SEED}`, "--count", `${count}`], {
    env: { ...environment, RAWFFI_TIER: tier },
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return JSON.parse(output) as Outcome;
}

function ready(signature: Signature, target: number) {
  const call = rawffi.prepare(signature);
  assert.notEqual(call.tier, "libffi");
  const slots = arrayOn(BigUint64Array, rawffi.frame);
  slots[FRAME.ENTRY] = BigInt(call.entry);
  slots[FRAME.PLAN] = BigInt(call.plan);
  slots[FRAME.TARGET] = BigInt(target);
  return call;
}

function withLibrary(text: string, use: (library: number) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-stubs-"));
  try {
    writeFileSync(join(folder, "one.c"), text);
    execFileSync("gcc", ["-O1", "-shared", "-fPIC", "-o", join(folder, "one.so"), join(folder, "one.c")]);
    const library = rawffi.open(join(folder, "one.so"), rawffi.modes.RTLD_NOW);
    try {
      use(library);
    } finally {
      rawffi.close(library);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
