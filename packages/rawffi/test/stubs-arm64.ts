/**
 * `stubs-compare.ts` for AArch64: a cross compiler compiles random functions, TypeScript writes the stubs,
 * `arm64/run.c` runs them in a user-mode emulator. Functions of macOS, too: clang compiles them as it does for macOS,
 * but to an object file of Linux's format. The native part is not needed. The stubs of closures are called by those of
 * calls, once these are known to be right.
 *
 * Every value that goes by address ends at an inaccessible page, and must be unchanged after the call: C gets a copy.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FRAME } from "../src/frame.ts";
import { aapcs64, apple64 } from "../src/stubs/aapcs64/aapcs64.ts";
import { Assembler } from "../src/stubs/aapcs64/assembler.ts";
import type { Abi } from "../src/stubs/abi.ts";
import { isWide } from "../src/stubs/slots.ts";
import { OFFSET } from "../src/table.ts";
import type { Signature } from "../src/types.ts";
import {
  AARCH64,
  APPLE64,
  type Case,
  LARGEST_VALUE,
  makeCase,
  PROLOGUE,
  Random,
  sizeOf,
  type Target,
  usedBytes,
} from "./stubs-generate.ts";
import { compareResult, fillRandom, putInSlot, randomValue } from "./stubs-values.ts";

// -- Tools -----------------------------------------------------------------------------------------

const PREFIX = "aarch64-linux-gnu-";

export const ASSEMBLER = `${PREFIX}as`;
export const OBJCOPY = `${PREFIX}objcopy`;
export const OBJDUMP = `${PREFIX}objdump`;
export const COMPILER = `${PREFIX}gcc`;
const CLANG = "clang-14";
const EMULATORS = ["qemu-aarch64-static", "qemu-aarch64"];

/** Why this machine cannot assemble for AArch64; false when it can. */
export const missingAssembler = missing([ASSEMBLER, OBJCOPY], "binutils-aarch64-linux-gnu");

/** Why this machine cannot compile for AArch64; false when it can. */
export const missingCompiler = missing([COMPILER, OBJDUMP], "gcc-aarch64-linux-gnu libc6-dev-arm64-cross");

/** Why this machine cannot compile and run for AArch64; false when it can. */
export const missingRunner = missing([COMPILER], "gcc-aarch64-linux-gnu libc6-dev-arm64-cross") || missingEmulator();

/** Why it cannot compile as for macOS; false when it can. */
export const missingClang = missing([CLANG], CLANG) || missingRunner;

function missingEmulator(): string | false {
  return EMULATORS.some(isCommand) ? false : missing(EMULATORS.slice(0, 1), "qemu-user-static");
}

function missing(commands: readonly string[], debian: string): string | false {
  const absent = commands.filter((command) => !isCommand(command));
  return absent.length === 0 ? false : `no ${absent.join(", ")} here: on Debian, apt-get install ${debian}`;
}

function isCommand(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}

// -- The two platforms -----------------------------------------------------------------------------

export interface System {
  readonly abi: Abi;
  readonly target: Target;
  /** Compiles C to an object file of Linux's format. */
  compile(source: string, object: string): void;
}

export const LINUX: System = {
  abi: aapcs64,
  target: AARCH64,
  compile: (source, object) => execFileSync(COMPILER, ["-O1", "-w", "-Wno-psabi", "-c", "-o", object, source]),
};

/** Clang writes assembly of Linux' format, in which only addresses are spelled as macOS' assembler wants them. */
export const MACOS: System = {
  abi: apple64,
  target: APPLE64,
  compile(source, object) {
    const assembly = `${object}.s`;
    const options = ["--target=arm64-apple-macosx11.0-elf", "-O1", "-w", "-fno-addrsig", "-S"];
    execFileSync(CLANG, [...options, "-o", assembly, source]);
    const spelled: Readonly<Record<string, string>> = {
      PAGE: "",
      PAGEOFF: ":lo12:",
      GOTPAGE: ":got:",
      GOTPAGEOFF: ":got_lo12:",
    };
    const text = readFileSync(assembly, "utf8").replace(
      /([\w.$]+)@(\w+)/g,
      (_, name, kind) => `${spelled[kind]}${name}`,
    );
    writeFileSync(assembly, text);
    execFileSync(COMPILER, ["-c", "-o", object, assembly]);
  },
};

// -- Many cases ------------------------------------------------------------------------------------

export interface Arm64Failure {
  readonly index: number;
  readonly what: string;
  readonly prototype: string;
  readonly text: string;
}

