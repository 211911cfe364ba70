/**
 * What is particular to unions; what they share with structures is in `structunion.test.ts`.
 */
import assert from "node:assert/strict";
import { c_int, c_short, sizeof, Union } from "ctypes-js";
import { row } from "./row.ts";
import { throws } from "./support.ts";

row("test_unions.py", "ArrayTestCase", "test_metaclass_details", () => {
  class Abstract extends Union({ a: c_int }) {
    static readonly _abstract_ = true;
  }
  throws(() => new Abstract(), TypeError, "Abstract is an abstract class: it has no size and no instances");
  class Incomplete extends Union<{ a: c_int }>() {}
  throws(() => new Incomplete(), TypeError, "union 'Incomplete' is incomplete: its _fields_ were never given");
  Incomplete._fields_ = { a: c_int };
  throws(() => (Incomplete._fields_ = { a: c_short as never }), TypeError, "Incomplete._fields_ is final");
  assert.equal(sizeof(Incomplete), 4, "what was given first holds");
});
