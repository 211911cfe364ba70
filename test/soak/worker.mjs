// A worker that is in the middle of something, whenever it is ended: it calls, is called back, and has calls under way
// on other threads.
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";

const Callback = CFUNCTYPE(c_int, c_int);
const path = fileURLToPath(new URL("../fixtures/build/faults.so", import.meta.url));
const lib = new CDLL(path, { call: CFUNCTYPE(c_int, Callback, c_int), add: CFUNCTYPE(c_int, c_int, c_int) });
const callbacks = Array.from({ length: 20 }, (_, i) => new Callback((v) => v + i));

parentPort.postMessage("ready");
for (let i = 0; ; i++) {
  const sum = lib.add.async(i, 1);
  for (const callback of callbacks) lib.call(callback, i);
  await sum;
}
