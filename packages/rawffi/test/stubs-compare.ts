/**
 * Calls random signatures and compares what C saw and what it returned with what was passed: GCC is the oracle. Each is
 * called plainly, as a throwing call, and guarded; the last two also end by a C++ exception and by a fault.
 *
 * Every aggregate is placed right before an inaccessible page, so reading or writing one byte after it crashes.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrayOn, FRAME, type PreparedCall, type RawType, rawffi, type Signature, type Tier } from "rawffi";
import { isWide } from "../src/stubs/slots.ts";
import {
  AARCH64,
  type Case,
  LARGEST_VALUE,
  makeCase,
  PROLOGUE,
  Random,
  sizeOf,
  usedBytes,
  X86_64,
} from "./stubs-generate.ts";
import { compareResult, fillRandom, putInSlot, randomValue } from "./stubs-values.ts";

const TARGET = rawffi.platform.arch === "arm64" ? AARCH64 : X86_64;

export interface Failure {
  /** The number of the case in its run: the same for the same seed, whatever the tier. */
  readonly index: number;
  readonly what: string;
  readonly prototype: string;
  readonly text: string;
}

export interface Outcome {
  readonly calls: Record<Tier, number>;
  /** Why libffi is not used, by case: see `Abi.libffiFault`. */
  readonly refused: Readonly<Record<number, string>>;
  readonly failures: readonly Failure[];
}

