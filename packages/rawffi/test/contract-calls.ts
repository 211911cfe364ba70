/** The calls of the contract: every type in and out, many arguments, `...`, errno, and signatures that are refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrayOn, FRAME, type RawFFI, type RawType, type Signature } from "rawffi";
import type { Caller } from "./caller.ts";
import type { DoubleValue } from "./double/double.ts";
import { type FindSymbol, LATE, LATE_VALUES, type MakeClosure, onlyAddon } from "./suite.ts";
import { signatures } from "./twins.ts";
import { struct, type TestType, withoutPadding } from "./types.ts";

// -- Passing values --------------------------------------------------------------------------------

export function passing(
  { name, type, values }: TestType,
  caller: Caller,
  symbol: FindSymbol,
  closure: MakeClosure,
): void {
  const same = (given: DoubleValue, value: DoubleValue) =>
    assert.deepEqual(withoutPadding(type, given), withoutPadding(type, value));

  test(`${name} goes in and comes out`, () => {
    const signature: Signature = { result: type, parameters: ["sint32", type, "double"] };
    for (const value of values) same(caller.call(symbol(`echo_${name}`), signature, -7, value, 2.5), value);
  });

  test(`${name} goes in after six integers and eight doubles`, () => {
    const signature: Signature = { result: type, parameters: [...LATE, type, "sint8"] };
    for (const value of values) same(caller.call(symbol(`late_${name}`), signature, ...LATE_VALUES, value, -3), value);
  });

  test(`${name} goes into a callback and comes out of it`, () => {
    let seen: DoubleValue[] = [];
    const inner = closure({ result: type, parameters: ["sint32", type, "double"] }, (...args) => {
      seen = args;
      return args[1];
    });
    const signature: Signature = { result: type, parameters: ["pointer", type] };
    for (const value of values) {
      same(caller.call(symbol(`via_${name}`), signature, inner.address, value), value);
      assert.deepEqual([seen[0], seen[2]], [-7, 2.5]);
      same(seen[1], value);
    }
    inner.free();
  });
}

/** A type that C does not have there. */
export function refusing({ name, type }: TestType, raw: RawFFI): void {
  test(`${name} is refused with a sentence`, () => {
    const signature: Signature = { result: "void", parameters: [type] };
    assert.throws(() => raw.prepare(signature).enter(), /C has no __int128 on Windows/);
    assert.throws(() => raw.closure(signature, () => {}), /C has no __int128 on Windows/);
  });
}

// -- Calls -----------------------------------------------------------------------------------------

