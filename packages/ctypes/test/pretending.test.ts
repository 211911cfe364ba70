/** What a program may pretend: names on Object.prototype, objects that say they are larger than they are. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import {
  ARRAY,
  ArgumentError,
  addressof,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char,
  c_int,
  c_size_t,
  c_ubyte,
  create_string_buffer,
  POINTER,
  pointer,
  Structure,
  sizeof,
} from "ctypes-js";
import { functionsPath, throws } from "./support.ts";

const packages = join(import.meta.dirname, "../..");

/** Every name that a record of ours may leave out, and that of a user's options. */
function optionalNames(): string[] {
  const names = new Set<string>(["handle", "type", "value", "length", "size", "name"]);
  for (const name of ["rawffi", "ctypes"]) {
    const folder = join(packages, name, "src");
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const source = readFileSync(join(folder, file), "utf8");
      for (const [, found] of source.matchAll(/^\s+(?:readonly )?(\w+)\?[:(]/gm)) names.add(found as string);
      for (const [, found] of source.matchAll(/^\s+(?:readonly )?(\w+): [^;]*\bundefined;/gm))
        names.add(found as string);
    }
  }
  // Methods that ctypes asks of any object, by its own rules: who defines them for all objects wants that.
  for (const protocol of ["from_param", "_as_parameter_", "_check_retval_"]) names.delete(protocol);
  // Node's own: a property descriptor, and what its streams and workers read.
  for (const descriptor of ["get", "set", "value", "enumerable", "writable", "configurable"]) names.delete(descriptor);
  return [...names];
}

interface Options {
  /** Whether all of ctypes is loaded before. */
  readonly isLoaded?: boolean;
  readonly env?: Record<string, string>;
}

