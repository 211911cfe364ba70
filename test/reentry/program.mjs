/**
 * Provokes what breaks FFIs that are built on V8's fast calls: a callback, in the middle of a call made by optimised
 * code, that allocates, collects, throws, calls C again, or takes away what the optimised code was compiled under.
 *
 *     node --expose-gc --allow-natives-syntax test/reentry/program.mjs <reentry.so> <rounds>
 *
 * Prints one line for each case; a wrong result is an error, and a crash is one, too. Plain JavaScript: it runs on any
 * Node.
 */
import assert from "node:assert/strict";
import { CDLL, CFUNCTYPE, c_int } from "ctypes-js";

const [library, rounds] = [process.argv[2], Number(process.argv[3])];
const Unary = CFUNCTYPE(c_int, c_int);
const { apply, add } = new CDLL(library, {
  apply: CFUNCTYPE(c_int, Unary, c_int),
  add: CFUNCTYPE(c_int, c_int, c_int),
});
const leafAdd = new CDLL(library, { add: CFUNCTYPE(c_int, c_int, c_int, { leaf: true }) }).add;

/** Calls that optimised code makes between two of a case's happenings. */
const EPISODE = 100;
let count = 0;

/** A function with feedback and optimised code of its own. */
function fresh(parameters, body) {
  return new Function(...parameters, `/* ${count++} */ ${body}`);
}

/** Runs `hot(from, to)` once to collect feedback and then optimised. */
function warm(hot, ...args) {
  new Function("hot", "%PrepareFunctionForOptimization(hot)")(hot);
  hot(...args, 0, EPISODE);
  new Function("hot", "%OptimizeFunctionOnNextCall(hot)")(hot);
}

const cases = {
  "a callback that allocates"() {
    const kept = [];
    const callback = new Unary((n) => kept.push({ n, more: new Array(n % 100).fill(n) }) && n + 1);
    const hot = loop();
    warm(hot, apply, callback);
    let total = 0;
    for (let from = 0; from < rounds; from += EPISODE) {
      total += hot(apply, callback, from, from + EPISODE);
      if (kept.length > 10_000) kept.length = 0;
    }
    assert.equal(total, (rounds * (rounds + 1)) / 2);
  },

  "a callback that collects"() {
    let garbage;
    const callback = new Unary((n) => {
      if (n % 1000 === 999) globalThis.gc();
      // A young generation's worth in a few hundred rounds.
      garbage = new Array(5000).fill(n);
      return garbage[n % 5000] + 1;
    });
    const hot = loop();
    warm(hot, apply, callback);
    let total = 0;
    for (let from = 0; from < rounds; from += EPISODE) total += hot(apply, callback, from, from + EPISODE);
    assert.equal(total, (rounds * (rounds + 1)) / 2);
  },

  "a callback that throws"() {
    const error = new Error("from the callback");
    const callback = new Unary((n) => {
      if (n % 2 === 1) throw error;
      return 1;
    });
    const hot = fresh(
      ["apply", "callback", "from", "to"],
      `let total = 0;
      for (let i = from; i < to; i++) {
        try { total += apply(callback, i); } catch (error) { if (error.message !== "from the callback") throw error; total += 1000; }
      }
      return total;`,
    );
    warm(hot, apply, callback);
    let total = 0;
    for (let from = 0; from < rounds; from += EPISODE) total += hot(apply, callback, from, from + EPISODE);
    assert.equal(total, (rounds / 2) * 1001);
  },

  "a callback that calls C, also by leaf calls"() {
    const inner = new Unary((n) => leafAdd(n, 1));
    const callback = new Unary((n) => apply(inner, add(n, 0)) + leafAdd(0, 0));
    const hot = loop();
    warm(hot, apply, callback);
    let total = 0;
    for (let from = 0; from < rounds; from += EPISODE) total += hot(apply, callback, from, from + EPISODE);
    assert.equal(total, (rounds * (rounds + 1)) / 2);
  },

  "a callback that changes a method of a prototype"() {
    invalidate(() => {
      class Source {
        value() {
          return 1;
        }
      }
      return { source: new Source(), change: () => (Source.prototype.value = () => 5) };
    }, "source.value()");
  },

  "a callback that changes a constant field"() {
    invalidate(() => {
      class Source {
        constructor() {
          this.step = 1;
        }
      }
      const source = new Source();
      return { source, change: () => (source.step = 5) };
    }, "source.step");
  },

  "callbacks that come and go, so that calls change their way"() {
    const hot = fresh(
      ["add", "come", "go", "from", "to"],
      `let total = 0;
      for (let i = from; i < to; i++) {
        if (i % 10 === 3) come();
        total += add(i, 1);
        if (i % 10 === 7) go();
      }
      return total;`,
    );
    const live = [];
    const come = () => live.push(new Unary((n) => n));
    const go = () => live.pop().dispose();
    warm(hot, add, come, go);
    let total = 0;
    for (let from = 0; from < rounds; from += EPISODE) total += hot(add, come, go, from, from + EPISODE);
    assert.equal(total, (rounds * (rounds + 1)) / 2);
  },
};

/** A hot loop of one call. */
function loop() {
  return fresh(
    ["apply", "callback", "from", "to"],
    "let total = 0; for (let i = from; i < to; i++) total += apply(callback, i); return total;",
  );
}

/**
 * In each episode a hot loop is optimised for what `make` makes and then, half-way and inside a C call, `change` makes
 * that wrong: from the next line on `read` must give 5 instead of 1.
 */
function invalidate(make, read) {
  for (let round = 0; round < rounds; round += EPISODE) {
    const { source, change } = make();
    let at = -1;
    const callback = new Unary((n) => {
      if (n === at) change();
      return 0;
    });
    // The source is a constant to the optimised code: it stands in its context.
    const hot = fresh(
      ["source", "apply", "callback"],
      `return function (from, to) {
        let total = 0;
        for (let i = from; i < to; i++) { total += apply(callback, i); total += ${read}; }
        return total;
      }`,
    )(source, apply, callback);
    warm(hot);
    assert.equal(hot(0, EPISODE), EPISODE);
    at = 40;
    assert.equal(hot(0, EPISODE), 40 + 5 * 60);
    callback.dispose();
  }
}

for (const [name, run] of Object.entries(cases)) {
  const start = performance.now();
  run();
  console.log(`${name}: ${rounds} rounds, ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
console.log(`tiers: ${add.tier}, ${apply.tier}`);
