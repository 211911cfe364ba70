/**
 * CPython's test_loading: libraries by name, by path, by handle.
 */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { CDLL, cdll, LibraryError } from "ctypes-js";
import { dllist, find_library } from "ctypes-js/util";
import { row } from "./row.ts";
import { isWindows, throws } from "./support.ts";

const unknown = "xxrandomnamexx";

/** The C library's file, which is loaded in every process. */
function libcPath(): string {
  const path = dllist().find((file) => (isWindows ? /\\ucrtbase\.dll$/i : /\/libc\.so/).test(file));
  assert.ok(path !== undefined, dllist().join("\n"));
  return path;
}

row("test_loading.py", "LoaderTest", "test_load", () => {
  const path = libcPath();
  for (const name of [path, basename(path), pathToFileURL(path)]) {
    const libc = new CDLL(name);
    assert.equal(libc.abs!(-5), 5, `${name}`);
  }
  throws(() => new CDLL(unknown), LibraryError, /xxrandomnamexx/);
  throws(() => new CDLL(pathToFileURL(`/${unknown}`)), LibraryError, /xxrandomnamexx/);
  throws(() => new CDLL(5 as never), TypeError, /expected the name of a library/);
});

row(
  "test_loading.py",
  "LoaderTest",
  "test_load_version",
  () => {
    assert.equal(cdll.LoadLibrary("libc.so.6").abs!(-7), 7);
    throws(() => cdll.LoadLibrary("libc.so.9"), LibraryError, /libc\.so\.9/);
    throws(() => cdll.LoadLibrary(unknown), LibraryError, /xxrandomnamexx/);
  },
  isWindows && "libraries of Windows have no such versions",
);

row("test_loading.py", "LoaderTest", "test_find", () => {
  for (const [name, symbol] of [
    ["c", "strlen"],
    ["m", "cos"],
  ] as const) {
    const file = find_library(name);
    assert.ok(file !== null, name);
    assert.equal(typeof cdll.LoadLibrary(file)[symbol], "function");
    assert.equal(typeof new CDLL(file)[symbol], "function");
  }
});

row("test_loading.py", "LoaderTest", "test_load_without_name_and_with_handle_posix", () => {
  const first = new CDLL(find_library("c"));
  const second = new CDLL(null, null, { handle: first._handle });
  assert.equal(second._handle, first._handle);
  assert.equal(second._name, null);
  assert.equal(second.abs!(-5), 5, "its symbols are there");
});
