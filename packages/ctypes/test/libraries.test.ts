/**
 * Libraries: finding, loading, symbols, variables, closing, and who binds to whose symbols.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import {
  ARRAY,
  ArgumentError,
  addressof,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_size_t,
  c_ubyte,
  c_void_p,
  cast,
  DEFAULT_MODE,
  type DynamicFunction,
  LibraryError,
  NullPointerError,
  POINTER,
  RTLD_DEEPBIND,
  RTLD_GLOBAL,
  RTLD_LAZY,
  RTLD_LOCAL,
  RTLD_NOW,
  Structure,
  symbol,
} from "ctypes-js";
import { dllist, find_library } from "ctypes-js/util";
import {
  collect,
  compileLibrary,
  type Equal,
  expectType,
  functionsPath,
  isUnderAsan,
  isWindows,
  noSuchFile,
  throws,
} from "./support.ts";

const Binary = CFUNCTYPE(c_int, c_int, c_int);
class Point extends Structure({ x: c_int, y: c_int }) {}

// -- The declared form -----------------------------------------------------------------------------

test("a declared symbol is a function, always the same", () => {
  const lib = new CDLL(functionsPath, { add: Binary });
  expectType<Equal<ReturnType<typeof lib.add>, number>>();
  assert.equal(lib.add(2, 3), 5);
  assert.equal(lib.add, lib.add);
});

test("a symbol is looked up when it is first used", () => {
  const lib = new CDLL(functionsPath, { add: Binary, no_such_function: Binary });
  const code = isWindows ? " (Windows error 127)" : "";
  assert.equal(lib.add(1, 1), 2);
  throws(
    () => lib.no_such_function,
    LibraryError,
    `${functionsPath}: no symbol 'no_such_function' (${functionsPath}: undefined symbol: no_such_function${code}); ` +
      'is it C++? then declare it extern "C"',
  );
  assert.equal(new LibraryError().code, "ERR_CTYPES_LIBRARY");
});

test("a library can be named by a file URL, and the program itself by null", () => {
  assert.equal(new CDLL(pathToFileURL(functionsPath), { add: Binary }).add(2, 3), 5);
  assert.equal(new CDLL(null, { abs: CFUNCTYPE(c_int, c_int) }).abs(-5), 5);
});

test("the declared symbols are the library's properties", () => {
  const lib = new CDLL(functionsPath, { add: Binary, counter: c_int });
  assert.ok(Object.keys(lib).includes("add"));
  assert.ok(Object.keys(lib).includes("counter"));
});

// -- The dynamic form ------------------------------------------------------------------------------

test("an undeclared library has every symbol, integers by default", () => {
  const lib = new CDLL(functionsPath);
  expectType<Equal<typeof lib.add, DynamicFunction | undefined>>();
  assert.equal(lib.add!(2, 3), 5);
  assert.equal(lib.add, lib.add);
  assert.equal(lib.add!.restype, c_int);
  assert.equal(lib.add!.argtypes, null);
});

test("restype and argtypes are set by hand, as in Python", () => {
  const libm = new CDLL(find_library("m"));
  libm.pow!.restype = c_double;
  libm.pow!.argtypes = [c_double, c_double];
  assert.equal(libm.pow!(2, 10), 1024);
  libm.pow!.restype = c_int;
  libm.pow!.restype = c_double;
  assert.equal(libm.pow!(2, 0.5), Math.SQRT2, "a change counts from the next call on");
});

test("what is no declared integer is guessed as ctypes does", () => {
  const lib = new CDLL(functionsPath);
  assert.equal(lib.length_of!("hello"), 5);
  assert.equal(lib.length_of!(Buffer.from("hi\0")), 2);
  assert.equal(lib.sum_ints!(new (ARRAY(c_int, 2))(4, 5), new c_size_t(2)), 9);
  assert.equal(lib.sum_point!(new Point({ x: 1, y: 2 }) && null), -1);
  assert.equal(lib.same_longlong!(-7n), -7);
  lib.same_double!.restype = c_double;
  assert.equal(lib.same_double!(new c_double(0.5)), 0.5);
  throws(
    () => lib.same_double!(0.5),
    ArgumentError,
    "same_double(): argument 1: expected an integer where no argtypes are set, got the number 0.5; " +
      "set argtypes, or pass new c_double(…)",
  );
  throws(
    () => lib.add!(1, true as never),
    ArgumentError,
    "add(): argument 2: expected a C object, string, buffer, integer or null, got the boolean true",
  );
  throws(
    () => lib.add!(undefined as never, 1),
    ArgumentError,
    "add(): argument 1: expected a C object, string, buffer, integer or null, got undefined",
  );
});

test("arguments after argtypes are variadic", () => {
  const lib = new CDLL(functionsPath);
  lib.sum_of_doubles!.restype = c_double;
  lib.sum_of_doubles!.argtypes = [c_int];
  assert.equal(lib.sum_of_doubles!(2, new c_double(1.5), new c_double(2)), 3.5);
  throws(() => lib.sum_of_doubles!(), ArgumentError, "sum_of_doubles(): expected at least 1 argument, got 0");
});

test("what is set must be types", () => {
  const { add } = new CDLL(functionsPath);
  throws(
    () => (add!.restype = 5 as never),
    TypeError,
    "add.restype: expected a C type, a function or null, got the number 5",
  );
  throws(
    () => (add!.argtypes = c_int as never),
    TypeError,
    "add.argtypes: expected an array of C types or null, got the class c_int",
  );
  throws(
    () => (add!.argtypes = [c_int, 5 as never]),
    TypeError,
    "add.argtypes[1]: expected a C type or an object with from_param(), got the number 5",
  );
});

test("an unknown symbol of an undeclared library is an error", () => {
  const lib = new CDLL(functionsPath);
  throws(() => lib.no_such_function, LibraryError, /: no symbol 'no_such_function' \(/);
});

test("an undeclared library may be awaited and printed", async () => {
  const lib = new CDLL(functionsPath);
  assert.equal(await Promise.resolve(lib), lib);
  assert.doesNotThrow(() => JSON.stringify({ lib }));
});

test("an undeclared function may be passed to C, and cast", () => {
  const lib = new CDLL(functionsPath);
  const typed = new CDLL(functionsPath, { address_of: CFUNCTYPE(c_void_p, c_void_p) });
  const address = typed.address_of(lib.add as never);
  assert.equal(new Binary(address!)(2, 3), 5);
  assert.equal(cast(lib.add as never, Binary)(4, 5), 9);
});

// -- Loading ---------------------------------------------------------------------------------------

test("a library that is not there is an error with the loader's reason", () => {
  throws(() => new CDLL("libno-such-library.so", {}), LibraryError, `libno-such-library.so: ${noSuchFile}`);
  const notOne = isWindows ? /\(Windows error 193\)$/ : /: (invalid ELF header|file too short)$/;
  throws(() => new CDLL(import.meta.filename, {}), LibraryError, notOne);
});

test("a name for the linker is answered with what to write", {
  skip: process.platform !== "linux" && "only Linux has scripts for the linker",
}, () => {
  const place = mkdtempSync(join(tmpdir(), "ctypes-script-"));
  try {
    const script = join(place, "libm.so");
    writeFileSync(script, "/* GNU ld script */\nGROUP ( /lib/x86_64-linux-gnu/libm.so.6 )\n");
    const write = 'write new CDLL\\(find_library\\("m"\\)\\) with find_library of "ctypes-js/util"$';
    for (const name of ["m", "libm"]) {
      const message = new RegExp(`^${name}: .*; the loader takes the name of a file: ${write}`);
      throws(() => new CDLL(name), LibraryError, message);
    }
    throws(() => new CDLL(script), LibraryError, new RegExp(`; this may be a script for the linker: ${write}`));
    const other = join(place, "notes.txt");
    writeFileSync(other, "no library, and no script");
    throws(() => new CDLL(other), LibraryError, /: (invalid ELF header|file too short)$/);
  } finally {
    rmSync(place, { recursive: true });
  }
});

