/** The names that `console.log` and messages show are those of the exports, in the built package. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as libclang from "ctypes-libclang";
import { skip } from "./support.ts";

test("every exported class and function has the name that it is exported by", () => {
  const named = Object.entries(libclang).filter(([, value]) => typeof value === "function");
  assert.ok(named.length > 10, `only ${named.length} found`);
  assert.deepEqual(
    named.filter(([name, value]) => (value as { readonly name: string }).name !== name).map(([name]) => name),
    [],
  );
});

test("console.log shows what cursors and translation units are", { skip }, () => {
  const unit = libclang.Index.create().parse("names.c", [], [["names.c", "int answer;"]]);
  assert.match(inspect(unit, { depth: 0 }), /^TranslationUnit \{/);
  assert.match(inspect(unit.cursor, { depth: 0 }), /^Cursor \{/);
});
