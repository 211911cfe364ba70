/**
 * The contract of `rawffi` as one suite, run against the addon (with stubs and with libffi) and against the double.
 *
 * The library is `fixtures/contract.c`, or `twins.ts` for the double.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { arrayOn, PUSHED, SCRATCH_ALIGN, type Signature, WORD } from "rawffi";
import { Caller } from "./caller.ts";
import { accesses } from "./contract-access.ts";
import { callbacks, lifetimes } from "./contract-callbacks.ts";
import { calls, passing, preparing, refusing } from "./contract-calls.ts";
import { LEFT_DIGITS, leaveCalls } from "./contract-end.ts";
import type { DoubleValue } from "./double/double.ts";
import { isMusl, isUnderAsan, type Subject } from "./suite.ts";
import { types } from "./types.ts";

/** Keeps what closures hold weakly. */
const kept: unknown[] = [];

export function contract(name: string, setUp: () => Subject): void {
  describe(name, () => {
    const subject = setUp();
    const { raw } = subject;
    const caller = new Caller(raw);
    const library = raw.open(subject.library, raw.modes.RTLD_NOW);
    const symbol = (of: string) => raw.symbol(library, of) as number;
    const closure = (signature: Signature, act: (...args: DoubleValue[]) => DoubleValue) => {
      const made = caller.closure(signature, act);
      kept.push(made.enter);
      return made.closure;
    };

    describe("libraries", () => {
      libraries(subject, library);
    });
    describe("memory", () => {
      memory(subject, caller, symbol("counter"));
      accesses(subject);
    });
    describe("calls", () => {
      const refuses = raw.platform.os === "win32" && raw.name !== "double";
      for (const type of types) {
        if (refuses && /int128/.test(type.name)) refusing(type, raw);
        else passing(type, caller, symbol, closure);
      }
      calls(caller, symbol);
    });
    describe("signatures", () => {
      preparing(raw);
    });
    describe("callbacks", () => {
      callbacks(caller, symbol, closure);
      lifetimes(caller, symbol, closure);
    });
    // The last one: nothing works after it.
    describe("the end of the environment", () => {
      test("calls that are kept for it can be cancelled, once, and are made then, the last first", () => {
        const { numbers, kept } = leaveCalls(caller, symbol, closure);
        const taken = () => caller.call(symbol("take_digits"), { result: "sint64", parameters: [] });
        assert.equal(taken(), 0n);
        if (subject.end === undefined) {
          for (const number of numbers) assert.equal(raw.cancelAtEnd(number), true);
        } else {
          subject.end();
          assert.equal(taken(), LEFT_DIGITS);
          subject.end();
          assert.equal(taken(), 0n);
        }
        for (const number of numbers) assert.equal(raw.cancelAtEnd(number), false);
        assert.ok(kept);
      });
    });
  });
}

// -- Libraries -------------------------------------------------------------------------------------

function libraries({ raw, library: path }: Subject, library: number): void {
  test("a library opens in every mode and more than once", () => {
    const { RTLD_LAZY, RTLD_NOW, RTLD_LOCAL, RTLD_GLOBAL, RTLD_DEEPBIND } = raw.modes;
    const modes = [RTLD_LAZY, RTLD_NOW, RTLD_NOW | RTLD_LOCAL, RTLD_NOW | RTLD_GLOBAL];
    if (!isUnderAsan) modes.push(RTLD_LAZY | RTLD_DEEPBIND);
    for (const mode of modes) {
      const handle = raw.open(path, mode);
      assert.equal(handle, library);
      raw.close(handle);
    }
    assert.ok(raw.symbol(library, "subtract") > 0);
  });

  test("the running program opens as null", () => {
    assert.ok(raw.open(null, raw.modes.RTLD_NOW) > 0);
  });

  const isWindows = raw.platform.os === "win32" && raw.name !== "double";
  const saysMusl = isMusl && raw.name !== "double";

  test("a library that is not there throws the loader's text", () => {
    assert.throws(() => raw.open("libnothing.so.7", raw.modes.RTLD_NOW), {
      name: "Error",
      message: isWindows
        ? /^libnothing\.so\.7: .+ \(Windows error 126\)$/
        : saysMusl
          ? "Error loading shared library libnothing.so.7: No such file or directory"
          : "libnothing.so.7: cannot open shared object file: No such file or directory",
    });
  });

  test("a symbol that is not there throws the loader's text", () => {
    assert.throws(() => raw.symbol(library, "nothing_here"), {
      name: "Error",
      message: saysMusl
        ? "Symbol not found: nothing_here"
        : `${path}: undefined symbol: nothing_here${isWindows ? " (Windows error 127)" : ""}`,
    });
  });

  const skip =
    (isWindows && "a DLL exports nothing but places in itself") ||
    (saysMusl && "musl takes an absolute symbol for a place in the library");
  test("the address of an absolute symbol is exact, whatever it is", { skip }, () => {
    assert.equal(raw.symbol(library, "absolute_low"), 5);
    assert.equal(raw.symbol(library, "absolute_tagged"), 0x01007fff12345671n);
    assert.equal(raw.symbol(library, "absolute_last"), 2n ** 64n - 1n);
    assert.equal(raw.callsNothing(raw.symbol(library, "absolute_tagged")), false);
    assert.equal(raw.symbol(BigInt(library), "subtract"), raw.symbol(library, "subtract"));
  });

  test("a handle that is none is refused", () => {
    for (const handle of [0, 12345, -1, 2n ** 64n - 1n, 0x01007fff12345671n]) {
      assert.throws(() => raw.close(handle), Error);
    }
    for (const handle of [12345, 0x01007fff12345671n]) assert.throws(() => raw.symbol(handle, "subtract"), Error);
  });

  test("loaded() lists the program first, and this library", () => {
    assert.equal(raw.loaded()[0], "");
    assert.ok(raw.loaded().includes(path));
  });
}

