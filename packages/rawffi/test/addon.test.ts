/** What only the addon has: environments, threads, event loops, process ends, and errors of its installation. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { FRAME, type PeekType, rawffi, type Signature } from "rawffi";
import { deliveredAddon } from "../src/load.ts";
import { abiFor } from "../src/stubs/index.ts";
import { Caller } from "./caller.ts";
import { runNode, runProgram } from "./child.ts";
import { LEFT_DIGITS } from "./contract-end.ts";
import { fixture, v8PartIsMissing } from "./fixture.ts";

const ENTRY = import.meta.resolve("rawffi");

// -- Arguments -------------------------------------------------------------------------------------

test("arguments of a wrong kind are a TypeError that says what was expected", () => {
  const wrong = {} as number;
  const expected: [() => unknown, string][] = [
    [() => rawffi.open(5 as unknown as string, 1), "rawffi.open: expected (string | null, number)"],
    [() => rawffi.close(wrong), "rawffi.close: expected (number)"],
    [() => rawffi.symbol(wrong, "x"), "rawffi.symbol: expected (number, string)"],
    [() => rawffi.open("a\0b", 1), "rawffi.open: a name cannot contain NUL"],
    [() => rawffi.addressOf(wrong as unknown as ArrayBuffer), "rawffi.addressOf: expected a buffer or a view of one"],
    [() => rawffi.pushText(wrong as unknown as string), "rawffi.pushText: expected (string)"],
    [() => rawffi.allocate(-1), "rawffi.allocate: expected (number) not below 0"],
    [() => rawffi.free("1" as unknown as number), "rawffi.free: expected (number)"],
    [() => rawffi.move(1, 2, Number.NaN), "rawffi.move: expected (number, number, number)"],
    [() => rawffi.fill(1, 2, undefined as unknown as number), "rawffi.fill: expected (number, number, number)"],
    [() => rawffi.length(1, 3 as 1), "rawffi.length: expected (number, 1 | 2 | 4)"],
    [() => rawffi.text(1, -2), "rawffi.text: expected (number, number)"],
    [() => rawffi.peek(1, "longdouble" as PeekType), "rawffi.peek: expected (number, type)"],
    [() => rawffi.peek(1, "nothing" as PeekType), "rawffi.peek: expected (number, type)"],
    [() => rawffi.poke(1, "void" as PeekType, 1), "rawffi.poke: expected (number, type, number | bigint)"],
    [() => rawffi.access.getInt32(wrong), "rawffi.access: expected (number)"],
    [() => rawffi.access.setInt32(1, "1" as unknown as number), "rawffi.access: expected (number, number | bigint)"],
    [() => rawffi.access.setBigInt64(1, 1 as unknown as bigint), "rawffi.access: expected (number, number | bigint)"],
    [
      () => rawffi.closure({ result: "void", parameters: [] }, 5 as unknown as () => void),
      "rawffi.closure: expected a function",
    ],
  ];
  if (rawffi.hasWindows) expected.push([() => rawffi.window(wrong, 1), "rawffi.window: expected (number, number)"]);
  for (const [act, message] of expected) assert.throws(act, { name: "TypeError", message });
});

test("what libffi refuses is a TypeError", () => {
  const signature: Signature = { result: "void", parameters: ["sint32", "float"], fixed: 1 };
  assert.throws(() => rawffi.closure(signature, () => {}), { name: "TypeError", message: /libffi cannot call/ });
});

// -- Memory ----------------------------------------------------------------------------------------

test("a stub's page is executable and not writable", () => {
  const { tier, entry } = rawffi.prepare({ result: "sint16", parameters: ["sint16"] });
  if (tier === "libffi") return;
  assert.match(mappingOf(entry), / r-xp /);
});

test("a closure's code is executable and not writable", () => {
  const enter = () => {};
  const made = rawffi.closure({ result: "sint16", parameters: ["sint16"] }, enter);
  assert.match(mappingOf(made.address), / r-xp /);
  made.free();
});

test("a hundred thousand closures live at once, each with its own function", () => {
  const caller = new Caller(rawffi);
  const signature: Signature = { result: "sint32", parameters: ["sint32"] };
  // Each collection looks at all of them.
  const length = process.env.CTYPES_STRESS === "1" ? 5000 : 100_000;
  const made = Array.from({ length }, (_, i) => caller.closure(signature, (x) => Number(x) + i));
  assert.equal(new Set(made.map(({ closure }) => closure.address)).size, made.length);
  for (let i = 0; i < made.length; i += 997) {
    assert.equal(caller.call(made[i]!.closure.address, signature, 5), 5 + i);
  }
  for (const { closure } of made) closure.free();
});

/** The line of `/proc/self/maps` of the page at `address`. */
function mappingOf(address: number): string {
  const ranges = readFileSync("/proc/self/maps", "utf8").trim().split("\n");
  const found = ranges.find((line) => {
    const [from, to] = line
      .split(" ")[0]!
      .split("-")
      .map((part) => Number.parseInt(part, 16));
    return from! <= address && address < to!;
  });
  assert.ok(found !== undefined);
  return found;
}

