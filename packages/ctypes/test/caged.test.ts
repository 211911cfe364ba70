/**
 * A runtime that lets no `ArrayBuffer` be C's memory, as Electron: foreign memory is read and written by native calls,
 * our own as everywhere. Elsewhere this file runs itself with a build of the addon for which all such buffers are
 * refused.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  ARRAY,
  addressof,
  BigEndianStructure,
  byref,
  CDLL,
  CFUNCTYPE,
  c_bool,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_float,
  c_int,
  c_int64,
  c_long,
  c_longdouble,
  c_short,
  c_size_t,
  c_ubyte,
  c_uint,
  c_uint64,
  c_ulong,
  c_ushort,
  c_void_p,
  c_wchar,
  cast,
  create_string_buffer,
  memmove,
  memoryview_at,
  memset,
  POINTER,
  pointer,
  Structure,
  sizeof,
  string_at,
  text_at,
  wstring_at,
} from "ctypes-js";
import { MemoryFaultError, rawffi } from "rawffi";
import { isUnderAsan, noMeasuring, throws } from "./support.ts";

const { calloc, free, mmap, munmap } = new CDLL(null, {
  calloc: CFUNCTYPE(c_void_p, c_size_t, c_size_t),
  free: CFUNCTYPE(null, c_void_p),
  mmap: CFUNCTYPE(c_void_p, c_void_p, c_size_t, c_int, c_int, c_int, c_int64),
  munmap: CFUNCTYPE(c_int, c_void_p, c_size_t),
});

class Point extends Structure({ x: c_int, y: c_int }) {}
const MEMBERS = {
  flag: c_bool,
  letter: c_char,
  byte: c_byte,
  ubyte: c_ubyte,
  short: c_short,
  ushort: c_ushort,
  int: c_int,
  uint: c_uint,
  long: c_long,
  ulong: c_ulong,
  int64: c_int64,
  uint64: c_uint64,
  float: c_float,
  double: c_double,
} as const;
class Everything extends Structure({ ...MEMBERS, wide: c_longdouble, at: c_void_p, points: ARRAY(Point, 2) }) {}
class Turned extends BigEndianStructure({
  short: c_short,
  uint: c_uint,
  long: c_long,
  uint64: c_uint64,
  double: c_double,
}) {}

const VALUES = {
  flag: true,
  letter: "x",
  byte: -3,
  ubyte: 200,
  short: -30000,
  ushort: 60000,
  int: -(2 ** 31),
  uint: 2 ** 32 - 1,
  long: -(2 ** 53) + 1,
  ulong: 2n ** 64n - 1n,
  int64: -(2n ** 63n),
  uint64: 2n ** 63n,
  float: 0.5,
  double: 0.1,
  wide: 1.25,
  at: 0xffff_8000_1234_5678n,
  points: [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ],
};

/** Zeroed memory of C, for the time of `use`. */
function withMemory(byteLength: number, use: (address: number) => void): void {
  const address = calloc(1, byteLength) as number;
  try {
    use(address);
  } finally {
    free(address);
  }
}

const REFUSED = "this runtime, as Electron, lets no ArrayBuffer be C's memory; ";

