/**
 * Exceptions of C++ on their way through our frames: what unwinders see there, whichever copy of them a library has.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { type CppError, FRAME, rawffi, type Signature } from "rawffi";
import { Caller } from "./caller.ts";

const isWindows = process.platform === "win32";
const folder = mkdtempSync(join(tmpdir(), "rawffi-throws-"));
// On Windows a library that is loaded cannot be removed.
after(() => isWindows || rmSync(folder, { recursive: true }));

const caller = new Caller(rawffi);
const usesStubs = rawffi.prepare({ result: "void", parameters: [] }).tier !== "libffi";
const onlyStubs = {
  skip: usesStubs && ["x64", "arm64"].includes(process.arch) ? false : "calls that may throw go through libffi here",
};

/** Compiles C++ and gives the addresses of its functions. */
function compiled(name: string, text: string, options: readonly string[] = []): (symbol: string) => number {
  const source = join(folder, `${name}.cc`);
  const library = join(folder, `${name}.so`);
  writeFileSync(source, text);
  execFileSync("g++", ["-O1", "-Wno-psabi", "-shared", "-fPIC", "-o", library, source, ...options]);
  const handle = rawffi.open(library, rawffi.modes.RTLD_NOW);
  return (symbol) => rawffi.symbol(handle, symbol) as number;
}

test("a number that C++ throws is in the message, with its type", () => {
  const thrown = {
    int: ["-5"],
    "unsigned int": ["7u", "7"],
    long: ["-8l", "-8"],
    "unsigned long": ["9ul", "9"],
    "long long": ["-10ll", "-10"],
    "unsigned long long": ["11ull", "11"],
    bool: ["true"],
    double: ["0.1"],
    float: ["0.1f", "0.1"],
  };
  const rows = Object.entries(thrown);
  const cases = rows.map(([, [value]], i) => `case ${i}: throw ${value};`).join(" ");
  const symbol = compiled(
    "numbers",
    `extern "C" void raise(int which) { switch (which) { ${cases} default: throw 1.0 / 3; } }`,
  );
  const signature: Signature = { result: "void", parameters: ["sint32"], throws: true };
  rows.forEach(([type, [value, text = value]], i) => {
    assert.throws(() => caller.call(symbol("raise"), signature, i), {
      name: "CppError",
      type,
      message: `${type}: ${text}`,
    });
  });
  assert.throws(() => caller.call(symbol("raise"), signature, 99), { message: "double: 0.33333333333333331" });
});

test("calls that may throw go through stubs, also with types that libffi passes wrongly", onlyStubs, () => {
  const symbol = compiled(
    "aligned",
    `#include <stdexcept>
     struct alignas(64) Line { int a; };
     struct Mixed { long long n; double d; };
     extern "C" long long sum(double x, long long a, long long b, long long c, long long d, long long e, Mixed m, Line line) {
       if (line.a < 0) throw std::out_of_range("below");
       return x + a + b + c + d + e + m.n + m.d + line.a + (reinterpret_cast<long long>(&line) % 64);
     }`,
  );
  const line = { size: 64, align: 64, leaves: [{ type: "sint32", offset: 0 }] } as const;
  const mixed = {
    size: 16,
    align: 8,
    leaves: [
      { type: "sint64", offset: 0 },
      { type: "double", offset: 8 },
    ],
  } as const;
  const longs = Array(5).fill("sint64") as "sint64"[];
  const signature: Signature = { result: "sint64", parameters: ["double", ...longs, mixed, line], throws: true };
  assert.equal(rawffi.prepare(signature).tier, "frame");
  const pair = new Uint8Array(16);
  new DataView(pair.buffer).setBigInt64(0, 6n, true);
  new DataView(pair.buffer).setFloat64(8, 7, true);
  const call = (last: number) => {
    const block = new Uint8Array(64);
    new DataView(block.buffer).setInt32(0, last, true);
    return caller.call(symbol("sum"), signature, 0.5, 1n, 2n, 3n, 4n, 5n, pair, block);
  };
  for (let i = 0; i < 40; i++) assert.equal(call(i), BigInt(28 + i));
  assert.throws(() => call(-1), { message: "std::out_of_range: below" });
});

