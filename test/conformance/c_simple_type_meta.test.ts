/**
 * CPython's test_c_simple_type_meta: simple types by their letters.
 */
import assert from "node:assert/strict";
import {
  _SimpleCData,
  c_bool,
  c_byte,
  c_char,
  c_char_p,
  c_double,
  c_int,
  c_longdouble,
  c_ulonglong,
  c_void_p,
  c_wchar,
  c_wchar_p,
  sizeof,
} from "ctypes-js";
import { VARIANT_BOOL } from "ctypes-js/wintypes";
import { row } from "./row.ts";
import { throws } from "./support.ts";

row("test_c_simple_type_meta.py", "PyCSimpleTypeAsMetaclassTest", "test_bad_type_message", () => {
  // ctypes' own letters in its order (of which only Windows' X and Python's O have no meaning here), then ours.
  const letters = "cbBhHiIlLdDFGfuzZqQPv?gwWsStT";
  for (const bad of ["0", "X", "O", "%", "", "ii", undefined, 5]) {
    const error = throws(() => _SimpleCData(bad as never), TypeError);
    assert.ok(error.message.includes(`'${letters}'`), `${error.message}: names the letters`);
  }
  for (const letter of letters) {
    class Own extends _SimpleCData(letter as "i") {}
    assert.equal(Own._type_, letter);
    assert.ok(sizeof(Own) > 0 && new Own() instanceof Own);
  }
  const named = [c_bool, c_byte, c_char, c_char_p, c_double, c_int, c_longdouble, c_ulonglong, c_void_p, c_wchar];
  for (const type of [...named, c_wchar_p, VARIANT_BOOL] as (typeof c_int)[]) {
    const Own = _SimpleCData(type._type_);
    assert.notEqual(Own, type);
    assert.equal(sizeof(Own), sizeof(type), type.name);
    assert.strictEqual(new Own().value, new type().value, type.name);
  }
});