test("a name must be a string, a URL or null", () => {
  const message = "CDLL(): argument 1: expected the name of a library, a file URL or null, got ";
  throws(() => new CDLL(5 as never), TypeError, `${message}the number 5`);
  throws(() => new CDLL(undefined as never), TypeError, `${message}undefined`);
  throws(() => new CDLL("lib\0c.so"), TypeError, "CDLL(): argument 1: expected a name without NUL characters");
  throws(() => new CDLL(new URL("https://example.org/lib.so"), {}), TypeError, /must be of scheme file/);
});

test("symbols must be C types", () => {
  throws(
    () => new CDLL(null, { abs: 5 as never }),
    TypeError,
    "CDLL(): symbol 'abs': expected a C type, got the number 5",
  );
  throws(
    () => new CDLL(null, 5 as never),
    TypeError,
    "CDLL(): argument 2: expected a record of symbol and C type, got the number 5",
  );
});

test("a misspelt option is refused with a hint", () => {
  const open = (options: object) => new CDLL(functionsPath, {}, options as never);
  throws(() => open({ deepBind: true }), TypeError, 'CDLL(): there is no option "deepBind"; it is "deepbind"');
  throws(() => open({ useErrno: true }), TypeError, 'CDLL(): there is no option "useErrno"; it is "use_errno"');
  throws(
    () => open({ global: true }),
    TypeError,
    'CDLL(): there is no option "global"; there are mode, deepbind, use_errno, use_last_error, handle, checked',
  );
  throws(() => open({ mode: "now" }), TypeError, 'CDLL(): option mode: expected an integer, got the string "now"');
  throws(() => open({ use_errno: 1 }), TypeError, "CDLL(): option use_errno: expected a boolean, got the number 1");
});

