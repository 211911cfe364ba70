/** Methods of COM: anywhere on an interface made here, and on Windows on the system's objects. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ARRAY,
  byref,
  CFUNCTYPE,
  COMError,
  CopyComPointer,
  c_int,
  c_uint32,
  c_void_p,
  cast,
  create_string_buffer,
  HRESULT,
  MemoryFaultError,
  method,
  NullPointerError,
  OleDLL,
  POINTER,
  pointer,
  Structure,
  string_at,
  WINFUNCTYPE,
  WindowsError,
} from "ctypes-js";
import { BYTE, DWORD, ULONG, WORD } from "ctypes-js/wintypes";
import { throws } from "./support.ts";

const skip = process.platform === "win32" ? false : "this is not Windows";

class Table extends Structure({
  Add: CFUNCTYPE(c_int, c_void_p, c_int),
  AddRef: CFUNCTYPE(c_uint32, c_void_p),
  Divide: CFUNCTYPE(c_int, c_void_p, c_int, POINTER(c_int)),
  missing: c_void_p,
}) {}
class Counter extends Structure({ table: POINTER(Table), count: c_int }) {}

const table = new Table({
  Add: new (CFUNCTYPE(c_int, c_void_p, c_int))((self, by) => (counterAt(self).count += by)),
  AddRef: new (CFUNCTYPE(c_uint32, c_void_p))((self) => ++counterAt(self).count),
  Divide: new (CFUNCTYPE(c_int, c_void_p, c_int, POINTER(c_int)))((self, by, rest) => {
    const { count } = counterAt(self);
    if (rest !== null) rest.contents.value = count % by;
    return Math.trunc(count / by);
  }),
});

function counterAt(address: number | bigint | null): Counter {
  return cast(address as number, POINTER(Counter)).contents;
}

function newCounter(count: number): { counter: Counter; place: c_void_p } {
  const counter = new Counter({ count });
  counter.table = pointer(table);
  return { counter, place: cast(byref(counter), c_void_p) };
}

const add = method(CFUNCTYPE(c_int, c_int), 0, "Add");

test("a method is found in the table of the interface that it is called with", () => {
  const { counter, place } = newCounter(5);
  assert.equal(add(place, 3), 8);
  assert.equal(add(byref(counter), 2), 10);
  assert.equal(add(cast(place, POINTER(Counter)), 1), 11);
  const other = newCounter(0);
  assert.equal(add(other.place, 4), 4);
  assert.equal(counter.count, 11);
  assert.equal(add.name, "Add");
});

test("parameters after the interface have directions, names and defaults", () => {
  const { place } = newCounter(17);
  const prototype = CFUNCTYPE(c_int, c_int, POINTER(c_int));
  const divide = method(prototype, 2, "Divide", [
    [1, "by", 5],
    [2, "rest"],
  ]);
  assert.equal(divide(place), 2);
  assert.equal(divide(place, 3), 2);
  assert.equal(divide(place, { by: 10 }), 7);
  assert.throws(() => divide(place, 1, 2, 3), /Divide\(\): call takes exactly 2 arguments \(4 given\)/);
  throws(
    () => method(prototype, 2, "Divide", [[1, "by"]]),
    RangeError,
    /paramflags must have the same length as argtypes: 1 and 2/,
  );
});

test("what is no interface is refused, and named", () => {
  const refused = "Add(): expected a pointer to an interface for the first argument, got";
  throws(() => add(5 as never, 1), TypeError, `${refused} the number 5`);
  throws(() => add("text" as never, 1), TypeError, `${refused} the string "text"`);
  throws(() => add(new c_void_p(), 1), NullPointerError, "Add(): the interface is NULL");
  throws(() => add(new c_void_p(16), 1), RangeError, /^Add\(\): .*page of NULL/);
  throws(() => add(new c_void_p(0x7000_0000_0000), 1), MemoryFaultError, /^Add\(\): /);
  const { place } = newCounter(0);
  const missing = method(CFUNCTYPE(c_int), 3, "Missing");
  throws(() => missing(place), NullPointerError, "Missing(): the interface has no such method");
  for (const index of [-1, 1.5, 2n ** 70n])
    throws(
      () => method(CFUNCTYPE(c_int), index as number, "No"),
      TypeError,
      /expected the index of a method, got the /,
    );
  throws(
    () => method(CFUNCTYPE(c_int), 0, "No", null, "{0}" as never),
    TypeError,
    /expected the identifier of an interface or null, got the string "\{0\}"/,
  );
});

test("CopyComPointer counts a reference", () => {
  const { counter, place } = newCounter(1);
  const copy = new c_void_p();
  assert.equal(CopyComPointer(place, byref(copy)), 0);
  assert.equal(copy.value, place.value);
  assert.equal(counter.count, 2);
  assert.equal(CopyComPointer(new c_void_p(), byref(copy)), 0);
  assert.equal(copy.value, null);
  assert.equal(counter.count, 2);
  assert.equal(CopyComPointer(place, null as never), -2147467261);
});

// -- Objects of Windows ----------------------------------------------------------------------------

class GUID extends Structure({ Data1: DWORD, Data2: WORD, Data3: WORD, Data4: ARRAY(BYTE, 8) }) {}

test("a stream in memory is written, moved in, and read", { skip }, () => {
  const ole32 = new OleDLL("ole32", {
    CreateStreamOnHGlobal: WINFUNCTYPE(HRESULT, c_void_p, c_int, POINTER(c_void_p)),
  });
  class LargeInteger extends Structure({ low: DWORD, high: c_int }) {}
  const read = method(WINFUNCTYPE(HRESULT, c_void_p, ULONG, POINTER(ULONG)), 3, "Read");
  const write = method(WINFUNCTYPE(HRESULT, c_void_p, ULONG, POINTER(ULONG)), 4, "Write", [
    [1, "bytes"],
    [1, "count"],
    [2, "written"],
  ]);
  const seek = method(WINFUNCTYPE(HRESULT, LargeInteger, DWORD, c_void_p), 5, "Seek");
  const release = method(WINFUNCTYPE(ULONG), 2, "Release");

  const stream = new c_void_p();
  ole32.CreateStreamOnHGlobal(null, 1, byref(stream));
  assert.equal(write(stream, create_string_buffer("twelve bytes"), 12), 12);
  assert.equal(seek(stream, new LargeInteger({ low: 7 }), 0, null), 0);
  const buffer = create_string_buffer(16);
  const count = new ULONG();
  assert.equal(read(stream, buffer, 16, byref(count)), 0);
  assert.equal(Buffer.from(string_at(buffer, count.value)).toString(), "bytes");
  assert.throws(() => seek(stream, new LargeInteger(), 7, null), WindowsError);
  assert.equal(release(stream), 0);
});

test("a failed HRESULT is a WindowsError, and a COMError where the interface is known", { skip }, () => {
  const { CLSIDFromString, CreateStreamOnHGlobal } = new OleDLL("ole32", {
    CLSIDFromString: WINFUNCTYPE(HRESULT, c_void_p, POINTER(GUID)),
    CreateStreamOnHGlobal: WINFUNCTYPE(HRESULT, c_void_p, c_int, POINTER(c_void_p)),
  });
  const guidOf = (text: string) => {
    const guid = new GUID();
    CLSIDFromString(Buffer.from(`${text}\0`, "utf16le"), byref(guid));
    return guid;
  };
  const unknown = guidOf("{00000000-0000-0000-C000-000000000046}");
  const shellLink = guidOf("{00021401-0000-0000-C000-000000000046}");
  const prototype = WINFUNCTYPE(HRESULT, POINTER(GUID), POINTER(c_void_p));
  const stream = new c_void_p();
  CreateStreamOnHGlobal(null, 1, byref(stream));
  const E_NOINTERFACE = -2147467262;
  const found = new c_void_p();
  const query = method(prototype, 0, "QueryInterface");
  assert.throws(() => query(stream, byref(shellLink), byref(found)), { name: "WindowsError", winerror: E_NOINTERFACE });
  const known = method(prototype, 0, "QueryInterface", null, unknown);
  assert.equal(known(stream, byref(unknown), byref(found)), 0);
  assert.throws(
    () => known(stream, byref(shellLink), byref(found)),
    (error: COMError) => {
      assert.ok(error instanceof COMError);
      assert.equal(error.hresult, E_NOINTERFACE);
      assert.match(error.message, /^\[HRESULT 0x80004002\] \S/);
      assert.deepEqual(error.details, [null, null, null, null, null]);
      return true;
    },
  );
});
