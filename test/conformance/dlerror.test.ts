/**
 * CPython's test_dlerror: what the loader says when it finds nothing, or finds NULL.
 */
import assert from "node:assert/strict";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CDLL, CFUNCTYPE, c_char_p, c_int, LibraryError } from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { compile, temporaryFolder } from "./compile.ts";
import { row } from "./row.ts";
import { isWindows, throws } from "./support.ts";

// -- A symbol that is there, and is NULL -------------------------------------------------------------

row(
  "test_dlerror.py",
  "TestNullDlsym",
  "test_null_dlsym",
  () => {
    const folder = temporaryFolder();
    const log = join(folder, "log");
    const descriptor = openSync(log, "w");
    // An indirect function of GNU's: dlsym() asks the resolver where it is, and this one says NULL.
    const source = `
    #include <unistd.h>
    static void *resolve(void) { return write(${descriptor}, "OK", 2) == 2 ? 0 : (void *) 1; }
    int foo(void) __attribute__((ifunc("resolve")));
  `;
    const path = compile(folder, "libfoo.so", source);
    /** What the resolver wrote since the last time. */
    let read = 0;
    const written = () => {
      const text = readFileSync(log, "latin1").slice(read);
      read += text.length;
      return text;
    };
    const Foo = CFUNCTYPE(c_int);
    const undeclaredFoo = new CDLL(path);
    const declaredFoo = new CDLL(path, { foo: Foo });
    assert.equal(written(), "", "nobody has asked yet");

    const attempts: readonly (() => unknown)[] = [
      () => undeclaredFoo.foo,
      () => declaredFoo.foo,
      () => c_int.in_dll(undeclaredFoo, "foo"),
      () => new Foo(["foo", declaredFoo]),
    ];
    for (const attempt of attempts) {
      throws(attempt, LibraryError, /no symbol 'foo' \(function or variable 'foo' is NULL\)/);
      assert.equal(written(), "OK", "the resolver was asked once");
    }
  },
  isWindows && "gcc has no ifunc there",
);

// -- In other languages ------------------------------------------------------------------------------

const LC_ALL = isWindows ? 0 : 6;
const wanted = ["C", "C.UTF-8", "en_US.UTF-8", "de_DE.UTF-8", "fr_FR.ISO8859-1", "pl_PL.ISO8859-2", "zh_CN.GB2312"];

/** Runs `body` under each of the locales that are installed here, the C library's own setting. */
function underLocales(body: (locale: string) => void): void {
  const { setlocale } = new CDLL(find_library("c"), { setlocale: CFUNCTYPE(c_char_p, c_int, c_char_p) });
  const before = setlocale(LC_ALL, null);
  const installed = wanted.filter((locale) => setlocale(LC_ALL, locale) !== null);
  assert.ok(installed.includes("C"));
  try {
    for (const locale of installed) {
      setlocale(LC_ALL, locale);
      body(locale);
    }
  } finally {
    setlocale(LC_ALL, before);
  }
}

const libc = new CDLL(find_library("c"));

row("test_dlerror.py", "TestLocalization", "test_localized_error_from_dll", () => {
  underLocales(() => {
    throws(() => libc.this_name_does_not_exist, LibraryError, /no symbol 'this_name_does_not_exist' \(.+\)/);
  });
});

row("test_dlerror.py", "TestLocalization", "test_localized_error_in_dll", () => {
  underLocales(() => {
    throws(() => c_int.in_dll(libc, "this_name_does_not_exist"), LibraryError, /no symbol 'this_name_does_not_exist'/);
  });
});

row("test_dlerror.py", "TestLocalization", "test_localized_error_dlopen", () => {
  const folder = temporaryFolder();
  const noLibrary = join(folder, "text\xff.so");
  writeFileSync(noLibrary, "not a library");
  underLocales(() => {
    // A lone surrogate is how Python writes the byte 0xFF; UTF-8 has no such character.
    for (const name of ["missing\xff.so", "missing\udcff.so", "missing\u2603.so"]) {
      throws(() => new CDLL(name), LibraryError, /missing.*\.so/);
    }
    throws(() => new CDLL(noLibrary), LibraryError, /text\xff\.so/);
  });
});

row("test_dlerror.py", "TestLocalization", "test_localized_error_dlsym", () => {
  const Foo = CFUNCTYPE(c_int);
  const declared = new CDLL(find_library("c"), { this_name_does_not_exist: Foo });
  underLocales(() => {
    throws(() => new Foo(["this_name_does_not_exist", libc]), LibraryError, /no symbol 'this_name_does_not_exist'/);
    throws(() => new Foo(["nor\xffthis", libc]), LibraryError, /no symbol 'nor\xffthis'/);
    throws(() => declared.this_name_does_not_exist, LibraryError, /undefined symbol: this_name_does_not_exist/);
  });
});