test("the same signature prepared a hundred thousand times costs no memory", () => {
  const before = executableBytes();
  for (let i = 0; i < 100_000; i++) rawffi.prepare({ result: "sint8", parameters: ["sint8", "double"] });
  const grown = executableBytes() - before;
  assert.ok(grown < 3 * 2 ** 20, `${grown} bytes more`); // a hundred thousand stubs are six million bytes at least
});

const isLibffi = rawffi.prepare({ result: "void", parameters: [] }).tier === "libffi" && "there are no stubs";
test("stubs share pages, and threads that run them see nothing of what is added", { skip: isLibffi }, async () => {
  const library = rawffi.open(fixture(), rawffi.modes.RTLD_NOW);
  const subtract: Signature = { result: "sint32", parameters: ["sint32", "sint32"], elsewhere: true };
  const { entry, plan, submit } = rawffi.prepare(subtract);
  const frame = rawffi.frame;
  const begin = (a: number, b: number) => {
    frame.setBigUint64(8 * FRAME.ENTRY, BigInt(entry), true);
    frame.setBigUint64(8 * FRAME.PLAN, BigInt(plan), true);
    frame.setBigUint64(8 * FRAME.TARGET, BigInt(rawffi.symbol(library, "subtract")), true);
    frame.setInt32(8 * FRAME.ARGUMENTS, a, true);
    frame.setInt32(8 * FRAME.ARGUMENTS + 8, b, true);
    return (submit as () => number)();
  };
  const results = new Map<number, number>();
  const wanted = new Map<number, number>();
  let done: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  rawffi.onSettled((job) => {
    results.set(job, frame.getInt32(8 * FRAME.RESULT, true));
    if (results.size === wanted.size) done();
  });
  const scalars = ["sint8", "uint16", "sint64", "double", "float"] as const;
  const pages = new Set<number>();
  const COUNT = 300;
  for (let i = 0; i < COUNT; i++) {
    for (let k = 0; k < 20; k++) wanted.set(begin(i, k), i - k);
    // Signatures that nothing else here has: the digits of a number.
    const parameters = Array.from({ length: 7 }, (_, at) => scalars[Math.floor(i / 5 ** at) % 5] as "sint8");
    pages.add(Math.floor(rawffi.prepare({ result: "uint8", parameters }).entry / 4096));
  }
  assert.ok(pages.size < COUNT / 2, `${pages.size} pages`);
  await all;
  assert.deepEqual(results, wanted);
});

