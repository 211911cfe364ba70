/**
 * Calls random signatures and compares what C saw and what came back with what was given: GCC is the oracle.
 *
 * Every aggregate is placed right before a page that cannot be touched, so reading or writing one byte behind it crashes.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FRAME, type PreparedCall, type RawType, rawffi } from "rawffi";
import { type Case, LARGEST_VALUE, makeCase, PROLOGUE, Random, sizeOf, usedBytes } from "./stubs-generate.ts";

export interface Failure {
  /** Of the case in its run: the same for the same seed, whatever the tier. */
  readonly index: number;
  readonly what: string;
  /** An argument is aligned to more than 16 bytes. */
  readonly isOverAligned: boolean;
  readonly prototype: string;
  readonly text: string;
}

export interface Outcome {
  readonly calls: Record<PreparedCall["tier"], number>;
  readonly failures: readonly Failure[];
}

/** Runs `count` random cases, a C file for every `batchSize` of them. */
export function compare(seed: number, count: number, batchSize = 300): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-stubs-"));
  try {
    const arena = new Arena(compileLibrary(folder, "arena", ARENA));
    const calls = { stub: 0, libffi: 0 };
    const failures: Failure[] = [];
    for (let first = 0; first < count; first += batchSize) {
      const random = new Random(seed * 1_000_003 + first);
      const cases = Array.from({ length: Math.min(batchSize, count - first) }, (_, i) =>
        makeCase(random, `f${first + i}`),
      );
      const text = [PROLOGUE, ...cases.map((one) => one.text)].join("\n");
      const library = compileLibrary(folder, `batch${first}`, text);
      for (const [i, one] of cases.entries()) {
        const outcome = runCase(library, one, random, arena);
        calls[outcome.tier]++;
        if (outcome.what === null) continue;
        const isOverAligned = one.signature.parameters.some((type) => typeof type !== "string" && type.align > 16);
        failures.push({
          index: first + i,
          what: outcome.what,
          isOverAligned,
          prototype: one.prototype,
          text: one.text,
        });
      }
    }
    return { calls, failures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compileLibrary(folder: string, name: string, text: string): number {
  const source = join(folder, `${name}.c`);
  const library = join(folder, `${name}.so`);
  writeFileSync(source, text);
  execFileSync("gcc", ["-O1", "-w", "-Wno-psabi", "-shared", "-fPIC", "-o", library, source]);
  return rawffi.open(library, rawffi.modes.RTLD_NOW);
}

// -- Memory ----------------------------------------------------------------------------------------

const AREA = LARGEST_VALUE + 4096;
const AREAS = 64;
const ARENA = `
#define _GNU_SOURCE
#include <sys/mman.h>
void *arena(void) {
  char *start = mmap(0, ${AREA * AREAS}, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 1; i <= ${AREAS}; i++) mprotect(start + i * ${AREA} - 4096, 4096, PROT_NONE);
  return start;
}`;

const frameBytes = new Uint8Array(rawffi.frame);
const frame = new DataView(rawffi.frame);

/** Areas that end at a forbidden page; area 0 is the result's, the next ones the arguments'. */
class Arena {
  private readonly start: number;

  constructor(library: number) {
    const arena = rawffi.prepare({ result: "pointer", parameters: [] });
    this.start = Number(invoke(arena, rawffi.symbol(library, "arena")).getBigUint64(0, true));
  }

  /** Memory of exactly `byteLength` bytes. */
  block(area: number, byteLength: number): { address: number; bytes: Uint8Array } {
    const address = this.start + (area + 1) * AREA - 4096 - byteLength;
    return { address, bytes: bytesAt(address, byteLength) };
  }
}

function bytesAt(address: number, byteLength: number): Uint8Array {
  const buffer = byteLength === 0 ? new ArrayBuffer(0) : rawffi.window(address, byteLength);
  if (buffer === null) throw new Error("this runtime has no windows");
  return new Uint8Array(buffer);
}

// -- One case --------------------------------------------------------------------------------------

function runCase(
  library: number,
  one: Case,
  random: Random,
  arena: Arena,
): { tier: PreparedCall["tier"]; what: string | null } {
  const { result, parameters } = one.signature;
  const call = rawffi.prepare(one.signature);
  const expected: number[] = [];
  const places: { argument: number; offset: number }[] = [];
  // Slots are full of garbage where a value does not reach.
  fillRandom(frameBytes.subarray(8 * FRAME.RESULT, 8 * (FRAME.ARGUMENTS + parameters.length)), random);
  for (const [i, type] of parameters.entries()) {
    const bytes = randomValue(type, random);
    putArgument(FRAME.ARGUMENTS + i, type, bytes, arena, i + 1);
    for (const { offset, byteLength } of usedBytes(type)) {
      for (let at = offset; at < offset + byteLength; at++) {
        expected.push(bytes[at] ?? 0);
        places.push({ argument: i, offset: at });
      }
    }
  }
  const given = randomValue(result, random);
  bytesAt(rawffi.symbol(library, "given"), Math.max(1, given.length)).set(given);
  const wide = goesByAddress(result) ? arena.block(0, sizeOf(result)) : null;
  if (wide !== null) {
    fillRandom(wide.bytes, random);
    frame.setBigUint64(8 * FRAME.RESULT, BigInt(wide.address), true);
  }

  const slot = invoke(call, rawffi.symbol(library, one.name));

  const seen = bytesAt(rawffi.symbol(library, "seen"), expected.length);
  const wrong = expected.findIndex((byte, i) => byte !== seen[i]);
  if (wrong >= 0) {
    const place = places[wrong];
    return { tier: call.tier, what: `argument ${place?.argument}, byte ${place?.offset}` };
  }
  const back = wide?.bytes ?? new Uint8Array(slot.buffer, slot.byteOffset, 8);
  return { tier: call.tier, what: compareResult(result, given, back) };
}

function invoke(call: PreparedCall, target: number): DataView {
  frame.setBigUint64(8 * FRAME.ENTRY, BigInt(call.entry), true);
  frame.setBigUint64(8 * FRAME.TARGET, BigInt(target), true);
  frame.setBigUint64(8 * FRAME.PLAN, BigInt(call.plan), true);
  call.enter();
  return new DataView(rawffi.frame, 8 * FRAME.RESULT, 16);
}

function goesByAddress(type: RawType): boolean {
  return typeof type !== "string" || sizeOf(type) > 8 || type === "cfloat";
}

function putArgument(index: number, type: RawType, bytes: Uint8Array, arena: Arena, area: number): void {
  if (goesByAddress(type)) {
    const block = arena.block(area, bytes.length);
    block.bytes.set(bytes);
    frame.setBigUint64(8 * index, BigInt(block.address), true);
    return;
  }
  frameBytes.set(bytes, 8 * index);
  if (bytes.length < 4) frame.setInt32(8 * index, Number(BigInt.asIntN(32, extended(type, bytes))), true);
}

/** An integer's value, as its type extends it. */
function extended(type: RawType, bytes: Uint8Array): bigint {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const isSigned = typeof type === "string" && type.startsWith("sint");
  return isSigned ? BigInt.asIntN(8 * bytes.length, value) : value;
}

function compareResult(type: RawType, given: Uint8Array, back: Uint8Array): string | null {
  const isInteger = typeof type === "string" && type !== "void" && type !== "float" && !goesByAddress(type);
  if (isInteger) {
    const want = BigInt.asUintN(64, extended(type, given));
    const got = new DataView(back.buffer, back.byteOffset).getBigUint64(0, true);
    return want === got ? null : `result ${got.toString(16)} instead of ${want.toString(16)}`;
  }
  for (const { offset, byteLength } of usedBytes(type)) {
    for (let at = offset; at < offset + byteLength; at++) {
      if (given[at] !== back[at]) return `result, byte ${at}: ${back[at]} instead of ${given[at]}`;
    }
  }
  return null;
}

// -- Values ----------------------------------------------------------------------------------------

function fillRandom(bytes: Uint8Array, random: Random): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
}

/** Random bytes that are a finite value of `type`; of overlapping members, the last one is. */
function randomValue(type: RawType, random: Random): Uint8Array {
  const bytes = new Uint8Array(sizeOf(type));
  fillRandom(bytes, random);
  const view = new DataView(bytes.buffer);
  for (const { offset, type: leaf } of usedBytes(type)) {
    const sign = random.chance(50) ? 0x80 : 0;
    if (leaf === "bool") bytes[offset] = random.below(2);
    else if (leaf === "float") view.setFloat32(offset, (random.below(2 ** 32) - 2 ** 31) / 977, true);
    else if (leaf === "double") view.setFloat64(offset, (random.below(2 ** 32) - 2 ** 31) / 977, true);
    else if (leaf === "longdouble") {
      // Sign and exponent; and the integer bit, which x87 numbers spell out.
      view.setUint16(offset + 8, (sign << 8) | (0x3f00 + random.below(0x1ff)), true);
      bytes[offset + 7] = 0x80 | (bytes[offset + 7] ?? 0);
    }
  }
  return bytes;
}