test("a library throws that has its own copy of the C++ library and of the unwinder", () => {
  const symbol = compiled(
    "own",
    `#include <stdexcept>
     static int alive = 0;
     struct Counted { Counted() { alive++; } ~Counted() { alive--; } };
     extern "C" void refuse(int depth) {
       Counted counted;
       if (depth == 0) throw std::runtime_error("refused");
       refuse(depth - 1);
     }
     extern "C" int count() { return alive; }`,
    ["-static-libgcc", "-static-libstdc++"],
  );
  const refuse: Signature = { result: "void", parameters: ["sint32"], throws: true };
  for (let depth = 0; depth < 50; depth++) {
    assert.throws(
      () => caller.call(symbol("refuse"), refuse, depth),
      (error: CppError) => error.type === "std::runtime_error" && error.message === "std::runtime_error: refused",
    );
  }
  assert.equal(caller.call(symbol("count"), { result: "sint32", parameters: [] }), 0);
});

test(
  "an unwinder finds its way from C to JavaScript's engine",
  isWindows ? { skip: "its walk is by functions of glibc" } : onlyStubs,
  () => {
    const symbol = compiled(
      "walk",
      `#include <dlfcn.h>
     #include <string.h>
     #include <unwind.h>
     static char files[1 << 16];
     static _Unwind_Reason_Code note(_Unwind_Context *context, void *) {
       Dl_info info;
       const bool isFound = dladdr(reinterpret_cast<void *>(_Unwind_GetIP(context)), &info) != 0;
       if (strlen(files) < sizeof files - 5000) strcat(strcat(files, isFound ? info.dli_fname : "?"), "\\n");
       return _URC_NO_REASON;
     }
     extern "C" const char *walk(long, long, long, long, long, long, long, double) {
       files[0] = 0;
       _Unwind_Backtrace(note, nullptr);
       return files;
     }`,
    );
    const parameters = [...(Array(7).fill("sint64") as "sint64"[]), "double"] as const;
    const walk: Signature = { result: "pointer", parameters, throws: true };
    const at = caller.call(symbol("walk"), walk, ...(Array(7).fill(0n) as bigint[]), 0) as number;
    const files = (rawffi.text(at, -1) ?? "")
      .trim()
      .split("\n")
      .map((file) => basename(file));
    const ours = files.lastIndexOf("rawffi.node");
    assert.deepEqual(files.slice(0, 1), ["walk.so"]);
    assert.ok(ours >= 2 && !files.slice(0, ours).includes("?"), files.join());
    assert.ok(files.length > ours + 1, "there are frames of the runtime above ours");
  },
);

test("workers that are terminated while C++ throws leave the process whole", async () => {
  const symbol = compiled(
    "busy",
    `#include <stdexcept>
     extern "C" void refuse(int n) { throw std::runtime_error("refused " + std::to_string(n)); }`,
  );
  const program = `
    const { arrayOn, rawffi } = await import(${JSON.stringify(import.meta.resolve("rawffi"))});
    const { parentPort } = await import("node:worker_threads");
    const { entry, plan, enter } = rawffi.prepare({ result: "void", parameters: ["sint32"], throws: true });
    const slots = arrayOn(BigUint64Array, rawffi.frame);
    const words = arrayOn(Int32Array, rawffi.frame);
    for (let i = 0; ; i++) {
      slots[${FRAME.ENTRY}] = BigInt(entry);
      slots[${FRAME.TARGET}] = ${symbol("refuse")}n;
      slots[${FRAME.PLAN}] = BigInt(plan);
      words[${2 * FRAME.ARGUMENTS}] = i;
      let message = "";
      try { enter(); } catch (error) { message = error.message; }
      if (message !== "std::runtime_error: refused " + i) throw new Error("got " + message);
      if (i === 100) parentPort.postMessage("ready");
    }`;
  for (let round = 0; round < 5; round++) {
    const workers = Array.from({ length: 4 }, () => new Worker(`(async () => {${program}})()`, { eval: true }));
    await Promise.all(
      workers.map(async (worker) => {
        await new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject));
        await worker.terminate();
      }),
    );
  }
  assert.throws(() => caller.call(symbol("refuse"), { result: "void", parameters: ["sint32"], throws: true }, 7), {
    message: "std::runtime_error: refused 7",
  });
});
