/**
 * A short slice of `npm run test:reentry`, on the Node at hand: what a callback does to optimised code in the middle of
 * a call.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const ROUNDS = 4000;

for (const tier of ["", "frame"]) {
  test(`callbacks do whatever they like in the middle of hot calls${tier && `, tier ${tier}`}`, () => {
    const program = join(import.meta.dirname, "reentry/program.mjs");
    const library = join(import.meta.dirname, "fixtures/build/reentry.so");
    const args = ["--expose-gc", "--allow-natives-syntax", program, library, String(ROUNDS)];
    execFileSync(process.execPath, args, {
      env: { ...process.env, RAWFFI_TIER: tier },
      encoding: "utf8",
      stdio: "pipe",
    });
  });
}
