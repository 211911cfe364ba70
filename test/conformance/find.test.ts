/**
 * CPython's test_find: from a name as for `cc -lname` to a library.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CDLL, RTLD_GLOBAL } from "ctypes-js";
import { _findLib_gcc, _findLib_ld, _findSoname_ldconfig, _get_soname, find_library } from "ctypes-js/util";
import { compile, temporaryFolder, withEnvironment } from "./compile.ts";
import { row } from "./row.ts";
import { isWindows } from "./support.ts";

const noLinker = isWindows && "Windows finds libraries along PATH alone";

// -- OpenGL ------------------------------------------------------------------------------------------

/**
 * The library `name` is found, loads for all to see, and has `symbol`. Where none is installed, one of the same name
 * with that symbol is made, so that there is something to find.
 */
function isFound(name: string, symbol: string): void {
  let file = find_library(name);
  if (file === null) {
    const folder = temporaryFolder();
    const made = compile(folder, `lib${name}.so`, `int ${symbol}(void) { return 0; }`, [`-Wl,-soname,lib${name}.so.1`]);
    assert.equal(
      withEnvironment({ LD_LIBRARY_PATH: folder }, () => find_library(name)),
      `lib${name}.so.1`,
    );
    file = made;
  }
  const library = new CDLL(file, null, { mode: RTLD_GLOBAL });
  assert.equal(typeof library[symbol], "function");
  assert.equal(typeof new CDLL(null)[symbol], "function", "global: the program sees it");
}

row("test_find.py", "Test_OpenGL_libs", "test_gl", () => isFound("GL", "glClearIndex"), noLinker);
row("test_find.py", "Test_OpenGL_libs", "test_glu", () => isFound("GLU", "gluBeginCurve"), noLinker);
row("test_find.py", "Test_OpenGL_libs", "test_gle", () => isFound("gle", "gleGetJoinStyle"), noLinker);

row("test_find.py", "Test_OpenGL_libs", "test_shell_injection", () => {
  const folder = temporaryFolder();
  const file = join(folder, "written");
  const echo = `echo Hello shell > ${file}`;
  for (const name of [`; ${echo}`, `$(${echo})`, `\`${echo}\``, `| ${echo}`, `c\n${echo}`]) {
    assert.equal(find_library(name), null, name);
    assert.ok(!existsSync(file), name);
  }
  assert.deepEqual(readdirSync(folder), []);
});

// -- Linux -------------------------------------------------------------------------------------------

/** A library that nobody has: its name, and the folder it is in. */
function ownLibrary(): { name: string; folder: string } {
  const name = `conformance${process.pid}`;
  const folder = temporaryFolder();
  compile(folder, `lib${name}.so`, "int here = 1;", [`-Wl,-soname,lib${name}.so`]);
  return { name, folder };
}

row(
  "test_find.py",
  "FindLibraryLinux",
  "test_find_on_libpath",
  () => {
    const { name, folder } = ownLibrary();
    assert.equal(find_library(name), null);
    assert.equal(
      withEnvironment({ LD_LIBRARY_PATH: folder }, () => find_library(name)),
      `lib${name}.so`,
    );
    assert.equal(find_library(name), null, "no longer");
  },
  noLinker,
);

row(
  "test_find.py",
  "FindLibraryLinux",
  "test_find_library_with_gcc",
  () => {
    assert.match(_get_soname(_findLib_gcc("c")) ?? "", /^libc\.so/);
    // Only the compiler looks into LIBRARY_PATH: the first step finds nothing, the second does.
    const { name, folder } = ownLibrary();
    withEnvironment({ LIBRARY_PATH: folder }, () => {
      assert.equal(_findSoname_ldconfig(name), null);
      assert.equal(_findLib_ld(name), null);
      assert.equal(find_library(name), `lib${name}.so`);
    });
  },
  noLinker,
);

row(
  "test_find.py",
  "FindLibraryLinux",
  "test_find_library_with_ld",
  () => {
    assert.match(_get_soname(_findLib_ld("c")) ?? "", /^libc\.so/);
    // Only the last step looks into LD_LIBRARY_PATH.
    const { name, folder } = ownLibrary();
    withEnvironment({ LD_LIBRARY_PATH: folder }, () => {
      assert.equal(_findSoname_ldconfig(name), null);
      assert.equal(_findLib_gcc(name), null);
      assert.equal(_findLib_ld(name), join(folder, `lib${name}.so`));
      assert.equal(find_library(name), `lib${name}.so`);
    });
  },
  noLinker,
);

row("test_find.py", "FindLibraryLinux", "test_gh114257", () => {
  assert.equal(find_library("libc"), null, "it would be liblibc");
});
