/**
 * Memory that is not there, faults of C and exceptions of C++, at machine level. The fault suite (test/faults) looks at
 * whole processes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CppError, MemoryFaultError, rawffi, type Signature } from "rawffi";
import { Caller } from "./caller.ts";

const NOWHERE = 0x123456789000;
const library = fileURLToPath(new URL("../../../test/fixtures/build/faults.so", import.meta.url));
const handle = rawffi.open(library, rawffi.modes.RTLD_NOW);
const caller = new Caller(rawffi);
const call = (name: string, signature: Signature, ...args: number[]) =>
  caller.call(rawffi.symbol(handle, name), signature, ...args);

test("every verb that touches memory says where there is none", () => {
  const here = rawffi.allocate(4096);
  const touches: [() => unknown, "read" | "written"][] = [
    [() => rawffi.peek(NOWHERE, "sint32"), "read"],
    [() => rawffi.poke(NOWHERE, "double", 1), "written"],
    [() => rawffi.move(here, NOWHERE, 10), "read"],
    [() => rawffi.move(NOWHERE, here, 10), "written"],
    [() => rawffi.fill(NOWHERE, 0, 10), "written"],
    [() => rawffi.length(NOWHERE, 1), "read"],
    [() => rawffi.length(NOWHERE, 4), "read"],
    [() => rawffi.text(NOWHERE, -1), "read"],
    [() => rawffi.text(NOWHERE, 5), "read"],
  ];
  for (const [touch, how] of touches) {
    assert.throws(touch, (error: MemoryFaultError) => {
      assert.ok(error instanceof MemoryFaultError);
      assert.deepEqual(
        [error.code, error.address, error.message],
        ["ERR_MEMORY_FAULT", NOWHERE, `0x123456789000 cannot be ${how}`],
      );
      return true;
    });
  }
  rawffi.free(here);
});

test("text and units are found up to the very end of memory, and not after it", () => {
  const program = rawffi.open(null, rawffi.modes.RTLD_NOW);
  const map: Signature = {
    result: "pointer",
    parameters: ["pointer", "uint64", "sint32", "sint32", "sint32", "sint64"],
  };
  const at = Number(caller.call(rawffi.symbol(program, "mmap"), map, 0, 8192 as never, 3, 0x22, -1, 0 as never));
  const protect: Signature = { result: "sint32", parameters: ["pointer", "uint64", "sint32"] };
  caller.call(rawffi.symbol(program, "mprotect"), protect, at + 4096, 4096 as never, 0);
  rawffi.fill(at, 0x61, 4096);
  assert.throws(() => rawffi.length(at + 4000, 1), { address: at + 4096 });
  assert.throws(() => rawffi.text(at + 4000, -1), { address: at + 4096 });
  assert.throws(() => rawffi.length(at + 4001, 2), { code: "ERR_MEMORY_FAULT" });
  rawffi.poke(at + 4095, "uint8", 0);
  assert.equal(rawffi.length(at + 4000, 1), 95);
  assert.equal(rawffi.text(at + 4090, -1), "aaaaa");
  assert.equal(rawffi.reachable(at, 4096, true), true);
  assert.equal(rawffi.reachable(at, 4097, false), false);
  rawffi.fill(at, 1, 4096);
  rawffi.poke(at + 4092, "uint32", 0);
  assert.equal(rawffi.length(at, 4), 1023);
  assert.equal(rawffi.length(at + 2, 2), 2045);
});

test("a fault in a guarded call is an error, and the calls around it go on", () => {
  const guarded: Signature = { result: "sint32", parameters: ["pointer"], guarded: true };
  const plain: Signature = { result: "sint32", parameters: ["sint32", "sint32"] };
  for (let i = 0; i < 2000; i++) {
    assert.throws(() => call("read_at", guarded, NOWHERE), { code: "ERR_MEMORY_FAULT", address: NOWHERE });
    assert.equal(call("add", plain, i, 1), i + 1);
  }
});

test("an exception of C++ is an error, also where errno is swapped, and its destructors have run", () => {
  const throwing: Signature = { result: "sint32", parameters: ["sint32"], throws: true, errno: true };
  for (let i = 0; i < 2000; i++) {
    assert.throws(
      () => call("throw_if", throwing, 1),
      (error: CppError) => {
        assert.ok(error instanceof CppError);
        return error.type === "std::invalid_argument" && error.message === "std::invalid_argument: the condition holds";
      },
    );
    assert.equal(call("throw_if", throwing, 0), 7);
  }
  assert.throws(() => call("throw_broken", { result: "void", parameters: [], throws: true }), {
    message: "shapes::Broken",
  });
  assert.equal(call("guards_alive", { result: "sint32", parameters: [] }), 0);
});

test("a function that is guarded and throws is refused", () => {
  assert.throws(() => rawffi.prepare({ result: "void", parameters: [], throws: true, guarded: true }), TypeError);
});
