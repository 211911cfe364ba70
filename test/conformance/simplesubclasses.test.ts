/**
 * CPython's test_simplesubclasses: classes derived from simple types keep their class.
 */
import assert from "node:assert/strict";
import { _SimpleCData, CData, CFUNCTYPE, c_int, Structure } from "ctypes-js";
import { row } from "./row.ts";
import { throws } from "./support.ts";

class MyInt extends c_int {
  equals(other: unknown): boolean {
    return other instanceof MyInt && other.value === this.value;
  }
}

row("test_simplesubclasses.py", "Test", "test_metaclass_details", () => {
  const made = (type: unknown) => () => new (type as new () => unknown)();
  throws(made(CData), TypeError, /abstract class/);
  class Unfinished extends (CData as unknown as new () => object) {}
  throws(made(Unfinished), TypeError, /Unfinished is an abstract class/);
  throws(made(_SimpleCData), TypeError, /expected a type letter/);
  class Finished extends _SimpleCData("i") {}
  assert.equal(new Finished(42).value, 42);
});

row("test_simplesubclasses.py", "Test", "test_compare", () => {
  assert.ok(new MyInt(3).equals(new MyInt(3)));
  assert.ok(!new MyInt(42).equals(new MyInt(43)));
  assert.ok(!new MyInt(3).equals(3));
});

row("test_simplesubclasses.py", "Test", "test_ignore_retval", () => {
  const callback = new (CFUNCTYPE(null))((() => [1, 2, 3]) as never);
  assert.equal(callback(), undefined);
});

row("test_simplesubclasses.py", "Test", "test_int_callback", () => {
  const seen: unknown[] = [];
  const own = new (CFUNCTYPE(null, MyInt))((value) => {
    seen.push(value);
  });
  assert.equal(own(42), undefined);
  assert.equal(own(new MyInt(43)), undefined);
  const [first, second] = seen.splice(0) as MyInt[];
  assert.ok(first instanceof MyInt && first.equals(new MyInt(42)));
  assert.ok(second instanceof MyInt && second.equals(new MyInt(43)));

  const plain = new (CFUNCTYPE(c_int, c_int))((value) => {
    seen.push(value);
    return value;
  });
  assert.equal(plain(42), 42);
  assert.deepEqual(seen, [42]);
});

row("test_simplesubclasses.py", "Test", "test_int_struct", () => {
  class X extends Structure({ x: MyInt }) {}
  // To the compiler a class derived from a simple type reads as its value.
  const s = new X() as unknown as { get x(): MyInt; set x(value: MyInt | number) };
  assert.ok(s.x instanceof MyInt && s.x.equals(new MyInt()));
  s.x = 42;
  assert.ok(s.x instanceof MyInt && s.x.equals(new MyInt(42)));
  s.x = new MyInt(43);
  assert.ok(s.x.equals(new MyInt(43)));
});
