/** Foreign threads, workers, and calls that are not waited for. */
import type { Row } from "../row.ts";

const THREADS = `const lib = open({ call: CFUNCTYPE(c_int, Callback, c_int), call_later: CFUNCTYPE(null, Callback, c_int, c_int), result_of_later: CFUNCTYPE(c_int),
  sleep_for: CFUNCTYPE(null, c_int), hold: CFUNCTYPE(null), let_go: CFUNCTYPE(null), call_on_thread: CFUNCTYPE(c_int, Callback, c_int), add: CFUNCTYPE(c_int, c_int, c_int) });`;

const WORKER = `import { Worker, isMainThread, parentPort } from "node:worker_threads";`;

export const threadRows: readonly Row[] = [
  {
    id: "thread-pumped",
    when: "a foreign thread calls back while JavaScript waits in a pumped call",
    program: `const lib = open({ call_on_thread: CFUNCTYPE(c_int, Callback, c_int, { pumped: true }) });
      attempt(() => lib.call_on_thread(new Callback((v) => v + 1), 41)); attempt(() => lib.call_on_thread(new Callback(() => { throw new Error("there"); }), 41));`,
    stdout: "gave 42\nError: there",
  },
  {
    id: "thread-deadlock",
    when: "a foreign thread calls back while JavaScript waits in an ordinary call: said on stderr, not silent",
    program: `${THREADS} const callback = new Callback((v) => v + 1); lib.call_on_thread(callback, 41); console.log(typeof callback);`,
    stderr: /rawffi: .*pumped/,
    endsOn: /pumped/,
    signal: "SIGKILL",
  },
  {
    id: "thread-later",
    when: "a foreign thread calls back later: with a real result",
    program: `${THREADS} const callback = new Callback((v) => v + 1); lib.call_later(callback, 41, 5); await until(() => lib.result_of_later() !== -1); console.log(lib.result_of_later(), typeof callback);`,
    stdout: "42 function",
  },
  {
    id: "async",
    when: "an async call: the loop goes on, the promise has the result",
    program: `${THREADS} let ticks = 0; const held = lib.hold.async(); await until(() => ++ticks > 3); lib.let_go(); await held;
      console.log(await lib.add.async(1, 2));`,
    stdout: "3",
  },
  {
    id: "worker-ended",
    when: "C calls a callback of a worker that has ended: zero, and one line",
    program: `${WORKER} ${THREADS}
      if (isMainThread) {
        const worker = new Worker(new URL(import.meta.url)); const at = await new Promise((resolve) => worker.once("message", resolve));
        await worker.terminate(); await pause(20);
        const call = CFUNCTYPE(c_int, c_int); const dead = new call(at); console.log(dead(7), dead(8));
      } else { globalThis.callback = new Callback((v) => v + 1); parentPort.postMessage(cast(globalThis.callback, c_void_p).value); setInterval(() => {}, 1000); }`,
    stdout: "0 0",
    stderr: /^rawffi: .*callback.*$/,
  },
  {
    id: "worker-terminated",
    when: "a worker is terminated during a call: C is never interrupted, then the worker ends",
    program: `${WORKER} ${THREADS}
      if (isMainThread) {
        for (let i = 0; i < 3; i++) {
          const worker = new Worker(new URL(import.meta.url)); await new Promise((resolve) => worker.once("message", resolve));
          await pause(10); await worker.terminate();
        }
        console.log("ended", lib.call(new Callback((v) => v + 1), 1));
      } else { const callback = new Callback((v) => v); parentPort.postMessage(1); await pause(1); lib.sleep_for(100); lib.call(callback, 1); while (true) lib.call(callback, 1); }`,
    stdout: "ended 2",
  },
  {
    id: "worker-leaves",
    when: "a worker is terminated while it holds what only C can give back: C gives it back",
    program: `${WORKER} const libc = new CDLL(null, { dup: CFUNCTYPE(c_int, c_int), close: CFUNCTYPE(c_int, c_int), fcntl: CFUNCTYPE(c_int, c_int, c_int) });
      const isOpen = (fd) => libc.fcntl(fd, 1) >= 0;
      if (isMainThread) {
        const worker = new Worker(new URL(import.meta.url)); const [one, other] = await new Promise((resolve) => worker.once("message", resolve));
        console.log(isOpen(one), isOpen(other)); await worker.terminate();
        for (let i = 0; i < 500 && (isOpen(one) || isOpen(other)); i++) await pause(10);
        console.log(isOpen(one), isOpen(other));
      } else {
        const list = new ctypes.EndList(libc.close); const [one, other] = [libc.dup(1), libc.dup(1)];
        ctypes.atEnd(libc.close, one); list.add(other); parentPort.postMessage([one, other]); setInterval(() => {}, 1000);
      }`,
    stdout: "true true\nfalse false",
  },
  {
    id: "worker-200",
    when: "two hundred workers start and end at any moment",
    program: `${WORKER} ${THREADS}
      if (isMainThread) {
        let left = 200; const one = async () => { while (left-- > 0) { const worker = new Worker(new URL(import.meta.url)); const ended = new Promise((resolve) => worker.once("exit", resolve));
          worker.on("error", () => {}); if (left % 3 !== 0) { await pause((left * 7) % 40); void worker.terminate(); } await ended; } };
        await Promise.all([one(), one(), one(), one()]);
        console.log("ended", lib.call(new Callback((v) => v + 1), 1));
      } else { const callback = new Callback((v) => v); for (let i = 0; i < 2000; i++) lib.call(callback, i); }`,
    stdout: "ended 2",
  },
];