test("modes are the platform's", { skip: isWindows && "Windows has no such modes" }, () => {
  assert.equal(DEFAULT_MODE, RTLD_LOCAL);
  assert.deepEqual([RTLD_LAZY, RTLD_NOW, RTLD_LOCAL], [1, 2, 0]);
  assert.equal(RTLD_GLOBAL, 0x100);
  assert.equal(RTLD_DEEPBIND, 8);
  assert.equal(new CDLL(functionsPath, { add: Binary }, { mode: RTLD_LAZY }).add(1, 2), 3);
});

test("RTLD_GLOBAL makes a library's symbols visible to those loaded later", {
  skip: isWindows && "on Windows each import names its library",
}, () => {
  const given = compileLibrary("given", "int only_given_here(void) { return 5; }");
  const source = "int only_given_here(void); int ask(void) { return only_given_here(); }";
  const asking = compileLibrary("asking", source);
  const declared = { ask: CFUNCTYPE(c_int) };
  throws(() => new CDLL(asking, declared), LibraryError, /: undefined symbol: only_given_here$/);
  new CDLL(given, {}, { mode: RTLD_GLOBAL });
  assert.equal(new CDLL(asking, declared).ask(), 5);
});

// -- Variables -------------------------------------------------------------------------------------

const variables = new CDLL(functionsPath, {
  counter: c_int,
  get_counter: CFUNCTYPE(c_int),
  flags: ARRAY(c_ubyte, 4),
  matrix: ARRAY(ARRAY(c_double, 3), 2),
  origin: Point,
  greeting: c_char_p,
  origin_pointer: POINTER(Point),
  no_pointer: POINTER(c_int),
});

test("a variable is the memory itself", () => {
  expectType<Equal<typeof variables.counter, c_int>>();
  assert.equal(variables.counter.value, 42);
  variables.counter.value = 43;
  assert.equal(variables.get_counter(), 43);
  variables.counter.value = 42;
});

test("arrays, structures, text and pointers can be variables", () => {
  assert.deepEqual([...variables.flags], [1, 2, 3, 4]);
  assert.equal(variables.matrix.at(1).at(2), 6);
  assert.equal(variables.origin.y, 20);
  assert.equal(variables.greeting.value, "hello");
  variables.origin.x = 11;
  assert.equal(variables.origin_pointer.contents.x, 11);
  variables.origin.x = 10;
  throws(() => variables.no_pointer.contents, NullPointerError, "POINTER(c_int).contents: the pointer is NULL");
});

test("in_dll finds a variable by name, in both kinds of libraries", () => {
  const counter = c_int.in_dll(variables, "counter");
  expectType<Equal<typeof counter, c_int>>();
  assert.equal(addressof(counter), addressof(variables.counter));
  assert.equal(c_int.in_dll(new CDLL(functionsPath), "counter").value, 42);
  assert.equal(Point.in_dll(variables, "origin").x, 10);
  assert.deepEqual([...ARRAY(c_ubyte, 4).in_dll(variables, "flags")], [1, 2, 3, 4]);
  assert.equal(c_char_p.in_dll(variables, "greeting").value, "hello");
  const operation = Binary.in_dll(variables, "operation");
  assert.equal(operation(2, 3), 5, "a variable that is a function pointer");
});

