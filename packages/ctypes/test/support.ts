/**
 * What the tests share: type assertions, the collector, the C compiler, the fixtures.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { rawffi } from "rawffi";

// -- Types -----------------------------------------------------------------------------------------

export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails to compile unless `T` is exactly `true`. */
export function expectType<T extends true>(): T | undefined {
  return undefined;
}

// -- Errors ----------------------------------------------------------------------------------------

type ErrorClass = new (...args: never[]) => Error;

/** `run` throws an error of exactly this class with exactly this message. */
export function throws(run: () => unknown, type: ErrorClass, message: string | RegExp): void {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof Error, "what is thrown is an error");
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.equal(error.constructor, type, `${error.message}: expected a ${type.name}, got ${error.constructor.name}`);
    return true;
  });
}

// -- The collector ---------------------------------------------------------------------------------

/** Collects garbage and lets finalizers run, several times: one round does not reach what only a finalizer released. */
export async function collect(rounds = 4): Promise<void> {
  const { gc } = globalThis;
  assert.ok(gc !== undefined, "run with --expose-gc");
  for (let i = 0; i < rounds; i++) {
    gc();
    await setImmediate();
  }
}

/** Whether the object that `make` returns is collected when nothing else holds it. */
export async function isCollected(make: () => object): Promise<boolean> {
  const ref = new WeakRef(make());
  await setImmediate();
  await collect();
  return ref.deref() === undefined;
}

/**
 * Under AddressSanitizer freed memory waits in quarantine, and `RTLD_DEEPBIND` is off (two heaps would be one too
 * many).
 */
export const isUnderAsan = process.env.LD_PRELOAD?.includes("asan") === true;

/**
 * Under `npm run test:stress` garbage is collected at each step, and each object has a buffer of its own: claims about
 * memory do not hold.
 */
const isStressed = process.env.CTYPES_STRESS === "1";

/** A number of repetitions: `count`, or a hundredth of it under stress. */
export function many(count: number): number {
  return isStressed ? Math.ceil(count / 100) : count;
}

/** The reason to skip a test that measures memory; false where it can. */
export const noMeasuring: string | false = isStressed && "under stress each object has a buffer of its own";

// -- What the runtime can do -----------------------------------------------------------------------

/** The reason to skip a test of typed arrays on C's memory; false where there can be any. */
export const noWindows: string | false = !rawffi.hasWindows && "no ArrayBuffer can be C's memory here";

/** The reason to skip a test of buffers that are transferred while C has their address; false where it is held. */
export const noHolding: string | false = !holds() && "without the V8 part nothing can hold a buffer's memory";

function holds(): boolean {
  const retained = rawffi.retain(new ArrayBuffer(8));
  if (retained !== 0) rawffi.release(retained);
  return retained !== 0;
}

export const isWindows = process.platform === "win32";

/** Whether `long` is as wide as a pointer: on Windows it has 32 bits. */
export const isLongWide = rawffi.platform.longSize === 8;

/** How Windows says that a file is not there, or the loader of Linux. */
export const noSuchFile = isWindows
  ? "Module not found. (Windows error 126)"
  : "cannot open shared object file: No such file or directory";

/** The C library's function under the name that all systems have. */
export const snprintfName = isWindows ? "_snprintf" : "snprintf";

/** How messages name `c_size_t`. */
export const sizeName = isLongWide ? "c_ulong" : "c_size_t";

/** The array of units of `wchar_t`, as messages name it. */
export const wideUnits = rawffi.platform.wcharSize === 2 ? "Uint16Array" : "Uint32Array";

// -- C ---------------------------------------------------------------------------------------------

const here = fileURLToPath(new URL(".", import.meta.url));

/** The library compiled from `fixtures/functions.c`. */
export const functionsPath = join(here, "fixtures/build/functions.so");

/** The library compiled from `fixtures/stack.c`. */
export const stackPath = join(here, "fixtures/build/stack.so");

/** The library compiled from `fixtures/threads.c`. */
export const threadsPath = join(here, "fixtures/build/threads.so");

/** The arguments with which Node runs `source`, a module. */
const evaluating = (source: string) => ["--expose-gc", "--import", "tsx", "--input-type=module", "--eval", source];

/** Milliseconds after which a program counts as hung; the slowest machine is faster. */
const PATIENCE = 900_000;

/** Runs `source`, a module, in a process of its own. */
export function runTypeScript(source: string) {
  const options = { cwd: here, encoding: "utf8", timeout: PATIENCE, killSignal: "SIGKILL" } as const;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, evaluating(source), options);
  return { status, signal, stdout: stdout.trim(), stderr: stderr.trim() };
}

/** Runs `source`, which waits forever, until `told` matches its output on stderr, and then kills it. */
export async function runUntil(source: string, told: RegExp) {
  const child = spawn(process.execPath, evaluating(source), { cwd: here, timeout: PATIENCE });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (told.test(stderr)) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return { signal, stderr };
}

let folder: string | undefined;
function buildFolder(): string {
  if (folder === undefined) {
    mkdirSync(join(here, "fixtures/build"), { recursive: true });
    const made = mkdtempSync(join(here, "fixtures/build/test-"));
    // On Windows a library that is loaded cannot be removed.
    if (!isWindows) process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}

/** Compiles `source` to a library and returns its path. */
export function compileLibrary(name: string, source: string, flags: readonly string[] = []): string {
  const input = join(buildFolder(), `${name}.c`);
  const output = join(buildFolder(), `lib${name}.so`);
  writeFileSync(input, source);
  execFileSync("gcc", ["-shared", "-fPIC", "-O1", "-o", output, input, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return output;
}

/** Compiles `source` to a program, runs it and returns its output. */
export function runC(name: string, source: string): string {
  const input = join(buildFolder(), `${name}.c`);
  const output = join(buildFolder(), name);
  writeFileSync(input, source);
  execFileSync("gcc", ["-O1", "-w", "-o", output, input], { stdio: ["ignore", "pipe", "pipe"] });
  return execFileSync(output, { encoding: "utf8", maxBuffer: 2 ** 26 });
}

/** All bytes of an object, as hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