/** The memory of code that comes from no file: our stubs, and what V8 compiled. */
function executableBytes(): number {
  const ranges = readFileSync("/proc/self/maps", "utf8").trim().split("\n");
  const sizes = ranges.map((line) => {
    const [from, to] = (line.split(" ")[0] as string).split("-").map((part) => Number.parseInt(part, 16));
    return / ..xp \S+ 00:00 0\s*$/.test(line) ? (to as number) - (from as number) : 0;
  });
  return sizes.reduce((a, b) => a + b, 0);
}

/** Why tests of windows are skipped; false where there are windows. */
const noWindows = rawffi.hasWindows ? false : "this runtime refuses windows";

test("windows over foreign memory are nothing to the collector", { skip: noWindows || v8PartIsMissing() }, () => {
  const ended = runProgram(
    `
    const { PerformanceObserver, constants } = await import("node:perf_hooks");
    let full = 0;
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) full++;
    }).observe({ entryTypes: ["gc"] });
    const address = rawffi.allocate(16);
    const { external } = process.memoryUsage();
    const windows = Array.from({ length: 200 }, () => rawffi.window(address, 2 ** 31));
    const counted = process.memoryUsage().external - external;
    // Collections are told later, in their order: this one last.
    const before = full;
    gc();
    while (full === before) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log(windows.length, full < 11, counted < 2 ** 20);
  `,
    { RAWFFI_TIER: "direct" },
  );
  assert.equal(ended.stdout, "200 true true", ended.stderr);
});

test("the largest window has 4 GiB", { skip: noWindows }, () => {
  const address = rawffi.allocate(16);
  const window = rawffi.window(address, 2 ** 32);
  assert.equal(window?.byteLength, 2 ** 32);
  new DataView(window!).setUint8(3, 7);
  assert.equal(rawffi.peek(address + 3, "uint8"), 7);
  rawffi.free(address);
});

// -- Threads and event loops -----------------------------------------------------------------------

test("a call made elsewhere is served by the thread that waits for it", () => {
  const caller = new Caller(rawffi);
  const library = rawffi.open(fixture(), rawffi.modes.RTLD_NOW);
  const { closure, enter } = caller.closure({ result: "sint32", parameters: ["sint32"] }, (x) => 2 * Number(x));
  const signature: Signature = { result: "sint32", parameters: ["pointer", "sint32"], elsewhere: true };
  assert.equal(caller.call(rawffi.symbol(library, "call_on_thread"), signature, closure.address, 5), 10);
  closure.free();
  assert.equal(typeof enter, "function");
});

test("an event loop of C calls back, promises run after it, and what it throws is an uncaught exception", () => {
  const ended = runProgram(`
    const program = rawffi.open(null, rawffi.modes.RTLD_NOW);
    const uv = (name, ...types) => (...args) =>
      caller.call(rawffi.symbol(program, name), { result: types[0], parameters: types.slice(1) }, ...args);
    const loop = uv("uv_default_loop", "pointer")();
    const timer = rawffi.allocate(1024);
    uv("uv_timer_init", "sint32", "pointer", "pointer")(loop, timer);
    const { closure, enter } = caller.closure({ result: "void", parameters: ["pointer"] }, (given) => {
      Promise.resolve().then(() => console.log("promise"));
      console.log("timer", given === timer);
      throw new Error("from the timer");
    });
    process.on("uncaughtException", (error) => console.log("uncaught", error.message, typeof enter));
    uv("uv_timer_start", "sint32", "pointer", "pointer", "uint64", "uint64")(timer, closure.address, 1n, 0n);
    setTimeout(() => console.log("end"), 100);
  `);
  assert.deepEqual(ended.stdout.split("\n").sort(), [
    "end",
    "promise",
    "timer true",
    "uncaught from the timer function",
  ]);
  assert.equal(ended.status, 0, ended.stderr);
});

