/**
 * Makes the calls of cases.mjs again and again, until a debugger sets `stop`. Prints a line when it begins, and in the
 * end what went wrong.
 *
 *     node --inspect=127.0.0.1:0 busy.mjs library
 */
import { setImmediate } from "node:timers/promises";
import { check, names } from "./cases.mjs";

const failures = new Set();
let rounds = 0;
globalThis.stop = false;
globalThis.intrude = () => names.flatMap((name) => check(name, 1) || check(name, 2) || []).join("; ");

console.log("ready");
while (!globalThis.stop) {
  for (let i = 0; i < 100 && !globalThis.stop; i++) {
    for (const name of names) {
      const wrong = check(name, 0);
      if (wrong !== "") failures.add(wrong);
    }
    rounds++;
  }
  await setImmediate();
}
console.log(JSON.stringify({ rounds, failures: [...failures] }));