export function calls(caller: Caller, symbol: FindSymbol): void {
  test("a submitted call is settled later, with its result in the frame", async () => {
    const { raw } = caller;
    const signature: Signature = { ...signatures.subtract, elsewhere: true };
    const { entry, plan, submit } = raw.prepare(signature);
    const frame = raw.frame;
    const settled = new Promise<[number, boolean, number]>((resolve) => {
      raw.onSettled((job, hasThrown) => resolve([job, hasThrown, frame.getInt32(8 * FRAME.RESULT, true)]));
    });
    frame.setBigUint64(8 * FRAME.ENTRY, BigInt(entry), true);
    frame.setBigUint64(8 * FRAME.PLAN, BigInt(plan), true);
    frame.setBigUint64(8 * FRAME.TARGET, BigInt(symbol("subtract")), true);
    frame.setInt32(8 * FRAME.ARGUMENTS, 9, true);
    frame.setInt32(8 * FRAME.ARGUMENTS + 8, 4, true);
    const job = submit?.();
    frame.setInt32(8 * FRAME.ARGUMENTS, 0, true);
    frame.setBigUint64(8 * FRAME.TARGET, 0n, true);
    assert.deepEqual(await settled, [job, false, 5]);
    assert.equal(raw.cancel(job as number), false);
    assert.equal(raw.prepare(signatures.subtract).submit, null);
  });

  const { raw } = caller;

  test("who finds the frame in use calls with one of its own, and the other finds its own as it was", () => {
    const words = arrayOn(Int32Array, raw.frame).subarray(0, 2 * FRAME.CALLBACKS);
    const memory = Int32Array.of(1, 2, 3);
    const closures = words[2 * FRAME.CLOSURES];
    const saved = words.slice();
    words.forEach((_, i) => {
      if (i >> 1 !== FRAME.CLOSURES && i >> 1 !== FRAME.SCRATCH) words[i] = 1000 + i;
    });
    const used = words.slice();
    assert.equal(caller.isFrameInUse, true);
    // As the others call, by themselves: a callback in it, too.
    assert.equal(caller.call(symbol("subtract"), signatures.subtract, 9, 4), 5);
    assert.deepEqual(words, used);
    const run = () => {
      assert.equal(caller.isFrameInUse, false);
      memory.fill(7);
      throw new Error("in the middle");
    };
    assert.throws(() => raw.withOwnFrame(run, memory), /in the middle/);
    assert.deepEqual([words, memory], [used, Int32Array.of(1, 2, 3)]);
    assert.equal(
      raw.withOwnFrame(() => "given", null),
      "given",
    );
    words.set(saved);
    assert.equal(words[2 * FRAME.CLOSURES], closures);
    assert.equal(caller.isFrameInUse, false);
  });

  test("a chain makes its calls in order, each in a frame of its own, and hands results on; or there is none", () => {
    const memory = new BigUint64Array(80);
    const view = new DataView(memory.buffer);
    const weigh: Signature = {
      result: "double",
      parameters: ["sint32", "double", "sint8", "float", "uint16", "double", "sint64", "float"],
    };
    const [A, B] = [FRAME.ARGUMENTS, FRAME.RESULT];
    const goesOn = { goesOnWith: null };
    const chain = raw.chain(memory, [
      { signature: signatures.subtract, target: symbol("subtract"), frame: 0, copies: [], ...goesOn },
      { signature: signatures.subtract, target: symbol("subtract"), frame: 20, copies: [[B, 20 + A]], ...goesOn },
      { signature: weigh, target: symbol("weigh"), frame: 40, copies: [[20 + B, 40 + A]], ...goesOn },
    ]);
    if (chain === null) return;
    view.setFloat64(8 * (40 + A + 1), 0.5, true);
    view.setBigInt64(8 * (40 + A + 6), -9n, true);
    for (let round = 0; round < 3; round++) {
      view.setInt32(8 * A, 10 + round, true);
      view.setInt32(8 * (A + 1), 3, true);
      view.setInt32(8 * (20 + A + 1), -2, true);
      chain();
      assert.equal(view.getInt32(8 * B, true), 7 + round);
      assert.equal(view.getInt32(8 * (20 + B), true), 9 + round);
      assert.equal(view.getFloat64(8 * (40 + B), true), 9 + round + 1 - 63);
      assert.equal(raw.frame.getInt32(8 * FRAME.LEAF, true), 0);
    }
  });

  test("a chain ends after a call whose result is another than the one it goes on with", () => {
    const memory = new BigUint64Array(40);
    const view = new DataView(memory.buffer);
    const [A, B] = [FRAME.ARGUMENTS, FRAME.RESULT];
    const step = { signature: signatures.subtract, target: symbol("subtract"), copies: [] };
    for (const wanted of [0, 1000, -5]) {
      const chain = raw.chain(memory, [
        { ...step, frame: 0, goesOnWith: wanted },
        { ...step, frame: 20, goesOnWith: null },
      ]);
      if (chain === null) return;
      for (const [first, isEnd] of [
        [wanted, false],
        [wanted + 1, true],
        [wanted, false],
      ] as const) {
        view.setInt32(8 * A, first + 3, true);
        view.setInt32(8 * (A + 1), 3, true);
        view.setInt32(8 * (20 + A), 9, true);
        view.setInt32(8 * (20 + B), 0, true);
        chain();
        assert.equal(view.getInt32(8 * B, true), first);
        assert.equal(view.getInt32(8 * (20 + B), true), isEnd ? 0 : 9);
        assert.equal(raw.frame.getInt32(8 * FRAME.LEAF, true), 0);
      }
    }
  });

  test("arguments of all kinds keep their order", () => {
    const parameters: RawType[] = ["sint32", "double", "sint8", "float", "uint16", "double", "sint64", "float"];
    const total = caller.call(symbol("weigh"), { result: "double", parameters }, -1, 0.5, -2, 1.5, 65535, 4, -9n, 0.25);
    assert.equal(total, -1 + 1 - 6 + 6 + 5 * 65535 + 24 - 63 + 2);
  });

  test("an integer of 64 bits goes in as a number", () => {
    for (const value of [0, 1, -1, 2 ** 31, -(2 ** 31) - 5, 2 ** 47 - 1, Number.MAX_SAFE_INTEGER, -(2 ** 53)]) {
      const signature: Signature = { result: "sint64", parameters: ["sint32", "number", "double"] };
      assert.equal(caller.call(symbol("echo_sint64"), signature, -7, value, 2.5), BigInt(value));
      const late: Signature = { result: "sint64", parameters: [...LATE, "number", "sint8"] };
      assert.equal(caller.call(symbol("late_sint64"), late, ...LATE_VALUES, value, -3), BigInt(value));
    }
  });

  test("the text that a result points to is read at once", () => {
    const signature: Signature = { result: "pointer", parameters: ["sint32", "pointer", "double"] };
    for (const written of ["hello world", "", "größe€", "x".repeat(70)]) {
      const address = caller.text(written);
      caller.call(symbol("echo_pointer"), signature, -7, address, 2.5);
      assert.equal(raw.resultText(), written);
      raw.free(address);
    }
    caller.call(symbol("echo_pointer"), signature, -7, 0, 2.5);
    assert.equal(raw.resultText(), null);
    for (const address of [2n ** 64n - 1n, 0x01007fff12345671n]) {
      caller.call(symbol("echo_pointer"), signature, -7, address, 2.5);
      assert.throws(() => raw.resultText(), { name: "MemoryFaultError", address });
    }
  });

  test("a function without a result leaves one alone", () => {
    const address = raw.allocate(4);
    caller.call(symbol("store"), { result: "void", parameters: ["pointer", "sint32"] }, address, -77);
    assert.equal(raw.peek(address, "sint32"), -77);
    raw.free(address);
  });

  test("variadic arguments are integers, doubles and pointers", () => {
    const [to, text, word] = [raw.allocate(64), caller.text("%d %.2f %s %.2f"), caller.text("word")];
    const parameters: RawType[] = ["pointer", "uint64", "pointer", "sint32", "double", "pointer", "double"];
    const signature: Signature = { result: "sint32", parameters, fixed: 3 };
    assert.equal(caller.call(symbol("format"), signature, to, 64n, text, -7, 2.5, word, 1e3), 20);
    assert.equal(raw.text(to, -1), "-7 2.50 word 1000.00");
    for (const address of [to, text, word]) raw.free(address);
  });

  test("a call can have 1024 arguments", () => {
    const values = Array.from({ length: 1023 }, (_, i) => i - 500);
    const parameters: RawType[] = ["sint32", ...values.map(() => "sint32" as const)];
    const expected = values.reduce((total, value) => ((3 * total) % 1000003) + value, 0);
    const signature: Signature = { result: "sint64", parameters, fixed: 1 };
    assert.equal(caller.call(symbol("sum"), signature, values.length, ...values), BigInt(expected));
  });

  test("an empty structure takes no place", { skip: onlyAddon(caller, "hands its functions every argument") }, () => {
    const signature: Signature = { result: "sint32", parameters: ["sint32", struct(0, 1), "sint32"] };
    assert.equal(caller.call(symbol("subtract"), signature, 10, new Uint8Array(0), 3), 7);
  });

  test("errno is swapped with the frame's copy by calls that ask for it", () => {
    const signature: Signature = { result: "sint32", parameters: ["sint32"], errno: true };
    caller.errno = 11;
    assert.equal(caller.call(symbol("exchange_errno"), signature, 22), 11);
    assert.equal(caller.errno, 22);
    caller.call(symbol("exchange_errno"), { ...signature, errno: false }, 33);
    assert.equal(caller.errno, 22);
    assert.equal(caller.call(symbol("exchange_errno"), signature, 44), 22);
    caller.errno = 0;
  });
}