export interface Arm64Outcome {
  readonly run: number;
  /** Signatures for which there is no stub. */
  readonly without: number;
  readonly failures: readonly Arm64Failure[];
}

/** Runs `count` random cases, a program for every `batchSize` of them. */
export function compareArm64(system: System, seed: number, count: number, batchSize = 300): Arm64Outcome {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-arm64-"));
  try {
    let run = 0;
    const failures: Arm64Failure[] = [];
    for (let first = 0; first < count; first += batchSize) {
      const random = new Random(seed * 1_000_003 + first);
      const size = Math.min(batchSize, count - first);
      const cases = Array.from({ length: size }, (_, i) => makeCase(random, `f${first + i}`, system.target));
      const calls = cases.flatMap((one, i) =>
        KINDS.flatMap((kind) => prepare(system, one, first + i, kind, random) ?? []),
      );
      run += calls.length / KINDS.length;
      failures.push(...runBatch(system, folder, cases, calls));
    }
    return { run, without: count - run, failures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runBatch(system: System, folder: string, cases: readonly Case[], calls: readonly Call[]): Arm64Failure[] {
  const file = (name: string) => join(folder, name);
  const functions = calls.map(({ one }) => `${one.name},`).join(" ");
  const tail = `void *const functions[] = { ${functions} };\nconst int functionCount = ${calls.length};`;
  writeFileSync(file("batch.c"), [PROLOGUE, ...cases.map((one) => one.text), tail].join("\n"));
  const kinds = { THROWING: KINDS.indexOf("throwing"), TOLD: KINDS.indexOf("told"), LEAFS: KINDS.indexOf("leaf") };
  const places = { FRAME: FRAME_ADDRESS, ARENA: ARENA_ADDRESS, AREA, AREAS, ...SLOTS, ...kinds };
  const defines = Object.entries(places).map(([name, value]) => `-D${name}=${value}`);
  const harness = fileURLToPath(new URL("./arm64/run.c", import.meta.url));
  const callSite = fileURLToPath(new URL("../native/callsite.cc", import.meta.url));
  const table = fileURLToPath(new URL("../build", import.meta.url));
  system.compile(file("batch.c"), file("batch.o"));
  const flags = ["-O1", "-w", "-static", "-I", table, ...defines];
  const sources = ["-x", "c", harness, callSite, "-x", "none", file("batch.o")];
  execFileSync(COMPILER, [...flags, "-o", file("batch"), ...sources]);

  const { output, end } = emulate(file("batch"), Buffer.concat(calls.map(({ input }) => input)));
  const failures: Arm64Failure[] = [];
  let at = 0;
  for (const { index, one, outputLength, check } of calls) {
    const isThere = at + outputLength <= output.length;
    const what = isThere ? check(output.subarray(at, at + outputLength)) : end;
    if (what !== null) failures.push({ index, what, prototype: one.prototype, text: one.text });
    if (!isThere) break;
    at += outputLength;
  }
  return failures;
}

/** The output of the program, and how it ended. */
function emulate(program: string, input: Buffer): { output: Buffer; end: string } {
  const emulator = EMULATORS.find(isCommand) ?? "";
  const { stdout, stderr, status, signal } = spawnSync(emulator, [program], { input, maxBuffer: 2 ** 30 });
  return { output: stdout, end: `the program ended here: ${signal ?? status} ${stderr}`.trim() };
}

// -- One case --------------------------------------------------------------------------------------

/** All four 16-bit parts of the address are not zero, as may be the case for real ones. */
const FRAME_ADDRESS = 0x1a2b_3c4d_5000;
const ARENA_ADDRESS = 0x2000_0000_0000;
const AREA = LARGEST_VALUE + 4096;
const AREAS = 64;
/** No stub uses the one of a thunk's data. */
const SLOTS = { RESULT: FRAME.RESULT, TARGET: FRAME.TARGET, LEAF: FRAME.LEAF, THUNK_DATA: 2000 };

/** The numbers are those of `arm64/run.c`; a told stub gets the frame as an argument. */
const KINDS = ["plain", "throwing", "told", "leaf", "closure"] as const;
type Kind = (typeof KINDS)[number];

interface Call {
  readonly index: number;
  readonly one: Case;
  /** What `run.c` reads. */
  readonly input: Uint8Array;
  readonly outputLength: number;
  /** What is wrong in its output; null when nothing is. */
  readonly check: (output: Uint8Array) => string | null;
}

interface Block {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** The call of `one` with random values; null when there is no stub for it. */
function prepare(system: System, one: Case, index: number, kind: Kind, random: Random): Call | null {
  const { abi, target } = system;
  const { result, parameters } = one.signature;
  const isClosure = kind === "closure";
  const stub = abi.writeStub(
    one.signature,
    kind === "told" ? null : FRAME_ADDRESS,
    kind === "told" || isClosure ? "plain" : kind,
  );
  const closure = isClosure ? closureOf(abi, one.signature) : new Uint8Array();
  if (stub === null || closure === null) return null;
  const thunk = isClosure ? thunkCode() : new Uint8Array();
  const slots = new Uint8Array(8 * (FRAME.ARGUMENTS - FRAME.RESULT + parameters.length));
  const view = new DataView(slots.buffer);
  // The bytes of a slot that no value fills are garbage.
  fillRandom(slots, random);
  const blocks: Block[] = [];
  const expected: { at: number; byte: number; place: string }[] = [];
  let seenLength = 0;
  for (const [i, type] of parameters.entries()) {
    const bytes = randomValue(type, random, target);
    const slot = 8 * (FRAME.ARGUMENTS - FRAME.RESULT + i);
    if (isWide(type)) blocks.push(inArena(i + 1, bytes, view, slot));
    else putInSlot(view, slot, type, bytes);
    const start = seenLength;
    for (const { offset, byteLength } of usedBytes(type, target)) {
      // A closure's handler gives whole values.
      const from = isClosure ? start + offset : seenLength;
      for (let at = 0; at < byteLength; at++) {
        expected.push({ at: from + at, byte: bytes[offset + at] ?? 0, place: `argument ${i}, byte ${offset + at}` });
      }
      if (!isClosure) seenLength += byteLength;
    }
    if (isClosure) seenLength += bytes.length;
  }
  const given = randomValue(result, random, target);
  const resultLength = isWide(result) ? sizeOf(result, target) : 0;
  if (isWide(result)) inArena(0, given, view, 0);

  const header = [
    seenLength,
    given.length,
    resultLength,
    slots.length,
    blocks.length,
    stub.length,
    KINDS.indexOf(kind),
    thunk.length,
    closure.length,
    isClosure ? parameters.length : 0,
  ];
  const described = isClosure ? parameters.flatMap((type) => [sizeOf(type, target), Number(isWide(type))]) : [];
  const placed = blocks.flatMap(({ address, bytes }) => [numbers(address, bytes.length), bytes]);
  return {
    index,
    one,
    input: Buffer.concat([numbers(...header), given, slots, ...placed, stub, thunk, closure, numbers(...described)]),
    outputLength: 4 + 16 + seenLength + resultLength + blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
    check(output) {
      const wrong = expected.find(({ byte, at }) => byte !== output[20 + at]);
      if (wrong !== undefined) return `${kind}: ${wrong.place}`;
      const misaligned = new DataView(output.buffer, output.byteOffset).getInt32(0, true);
      if (misaligned >= 1000) return `${kind}: the frame is wrong about leaf calls`;
      if (misaligned !== 0) return `${kind}: ${misaligned} arguments are misaligned, or not extended`;
      let at = 20 + seenLength;
      const back = isWide(result) ? output.subarray(at, at + resultLength) : output.subarray(4, 12);
      const what = compareResult(result, given, back, target);
      if (what !== null) return `${kind}: ${what}`;
      at += resultLength;
      for (const { bytes } of blocks) {
        if (Buffer.compare(bytes, output.subarray(at, at + bytes.length)) !== 0) return "an argument was no copy";
        at += bytes.length;
      }
      return null;
    },
  };
}

/** Callbacks know no `number`: C gives the integer. */
function closureOf(abi: Abi, signature: Signature): Uint8Array | null {
  const given = signature.parameters.map((type) => (type === "number" ? "sint64" : type));
  return abi.writeClosureStub({ ...signature, parameters: given });
}

/** As `native/thunk.cc`, with its data in the frame's memory. */
function thunkCode(): Uint8Array {
  const asm = new Assembler();
  asm.immediate64(17, BigInt(FRAME_ADDRESS + 8 * SLOTS.THUNK_DATA));
  asm.load(8, 16, 17, OFFSET.THUNK_STUB);
  asm.jump(16);
  return asm.code();
}

/** Places `bytes` before the forbidden page of an area, and the address in the slot at `slot`. */
function inArena(area: number, bytes: Uint8Array, slots: DataView, slot: number): Block {
  const address = ARENA_ADDRESS + (area + 1) * AREA - 4096 - bytes.length;
  slots.setBigUint64(slot, BigInt(address), true);
  return { address, bytes };
}

function numbers(...values: readonly number[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values, BigInt).buffer);
}
