/**
 * The stack that C runs on: how much of it C may use, who looks at it, and callbacks where JavaScript cannot run.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { CDLL, CFUNCTYPE, c_int, c_long, c_ulong, type FunctionOptions } from "ctypes-js";
import { collect, compileLibrary, isUnderAsan, stackPath, throws } from "./support.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const Unary = CFUNCTYPE(c_int, c_int);
const changes = c_int.in_dll(new CDLL(stackPath), "stack_changes");

function declare(options: FunctionOptions) {
  return new CDLL(stackPath, {
    hungry: CFUNCTYPE(c_int, Unary, c_int, options),
    hungry_with: CFUNCTYPE(c_int, Unary, c_int, c_int, options),
    call: CFUNCTYPE(c_int, Unary, c_int, options),
    call_twice: CFUNCTYPE(c_int, Unary, c_int, options),
    both: CFUNCTYPE(c_int, Unary, c_int, options),
    in_coroutine: CFUNCTYPE(c_int, Unary, c_int, c_int, options),
    around_coroutine: CFUNCTYPE(c_int, Unary, c_int, options),
    in_handler: CFUNCTYPE(c_int, Unary, options),
    is_on_own_stack: CFUNCTYPE(c_int, options),
    room: CFUNCTYPE(c_long, options),
    eat: CFUNCTYPE(c_int, c_int, options),
    find_on_stack: CFUNCTYPE(c_int, c_ulong, options),
    hold_word: CFUNCTYPE(c_int, Unary, c_ulong, c_int, options),
  });
}

/** Ways to call: by themselves they are all the same to C. */
const WAYS: readonly (readonly [string, FunctionOptions])[] = [
  ["plain", {}],
  ["use_errno", { use_errno: true }],
  ["throws", { throws: true }],
  ["guarded", { guarded: true }],
];
/** The others: on JavaScript's part of the stack, and on another thread. */
const ALL_WAYS = [
  ...WAYS,
  ["leaf: false", { leaf: false }],
  ["leaf: false, use_errno", { leaf: false, use_errno: true }],
  ["leaf: false, throws", { leaf: false, throws: true }],
  ["leaf: false, guarded", { leaf: false, guarded: true }],
  ["pumped", { pumped: true }],
] as const;
const plain = declare({});
const plusOne = new Unary((n) => n + 1);

if (process.env.STACK_TIER === undefined) {
  for (const tier of ["direct", "frame", "libffi"]) {
    test(`the same by the tier ${tier}`, () => {
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const env = { ...environment, RAWFFI_TIER: tier, STACK_TIER: tier };
      const flags = ["--expose-gc", "--import", "tsx", "--test-reporter=tap"];
      const child = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url)], { encoding: "utf8", env });
      assert.equal(child.status, 0, child.stdout + child.stderr);
    });
  }
}

// -- How much --------------------------------------------------------------------------------------

for (const [name, options] of ALL_WAYS) {
  test(`${name}: C calls back with any amount on its stack, or gets an error`, () => {
    const { hungry, call } = declare(options);
    for (const kb of [1, 64, 512, 800, 900, 960, 1000, 1024, 1100, 1500, 2048, 3072, 4096, 5000, 5600, 6144]) {
      try {
        assert.equal(hungry(plusOne, kb), kb + 1);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
        // Under AddressSanitizer frames are larger, and V8 finds that there is no room.
        assert.match(error.message, isUnderAsan ? /nested too deeply|call stack size/ : /nested too deeply/);
        assert.ok(kb > 800, `${kb} KiB are nothing special`);
      }
    }
    assert.equal(call(plusOne, 1), 2);
    assert.equal(changes.value, 0);
  });

  test(`${name}: C and JavaScript call each other until there is no room, and nothing is overwritten`, () => {
    const { hungry_with: hungryWith, call } = declare(options);
    for (const kb of [1, 100, 200, 300, 700, 900]) {
      let depth = 0;
      const marks: Uint8Array[] = [];
      const recursive = new Unary((n): number => {
        depth++;
        marks.push(new Uint8Array(4096).fill(n));
        return hungryWith(recursive, kb, n + 1);
      });
      assert.throws(() => hungryWith(recursive, kb, 0), RangeError);
      assert.ok(depth > 0);
      for (const [i, mark] of marks.entries()) assert.ok(mark.every((byte) => byte === (i & 0xff)));
      assert.equal(call(plusOne, 1), 2);
    }
    assert.equal(changes.value, 0);
  });
}

