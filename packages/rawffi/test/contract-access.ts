/** The part of the contract's suite about memory that is not V8's: single values in it, and windows over it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Access } from "rawffi";
import type { Subject } from "./suite.ts";

type Value = number | bigint;
type Load = (address: number) => Value;
type Store = (address: number, value: Value) => void;

/** Values of each type, and what is given for them where that is another one. */
const VALUES: Readonly<Record<string, readonly (Value | readonly [Value, Value])[]>> = {
  Int8: [0, -128, 127, [300, 44]],
  Uint8: [0, 255, [-1, 255]],
  Int16: [-32768, 32767, [65535, -1]],
  Uint16: [65535, [-2, 65534]],
  Int32: [-(2 ** 31), 2 ** 31 - 1, [2 ** 32 - 1, -1], [2 ** 53 - 1, -1]],
  Uint32: [2 ** 32 - 1, [-1, 2 ** 32 - 1]],
  BigInt64: [-(2n ** 63n), 2n ** 63n - 1n, [2n ** 64n - 1n, -1n]],
  BigUint64: [2n ** 64n - 1n, 1n, [-1n, 2n ** 64n - 1n]],
  Float32: [1.5, -0.25, Number.POSITIVE_INFINITY, [0.1, Math.fround(0.1)]],
  Float64: [0.1, -1e308, Number.NEGATIVE_INFINITY],
  Address: [0, 4096, 2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n, [5n, 5], [-1, 2n ** 64n - 1n]],
};

const NOWHERE = 0x123456789000;

export function accesses({ raw }: Subject): void {
  const pair = (type: string) => {
    const access = raw.access as Access & Record<string, unknown>;
    return [access[`get${type}`] as Load, access[`set${type}`] as Store] as const;
  };

  for (const [type, values] of Object.entries(VALUES)) {
    test(`get${type} gives what set${type} stored, unaligned as well`, () => {
      const [get, set] = pair(type);
      const address = raw.allocate(24);
      for (const at of [address, address + 1, address + 7]) {
        for (const value of values) {
          const [given, read] = typeof value === "object" ? value : [value, value];
          set(at, given);
          assert.deepEqual(get(at), read, `${type} ${given}`);
        }
      }
      raw.free(address);
    });

    test(`get${type} and set${type} throw where memory is not there`, () => {
      const [get, set] = pair(type);
      for (const act of [() => get(NOWHERE), () => set(NOWHERE, type.startsWith("Big") ? 0n : 0)])
        assert.throws(act, { name: "MemoryFaultError", code: "ERR_MEMORY_FAULT", address: NOWHERE });
    });
  }

  test("a value is stored in its own bytes, and no others", () => {
    const address = raw.allocate(24);
    for (const [type, size] of [
      ["Int8", 1],
      ["Uint16", 2],
      ["Int32", 4],
      ["Address", 8],
    ] as const) {
      raw.fill(address, 0x55, 24);
      pair(type)[1](address + 8, 0);
      const bytes = Array.from({ length: 24 }, (_, i) => raw.access.getUint8(address + i));
      assert.deepEqual(
        bytes,
        Array.from({ length: 24 }, (_, i) => (i >= 8 && i < 8 + size ? 0 : 0x55)),
        type,
      );
    }
    raw.free(address);
  });

  const skip = raw.hasWindows ? false : "there are no windows here";
  test("a window is the memory itself, also when there are two", { skip }, () => {
    const address = raw.allocate(64);
    const first = new Uint8Array(raw.window(address, 64)!);
    const second = new Uint8Array(raw.window(address, 64)!);
    first[5] = 77;
    assert.deepEqual([second[5], raw.peek(address + 5, "uint8")], [77, 77]);
    const wide = new DataView(raw.window(Math.floor(address / 4096) * 4096, 2 ** 31)!);
    assert.equal(wide.getUint8((address % 4096) + 5), 77);
    raw.free(address);
  });

  test("a window that the runtime refuses is null", () => {
    assert.equal(raw.window(0, 16), null);
    assert.equal(raw.window(4096, 2 ** 52), null);
    assert.equal(raw.window(4096, 2 ** 32 + 1), null);
  });

  test("where there are no windows, each is refused", {
    skip: raw.hasWindows ? "there are windows here" : false,
  }, () => {
    const address = raw.allocate(64);
    for (const length of [1, 64, 2 ** 31]) assert.equal(raw.window(address, length), null);
    raw.free(address);
  });
}
