/** The callbacks of the contract: nesting, exceptions, errno and lifetimes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { arrayOn, FRAME, type RawType, type Signature } from "rawffi";
import type { Caller } from "./caller.ts";
import type { DoubleValue } from "./double/double.ts";
import { type FindSymbol, LATE, LATE_VALUES, type MakeClosure, onlyAddon } from "./suite.ts";
import { signatures } from "./twins.ts";

// -- Callbacks -------------------------------------------------------------------------------------

const CALL_TWICE: Signature = { result: "sint32", parameters: ["pointer", "sint32", "sint32"] };

export function callbacks(caller: Caller, symbol: FindSymbol, closure: MakeClosure): void {
  test("C calls JavaScript as often as it likes", () => {
    const double = closure(signatures.callback, (x) => 2 * Number(x));
    assert.equal(caller.call(symbol("call_twice"), CALL_TWICE, double.address, 3, 4), 6008);
    double.free();
  });

  test("a closure is a C function for whoever has its address", () => {
    const many: RawType[] = ["sint8", "double", ...LATE, "float", "uint16"];
    const sum = closure({ result: "double", parameters: many }, (...args) =>
      args.reduce<number>((total, value) => total + Number(value), 0),
    );
    const args = [-1, 0.5, ...LATE_VALUES, 0.25, 65535];
    const expected = args.reduce<number>((total, value) => total + Number(value), 0);
    assert.equal(caller.call(sum.address, { result: "double", parameters: many }, ...args), expected);
    sum.free();
  });

  test("padding at the end of an argument takes no register of the arguments after it", () => {
    const padded: RawType = { size: 16, align: 16, leaves: [{ type: "sint32", offset: 0 }] };
    const bytes = Uint8Array.of(5, ...Array<number>(15).fill(0));
    for (const before of [[], LATE]) {
      const signature: Signature = { result: "sint32", parameters: [...before, padded, "sint32"] };
      const seen: number[] = [];
      const last = closure(signature, (...args) => {
        seen.push((args.at(-2) as Uint8Array)[0] ?? -1);
        return args.at(-1) as number;
      });
      const values = before === LATE ? LATE_VALUES : [];
      assert.equal(caller.call(last.address, signature, ...values, bytes, 7), 7);
      assert.deepEqual(seen, [5]);
      last.free();
    }
  });

  test("a callback makes calls that make callbacks, and no frame disturbs another", () => {
    const depth = closure(signatures.callback, (n): DoubleValue => {
      if (n === 0) return 1;
      const inner = caller.call(symbol("call_twice"), CALL_TWICE, depth.address, Number(n) - 1, 0);
      return Number(n) + (Number(inner) % 1000);
    });
    assert.equal(caller.call(symbol("call_twice"), CALL_TWICE, depth.address, 3, 2), 1000 * (3 + 1) + 3);
    depth.free();
  });

  test("an exception is thrown on when C has ended, the first of several, and C gets zero", () => {
    const seen: DoubleValue[] = [];
    const fails = closure(signatures.callback, (x) => {
      seen.push(x);
      throw new Error(`failed with ${x}`);
    });
    assert.throws(() => caller.call(symbol("call_twice"), CALL_TWICE, fails.address, 1, 2), {
      message: "failed with 1",
    });
    assert.deepEqual(seen, [1, 2]);
    assert.equal(arrayOn(Int32Array, caller.raw.frame)[2 * FRAME.RESULT], 0);
    fails.free();
  });

  test("what is thrown need not be an Error", () => {
    const fails = closure(signatures.callback, () => {
      throw 5;
    });
    assert.throws(
      () => caller.call(symbol("call_twice"), CALL_TWICE, fails.address, 1, 2),
      (thrown) => thrown === 5,
    );
    fails.free();
  });

  test("a call inside a callback does not see what an earlier callback threw", () => {
    const inner = closure(signatures.callback, (x) => x);
    const results: DoubleValue[] = [];
    const outer = closure(signatures.callback, (x) => {
      if (x === 1) throw new Error("outer");
      results.push(caller.call(symbol("call_twice"), CALL_TWICE, inner.address, 7, 8));
      throw new Error("later");
    });
    assert.throws(() => caller.call(symbol("call_twice"), CALL_TWICE, outer.address, 1, 2), { message: "outer" });
    assert.deepEqual(results, [7008]);
    inner.free();
    outer.free();
  });

  test("an exception passes through calls that are nested, or is caught between them", () => {
    const fails = closure(signatures.callback, () => {
      throw new Error("inner");
    });
    const outer = closure(signatures.callback, (x) => {
      const again = () => caller.call(symbol("call_twice"), CALL_TWICE, fails.address, 0, 0);
      if (x === 1) assert.throws(again, { message: "inner" });
      else again();
      return 3;
    });
    assert.equal(caller.call(symbol("call_twice"), CALL_TWICE, outer.address, 1, 1), 3003);
    assert.throws(() => caller.call(symbol("call_twice"), CALL_TWICE, outer.address, 1, 2), { message: "inner" });
    fails.free();
    outer.free();
  });

  test("errno is swapped around a callback that asks for it", () => {
    const signature: Signature = { result: "sint32", parameters: ["pointer", "sint32"], errno: true };
    const seen: number[] = [];
    const callback = closure({ ...signatures.callback, errno: true }, (x) => {
      seen.push(caller.errno);
      caller.errno = 55;
      return x;
    });
    caller.errno = 0;
    assert.equal(caller.call(symbol("call_with_errno"), signature, callback.address, 9), 9055);
    assert.deepEqual(seen, [9]);
    assert.equal(caller.errno, 55);
    caller.errno = 0;
    callback.free();
  });

  test("a callback that does not ask for errno leaves C's alone, whatever ran meanwhile", () => {
    const exchange: Signature = { result: "sint32", parameters: ["sint32"] };
    const callback = closure(signatures.callback, (x) => {
      caller.call(symbol("exchange_errno"), exchange, 77);
      return x;
    });
    const signature: Signature = { result: "sint32", parameters: ["pointer", "sint32"] };
    assert.equal(caller.call(symbol("call_with_errno"), signature, callback.address, 9), 9009);
    callback.free();
  });

  test("endless recursion through C ends in a RangeError", () => {
    const endless = closure(signatures.callback, (x) =>
      caller.call(endless.address, signatures.callback, Number(x) + 1),
    );
    assert.throws(() => caller.call(endless.address, signatures.callback, 0), RangeError);
    assert.equal(caller.call(symbol("subtract"), signatures.subtract, 9, 4), 5);
    endless.free();
  });
}

export function lifetimes(caller: Caller, symbol: FindSymbol, closure: MakeClosure): void {
  const freed = {
    name: "Error",
    message: "a callback was called after it was freed: it was disposed of, or nobody held it any more",
  };

  test("a freed closure gives C zero and its caller an error", () => {
    const made = closure(signatures.callback, () => 5);
    made.free();
    made.free();
    assert.throws(() => caller.call(symbol("call_twice"), CALL_TWICE, made.address, 1, 2), freed);
  });

  test("the error names the closure, whatever was made and freed since", () => {
    const { closure: made } = caller.closure(signatures.callback, () => 5, "comparé");
    const { closure: long } = caller.closure(signatures.callback, () => 5, "é".repeat(100));
    made.free();
    long.free();
    for (let i = 0; i < 900; i++) closure(signatures.callback, () => i).free();
    const call = (address: number) => () => caller.call(symbol("call_twice"), CALL_TWICE, address, 1, 2);
    assert.throws(call(made.address), { message: /^the callback comparé was called after it was freed: / });
    assert.throws(call(long.address), { message: /^the callback é{23,100} was called after it was freed: / });
  });

  test("a closure can be freed while it runs", () => {
    const made = closure(signatures.callback, (x) => {
      made.free();
      return x;
    });
    assert.throws(() => caller.call(symbol("call_twice"), CALL_TWICE, made.address, 1, 2), freed);
  });

  test("freed closures are not used again soon, and not forgotten for ever", {
    skip: onlyAddon(caller, "never gives an address twice"),
  }, () => {
    const addresses: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const made = closure(signatures.callback, (x) => x);
      assert.ok(!addresses.slice(-1000).includes(made.address));
      addresses.push(made.address);
      made.free();
    }
    assert.ok(new Set(addresses).size <= 1026 + 16);
  });

  test("a closure whose function was collected behaves as a freed one", { skip: needsCollector() }, async () => {
    const { closure: made } = caller.closure(signatures.callback, () => 5);
    for (let i = 0; i < 10; i++) {
      await setImmediate();
      globalThis.gc?.();
    }
    assert.throws(() => caller.call(symbol("call_twice"), CALL_TWICE, made.address, 1, 2), freed);
    made.free();
  });
}

function needsCollector(): string | false {
  return globalThis.gc === undefined ? "run node with --expose-gc" : false;
}