test("in_dll refuses what is no library and an unknown name", () => {
  throws(() => c_int.in_dll({}, "counter"), TypeError, "c_int.in_dll(): argument 1: expected a CDLL, got an object");
  throws(() => c_int.in_dll(variables, "no_such"), LibraryError, /: no symbol 'no_such' \(/);
  throws(
    () => c_int.in_dll(variables, 5 as never),
    TypeError,
    "c_int.in_dll(): argument 2: expected the name of a symbol, got the number 5",
  );
});

// -- Closing ---------------------------------------------------------------------------------------

test("a closed library's functions throw, also those obtained before", () => {
  const lib = new CDLL(functionsPath, { add: Binary, apply: CFUNCTYPE(c_int, Binary, c_int, c_int), counter: c_int });
  const { add } = lib;
  assert.equal(add(1, 2), 3);
  lib.close();
  throws(() => add(1, 2), LibraryError, "add(): its library was closed");
  throws(() => lib.add(1, 2), LibraryError, "add(): its library was closed");
  throws(() => lib.apply, LibraryError, `apply: the library ${functionsPath} was closed`);
  throws(() => c_int.in_dll(lib, "counter"), LibraryError, `counter: the library ${functionsPath} was closed`);
  lib.close();
});

test("a closed library's function is not passed to C either", () => {
  const open = new CDLL(functionsPath, { apply: CFUNCTYPE(c_int, Binary, c_int, c_int) });
  const closed = new CDLL(functionsPath, { add: Binary });
  const { add } = closed;
  closed.close();
  throws(
    () => open.apply(add, 1, 2),
    ArgumentError,
    `apply(): argument 1: add: the library ${functionsPath} was closed`,
  );
});

test("an errcheck does not bring a closed library's function back", () => {
  const lib = new CDLL(functionsPath, { add: Binary });
  const { add } = lib;
  add.errcheck = (result) => result;
  lib.close();
  throws(() => add(1, 2), LibraryError, "add(): its library was closed");
  add.errcheck = null;
  throws(() => add(1, 2), LibraryError, "add(): its library was closed");
  add.errcheck = (result) => result;
  throws(() => add(1, 2), LibraryError, "add(): its library was closed");
});

test("an undeclared library is closed, too", () => {
  const lib = new CDLL(functionsPath);
  const { add } = lib;
  assert.equal(add!(1, 2), 3);
  lib.close();
  throws(() => add!(1, 2), LibraryError, "add(): its library was closed");
  add!.argtypes = [c_int, c_int];
  throws(() => add!(1, 2), LibraryError, "add(): its library was closed");
  throws(() => lib.apply, LibraryError, `apply: the library ${functionsPath} was closed`);
});

test("a library is closed at the end of a scope that disposes of it", () => {
  const lib = new CDLL(functionsPath, { add: Binary });
  const { add } = lib;
  lib[Symbol.dispose]();
  throws(() => add(1, 2), LibraryError, "add(): its library was closed");
});

test("closing one opening of a library leaves the others", () => {
  const first = new CDLL(functionsPath, { add: Binary });
  const second = new CDLL(functionsPath, { add: Binary });
  first.close();
  assert.equal(second.add(1, 2), 3);
});

test("a symbol named close is a symbol", { skip: isWindows && "Windows has no function of this name" }, () => {
  const libc = new CDLL(null, { close: CFUNCTYPE(c_int, c_int) });
  assert.equal(libc.close(-1), -1);
});

// -- Finding ---------------------------------------------------------------------------------------

test("find_library gives the name to load", { skip: isWindows && "windows.test.ts says what it gives there" }, () => {
  const found = find_library("c");
  expectType<Equal<typeof found, string | null>>();
  assert.match(found ?? "", /^libc\.so\.\d+$/);
  assert.equal(new CDLL(find_library("m"), { cos: CFUNCTYPE(c_double, c_double) }).cos(0), 1);
});

test("find_library says which option lets it run programs", { skip: isWindows && "it runs none there" }, () => {
  const permission = process.versions.node.startsWith("20.") ? "--experimental-permission" : "--permission";
  const options = [permission, "--allow-fs-read=*", "--allow-addons"];
  const program = 'require("ctypes-js/util").find_library("z")';
  const { stderr } = spawnSync(process.execPath, [...options, "-e", program], { cwd: import.meta.dirname });
  assert.match(`${stderr}`, /find_library\(\): it runs \/sbin\/ldconfig, which needs --allow-child-process\./);
});

test("find_library gives null for what is not there, and is not fooled", () => {
  assert.equal(find_library("no-such-library-anywhere"), null);
  assert.equal(find_library(""), null);
  assert.equal(find_library("libc"), null);
  assert.equal(find_library("c; touch owned"), null);
  assert.equal(find_library(".*"), null);
  assert.equal(find_library("a\0b"), null);
  throws(() => find_library(5 as never), TypeError, "find_library(): expected a string, got the number 5");
});

test("dllist names what is loaded, the program first", () => {
  const runtime = isWindows ? /kernel32\.dll/i : /libc\.so/;
  new CDLL(functionsPath, {});
  const loaded = dllist();
  expectType<Equal<typeof loaded, string[]>>();
  assert.equal(loaded[0], "");
  assert.ok(loaded.some((file) => runtime.test(file)));
  assert.ok(loaded.includes(functionsPath));
});

// -- Whose symbols ---------------------------------------------------------------------------------

const zlib = find_library("z");

const noDeepbind = isUnderAsan && "RTLD_DEEPBIND is off under a sanitizer";
test("a library binds to the system's zlib, not to Node's", {
  skip: (zlib === null && "no zlib here") || noDeepbind,
}, () => {
  const source = "const char *zlibVersion(void); const char *version(void) { return zlibVersion(); }";
  const path = compileLibrary("usesz", source, [`-l:${zlib}`]);
  const declared = { version: CFUNCTYPE(c_char_p) };
  const system = new CDLL(zlib, { zlibVersion: CFUNCTYPE(c_char_p) }).zlibVersion();
  assert.equal(new CDLL(path, declared).version(), system);
  assert.match(system ?? "", /^1\./);
});

test("without deepbind it binds to Node's", { skip: zlib === null && "no zlib here" }, () => {
  const source = "const char *zlibVersion(void); const char *version(void) { return zlibVersion(); }";
  const path = compileLibrary("usesz2", source, [`-l:${zlib}`]);
  const lib = new CDLL(path, { version: CFUNCTYPE(c_char_p) }, { deepbind: false });
  assert.equal(lib.version(), new CDLL(null, { zlibVersion: CFUNCTYPE(c_char_p) }).zlibVersion());
});

// -- Closed in the middle of a call ----------------------------------------------------------------

const called = `typedef int (*F)(int); int with(F f, int x) { return f(x) + 1; } int sum(int a, int b) { return a + b; }`;
const Unary = CFUNCTYPE(c_int, c_int);

test("a library is not closed in a callback that it called, but another is", () => {
  const path = compileLibrary("closed_in_callback", called);
  const other = new CDLL(functionsPath, { add: CFUNCTYPE(c_int, c_int, c_int) });
  const lib = new CDLL(path, { with: CFUNCTYPE(c_int, Unary, c_int) });
  const reason = `${path}: it cannot be closed in a callback that one of its functions called`;
  const closing = new Unary((x) => {
    throws(() => lib.close(), LibraryError, reason);
    other.close();
    return lib.with(identity, x);
  });
  const identity = new Unary((x) => x);
  assert.equal(lib.with(closing, 5), 7);
  throws(() => other.add(1, 2), LibraryError, /was closed$/);
  for (const callback of [closing, identity]) callback.dispose();
  lib.close();
  assert.ok(!dllist().includes(path));
});

test("a library is not closed while a callback that it was given is alive", async () => {
  const path = compileLibrary("closed_with_callback", called);
  const lib = new CDLL(path, { with: CFUNCTYPE(c_int, Unary, c_int) });
  const visit = new Unary(function visit(x) {
    return x;
  });
  lib.with(visit, 1);
  const reason = "it may still call the callback visit; dispose() of the callback first";
  throws(() => lib.close(), LibraryError, `${path}: it cannot be closed: ${reason}`);
  assert.equal(lib.with(visit, 1), 2);
  visit.dispose();
  const unheld = () => void lib.with(new Unary((x) => x), 1);
  unheld();
  await collect();
  lib.close();
  assert.ok(!dllist().includes(path));
});

test("at the end of its block a library that was given callbacks is closed, and goes with the last of them", async () => {
  const path = compileLibrary("ends_with_callbacks", called);
  const lib = new CDLL(path, { with: CFUNCTYPE(c_int, Unary, c_int) });
  const visit = new Unary((x) => x);
  const unheld = () => void lib.with(new Unary((x) => x), 1);
  unheld();
  assert.equal(lib.with(visit, 1), 2);
  lib[Symbol.dispose]();
  throws(() => lib.with(visit, 1), LibraryError, "with(): its library was closed");
  lib.close();
  lib[Symbol.dispose]();
  await collect();
  assert.ok(dllist().includes(path));
  visit.dispose();
  assert.ok(!dllist().includes(path));
});

test("the same when its last callback is collected", async () => {
  const path = compileLibrary("ends_with_collector", called);
  const use = () => {
    const lib = new CDLL(path, { with: CFUNCTYPE(c_int, Unary, c_int) });
    lib.with(new Unary((x) => x), 1);
    lib[Symbol.dispose]();
  };
  use();
  await collect();
  assert.ok(!dllist().includes(path));
});

test("a block is not left while a call of its library runs", () => {
  const path = compileLibrary("left_in_callback", called);
  const lib = new CDLL(path, { with: CFUNCTYPE(c_int, Unary, c_int) });
  const leaving = new Unary((x) => {
    throws(() => lib[Symbol.dispose](), LibraryError, /in a callback that one of its functions called$/);
    return x;
  });
  assert.equal(lib.with(leaving, 5), 6);
  leaving.dispose();
  lib.close();
});

test("a library closed while arguments are converted is not called", () => {
  const path = compileLibrary("closed_in_conversion", called);
  const closing = (lib: { close(): void }) => ({
    valueOf() {
      lib.close();
      return 2;
    },
  });
  const declared = new CDLL(path, { sum: CFUNCTYPE(c_int, c_int, c_int) });
  throws(() => declared.sum(1, closing(declared) as never), LibraryError, "sum(): its library was closed");
  const checked = new CDLL(path, { sum: CFUNCTYPE(c_int, c_int, c_int) });
  checked.sum.errcheck = (result) => result;
  throws(() => checked.sum(1, closing(checked) as never), LibraryError, "sum(): its library was closed");
  const dynamic = new CDLL(path);
  (dynamic.sum as DynamicFunction).argtypes = [
    c_int,
    { from_param: (value) => closing(dynamic).valueOf() + Number(value) },
  ];
  throws(() => (dynamic.sum as DynamicFunction)(1, 2), LibraryError, "sum(): its library was closed");
});

// -- Symbols by another name -----------------------------------------------------------------------

test("a symbol is declared under a name of the program's own", () => {
  const libc = new CDLL(null, { absolute: symbol("abs", CFUNCTYPE(c_int, c_int)), atoi: CFUNCTYPE(c_int, c_char_p) });
  expectType<Equal<ReturnType<typeof libc.absolute>, number>>();
  assert.equal(libc.absolute(-5), 5);
  assert.equal(libc.atoi("6"), 6);
  const missing = new CDLL(null, { gone: symbol("there_is_none", c_int) });
  throws(() => missing.gone, LibraryError, /no symbol 'there_is_none'/);
  throws(
    () => symbol("abs", c_int, { variables: true } as never),
    TypeError,
    "symbol(): no option variables; there is variable",
  );
  throws(() => symbol("", c_int), TypeError, 'symbol(): argument 1: expected the name of a symbol, got the string ""');
  throws(() => symbol("abs", 5 as never), TypeError, "symbol(): argument 2: expected a C type, got the number 5");
});

// -- What is made later ----------------------------------------------------------------------------

test("a symbol given as a function has its type made when it is first used", () => {
  const made: string[] = [];
  const libc = new CDLL(null, {
    abs: () => {
      made.push("abs");
      return CFUNCTYPE(c_int, c_int);
    },
    absolute: () => symbol("abs", CFUNCTYPE(c_int, c_int)),
    atoi: CFUNCTYPE(c_int, c_char_p),
    environ: () => c_void_p,
  });
  expectType<Equal<ReturnType<typeof libc.abs>, number>>();
  expectType<Equal<typeof libc.environ, c_void_p>>();
  assert.deepEqual(Object.keys(libc), ["abs", "absolute", "atoi", "environ"]);
  assert.deepEqual(made, []);
  assert.deepEqual([libc.abs(-5), libc.abs(-6), libc.absolute(-7), libc.atoi("8")], [5, 6, 7, 8]);
  assert.deepEqual(made, ["abs"]);
  if (!isWindows) assert.ok((libc.environ.value ?? 0) > 0);
});

test("the symbols of a library make no shape each", () => {
  setFlagsFromString("--allow-natives-syntax");
  const isFast = new Function("object", "return %HasFastProperties(object);") as (object: object) => boolean;
  setFlagsFromString("--no-allow-natives-syntax");
  const declared = new CDLL(null, { abs: () => CFUNCTYPE(c_int, c_int), atoi: CFUNCTYPE(c_int, c_char_p) });
  assert.deepEqual([isFast({ abs: 1 }), isFast(declared)], [true, false]);
  assert.deepEqual([declared.abs(-5), declared.atoi("6"), Object.keys(declared)], [5, 6, ["abs", "atoi"]]);
});

test("a function that gives no C type is found out at the first use of its symbol", () => {
  // @ts-expect-error: it gives no C type
  const libc = new CDLL(null, { abs: () => 5 });
  throws(() => (libc as any).abs, TypeError, "CDLL(): symbol 'abs': expected a C type, got the number 5");
  const message = "CDLL(): symbol 'abs': expected a C type, got the class Date";
  throws(() => new CDLL(null, { abs: Date as never }), TypeError, message);
});

test("a library given as a function is opened when its first symbol is used", () => {
  let asked = 0;
  const name = () => {
    asked++;
    return functionsPath;
  };
  const library = new CDLL(name, { add: Binary, add_again: symbol("add", Binary) });
  assert.equal(inspect(library), "<CDLL not used yet>");
  assert.equal(asked, 0);
  assert.equal(library.add(1, 2), 3);
  assert.equal(library._name, functionsPath);
  assert.ok(library._handle > 0);
  assert.equal(asked, 1);
  library.close();
  throws(() => library.add(1, 2), LibraryError, /add\(\): its library was closed/);
  assert.equal((new CDLL(name).add as DynamicFunction)(3, 4), 7);
});

test("a library that is missing is an error at the first use of a symbol, and each time", () => {
  const library = new CDLL(() => "libno-such-thing.so", { add: Binary });
  for (let i = 0; i < 2; i++) throws(() => library.add, LibraryError, `libno-such-thing.so: ${noSuchFile}`);
  throws(() => library._handle, LibraryError, /^libno-such-thing\.so/);
  const wrong = new CDLL((() => 5) as never, { add: Binary });
  const message = "CDLL(): argument 1: expected the name of a library, a file URL or null, got the number 5";
  throws(() => wrong.add, TypeError, message);
});

test("a library that was closed before it was used is never opened", () => {
  const library = new CDLL(() => assert.fail("asked"), { add: Binary });
  library.close();
  throws(() => library.add, LibraryError, /^add: the library was closed$/);
  throws(() => library._handle, LibraryError, /was closed$/);
});

test("what a callback throws that a library calls as it is loaded, closed or asked for a symbol is thrown there", {
  skip: isWindows && "gcc has no ifunc there",
}, () => {
  const hooks = compileLibrary(
    "hooks",
    "int (*hook)(int); void set_hook(int (*f)(int)) { hook = f; } int call_hook(int v) { return hook ? hook(v) : 0; }",
  );
  const Hook = CFUNCTYPE(c_int, c_int);
  const { set_hook } = new CDLL(hooks, { set_hook: CFUNCTYPE(null, Hook) }, { mode: RTLD_GLOBAL });
  const calling = compileLibrary(
    "calling",
    `int call_hook(int); int answer(void) { return 42; } static int (*find(void))(void) { call_hook(2); return answer; }
    __attribute__((constructor)) static void begin(void) { call_hook(1); }
    __attribute__((destructor)) static void end(void) { call_hook(3); }
    int found(void) __attribute__((ifunc("find")));`,
  );
  let at = 1;
  const seen: number[] = [];
  const hook = new Hook((when) => {
    seen.push(when);
    if (when === at) throw new RangeError(`at ${when}`);
    return 0;
  });
  set_hook(hook);
  const declared = { found: CFUNCTYPE(c_int) };
  throws(() => new CDLL(calling, declared, { deepbind: false }), RangeError, "at 1");
  at = 2;
  const lib = new CDLL(calling, declared, { deepbind: false });
  throws(() => lib.found(), RangeError, "at 2");
  at = 3;
  assert.equal(lib.found(), 42);
  throws(() => lib.close(), RangeError, "at 3");
  assert.deepEqual([...new Set(seen)].sort(), [1, 2, 3]);
  set_hook(null);
});