/** Runs `count` random cases, a C file for every `batchSize` of them. */
export function compare(seed: number, count: number, batchSize = 300): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-stubs-"));
  try {
    const arena = new Arena(compileLibrary(folder, "arena", ARENA));
    const leavers = compileLibrary(folder, "leavers", LEAVERS);
    const refused: Record<number, string> = {};
    const calls: Record<Tier, number> = { fast: 0, direct: 0, frame: 0, libffi: 0 };
    const failures: Failure[] = [];
    for (let first = 0; first < count; first += batchSize) {
      const random = new Random(seed * 1_000_003 + first);
      const cases = Array.from({ length: Math.min(batchSize, count - first) }, (_, i) =>
        makeCase(random, `f${first + i}`, TARGET),
      );
      const text = [PROLOGUE, ...cases.map((one) => one.text)].join("\n");
      const library = compileLibrary(folder, `batch${first}`, text);
      for (const [i, one] of cases.entries()) {
        for (const way of WAYS) {
          const outcome = runCase(library, one, way, random, arena, leavers);
          if ("refused" in outcome) {
            refused[first + i] = outcome.refused;
            continue;
          }
          calls[outcome.tier]++;
          if (outcome.what === null) continue;
          failures.push({
            index: first + i,
            what: `${way.name}: ${outcome.what}`,
            prototype: one.prototype,
            text: one.text,
          });
        }
      }
    }
    return { calls, refused, failures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compileLibrary(folder: string, name: string, text: string): number {
  const source = join(folder, `${name}.${text === LEAVERS ? "cc" : "c"}`);
  const library = join(folder, `${name}.so`);
  writeFileSync(source, text);
  // With -fexceptions, C has unwind tables, too.
  const flags = ["-O1", "-w", "-Wno-psabi", "-fexceptions", "-shared", "-fPIC"];
  execFileSync(text === LEAVERS ? "g++" : "gcc", [...flags, "-o", library, source]);
  return rawffi.open(library, rawffi.modes.RTLD_NOW);
}

// -- Ways ------------------------------------------------------------------------------------------

/** A call that is declared so, and how it ends: by returning, or by a function of `LEAVERS`. */
interface Way {
  readonly name: string;
  readonly options: Pick<Signature, "throws" | "guarded">;
  readonly leave?: "throw_now" | "fail_now";
  /** The error that it ends in then. */
  readonly error?: RegExp;
}

const WAYS: readonly Way[] = [
  { name: "plain", options: {} },
  { name: "throws", options: { throws: true } },
  { name: "throws now", options: { throws: true }, leave: "throw_now", error: /^std::runtime_error: left$/ },
  { name: "guarded", options: { guarded: true } },
  { name: "fails now", options: { guarded: true }, leave: "fail_now", error: /^signal 11 .*address 0x5000/ },
];

const LEAVERS = `
#include <stdexcept>
extern "C" void throw_now() { throw std::runtime_error("left"); }
extern "C" void fail_now() { *(volatile int *)0x5000 = 1; }
`;

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

const frameBytes = arrayOn(Uint8Array, rawffi.frame);
const frame = rawffi.frame;

/** Areas that end at a forbidden page; area 0 is the result's, the next ones the arguments'. */
class Arena {
  private readonly start: number;

  constructor(library: number) {
    const arena = rawffi.prepare({ result: "pointer", parameters: [] });
    this.start = Number(invoke(arena, rawffi.symbol(library, "arena") as number).getBigUint64(0, true));
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

type CaseOutcome = { readonly tier: Tier; readonly what: string | null } | { readonly refused: string };

function runCase(
  library: number,
  one: Case,
  { options, leave, error }: Way,
  random: Random,
  arena: Arena,
  leavers: number,
): CaseOutcome {
  const { result, parameters } = one.signature;
  const call = rawffi.prepare({ ...one.signature, ...options });
  const expected: number[] = [];
  const places: { argument: number; offset: number }[] = [];
  // The bytes of a slot that no value fills are garbage.
  fillRandom(frameBytes.subarray(8 * FRAME.RESULT, 8 * (FRAME.ARGUMENTS + parameters.length)), random);
  for (const [i, type] of parameters.entries()) {
    const bytes = randomValue(type, random, TARGET);
    putArgument(FRAME.ARGUMENTS + i, type, bytes, arena, i + 1);
    for (const { offset, byteLength } of usedBytes(type, TARGET)) {
      for (let at = offset; at < offset + byteLength; at++) {
        expected.push(bytes[at] ?? 0);
        places.push({ argument: i, offset: at });
      }
    }
  }
  const given = randomValue(result, random, TARGET);
  bytesAt(rawffi.symbol(library, "given") as number, Math.max(1, given.length)).set(given);
  const wide = isWide(result) ? arena.block(0, sizeOf(result, TARGET)) : null;
  if (wide !== null) {
    fillRandom(wide.bytes, random);
    frame.setBigUint64(8 * FRAME.RESULT, BigInt(wide.address), true);
  }

  rawffi.poke(
    rawffi.symbol(library, "leave") as number,
    "pointer",
    leave === undefined ? 0 : rawffi.symbol(leavers, leave),
  );
  let slot: DataView | null = null;
  try {
    slot = invoke(call, rawffi.symbol(library, one.name) as number);
  } catch (left) {
    if (left instanceof TypeError) return { refused: left.message };
    if (error?.test((left as Error).message) !== true) return { tier: call.tier, what: `it throws ${left}` };
  }
  if (slot !== null && error !== undefined) return { tier: call.tier, what: "it returns" };

  const isMisaligned = takeCount(rawffi.symbol(library, "misaligned") as number);
  const seen = bytesAt(rawffi.symbol(library, "seen") as number, expected.length);
  const wrong = expected.findIndex((byte, i) => byte !== seen[i]);
  if (wrong >= 0) {
    const place = places[wrong];
    return { tier: call.tier, what: `argument ${place?.argument}, byte ${place?.offset}` };
  }
  if (isMisaligned) return { tier: call.tier, what: "an argument is misaligned" };
  if (slot === null) return { tier: call.tier, what: null };
  const back = wide?.bytes ?? new Uint8Array(slot.buffer, slot.byteOffset, 8);
  return { tier: call.tier, what: compareResult(result, given, back, TARGET) };
}

function invoke(call: PreparedCall, target: number): DataView {
  frame.setBigUint64(8 * FRAME.ENTRY, BigInt(call.entry), true);
  frame.setBigUint64(8 * FRAME.TARGET, BigInt(target), true);
  frame.setBigUint64(8 * FRAME.PLAN, BigInt(call.plan), true);
  if (call.switching !== 0 && takesTurn()) {
    frame.setBigUint64(8 * FRAME.ENTRY, BigInt(call.switching), true);
    rawffi.go();
  } else (call.leaf ?? call.enter)();
  return new DataView(rawffi.frame.buffer, rawffi.frame.byteOffset + 8 * FRAME.RESULT, 16);
}

let turns = 0;

/** True every second time. */
function takesTurn(): boolean {
  return ++turns % 2 === 0;
}

/** Whether C counted anything since this was last asked. */
function takeCount(address: number): boolean {
  const count = bytesAt(address, 4);
  const isCounted = count.some((byte) => byte !== 0);
  count.fill(0);
  return isCounted;
}

function putArgument(index: number, type: RawType, bytes: Uint8Array, arena: Arena, area: number): void {
  if (isWide(type)) {
    const block = arena.block(area, bytes.length);
    block.bytes.set(bytes);
    frame.setBigUint64(8 * index, BigInt(block.address), true);
    return;
  }
  putInSlot(frame, 8 * index, type, bytes);
}