async function run(
  names: readonly string[],
  value: string,
  isEnumerable: boolean,
  { isLoaded = false, env = {} }: Options = {},
): Promise<string[]> {
  const workerData = { names, value, isEnumerable, isLoaded, path: functionsPath };
  const options = { workerData, env: { ...process.env, ...env } };
  const worker = new Worker(new URL("fixtures/polluted.mjs", import.meta.url), options);
  const [[given]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
  return given as string[];
}

const names = optionalNames();
// With this one Node's `require` loads no file, of ours or of anybody.
const whileLoading = names.filter((name) => name !== "signal");

test("what Object.prototype says is no option, no property of a type, and no member", {
  timeout: 900_000,
}, async (t) => {
  const plain = await run([], "number", false);
  assert.ok(plain.length > 15 && !plain.some((line) => line.includes("    at ")), plain.join("\n"));
  for (const value of ["number", "text", "yes", "object", "function"]) {
    for (const isEnumerable of [false, true]) {
      await t.test(`${names.length} names, ${isEnumerable ? "enumerable, " : ""}each a ${value}`, async () => {
        assert.deepEqual(await run(whileLoading, value, isEnumerable), plain);
        assert.deepEqual(await run(names, value, isEnumerable, { isLoaded: true }), plain);
      });
    }
    // Checked calls have records of their own.
    await t.test(`${names.length} names, each a ${value}, with all calls checked`, async () => {
      const env = { CTYPES_CHECKED: "1" };
      assert.deepEqual(await run(whileLoading, value, false, { env }), plain);
      assert.deepEqual(await run(names, value, false, { env, isLoaded: true }), plain);
    });
  }
});

class Large extends Structure({ bytes: ARRAY(c_ubyte, 4000) }) {}

/** Buffers of eight bytes that say they have more, each in its own way. */
const LIARS: Record<string, () => ArrayBufferView | ArrayBufferLike> = {
  "a subclass of Uint8Array": () => {
    class Liar extends Uint8Array {
      override get byteLength() {
        return 4000;
      }
      override get length() {
        return 4000;
      }
    }
    return new Liar(8);
  },
  "a property of its own": () => Object.defineProperty(new Uint8Array(8), "byteLength", { value: 4000 }),
  "a property of a DataView": () =>
    Object.defineProperty(new DataView(new ArrayBuffer(8)), "byteLength", { value: 4000 }),
  "a property of an ArrayBuffer": () => Object.defineProperty(new ArrayBuffer(8), "byteLength", { value: 4000 }),
  "a SharedArrayBuffer": () => Object.defineProperty(new SharedArrayBuffer(8), "byteLength", { value: 4000 }),
  "another buffer behind it": () =>
    Object.defineProperty(new Uint8Array(8), "buffer", { value: new ArrayBuffer(4096) }),
  "a length that grows each time": () => {
    let length = 0;
    return Object.defineProperty(new Uint8Array(8), "byteLength", { get: () => (length += 2000) });
  },
};

for (const [how, make] of Object.entries(LIARS)) {
  test(`a buffer has the bytes that it has: ${how}`, () => {
    const small = "the buffer is too small: 8 bytes instead of at least 4000";
    throws(() => Large.from_buffer(make()), RangeError, `Large.from_buffer(): ${small}`);
    throws(() => Large.from_buffer_copy(make()), RangeError, `Large.from_buffer_copy(): ${small}`);
    const text = new (ARRAY(c_char, 8))();
    text.raw = make();
    assert.deepEqual([...text.raw], [0, 0, 0, 0, 0, 0, 0, 0]);
    const liar = make();
    if (liar instanceof Uint8Array) {
      assert.equal(create_string_buffer(liar).length, 9);
      text.value = liar;
    }
  });
}

test("a buffer lies where it lies", () => {
  const bytes = new Uint8Array(new ArrayBuffer(16), 8);
  Object.defineProperty(bytes, "byteOffset", { value: 0 });
  const number = c_int.from_buffer(bytes);
  number.value = 7;
  assert.equal(bytes[0], 7);
});

test("what has the prototype of a buffer is none", () => {
  for (const prototype of [
    ArrayBuffer.prototype,
    SharedArrayBuffer.prototype,
    Uint8Array.prototype,
    DataView.prototype,
  ]) {
    const pretender = Object.create(prototype, { byteLength: { value: 4000 } });
    throws(
      () => c_int.from_buffer(pretender),
      TypeError,
      /^c_int\.from_buffer\(\): expected a buffer, typed array or C object, got /,
    );
  }
});

class Small extends Structure({ a: c_int }) {}
class Other extends Structure({ a: c_int, more: ARRAY(c_ubyte, 4000) }) {}
const takes = new CDLL(null, { memset: CFUNCTYPE(c_size_t, POINTER(Other), c_int, c_size_t) });
const passesByValue = new (CFUNCTYPE(c_int, Other))(() => 1);

for (const [how, prototype] of [
  ["its class", () => Other.prototype],
  ["an instance of it", () => Object.getPrototypeOf(new Other())],
] as const) {
  test(`an object that is given the prototype of ${how} is none of a larger type`, () => {
    const pretender = () => Object.setPrototypeOf(new Small({ a: 7 }), prototype()) as Other;
    const acts: Record<string, () => unknown> = {
      "a pointer to it": () => takes.memset(pretender(), 0xff, 4000),
      byref: () => takes.memset(byref(pretender()), 0xff, 4000),
      pointer: () => pointer(pretender()),
      addressof: () => addressof(pretender()),
      "by value": () => passesByValue(pretender()),
      "a member": () => {
        pretender().a = 1;
      },
      "an item": () => new (ARRAY(Other, 2))().put(0, pretender()),
      from_buffer: () => Other.from_buffer(pretender() as never),
    };
    for (const [what, act] of Object.entries(acts)) assert.throws(act, TypeError, what);
  });
}

test("an object that names another class as its own is what it was made of", () => {
  const small = new Small({ a: 7 });
  Object.defineProperty(small, "constructor", { value: Other });
  assert.equal(sizeof(small), 4);
  throws(
    () => Other.from_buffer(small as never),
    RangeError,
    /^Other\.from_buffer\(\): the buffer is too small: 4 bytes/,
  );
  throws(
    () => takes.memset(small as never, 0xff, 4000),
    ArgumentError,
    /^memset\(\): argument 1: expected POINTER\(Other\)/,
  );
  throws(() => passesByValue(small as never), ArgumentError, /argument 1: expected Other/);
});

test("an object that only has the prototype of a class is no C object", () => {
  const made = Object.create(Other.prototype) as Other;
  assert.throws(() => takes.memset(made, 0, 1), TypeError);
  throws(
    () => addressof(made),
    TypeError,
    /expected an object with memory of its own, got .*it was not made by its class/,
  );
});
