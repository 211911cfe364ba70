/**
 * `errno`: ctypes' own copy, swapped around the calls of libraries that ask for it.
 */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { test } from "node:test";
import { CDLL, CFUNCTYPE, c_char_p, c_int, get_errno, set_errno } from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { functionsPath, isWindows, throws } from "./support.ts";

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

test("off Windows use_last_error swaps nothing, as in Python", { skip: isWindows && "Windows has it" }, () => {
  class SetErrno extends CFUNCTYPE(c_int, c_int, { use_last_error: true }) {}
  const plain = new CDLL(functionsPath, { set_c_errno: SetErrno }, { use_last_error: true });
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
  const open = isWindows ? "_open" : "open";
  const libc = new CDLL(find_library("c"), { [open]: CFUNCTYPE(c_int, c_char_p, c_int, "...") }, { use_errno: true });
  assert.equal(libc[open]?.("no/such/file", 0), -1);
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

test("a function type may ask for it by itself", () => {
  const plain = new CDLL(functionsPath, { set_c_errno: CFUNCTYPE(c_int, c_int, { use_errno: true }) });
  set_errno(0);
  plain.set_c_errno(88);
  assert.equal(get_errno(), 88);
  assert.notEqual(CFUNCTYPE(c_int, c_int, { use_errno: true }), CFUNCTYPE(c_int, c_int));
  assert.equal(CFUNCTYPE(c_int, c_int, { use_errno: true }), CFUNCTYPE(c_int, c_int, { use_errno: true }));
});

test("a callback that asks for it sees C's errno, and may set it for C", () => {
  class Look extends CFUNCTYPE(c_int, { use_errno: true }) {}
  const { errno_around } = new CDLL(functionsPath, { errno_around: CFUNCTYPE(c_int, Look, c_int) });
  const seen: number[] = [];
  const look = new Look(() => {
    seen.push(get_errno());
    set_errno(6);
    assert.throws(() => process.kill(2 ** 30, 0));
    return 0;
  });
  set_errno(5);
  assert.equal(errno_around(look, 9), 6);
  assert.deepEqual(seen, [9]);
  assert.equal(get_errno(), 5);
});

test("a callback that does not ask for it leaves C's errno alone", () => {
  const Plain = CFUNCTYPE(c_int);
  const { errno_around } = new CDLL(functionsPath, { errno_around: CFUNCTYPE(c_int, Plain, c_int) });
  const fails = new Plain(() => {
    assert.throws(() => process.kill(2 ** 30, 0));
    return 0;
  });
  assert.equal(errno_around(fails, 9), 9);
});

test("an option that there is not is an error", () => {
  throws(
    () => CFUNCTYPE(c_int, { useErrno: true } as never),
    TypeError,
    'CFUNCTYPE(): there is no option "useErrno"; there are use_errno, use_last_error, leaf, pumped, nowait, throws, guarded',
  );
});