// -- Signatures ------------------------------------------------------------------------------------

export function preparing(raw: RawFFI): void {
  test("equal signatures share what was prepared", () => {
    const signature: Signature = { result: "double", parameters: ["sint8", struct(8, 8, ["double", 0])] };
    const first = raw.prepare(signature);
    const second = raw.prepare(structuredClone(signature));
    assert.equal(second.tier, first.tier);
    assert.equal(second.entry, first.entry);
  });

  test("what cannot be a signature is a TypeError", () => {
    const refused: [Signature, RegExp][] = [
      [{ result: "void", parameters: Array<RawType>(1025).fill("sint32") }, /can have 1024 arguments here, got 1025/],
      [{ result: "void", parameters: ["sint32", "void"] }, /^argument 2 cannot be of type 'void'/],
      [{ result: "int" as "sint32", parameters: [] }, /^the result cannot be of type 'int'/],
      [{ result: "number", parameters: [] }, /^the result cannot be of type 'number'/],
      [{ result: "void", parameters: ["sint32"], fixed: 2 }, /cannot have 2 of them in front of '\.\.\.'/],
      [{ result: "void", parameters: [struct(8, 3, ["double", 0])] }, /^argument 1: an alignment is a power of two/],
      [{ result: struct(-8, 8), parameters: [] }, /^the result: no aggregate has -8 bytes/],
    ];
    for (const [signature, message] of refused) {
      assert.throws(() => raw.prepare(signature), { name: "TypeError", message });
      assert.throws(() => raw.closure(signature, () => {}), { name: "TypeError", message });
    }
  });
}