// -- Memory ----------------------------------------------------------------------------------------

function memory({ raw, cannot }: Subject, caller: Caller, counter: number): void {
  test("allocated memory is zero, aligned, and can be freed", () => {
    for (const size of [0, 1, 24, 5000]) {
      const address = raw.allocate(size);
      assert.equal(address % 16, 0);
      assert.deepEqual(caller.read(address, size), new Uint8Array(size));
      raw.free(address);
    }
    raw.free(0);
  });

  test("memory that is not there is a RangeError", { skip: isUnderAsan && "the sanitizer ends the process" }, () => {
    assert.throws(() => raw.allocate(2 ** 52), RangeError);
  });

  test("a buffer's address stays, and is that of its bytes", () => {
    for (const buffer of [new ArrayBuffer(16), new SharedArrayBuffer(16)]) {
      const address = raw.addressOf(buffer);
      assert.equal(raw.addressOf(buffer), address);
      raw.poke(address + 3, "uint8", 99);
      assert.equal(new Uint8Array(buffer)[3], 99);
    }
    assert.equal(raw.addressOf(new ArrayBuffer(0)), 0);
  });

  test("memory that is retained stays when its buffer is detached, until it is released", () => {
    const buffer = new ArrayBuffer(16);
    const retained = raw.retain(buffer);
    // Where the runtime cannot retain memory, there is nothing to release.
    if (retained === 0) return;
    const again = raw.retain(buffer);
    assert.notEqual(again, retained);
    const address = raw.addressOf(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    (globalThis.gc as () => void)();
    raw.poke(address + 3, "uint8", 99);
    assert.equal(raw.peek(address + 3, "uint8"), 99);
    raw.release(retained);
    raw.release(again);
    assert.throws(() => raw.release(retained), TypeError);
    assert.throws(() => raw.retain(new SharedArrayBuffer(16) as never), TypeError);
  });

  test("a resizable buffer has no address, nor has a view of it; a growable shared one has", () => {
    const options = { maxByteLength: 200 };
    const buffer = new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(100, options);
    for (const given of [buffer, new Uint8Array(buffer), new Int32Array(buffer, 8, 2), new DataView(buffer)]) {
      assert.throws(() => raw.addressOf(given), { name: "TypeError", message: /a resizable buffer has no address/ });
    }
    const shared = new (SharedArrayBuffer as new (length: number, options: object) => SharedArrayBuffer)(100, options);
    const address = raw.addressOf(shared);
    assert.equal(raw.addressOf(new Uint8Array(shared, 4)), address + 4);
  });

  test("memory that is held stays when its buffer is detached", () => {
    const buffer = new ArrayBuffer(2 ** 20);
    raw.hold(new Uint8Array(buffer, 8));
    raw.hold(buffer);
    const address = raw.addressOf(buffer);
    // Where the memory is not held, there is nothing to observe.
    if (cannot?.hold) return;
    structuredClone(buffer, { transfer: [buffer] });
    for (let round = 0; round < 3; round++) (globalThis.gc as () => void)();
    raw.poke(address + 70_000, "uint8", 99);
    assert.equal(raw.peek(address + 70_000, "uint8"), 99);
    assert.equal(raw.addressOf(buffer), 0);
  });

  test("a view's address is that of its first byte", () => {
    for (const buffer of [new ArrayBuffer(16), new SharedArrayBuffer(16)]) {
      const address = raw.addressOf(buffer);
      for (const view of [new Uint8Array(buffer, 3), new Float64Array(buffer, 8), new DataView(buffer, 5, 2)])
        assert.equal(raw.addressOf(view), address + view.byteOffset);
    }
    const small = Uint8Array.of(1, 2, 3);
    raw.poke(raw.addressOf(small) + 1, "uint8", 99);
    assert.deepEqual(small, Uint8Array.of(1, 99, 3));
    assert.equal(raw.addressOf(small), raw.addressOf(small.buffer));
  });

  test("a buffer's address is the same from optimised code", () => {
    const buffers = [
      new Uint8Array(100),
      new Float64Array(3),
      new ArrayBuffer(9),
      new DataView(new ArrayBuffer(40), 8),
    ];
    const addresses = buffers.map((buffer) => raw.addressOf(buffer));
    const add = (times: number) => {
      let sum = 0;
      for (let i = 0; i < times; i++) sum += raw.addressOf(buffers[i % 4] as Uint8Array) - (addresses[i % 4] as number);
      return sum;
    };
    for (let round = 0; round < 40; round++) assert.equal(add(2000), 0);
  });

  test("variables of a library are read and written where they are", () => {
    assert.equal(raw.peek(counter, "sint32"), 42);
    raw.poke(counter, "sint32", -5);
    assert.equal(raw.peek(counter, "sint32"), -5);
    raw.poke(counter, "sint32", 42);
  });

  test("peek gives what poke wrote, unaligned as well", () => {
    const address = raw.allocate(24) + 1;
    for (const { type, values } of types) {
      if (typeof type !== "string" || values[0] instanceof Uint8Array) continue;
      for (const value of values as (number | bigint)[]) {
        raw.poke(address, type as "sint8", value);
        const expected: number | bigint = type === "pointer" ? BigInt(value) : value;
        assert.deepEqual(raw.peek(address, type as "sint8"), expected, `${type} ${value}`);
      }
    }
    raw.free(address - 1);
  });

  test("poke wraps as C does, and takes number and bigint alike", () => {
    const address = raw.allocate(8);
    raw.poke(address, "uint8", 300);
    assert.equal(raw.peek(address, "uint8"), 44);
    raw.poke(address, "sint32", 2n ** 32n - 1n);
    assert.equal(raw.peek(address, "sint32"), -1);
    raw.poke(address, "uint64", -1);
    assert.equal(raw.peek(address, "uint64"), 2n ** 64n - 1n);
    raw.poke(address, "bool", 7);
    assert.deepEqual([raw.peek(address, "bool"), raw.peek(address, "uint8")], [1, 1]);
    raw.free(address);
  });

  test("an address beyond 2^53 is never rounded to where memory is", () => {
    const target = raw.allocate(8);
    for (const address of [2n ** 53n, 0x01007fff12345671n, 2n ** 64n - 1n]) {
      const message = new RegExp(`0x${address.toString(16)}`);
      const fault = { name: "MemoryFaultError", address, message };
      assert.equal(raw.reachable(address, 1, false), false);
      for (let round = 0; round < 300; round++) assert.throws(() => raw.text(address, -1), fault);
      assert.throws(() => raw.text(address, 4), fault);
      assert.throws(() => raw.length(address, 1), fault);
      assert.throws(() => raw.peek(address, "uint8"), fault);
      assert.throws(() => raw.poke(address, "uint8", 1), fault);
      assert.throws(() => raw.fill(address, 0, 1), fault);
      assert.throws(() => raw.move(target, address, 1), fault);
      assert.throws(() => raw.move(address, target, 1), fault);
    }
    const text = caller.text("abc");
    assert.equal(raw.text(BigInt(text), -1), "abc");
    assert.equal(raw.peek(BigInt(text) + 1n, "uint8"), 98);
    for (const address of [target, text]) raw.free(address);
  });

  test("move copies overlapping bytes, fill sets them", () => {
    const address = raw.allocate(8);
    caller.write(address, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    raw.move(address + 2, address, 5);
    assert.deepEqual([...caller.read(address, 8)], [1, 2, 1, 2, 3, 4, 5, 8]);
    raw.fill(address + 1, 0x1ff, 3);
    assert.deepEqual([...caller.read(address, 8)], [1, 255, 255, 255, 3, 4, 5, 8]);
    raw.free(address);
  });

  test("text is read up to NUL or by length, and malformed bytes are replaced", () => {
    const address = caller.text("größe€😀");
    assert.equal(raw.text(address, -1), "größe€😀");
    assert.equal(raw.text(address, 2), "gr");
    assert.equal(raw.text(address, 3), "gr\ufffd");
    assert.equal(raw.text(address, 0), "");
    raw.free(address);
  });

  test("text is pushed with a NUL, whatever its characters are", () => {
    const base = raw.addressOf(raw.scratch);
    assert.equal(base % SCRATCH_ALIGN, 0);
    const top = arrayOn(Uint32Array, raw.frame).subarray(WORD.SCRATCH_TOP);
    const texts = [
      "",
      "a",
      "hello",
      "hello world",
      "x".repeat(1000),
      "größe",
      "ÿ".repeat(900),
      "€uro 😀",
      "lone \ud800",
    ];
    for (const length of [7, 8, 30, 31, 32, 33, 63, 64, 65]) texts.push(`${length}`.repeat(length).slice(0, length));
    // V8 stores ropes, slices and numbers' strings in other ways than literals.
    texts.push(`${texts[3]}${texts[4]}`, (texts[4] as string).slice(3, 40), String(2 ** 40), "größe€".repeat(20));
    const push = (text: string) => {
      const mark = top[0] as number;
      const at = raw.pushText(text);
      assert.equal(at, mark);
      const bytes = new TextEncoder().encode(text);
      assert.deepEqual(arrayOn(Uint8Array, raw.scratch).slice(at, at + bytes.length + 1), Uint8Array.of(...bytes, 0));
      assert.ok((top[0] as number) > at + bytes.length && (top[0] as number) % SCRATCH_ALIGN === 0);
    };
    for (let round = 0; round < 300; round++) {
      texts.forEach(push);
      top[0] = 0;
    }
  });

  test("text with a NUL in it, or without room, is not pushed", () => {
    const top = arrayOn(Uint32Array, raw.frame).subarray(WORD.SCRATCH_TOP);
    const size = raw.scratch.byteLength;
    const refuses = (text: string, start: number, why: number) => {
      top[0] = start;
      assert.equal(raw.pushText(text), why);
      assert.equal(top[0], start);
    };
    const behind = arrayOn(Uint8Array, raw.scratch).fill(0x55);
    for (let round = 0; round < 300; round++) {
      for (const text of [
        "\0",
        "a\0b",
        "ab\0",
        "hello wor\0d",
        "größe\0",
        "\0€",
        "€ and \0 far behind",
        `${"x".repeat(50)}\0`,
      ])
        refuses(text, 64, PUSHED.HAS_NUL);
      for (const text of ["x".repeat(100), "x".repeat(64), "ö".repeat(40), "€".repeat(30)])
        refuses(text, size - 64, PUSHED.TOO_LONG);
      refuses("x", size, PUSHED.TOO_LONG);
    }
    assert.deepEqual(behind.subarray(0, 64), new Uint8Array(64).fill(0x55));
    top[0] = 0;
  });

  test("length counts units of one, two and four bytes", () => {
    const address = raw.allocate(16);
    caller.write(address, Uint8Array.of(1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1));
    assert.deepEqual([raw.length(address, 1), raw.length(address, 2), raw.length(address, 4)], [3, 3, 3]);
    assert.equal(raw.length(address + 1, 2), 2);
    raw.free(address);
  });

  test("a weak reference gives its object as long as that lives, and does not keep it, in the same job", () => {
    const held = { name: "held" };
    const reference = raw.weak(held);
    const dropped = Array.from({ length: 100 }, () => raw.weak(() => {}));
    if (raw.name !== "double") {
      for (let round = 0; round < 3; round++) (globalThis.gc as () => void)();
      assert.ok(dropped.filter((one) => raw.weakValue(one) !== undefined).length < 10);
    }
    assert.equal(raw.weakValue(reference), held);
    for (const one of [reference, ...dropped]) raw.endWeak(one);
  });
}
