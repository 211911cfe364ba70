/**
 * Imported before the tests of `npm run test:stress`, and required by mocha for those that it runs: each test begins
 * with the whole budget of collections, of ctypes' `test/stress/hooks.ts` and of rawffi's own tests, and full
 * collections move objects.
 *
 * `--stress-compaction` on the command line makes every collection one of everything, also those of the young and those
 * that V8 makes by itself for each mebibyte: fifty times slower for no more places where garbage is collected. So it is
 * on while somebody asks for everything.
 */
import { setFlagsFromString } from "node:v8";
import { isMainThread } from "node:worker_threads";

const stress = { count: 0, next: 0 };
const begin = (count) => void Object.assign(stress, { count, next: 0 });

/**
 * As mocha has it. It runs three hundred tests of a few lines each, so each begins with fifty of the three hundred
 * collections.
 */
export const mochaHooks = { beforeEach: () => begin(250) };

// Workers have no tests; V8's flags are those of the process.
if (isMainThread) {
  Object.defineProperty(globalThis, "ctypesStress", { value: stress });
  // The runner itself has none either.
  if (process.env.NODE_TEST_CONTEXT !== undefined) (await import("node:test")).beforeEach(() => begin(0));

  const { gc } = globalThis;
  globalThis.gc = (options) => {
    if (options?.type === "minor") return gc(options);
    setFlagsFromString("--stress-compaction");
    try {
      return gc(options);
    } finally {
      setFlagsFromString("--no-stress-compaction");
    }
  };
}
