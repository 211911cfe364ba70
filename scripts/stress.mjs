/**
 * Imported before the tests of `npm run test:stress`: each test begins with the whole budget of collections, of `memory/stress.ts` and of rawffi's
 * own tests.
 */
import { beforeEach } from "node:test";
import { isMainThread } from "node:worker_threads";

// The runner itself has no tests, and workers have none.
if (process.env.NODE_TEST_CONTEXT !== undefined && isMainThread) {
  const stress = { count: 0, next: 0 };
  globalThis.ctypesStress = stress;
  beforeEach(() => Object.assign(stress, { count: 0, next: 0 }));
}
