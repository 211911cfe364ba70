/**
 * CPython's test_refcounts: a callback holds its function as long as it lives itself, and no longer.
 */
import assert from "node:assert/strict";
import { CFUNCTYPE, c_int, Structure } from "ctypes-js";
import { row } from "./row.ts";
import { collect, undeclared } from "./support.ts";

const Callback = CFUNCTYPE(c_int, c_int);

/** A function nobody else holds. */
function fresh(): (n: number) => number {
  return (n) => n + 0;
}

/** While what `make` gives is held, the function lives; afterwards it does not. */
async function holds(make: (target: (n: number) => number) => unknown): Promise<void> {
  const box: { owner: unknown; target: WeakRef<object> } = (() => {
    const target = fresh();
    return { owner: make(target), target: new WeakRef(target) };
  })();
  await collect(8);
  assert.notEqual(box.target.deref(), undefined, "held by its owner");
  box.owner = null;
  await collect(8);
  assert.equal(box.target.deref(), undefined, "gone with its owner");
}

row("test_refcounts.py", "RefcountTestCase", "test_1", async () => {
  const f = undeclared("_testfunc_callback_i_if");
  f.restype = c_int;
  f.argtypes = [c_int, Callback] as never;
  const box: { callback: InstanceType<typeof Callback> | null; target: WeakRef<object> } = (() => {
    const target = fresh();
    return { callback: new Callback(target), target: new WeakRef(target) };
  })();
  await collect(8);
  assert.notEqual(box.target.deref(), undefined, "the callback holds its function");
  assert.equal(f(-10, box.callback as never), -18);
  box.callback = null;
  await collect(8);
  assert.equal(box.target.deref(), undefined, "and lets it go");
});

row("test_refcounts.py", "RefcountTestCase", "test_refcount", async () => {
  await holds((target) => new Callback(target));

  class X extends Structure({ a: Callback }) {}
  await holds((target) => new X({ a: new Callback(target) }));
  await holds((target) => {
    const x = new X();
    x.a = new Callback(target);
    return x;
  });

  // A circle: the structure keeps a callback whose function knows the structure.
  const circle = (() => {
    const x = new X();
    x.a = new Callback((n) => n + (x.a === null ? 0 : 1));
    assert.equal(x.a(41), 42);
    return new WeakRef(x);
  })();
  await collect(8);
  assert.equal(circle.deref(), undefined);
});