test("calls of different ways in each other's callbacks", () => {
  const ways = WAYS.map(([, options]) => declare(options).hungry_with);
  const descend = new Unary((n): number =>
    n === 0 ? 1 : 1 + (ways[n % ways.length] as (typeof ways)[0])(descend, 10 * n, n - 1),
  );
  for (let i = 0; i < 50; i++) assert.equal(plain.call(descend, 20), 21);
  const fails = new Unary((n): number => {
    if (n === 0) throw new Error("at the bottom");
    return (ways[n % ways.length] as (typeof ways)[0])(fails, 10, n - 1);
  });
  for (let i = 0; i < 50; i++) throws(() => plain.call(fails, 20), Error, "at the bottom");
  assert.equal(changes.value, 0);
});

test("JavaScript that fills its part of the stack in a callback leaves C's alone", () => {
  for (const [, options] of WAYS) {
    const { hungry, call } = declare(options);
    let deepest = 0;
    const fill = (n: number): number => {
      deepest = n;
      return fill(n + 1) + call(plusOne, 1);
    };
    const filling = new Unary(() => {
      assert.throws(() => fill(0), RangeError);
      return deepest > 100 ? 1 : 0;
    });
    assert.equal(hungry(filling, 300), 1);
    const atTheEnd = (n: number): number => {
      try {
        return atTheEnd(n + 1);
      } catch {
        return hungry(plusOne, 300);
      }
    };
    const nested = new Unary(() => {
      try {
        return atTheEnd(0);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        return 301;
      }
    });
    assert.equal(hungry(nested, 300), 301);
  }
  assert.equal(changes.value, 0);
});

test("a leaf function has 768 KiB at the end of JavaScript's part, and leaves the C that waits alone", () => {
  for (const leaf of [true, false]) {
    const { eat } = declare({ leaf });
    // The call itself needs some of JavaScript's part, and is made where it finds that.
    const atTheEnd = (): number => {
      try {
        return atTheEnd();
      } catch {
        return eat(700);
      }
    };
    assert.equal(plain.hungry(new Unary(atTheEnd), 300), 700);
  }
  assert.equal(changes.value, 0);
});

test("scripts that take too long are abandoned in all ways, mixed, and leave room", () => {
  const Global = globalThis as unknown as { takeLong?: () => void };
  const endless = new Unary(() => {
    for (;;);
  });
  const ways = WAYS.map(([, options]) => declare(options).hungry_with);
  for (let i = 0; i < 40; i++) {
    const outer = ways[i % 4] as (typeof ways)[0];
    const inner = ways[(i >> 2) % 4] as (typeof ways)[0];
    const within = new Unary((n) => inner(endless, 200, n));
    Global.takeLong = () => outer(within, 200, 1);
    assert.throws(() => runInThisContext("takeLong()", { timeout: 10 }), /timed out/);
    if (i % 8 === 7) assert.equal(plain.hungry(plusOne, 1000), 1001);
  }
  delete Global.takeLong;
  assert.equal(plain.hungry(plusOne, 2000), 2001);
  assert.equal(changes.value, 0);
});

// -- Where JavaScript cannot run -------------------------------------------------------------------

const FOREIGN = /^the callback visit was called on a stack that is not its thread's/;

for (const [name, options] of ALL_WAYS.slice(0, -1)) {
  test(`${name}: a callback on a coroutine's stack or a signal handler's is an error, and C gets zero`, () => {
    const lib = declare(options);
    const seen: number[] = [];
    const visit = new Unary(function visit(n) {
      seen.push(n);
      return n + 100;
    });
    for (let i = 0; i < 3; i++) {
      throws(() => lib.in_coroutine(visit, 5, 3), Error, FOREIGN);
      throws(() => lib.in_handler(visit), Error, FOREIGN);
      assert.deepEqual(seen, []);
      throws(() => lib.around_coroutine(visit, 1), Error, FOREIGN);
      assert.deepEqual(seen.splice(0), [1, 3]);
      assert.equal(lib.call(visit, 1), 101);
      seen.length = 0;
    }
    const nested = new Unary((n) => {
      throws(() => plain.around_coroutine(visit, n), Error, FOREIGN);
      return n;
    });
    assert.equal(lib.call(nested, 7), 7);
    // What JavaScript threw first is thrown.
    const fails = new Unary(() => {
      throw new Error("first");
    });
    throws(() => lib.around_coroutine(fails, 1), Error, "first");
    assert.equal(changes.value, 0);
  });
}

