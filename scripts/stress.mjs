/**
 * Imported before the tests of `npm run test:stress`, and required by mocha for those that it runs. Each test begins
 * with the whole budget of collections, for ctypes' `test/stress/hooks.ts` and for rawffi's own tests; full collections
 * move objects.
 *
 * `--stress-compaction` on the command line makes every collection a full one, including those of the young generation
 * and those that V8 makes by itself for each mebibyte: fifty times slower, without collecting at more places. So it is
 * on only during explicit full collections.
 */
import { setFlagsFromString } from "node:v8";
import { isMainThread } from "node:worker_threads";

const stress = { count: 0, next: 0 };
const begin = (count) => void Object.assign(stress, { count, next: 0 });

/**
 * The same as a hook of mocha. It runs three hundred tests of a few lines each, so each begins with fifty of the three
 * hundred collections.
 */
export const mochaHooks = { beforeEach: () => begin(250) };

// Workers have no tests; V8's flags hold for the whole process.
if (isMainThread) {
  Object.defineProperty(globalThis, "ctypesStress", { value: stress });
  // Nor does the runner itself.
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
