/** The option `checked`: whom it concerns, and when it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CDLL, CFUNCTYPE, c_int, c_size_t, create_string_buffer, type DynamicFunction, POINTER } from "ctypes-js";
import { MemoryFaultError } from "rawffi";
import { collect, functionsPath, noMeasuring } from "./support.ts";

const WILD = 0x123456789000;
/** C that looks at nothing. */
const symbols = {
  address_of: CFUNCTYPE(c_size_t, POINTER(c_int)),
  call_pointer: CFUNCTYPE(POINTER(c_int), CFUNCTYPE(c_size_t), c_int),
};
const wildPointer = () => {
  using callback = new (CFUNCTYPE(c_size_t))(() => WILD);
  return new CDLL(functionsPath, symbols).call_pointer(callback, 1);
};
/** While memory is checked each object has a block of its own, and else 64 KiB with others. */
const isMemoryChecked = () => create_string_buffer(4).raw.buffer.byteLength < 1024;
const refuses = (library: { address_of(value: ReturnType<typeof wildPointer>): unknown }) =>
  assert.throws(() => library.address_of(wildPointer()), MemoryFaultError);

test("a library that is checked leaves calls of other libraries alone", () => {
  using plain = new CDLL(functionsPath, symbols);
  using checked = new CDLL(functionsPath, symbols, { checked: true });
  refuses(checked);
  assert.equal(plain.address_of(wildPointer()), WILD);
  using later = new CDLL(functionsPath, symbols);
  assert.equal(later.address_of(wildPointer()), WILD);
  refuses(checked);
});

test("so do its undeclared functions, and those that are declared anew", () => {
  using plain = new CDLL(functionsPath);
  using checked = new CDLL(functionsPath, null, { checked: true });
  for (const library of [plain, checked]) {
    const address_of = library.address_of as DynamicFunction;
    address_of.argtypes = [POINTER(c_int)];
    address_of.restype = c_size_t;
    if (library === checked) assert.throws(() => address_of(wildPointer()), MemoryFaultError);
    else assert.equal(address_of(wildPointer()), WILD);
  }
});

test("memory is checked while a library that asked for it is open", { skip: noMeasuring }, () => {
  assert.equal(isMemoryChecked(), false);
  const first = new CDLL(functionsPath, symbols, { checked: true });
  const second = new CDLL(functionsPath, symbols, { checked: true });
  assert.equal(isMemoryChecked(), true);
  first.close();
  first.close();
  assert.equal(isMemoryChecked(), true, "the other library is open");
  second[Symbol.dispose]();
  assert.equal(isMemoryChecked(), false);
});

test("and until it is collected when nobody closes it", { skip: noMeasuring }, async () => {
  const open = () => new CDLL(functionsPath, symbols, { checked: true })._handle > 0 && isMemoryChecked();
  assert.equal(open(), true);
  for (let i = 0; i < 20 && isMemoryChecked(); i++) await collect();
  assert.equal(isMemoryChecked(), false);
});

test("a library that cannot be opened checks nothing", { skip: noMeasuring }, () => {
  assert.throws(() => new CDLL("libthere-is-none.so", symbols, { checked: true }), /libthere-is-none/);
  assert.equal(isMemoryChecked(), false);
});
