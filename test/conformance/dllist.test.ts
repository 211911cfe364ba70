/**
 * CPython's test_dllist: which libraries are loaded.
 */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { CDLL } from "ctypes-js";
import { dllist } from "ctypes-js/util";
import { row } from "./row.ts";
import { isWindows, library } from "./support.ts";

row("test_dllist.py", "ListSharedLibraries", "test_lists_system", () => {
  const files = dllist();
  assert.ok(files.length > 0);
  assert.ok(
    files.some((file) => (isWindows ? /kernel32\.dll$/i : /lib(c|ffi)\.so/).test(file)),
    files.join("\n"),
  );
});

row("test_dllist.py", "ListSharedLibraries", "test_lists_updates", () => {
  const name = basename(library);
  const before = new Set(dllist());
  assert.ok(![...before].some((file) => file.endsWith(name)), "not loaded yet");
  const loaded = new CDLL(library);
  const after = new Set(dllist());
  assert.ok(after.size > before.size);
  assert.deepEqual(
    [...before].filter((file) => !after.has(file)),
    [],
    "nothing has gone",
  );
  assert.ok(
    [...after].some((file) => file.endsWith(name)),
    [...after].join("\n"),
  );
  loaded.close();
});