// -- Who looks at the stack ------------------------------------------------------------------------

test("C finds itself on the stack that the system says is its thread's", () => {
  for (const [, options] of ALL_WAYS) {
    const { is_on_own_stack, both, room } = declare(options);
    assert.equal(is_on_own_stack(), 1);
    assert.equal(both(plusOne, 1), 1002);
    const inside = new Unary(() => is_on_own_stack() + plain.is_on_own_stack());
    assert.equal(both(inside, 1), 1002);
    assert.ok(Number(room()) > 1024 * 1024);
  }
});

test("who scans the stack from a call in a callback finds what waiting C has there", () => {
  const word = 0x1234_5678_9abcn;
  for (const [, options] of WAYS) {
    const { hold_word: holdWord } = declare(options);
    for (const [, others] of WAYS) {
      const { find_on_stack: find } = declare(others);
      const look = new Unary(() => find(word));
      const lookTwice = new Unary(() => holdWord(look, word, 1));
      const once = holdWord(look, word, 1);
      assert.ok(once >= 1, `${JSON.stringify([options, others])}: ${once}`);
      assert.ok(holdWord(lookTwice, word, 1) > once);
    }
  }
  // Also from a callback that was disposed of meanwhile, which is the only one.
  const other = new Unary(() => {
    other.dispose();
    plusOne.dispose();
    return plain.find_on_stack(word);
  });
  assert.ok(plain.hold_word(other, word, 1) >= 1);
});

test("Boehm's collector runs while callbacks live, and sees what waiting C holds", async () => {
  const path = compileLibrary(
    "collected",
    `#include <stddef.h>
     void *GC_malloc(size_t); void GC_gcollect(void); void GC_init(void);
     struct node { struct node *next; long value; };
     void begin(void) { GC_init(); }
     void churn(int count) { for (int i = 0; i < count; i++) { struct node *n = GC_malloc(sizeof *n); n->value = -1; } }
     void gather(void) { GC_gcollect(); churn(20000); }
     __attribute__((noinline)) int hold(int (*f)(int), int value) {
       struct node *volatile list = NULL;
       for (int i = 0; i < 1000; i++) { struct node *n = GC_malloc(sizeof *n); n->value = i; n->next = list; list = n; }
       int result = f(value);
       int wrong = 0;
       struct node *n = list;
       for (int i = 999; i >= 0; i--, n = n->next) wrong += n == NULL || n->value != i;
       return result + 100000 * wrong;
     }`,
    ["-l:libgc.so.1"],
  );
  const lives = new Unary((n) => n);
  new CDLL(path, { begin: CFUNCTYPE(null) }).begin();
  for (const [, options] of ALL_WAYS.slice(0, 5)) {
    const { hold } = new CDLL(path, { hold: CFUNCTYPE(c_int, Unary, c_int, options) });
    for (const [, others] of WAYS) {
      const { gather, churn } = new CDLL(path, {
        gather: CFUNCTYPE(null, others),
        churn: CFUNCTYPE(null, c_int, others),
      });
      gather();
      const collects = new Unary((n): number => {
        gather();
        churn(1000);
        return n < 3 ? hold(collects, n + 1) : n;
      });
      // On JavaScript's part of the stack C's frames lie above all others: what it holds is seen from everywhere.
      assert.equal(hold(collects, 0), 3);
    }
  }
  await collect();
  assert.equal(lives(1), 1);
});

