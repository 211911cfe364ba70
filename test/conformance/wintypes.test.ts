/**
 * CPython's test_wintypes.
 */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { addressof, memoryview_at, sizeof } from "ctypes-js";
import { BOOL, BOOLEAN, BYTE, DWORD, INT, LONG, UINT, ULONG, VARIANT_BOOL, WORD } from "ctypes-js/wintypes";
import { row } from "./row.ts";

row("test_wintypes.py", "WinTypesTest", "test_variant_bool", () => {
  assert.equal(sizeof(VARIANT_BOOL), 2);
  assert.equal(VARIANT_BOOL._type_, "v");
  // What lies in memory: only the low 16 bits are its own.
  for (const value of [1n, 32767n, 32768n, 65535n, 65537n]) {
    const there = VARIANT_BOOL.from_buffer(BigInt64Array.of(value));
    assert.equal(there.value, true, `${value}`);
    assert.equal(inspect(there), "VARIANT_BOOL(true)");
  }
  for (const value of [0n, 65536n, 262144n, 2n ** 33n]) {
    const there = VARIANT_BOOL.from_buffer(BigInt64Array.of(value));
    assert.equal(there.value, false, `${value}`);
    assert.equal(inspect(there), "VARIANT_BOOL(false)");
  }
  const assigned = new VARIANT_BOOL();
  assert.equal(assigned.value, false);
  for (const value of [true, 1, -1, 65536, 2n ** 33n, "text", [2, 3], {}]) {
    assigned.value = value;
    assert.equal(assigned.value, true, inspect(value));
    assert.deepEqual([...memoryview_at(addressof(assigned), 2)], [0xff, 0xff], "Windows' true is -1");
    assert.equal(new VARIANT_BOOL(value).value, true);
  }
  for (const value of [false, 0, 0n, "", [], null]) {
    assigned.value = value;
    assert.equal(assigned.value, false, inspect(value));
    assert.equal(new VARIANT_BOOL(value).value, false);
  }
});

row("test_wintypes.py", "WinTypesTest", "test_signedness", () => {
  for (const type of [BYTE, WORD, DWORD, BOOLEAN, UINT, ULONG]) assert.ok(new type(-1).value > 0, type.name);
  for (const type of [BOOL, INT, LONG]) assert.equal(new type(-1).value, -1, type.name);
});
