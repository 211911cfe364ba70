/** C calls JavaScript, and something is wrong with what it calls. */
import type { Row } from "../row.ts";

const CALLS = `const lib = open({ call: CFUNCTYPE(c_int, Callback, c_int), call_twice: CFUNCTYPE(c_int, Callback, c_int, c_int), finished: c_int,
  keep: CFUNCTYPE(null, Callback), call_kept: CFUNCTYPE(c_int, c_int), add: CFUNCTYPE(c_int, c_int, c_int) });`;

export const callbackRows: readonly Row[] = [
  {
    id: "callback-throws",
    when: "a callback throws: C runs to its end with a zero, then the call throws it",
    program: `${CALLS} const callback = new Callback((v) => { if (v === 1) throw new Error("from JavaScript"); return v; });
      attempt(() => lib.call_twice(callback, 1, 5)); console.log(lib.finished.value, lib.call_twice(callback, 4, 5));`,
    stdout: "Error: from JavaScript\n1 9",
  },
  {
    id: "callback-first-error",
    when: "several callbacks throw in one call: the first error is thrown",
    program: `${CALLS} const callback = new Callback((v) => { throw new Error("number " + v); });
      attempt(() => lib.call_twice(callback, 1, 2));`,
    stdout: "Error: number 1",
  },
  {
    id: "callback-no-caller",
    when: "a callback throws and no JavaScript called C: an uncaught exception",
    program: `const uv = new CDLL(null); const Timer = CFUNCTYPE(null, c_void_p); uv.uv_default_loop.restype = c_void_p;
      const timer = create_string_buffer(1024); const callback = new Timer(() => { throw new Error("from the timer"); });
      process.on("uncaughtException", (error) => { console.log("uncaught", error.message, typeof callback, timer.length); process.exit(4); });
      uv.uv_timer_init(cast(uv.uv_default_loop(), c_void_p), timer); uv.uv_timer_start.argtypes = [c_void_p, c_void_p, c_longlong, c_longlong];
      uv.uv_timer_start(timer, callback, 1n, 0n); setTimeout(() => {}, 5000);`,
    stdout: "uncaught from the timer function 1024",
    code: 4,
    elsewhere: { bun: null, deno: null },
  },
  {
    id: "callback-wrong-type",
    when: "a callback returns a value of another type",
    program: `${CALLS} attempt(() => lib.call(new Callback(function pick() { return "text"; }), 1)); attempt(() => lib.call(new Callback(() => {}), 1));`,
    stdout:
      'TypeError: the result of the callback pick: expected an integer for c_int, got the string "text"\n' +
      "TypeError: the result of the callback (anonymous): expected an integer for c_int, got undefined",
  },
  {
    id: "callback-in-structure",
    when: "a callback lives only in a structure that C holds",
    program: `class Holder extends Structure({ unused: c_int, f: Callback }) {}
      const lib = open({ call_holder: CFUNCTYPE(c_int, POINTER(Holder), c_int) });
      const holder = new Holder({ f: new Callback((v) => v + 1) }); await collect();
      for (let i = 0; i < 100; i++) new Callback((v) => v); await collect();
      console.log(lib.call_holder(holder, 41));`,
    stdout: "42",
  },
  {
    id: "callback-collected",
    when: "C calls a callback that nobody held any more",
    program: `${CALLS} lib.keep(new Callback(function visit(v) { return v; })); await collect(); attempt(() => lib.call_kept(3)); attempt(() => lib.add(1, 2));`,
    stdout:
      "Error: the callback visit was called after it was freed: it was disposed of, or nobody held it any more\ngave 3",
  },
  {
    id: "callback-freed",
    when: "C calls a callback that was disposed of",
    program: `${CALLS} const callback = new Callback(function visit(v) { return v; }); lib.keep(callback); console.log(lib.call_kept(3)); callback.dispose();
      attempt(() => lib.call_kept(3)); attempt(() => lib.call_kept(3)); attempt(() => lib.call(callback, 3)); attempt(() => callback(3));`,
    stdout:
      /^3\n(Error: the callback visit was called after it was freed: .*\n){2}.*\nTypeError: .*this callback was disposed of$/,
  },
  {
    id: "callback-freed-in-itself",
    when: "a callback disposes of itself while it runs",
    program: `${CALLS} const callback = new Callback((v) => { callback.dispose(); for (let i = 0; i < 3000; i++) new Callback(() => 0).dispose(); return v; });
      attempt(() => lib.call(callback, 3));`,
    stdout: "gave 3",
  },
  {
    id: "callback-recursion",
    when: "JavaScript and C call each other without end",
    program: `${CALLS} let depth = 0; const callback = new Callback((v) => { depth++; return lib.call(callback, v); });
      try { lib.call(callback, 1); } catch (error) { console.log(error.constructor.name, depth > 20); }
      console.log(lib.call(new Callback((v) => v + 1), 1));`,
    stdout: "RangeError true\n2",
  },
  {
    id: "callback-no-stack",
    when: "C calls back with hardly any stack left",
    program: `const lib = open({ call_at_the_end: CFUNCTYPE(c_int, Callback, c_int, c_int) }); const callback = new Callback((v) => v + 1);
      attempt(() => lib.call_at_the_end(callback, 1, 32 * 1024)); console.log(callback(1));`,
    stdout: "RangeError: callbacks are nested too deeply\n2",
  },
  {
    id: "callback-hungry",
    when: "C calls back with much of its own on the stack: the right result or an error, in all ways",
    program: `const ways = [{}, { use_errno: true }, { throws: true }, { guarded: true }, { leaf: false }]; const callback = new Callback((v) => v + 1);
      for (const way of ways) { const lib = open({ call_hungry: CFUNCTYPE(c_int, Callback, c_int, c_int, way) });
        for (const kb of [64, 900, 1024, 1100, 2048, 4096, 6144]) { try { if (lib.call_hungry(callback, kb, kb) !== kb + 1) console.log("wrong"); }
          catch (error) { if (!(error instanceof RangeError)) console.log(error); } }
        console.log(lib.call_hungry(callback, 1, 64)); }`,
    stdout: "2\n2\n2\n2\n2",
  },
  {
    id: "callback-large-frames",
    when: "JavaScript and C with large frames call each other without end: an error before the stack is gone, and nothing is overwritten",
    program: `const lib = open({ call_hungry: CFUNCTYPE(c_int, Callback, c_int, c_int) });
      for (const kb of [100, 200, 300, 700]) { const kept = [];
        const callback = new Callback((v) => { kept.push(new Uint8Array(65536).fill(kb & 0xff)); return lib.call_hungry(callback, v, kb); });
        attempt(() => lib.call_hungry(callback, 1, kb)); if (!kept.every((bytes) => bytes.every((byte) => byte === (kb & 0xff)))) console.log("overwritten"); }
      console.log(lib.call_hungry(new Callback((v) => v + 1), 1, 300));`,
    stdout: /^(RangeError: .*\n){4}2$/,
  },
  {
    id: "callback-coroutine",
    when: "C calls back on a stack of its own making, as a coroutine's",
    program: `for (const way of [{}, { use_errno: true }, { throws: true }, { leaf: false }]) { const callback = new Callback(function visit(v) { return v + 1; });
        const lib = open({ call_in_coroutine: CFUNCTYPE(c_int, Callback, c_int, way), call: CFUNCTYPE(c_int, Callback, c_int, way) });
        attempt(() => lib.call_in_coroutine(callback, 1)); attempt(() => lib.call(callback, 1)); }`,
    stdout: /^(Error: the callback visit was called on a stack that is not its thread's, .*\ngave 2(\n|$)){4}/,
  },
  {
    id: "callback-many",
    when: "a hundred thousand callbacks live at once",
    program: `${CALLS} const callbacks = Array.from({ length: 100_000 }, (_, i) => new Callback((v) => v + i));
      console.log(lib.call(callbacks[0], 1), lib.call(callbacks[99_999], 1));`,
    stdout: "1 100000",
  },
  {
    id: "leaf-calls-back",
    when: "a function declared { leaf: true } calls back after all",
    program: `${CALLS} const leaf = open({ call: CFUNCTYPE(c_int, Callback, c_int, { leaf: true }) }); const callback = new Callback((v) => v + 1);
      const hot = () => { try { return leaf.call(callback, 1); } catch (error) { return error.message; } };
      let last; for (let i = 0; i < 20_000; i++) last = hot(); console.log(last, lib.call(callback, 1));`,
    stdout: "call(): it is declared { leaf: true } and called a callback, which was not run; C got zero 2",
  },
];