test("workers have their own state, can end in the middle of a call, and leave dead callbacks behind", async () => {
  const caller = new Caller(rawffi);
  const signature: Signature = { result: "sint32", parameters: ["sint32"] };
  const program = new URL("fixtures/worker.mjs", import.meta.url);
  for (let round = 0; round < 6; round++) {
    const isEndless = round % 2 === 1;
    const workerData = { library: fixture(), isEndless };
    const workers = [0, 1].map(() => new Worker(program, { workerData }));
    const ends = workers.map((worker) => once(worker, "exit"));
    const messages = await Promise.all(workers.map((worker) => once(worker, "message")));
    if (isEndless) for (const worker of workers) void worker.terminate();
    await Promise.all(ends);
    for (const [address] of messages) assert.equal(caller.call(address, signature, 7), 0);
  }
});

for (const tier of ["", "libffi"]) {
  test(`calls that a worker leaves are made when it ends, however that is${tier && `, by ${tier}`}`, async () => {
    const caller = new Caller(rawffi);
    const library = rawffi.open(fixture(), rawffi.modes.RTLD_NOW);
    const take = () => caller.call(rawffi.symbol(library, "take_digits"), { result: "sint64", parameters: [] });
    for (const end of ["return", "exit", "throw", "wait", "loop"]) {
      const workerData = { library: fixture(), end };
      const env = { ...process.env, RAWFFI_TIER: tier };
      const worker = new Worker(new URL("fixtures/ending.mjs", import.meta.url), { workerData, env });
      worker.on("error", () => {});
      const ended = new Promise((resolve) => worker.once("exit", resolve));
      await new Promise((resolve) => worker.once("message", resolve));
      if (end === "wait" || end === "loop") await worker.terminate();
      await ended;
      assert.equal(take(), LEFT_DIGITS, end);
    }
  });
}

test("calls that the main thread leaves are made when its event loop is empty", () => {
  const ended = runProgram(`
    const { arrayOn, FRAME } = await import("rawffi");
    const text = caller.text("the end\\n");
    const { entry, atEnd } = rawffi.prepare({ result: "sint64", parameters: ["sint32", "pointer", "uint64"], elsewhere: true });
    arrayOn(BigUint64Array, rawffi.frame).set([entry, rawffi.symbol(rawffi.open(null, 1), "write")].map(BigInt), FRAME.ENTRY);
    arrayOn(BigUint64Array, rawffi.frame).set([1n, BigInt(text), 8n], FRAME.ARGUMENTS);
    atEnd();
    setTimeout(() => console.log("loop"), 10);
  `);
  assert.deepEqual([ended.stdout, ended.stderr, ended.status], ["loop\nthe end", "", 0]);
});

test("the addon can be loaded twice on a thread: both share one frame", () => {
  const ended = runProgram(`
        import { createRequire } from "node:module";
    const require = createRequire(process.cwd() + "/x.js");
    const path = Object.keys(require.cache).find((file) => file.endsWith("rawffi.node"));
    const module = { exports: {} };
    process.dlopen(module, path);
    const again = module.exports;
    const { closure, enter } = caller.closure(callback, (x) => 2 * x);
    console.log(again.frameAddress === rawffi.addressOf(rawffi.frame), twice(closure, 1, 2), typeof enter);
  `);
  assert.equal(ended.stdout, "true 2004 function", ended.stderr);
  assert.equal(ended.status, 0);
});

// -- The end of a process --------------------------------------------------------------------------

test("a process can end inside a callback", () => {
  const program = `
    const { closure, enter } = caller.closure(callback, () => process.exit(typeof enter === "function" ? 7 : 8));
    twice(closure, 1, 2);
  `;
  // V8 leaves its heap behind then, and a leak checker would complain of that.
  const ended = runProgram(program, { ASAN_OPTIONS: "detect_leaks=0" });
  assert.deepEqual([ended.status, ended.signal, ended.stderr], [7, null, ""]);
});

