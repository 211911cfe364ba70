/**
 * `errno`: ctypes' own copy, swapped around the calls of libraries that ask for it.
 */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { test } from "node:test";
import { CDLL, CFUNCTYPE, c_char_p, c_int, get_errno, set_errno } from "ctypes";
import { functionsPath, throws } from "./support.ts";

const symbols = {
  set_c_errno: CFUNCTYPE(c_int, c_int),
  get_c_errno: CFUNCTYPE(c_int),
};
const lib = new CDLL(functionsPath, symbols, { use_errno: true });

test("set_errno sets ctypes' copy and gives the old one", () => {
  set_errno(0);
  assert.equal(set_errno(5), 0);
  assert.equal(get_errno(), 5);
  assert.equal(set_errno(-7), 5);
  assert.equal(get_errno(), -7);
});

test("a call with use_errno leaves its errno behind", () => {
  set_errno(0);
  lib.set_c_errno(33);
  assert.equal(get_errno(), 33);
});

test("a call with use_errno begins with the copy", () => {
  set_errno(21);
  assert.equal(lib.get_c_errno(), 21);
  assert.equal(lib.set_c_errno(22), 21);
  assert.equal(lib.get_c_errno(), 22);
});

test("without use_errno the copy is not touched", () => {
  const plain = new CDLL(functionsPath, symbols);
  set_errno(44);
  plain.set_c_errno(55);
  assert.equal(get_errno(), 44);
});

test("what JavaScript does between two calls does not change the copy", () => {
  lib.set_c_errno(66);
  assert.throws(() => process.kill(2 ** 30, 0));
  assert.equal(lib.get_c_errno(), 66);
});

test("errno says why open failed", () => {
  const libc = new CDLL(null, { open: CFUNCTYPE(c_int, c_char_p, c_int, "...") }, { use_errno: true });
  assert.equal(libc.open("no/such/file", 0), -1);
  assert.equal(get_errno(), constants.errno.ENOENT);
});

test("an undeclared library swaps it, too", () => {
  const dynamic = new CDLL(functionsPath, null, { use_errno: true });
  set_errno(0);
  dynamic.set_c_errno!(77);
  assert.equal(get_errno(), 77);
});

test("set_errno refuses what is no integer", () => {
  throws(() => set_errno(1.5), TypeError, "set_errno(): expected an integer, got the number 1.5");
  throws(() => set_errno("ENOENT" as never), TypeError, 'set_errno(): expected an integer, got the string "ENOENT"');
});
