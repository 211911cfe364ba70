/**
 * Functions that C returns, by type, by address and by name.
 */
import assert from "node:assert/strict";
import { ArgumentError, CFUNCTYPE, c_char, c_char_p, c_void_p } from "ctypes-js";
import { row } from "./row.ts";
import { open, throws, undeclared } from "./support.ts";

const Search = CFUNCTYPE(c_char_p, c_char_p, c_char);
type Search = InstanceType<typeof Search>;

/** A function that does what strchr does, with arguments converted as its type says. */
function checkSearch(search: Search, name: string): void {
  const loosely = search as unknown as (...args: unknown[]) => unknown;
  assert.equal(search("abcdef", "b"), "bcdef");
  assert.equal(search("abcdef", "x"), null);
  assert.equal(loosely("abcdef", 98), "bcdef", "a char is an integer, too");
  assert.equal(loosely("abcdef", 107), null);
  throws(() => loosely("abcdef", 98.5), ArgumentError, /argument 2: expected .* for c_char, got the number 98\.5$/);
  throws(() => loosely("abcdef", 256), ArgumentError, /argument 2: expected .* for c_char, got the number 256$/);
  const message = `${name}(): expected 2 arguments, got 1`;
  throws(() => loosely("abcdef"), TypeError, message);
  throws(() => loosely(), TypeError, message.replace("got 1", "got 0"));
}

function returnRow(name: string, body: () => void): void {
  row("test_returnfuncptrs.py", "ReturnFuncPtrTestCase", name, body);
}

returnRow("test_with_prototype", () => {
  const get_strchr = undeclared("get_strchr");
  get_strchr.restype = Search;
  const search = get_strchr() as Search;
  assert.ok((search as unknown) instanceof Search);
  checkSearch(search, search.name);
});

returnRow("test_without_prototype", () => {
  const get_strchr = undeclared("get_strchr");
  get_strchr.restype = c_void_p;
  const address = get_strchr() as number;
  assert.equal(typeof address, "number");
  checkSearch(new Search(address), `*0x${address.toString(16)}`);
});

returnRow("test_from_dll", () => {
  checkSearch(new Search(["my_strchr", open()]), "my_strchr");
});

returnRow("test_from_dll_refcount", () => {
  let reads = 0;
  class MadeAnew extends Array<unknown> {
    constructor() {
      super(2);
      const getters: (() => unknown)[] = [() => ["my", "strchr"].join("_"), open];
      for (const [i, get] of getters.entries()) {
        Object.defineProperty(this, i, {
          get() {
            reads++;
            return get();
          },
        });
      }
    }
  }
  const search = new Search(new MadeAnew() as unknown as [string, object]);
  globalThis.gc?.();
  checkSearch(search, "my_strchr");
  assert.ok(reads >= 2);
});