test("C that calls back after JavaScript has ended gets zero", () => {
  const ended = runProgram(`
    const { closure, enter } = caller.closure({ result: "void", parameters: [] }, () => console.log("never", enter));
    const program = rawffi.open(null, rawffi.modes.RTLD_NOW);
    caller.call(rawffi.symbol(program, "__cxa_atexit"),
      { result: "sint32", parameters: ["pointer", "pointer", "pointer"] }, closure.address, 0, 0);
  `);
  assert.deepEqual([ended.status, ended.signal, ended.stdout, ended.stderr], [0, null, "", ""]);
});

// -- Installation ----------------------------------------------------------------------------------

const IMPORT = [
  "--input-type=module",
  "--eval",
  `import { rawffi } from ${JSON.stringify(ENTRY)};
  console.log(rawffi.prepare({ result: "sint32", parameters: [] }).tier);`,
];

test("RAWFFI_TIER chooses how calls go", () => {
  assert.equal(runNode(IMPORT, { RAWFFI_TIER: "libffi" }).stdout, "libffi");
  const hasStubs = abiFor(rawffi.platform) !== null;
  assert.equal(runNode(IMPORT, { RAWFFI_TIER: "frame" }).stdout, hasStubs ? "frame" : "libffi");
  assert.match(
    runNode(IMPORT, { RAWFFI_TIER: "slow" }).stderr,
    /RAWFFI_TIER: expected 'fast', 'direct', 'frame' or 'libffi', got 'slow'/,
  );
  if (v8PartIsMissing() || !hasStubs) return;
  assert.equal(runNode(IMPORT, { RAWFFI_TIER: "direct" }).stdout, "direct");
  assert.equal(runNode(IMPORT, { RAWFFI_TIER: "" }).stdout, "fast");
});

test("without the V8 part all works, and who asks for it is told why it is not there", () => {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-"));
  try {
    const alone = join(folder, "rawffi.node");
    copyFileSync(deliveredAddon(), alone);
    assert.equal(
      runNode(IMPORT, { RAWFFI_ADDON: alone, RAWFFI_TIER: "" }).stdout,
      abiFor(rawffi.platform) === null ? "libffi" : "frame",
    );
    assert.match(
      runNode(IMPORT, { RAWFFI_ADDON: alone, RAWFFI_TIER: "direct" }).stderr,
      /rawffi: there is no V8 part for V8 .*rawffi-v8-\d+\.node/,
    );
    // A stranger's binary under its name.
    copyFileSync(alone, join(folder, `rawffi-v8-${process.versions.modules}.node`));
    assert.match(runNode(IMPORT, { RAWFFI_ADDON: alone, RAWFFI_TIER: "direct" }).stderr, /attach is not a function/);
    assert.equal(runNode(IMPORT, { RAWFFI_ADDON: alone, RAWFFI_TIER: "" }).status, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an addon that is not there is named in the error", () => {
  const { stderr } = runNode(IMPORT, { RAWFFI_ADDON: "/nowhere/rawffi.node" });
  assert.match(stderr, /rawffi: cannot load \/nowhere\/rawffi\.node: /);
});

test("a 32-bit process is refused, with a sentence that says so", () => {
  for (const arch of ["arm", "ia32"]) {
    const pretend = `Object.defineProperty(process, "arch", { value: "${arch}" });`;
    const { status, stderr } = runNode(["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, ...IMPORT]);
    const expected = `Error: rawffi: 32-bit processes are not supported, and this one is (${process.platform}-${arch}).`;
    assert.equal(status, 1);
    assert.ok(stderr.includes(`${expected} Where the system has 64 bits, install the 64-bit Node`), stderr);
  }
});

test("a process that may not load addons is told the option", () => {
  const { stderr } = runNode(["--no-addons", ...IMPORT]);
  assert.match(stderr, /rawffi: this process may not load native addons: give --allow-addons with --permission/);
  const permission = process.versions.node.startsWith("20.") ? "--experimental-permission" : "--permission";
  assert.match(runNode([permission, "--allow-fs-read=*", ...IMPORT]).stderr, /may not load native addons/);
});