if (rawffi.hasWindows) {
  const skip = (isUnderAsan && "it has a build of its own") || noMeasuring;
  test("where no ArrayBuffer can be C's memory", { skip }, () => {
    const packageFolder = new URL("../../rawffi/", import.meta.url);
    const build = fileURLToPath(new URL("native/build.mjs", packageFolder));
    const built = spawnSync(process.execPath, [build, "--caged"], { encoding: "utf8" });
    assert.equal(built.status, 0, built.stdout + built.stderr);
    const addon = fileURLToPath(new URL("build/caged/rawffi.node", packageFolder));
    for (const tier of ["fast", "frame"]) {
      const env = { ...process.env, RAWFFI_ADDON: addon, RAWFFI_TIER: tier, NODE_TEST_CONTEXT: undefined };
      const args = ["--import", "tsx", "--expose-gc", "--test-reporter=tap", fileURLToPath(import.meta.url)];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
      assert.equal(status, 0, `${tier}: ${stdout}${stderr}`);
      assert.match(stdout, /^# pass 1[0-9]$/m);
    }
  });
} else {
  test("each type of value is stored in C's memory, and read from there", () => {
    withMemory(sizeof(Everything), (address) => {
      const own = new Everything(VALUES);
      const foreign = Everything.from_address(address);
      for (const [name, value] of Object.entries(VALUES)) (foreign as any)[name] = value;
      assert.deepEqual(string_at(address, sizeof(Everything)), string_at(addressof(own), sizeof(Everything)));
      for (const [name, value] of Object.entries(MEMBERS)) {
        assert.deepEqual((foreign as any)[name], (own as any)[name], `${name} ${value.name}`);
        assert.deepEqual((foreign as any)[name], (VALUES as any)[name], name);
      }
      assert.deepEqual([foreign.wide, foreign.at], [1.25, VALUES.at]);
      assert.deepEqual(
        [...foreign.points].map(({ x, y }) => [x, y]),
        [
          [1, 2],
          [3, 4],
        ],
      );
    });
  });

  test("numbers are cut, and long ones rounded nowhere, as in our own memory", () => {
    class Numbers extends Structure({ long: c_long, ulong: c_ulong, short: c_short }) {}
    withMemory(sizeof(Numbers), (address) => {
      const foreign = Numbers.from_address(address);
      const own = new Numbers();
      for (const value of [
        -1,
        2 ** 53,
        -(2 ** 53),
        -(2n ** 53n) - 1n,
        -(2 ** 53) - 2,
        2 ** 63,
        2 ** 64 + 4096,
        1e30,
        -1n,
        2n ** 65n + 5n,
        65535,
        2 ** 31,
      ]) {
        for (const each of [own, foreign])
          for (const name of ["long", "ulong", "short"] as const) each[name] = value as never;
        const read = ({ long, ulong, short }: Numbers) => [long, ulong, short];
        assert.deepEqual(read(foreign), read(own), String(value));
      }
    });
  });

  test("the other byte order is stored and read as well", () => {
    withMemory(sizeof(Turned), (address) => {
      const values = { short: -2, uint: 0x12345678, long: -(2 ** 40), uint64: 2n ** 63n + 7n, double: Math.PI };
      const foreign = Turned.from_address(address);
      for (const [name, value] of Object.entries(values)) (foreign as any)[name] = value;
      const { short, uint, long, uint64, double } = foreign;
      assert.deepEqual({ short, uint, long, uint64, double }, values);
      assert.deepEqual(string_at(address, sizeof(Turned)), string_at(addressof(new Turned(values)), sizeof(Turned)));
    });
  });

  test("structures are copied in and out, and a pointer reads what it points to", () => {
    class Node extends Structure({ point: Point, next: () => POINTER(Node) }) {}
    withMemory(2 * sizeof(Node), (address) => {
      const nodes = cast(address, POINTER(Node));
      nodes[0] = new Node({ point: { x: 1, y: 2 } });
      nodes[1] = new Node({ point: new Point({ x: 3, y: 4 }) });
      const first = nodes.contents;
      first.next = pointer(Node.from_address(address + sizeof(Node)));
      assert.equal(first.next!.contents.point.y, 4);
      first.point = first.next!.contents.point;
      const copied = Node.from_buffer_copy(string_at(address, sizeof(Node)));
      assert.deepEqual(
        [copied.point.x, copied.point.y, addressof(copied.next!.contents)],
        [3, 4, address + sizeof(Node)],
      );
      assert.equal(new Point(first.point).x, 3);
    });
  });

  test("texts and blocks of C's memory are read, copied and filled", () => {
    withMemory(64, (address) => {
      memmove(address, create_string_buffer("größe"), 8);
      assert.deepEqual([text_at(address), text_at(address, 2)], ["größe", "gr"]);
      assert.equal(cast(address, c_char_p).value, "größe");
      const chars = ARRAY(c_char, 16).from_address(address);
      assert.equal(chars.value, "größe");
      chars.value = "a longer text";
      assert.equal(text_at(address), "a longer text");
      chars.raw = Uint8Array.from({ length: 16 }, () => 0x61);
      assert.equal(chars.value, "a".repeat(16));
      memset(address, 0, 64);
      assert.deepEqual(string_at(address, 64), new Uint8Array(64));
      const wide = ARRAY(c_wchar, 8).from_address(address);
      wide.value = "né😀";
      assert.deepEqual([wide.value, wstring_at(address), wstring_at(address, 2)], ["né😀", "né😀", "né"]);
    });
  });

  test("a text that ends with its page is read although its array is longer", () => {
    const pages = mmap(null, 8192, 3, 0x22, -1, 0n) as number;
    munmap(pages + 4096, 4096);
    memmove(pages + 4090, create_string_buffer("hello"), 6);
    assert.equal(ARRAY(c_char, 256).from_address(pages + 4090).value, "hello");
    memset(pages + 4090, 0x61, 6);
    assert.throws(() => ARRAY(c_char, 256).from_address(pages + 4090).value, {
      name: "MemoryFaultError",
      address: pages + 4096,
    });
    munmap(pages, 4096);
  });

  test("memory that is not there is an error", () => {
    const nowhere = 0x123456789000;
    const point = Point.from_address(nowhere);
    assert.throws(() => point.y, { name: "MemoryFaultError", address: nowhere + 4, message: /cannot be read/ });
    assert.throws(
      () => {
        point.x = 1;
      },
      { name: "MemoryFaultError", address: nowhere, message: /cannot be written/ },
    );
    assert.throws(() => cast(nowhere, POINTER(c_void_p)).contents.value, MemoryFaultError);
    assert.throws(() => c_long.from_address(nowhere).value, MemoryFaultError);
    assert.throws(() => new Point(point), MemoryFaultError);
  });

  test("views of C's memory are refused with a sentence that says what to do", () => {
    withMemory(16, (address) => {
      const advice = "read and store the items one by one, or copy them with string_at() and memmove()";
      const numbers = ARRAY(c_int, 4).from_address(address);
      throws(() => numbers.view, TypeError, `ARRAY(c_int, 4).view: ${REFUSED}${advice}`);
      throws(() => cast(address, POINTER(c_int)).view(4), TypeError, `POINTER(c_int).view(): ${REFUSED}${advice}`);
      throws(
        () => memoryview_at(address, 16),
        TypeError,
        `memoryview_at(): ${REFUSED}copy it with string_at(), and write it with memmove()`,
      );
      throws(
        () => ARRAY(c_char, 4).from_address(address).raw,
        TypeError,
        `ARRAY(c_char, 4).raw: ${REFUSED}copy the bytes with string_at(), and write them by setting \`raw\``,
      );
    });
  });

  test("views of our own memory are live both ways, however it is found", () => {
    const numbers = new (ARRAY(c_int, 4))(1, 2, 3, 4);
    const large = new (ARRAY(c_int, 2 ** 20))();
    for (const [array, length] of [
      [numbers, 4],
      [large, 2 ** 20],
    ] as const) {
      const views = [
        array.view,
        pointer(array[0] === 1 ? numbers : large).contents.view,
        cast(array, POINTER(c_int)).view(length),
      ];
      const bytes = memoryview_at(addressof(array), 4 * length);
      views[0]![1] = 77;
      for (const view of views) assert.deepEqual([view.length, view[1]], [length, 77]);
      assert.deepEqual([bytes.length, bytes[4]], [4 * length, 77]);
      bytes[4] = 78;
      assert.equal(array[1], 78);
    }
    assert.equal(ARRAY(c_char, 4).from_address(addressof(numbers)).raw.buffer, numbers.view.buffer);
    // Not beyond the buffer that it begins in.
    assert.throws(() => memoryview_at(addressof(large), 8 * 2 ** 20), TypeError);
  });

  test("C and our own objects share memory: out-parameters, callbacks, structures by value", () => {
    const { qsort, div, frexp } = new CDLL(null, {
      qsort: CFUNCTYPE(null, c_void_p, c_size_t, c_size_t, CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))),
      div: CFUNCTYPE(Point, c_int, c_int),
      frexp: CFUNCTYPE(c_double, c_double, POINTER(c_int)),
    });
    const numbers = new (ARRAY(c_int, 5))(5, 3, 1, 4, 2);
    const compare = new (CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int)))((a, b) => a![0]! - b!.contents.value);
    qsort(numbers, 5, 4, compare);
    compare.dispose();
    assert.deepEqual([...numbers], [1, 2, 3, 4, 5]);
    const { x, y } = div(17, 5);
    assert.deepEqual([x, y], [3, 2]);
    const exponent = new c_int();
    assert.deepEqual([frexp(8, byref(exponent)), exponent.value], [0.5, 4]);
  });

  test("the frame is V8's memory, which cannot be transferred away", () => {
    const { buffer } = rawffi.frame;
    const { transfer } = buffer as ArrayBuffer & { transfer(): void };
    assert.throws(() => transfer.call(buffer), { name: "TypeError", message: "rawffi: the frame stays in its thread" });
    try {
      structuredClone(buffer, { transfer: [buffer] });
    } catch (error) {
      assert.equal((error as Error).name, "DataCloneError");
    }
    assert.ok(buffer.byteLength > 0);
    assert.ok(rawffi.addressOf(rawffi.frame) % 64 === 0);
  });
}