test("the event loop runs JavaScript in a call of uv_run, which nobody declares, while callbacks live", () => {
  const script = `
    import { CDLL, CFUNCTYPE, c_int, c_void_p } from "ctypes-js";
    const uv = new CDLL(null, { uv_run: CFUNCTYPE(c_int, c_void_p, c_int), uv_default_loop: CFUNCTYPE(c_void_p) });
    const Unary = CFUNCTYPE(c_int, c_int);
    const { call } = new CDLL(${JSON.stringify(stackPath)}, { call: CFUNCTYPE(c_int, Unary, c_int) });
    let seen = 0;
    const plusOne = new Unary((n) => n + 1);
    const runs = new Unary(() => {
      setTimeout(() => { seen += call(plusOne, 1); }, 1);
      while (seen === 0) uv.uv_run(uv.uv_default_loop(), 1);
      return seen;
    });
    console.log(runs(1), plusOne(1));`;
  const args = ["--input-type=module", "--eval", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: here,
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "2 2\n", stderr: "" });
});

// -- Other stacks of the thread --------------------------------------------------------------------

/** Runs this in a process, whose stack and options are these, and gives what it printed. */
function runWith(options: readonly string[], source: string, { stackKb = 8192, preload = "" } = {}): string {
  const script = `
    import { CDLL, CFUNCTYPE, c_int, c_long } from "ctypes-js";
    import { Worker, isMainThread } from "node:worker_threads";
    const Unary = CFUNCTYPE(c_int, c_int);
    const declare = (options) => new CDLL(${JSON.stringify(stackPath)}, { hungry: CFUNCTYPE(c_int, Unary, c_int, options),
      hungry_with: CFUNCTYPE(c_int, Unary, c_int, c_int, options), is_on_own_stack: CFUNCTYPE(c_int, options) });
    const changes = c_int.in_dll(new CDLL(${JSON.stringify(stackPath)}), "stack_changes");
    const plusOne = new Unary((n) => n + 1);
    for (const options of [{}, { use_errno: true }, { throws: true }, { leaf: false }]) {
      const { hungry, hungry_with, is_on_own_stack } = declare(options);
      let ended = 0, failed = 0;
      for (const kb of [1, 10, 100, 300, 700, 900, 1024, 1100]) {
        if (kb > ${"LIMIT"}) continue;
        try { if (hungry(plusOne, kb) !== kb + 1) console.log("wrong"); ended++; }
        catch (error) { if (!(error instanceof RangeError)) throw error; failed++; }
      }
      let depth = 0;
      const recursive = new Unary((n) => { depth++; return hungry_with(recursive, 10, n + 1); });
      try { hungry_with(recursive, 10, 0); } catch (error) { if (!(error instanceof RangeError)) throw error; failed++; }
      const overflow = () => overflow() + 1;
      const deep = new Unary((n) => { try { overflow(); } catch {} return n; });
      if (hungry_with(deep, 10, 5) !== 5) console.log("wrong");
      console.log(ended > 2, failed > 0, depth > 2, is_on_own_stack(), changes.value);
    }`;
  const limit = stackKb < 4096 ? 300 : 2000;
  const code = `${script.replace("LIMIT", String(limit))}\n${source}`;
  const command = `ulimit -s ${stackKb === 0 ? "unlimited" : stackKb}; exec ${preload && `env LD_PRELOAD="${preload}"`} "$@"`;
  const args = ["-c", command, "sh", process.execPath, ...options, "--input-type=module", "--eval", code];
  const { status, stdout, stderr } = spawnSync("sh", args, { cwd: here, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

const RIGHT = "true true true 1 0\n".repeat(4);

for (const stackKb of [2048, 3072, 4096, 16384, 0]) {
  const skip = isUnderAsan && "the sanitizer wants a stack as usual";
  test(`a stack of ${stackKb === 0 ? "any size" : `${stackKb} KiB`}`, { skip }, () => {
    assert.equal(runWith([], "", { stackKb }), RIGHT);
  });
}

for (const size of [200, 2000, 4000, 6500]) {
  test(`--stack-size=${size}`, () => {
    assert.equal(runWith([`--stack-size=${size}`], ""), RIGHT);
  });
}

// As docs/reliability.md says it, in MiB.
for (const [stackKb, size, own] of [
  [8192, 984, 6.1],
  [8192, 1500, 5.7],
  [8192, 4000, 3.3],
  [8192, 5000, 2.3],
  [8192, 5400, 7.9],
  [16384, 984, 13.1],
] as const) {
  test(`C's part with a stack of ${stackKb} KiB and --stack-size=${size}`, {
    skip: isUnderAsan && "it takes more",
  }, () => {
    const path = JSON.stringify(stackPath);
    const source = `const { room, eat } = new CDLL(${path}, { room: CFUNCTYPE(c_long), eat: CFUNCTYPE(c_int, c_int) });
      const mib = Number(room()) / 2 ** 20;
      const kb = Math.floor((mib - 0.2) * 1024);
      console.log(Math.abs(mib - ${own}) < 0.3 ? "as said" : mib, eat(kb) === kb);`;
    const printed = runWith([`--stack-size=${size}`], source, { stackKb });
    assert.equal(printed, `${RIGHT}as said true\n`);
  });
}

const skipPreload = isUnderAsan && "the sanitizer wants to be preloaded itself";
test("an engine that wants to interrupt JavaScript while it is asked for its limit", { skip: skipPreload }, () => {
  const preload = compileLibrary(
    "interrupting",
    `#define _GNU_SOURCE
     #include <dlfcn.h>
     #include <pthread.h>
     static void noop(void *isolate, void *data) {}
     // v8::Isolate::TryGetCurrent() and ::RequestInterrupt(), when the thread's stack is looked for.
     int pthread_getattr_np(pthread_t thread, pthread_attr_t *to) {
       int (*real)(pthread_t, pthread_attr_t *) = dlsym(RTLD_NEXT, "pthread_getattr_np");
       void *(*current)(void) = dlsym(RTLD_DEFAULT, "_ZN2v87Isolate13TryGetCurrentEv");
       void (*interrupt)(void *, void (*)(void *, void *), void *) =
           dlsym(RTLD_DEFAULT, "_ZN2v87Isolate16RequestInterruptEPFvPS0_PvES2_");
       void *isolate = current ? current() : 0;
       if (isolate && interrupt) interrupt(isolate, noop, 0);
       return real(thread, to);
     }`,
    ["-ldl"],
  );
  assert.equal(runWith([], "", { preload }), RIGHT);
});

for (const stackSizeMb of [1, 2, 4, 8, undefined]) {
  test(`a worker with ${stackSizeMb ?? "an unsaid number of"} MB of stack`, async () => {
    const worker = new Worker(new URL("fixtures/hungry.mjs", import.meta.url), {
      workerData: { path: stackPath, stackMb: stackSizeMb ?? 4 },
      ...(stackSizeMb !== undefined && { resourceLimits: { stackSizeMb } }),
    });
    const [[message], [code]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
    assert.deepEqual(message, { wrong: 0, ended: true, failed: true, depth: true, changes: 0 });
    assert.equal(code, 0);
  });
}

// -- Ended JavaScript ------------------------------------------------------------------------------

for (const [name, options] of ALL_WAYS) {
  for (const how of ["direct", "nested", "nestedPumped"]) {
    test(`${name}, ${how}: a worker that is terminated in a callback ends, however often C calls back`, async () => {
      const workerData = { path: stackPath, options, how };
      const worker = new Worker(new URL("fixtures/endless.mjs", import.meta.url), { workerData });
      const seen: string[] = [];
      await new Promise<void>((resolve) => {
        worker.on("message", (message: string) => {
          seen.push(message);
          resolve();
        });
      });
      assert.equal(await worker.terminate(), 1);
      assert.deepEqual(seen, ["in a callback"]);
    });
  }

  test(`${name}: a script that takes too long in a callback ends, however often C calls back`, () => {
    const Global = globalThis as unknown as { takeLong?: () => void };
    const { call_twice: callTwice } = declare(options);
    let calls = 0;
    const endless = new Unary(() => {
      calls++;
      for (;;);
    });
    Global.takeLong = () => callTwice(endless, 1);
    while (calls === 0) {
      const code = "try { takeLong(); } finally { for (;;); }";
      assert.throws(() => runInThisContext(code, { timeout: 100 }), { code: "ERR_SCRIPT_EXECUTION_TIMEOUT" });
    }
    delete Global.takeLong;
    assert.equal(calls, 1);
    assert.equal(plain.call(new Unary((n) => n), 3), 3);
  });
}
