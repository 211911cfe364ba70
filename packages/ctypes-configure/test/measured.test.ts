/** The measured mode: what C says of structures, types, constants and libraries, as types and values of ours. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  CompilationError,
  ConstantInteger,
  configure,
  Defined,
  DefinedConstantDouble,
  DefinedConstantInteger,
  DefinedConstantString,
  Enum,
  Has,
  InLibrary,
  IntegerFunctionResult,
  measure,
  NoCompilerError,
  SimpleType,
  SizeOf,
  Struct,
  Union,
  Works,
} from "ctypes-configure";
import { c_double, c_float, c_int, c_long, c_ushort, c_void_p, sizeof } from "ctypes-js";
import { CTYPES_CONFIGURE, RFFI_PLATFORM } from "./behaviours.ts";
import { file, folder, withC } from "./support.ts";

const DIRENT = "struct dirent { long d_ino; int d_off; unsigned short d_reclen; char d_name[32]; };";

describe("types and constants", () => {
  test("a simple type has the size and the sign of C's", async () => {
    const made = await configure(
      withC("typedef unsigned short test_t; typedef float real_t;", { headers: ["sys/types.h"] }),
      {
        test_t: SimpleType("test_t"),
        real_t: SimpleType("real_t", c_double),
        off_t: SimpleType("off_t"),
        ushort: SimpleType("unsigned short"),
      },
    );
    assert.deepEqual([made.test_t, made.real_t, made.off_t, made.ushort], [c_ushort, c_float, c_long, c_ushort]);
  });

  test("integers have all 64 bits, signed or not", async () => {
    const text =
      "#define A (6*7)\n#define B (-2147483648LL)\n#define C (3333333333ULL)\n#define D (~0ULL)\n#define E (-1LL << 62)";
    const made = await configure(withC(text), {
      a: ConstantInteger("A"),
      b: ConstantInteger("B"),
      c: ConstantInteger("C"),
      d: ConstantInteger("D"),
      e: ConstantInteger("E"),
    });
    assert.deepEqual(made, { a: 42, b: -2147483648, c: 3333333333, d: 2n ** 64n - 1n, e: -(2n ** 62n) });
  });

  test("macros are defined or not", async () => {
    const made = await configure(withC("#define HAVE_X"), { has: Defined("HAVE_X"), hasNot: Defined("HAVE_Y") });
    assert.deepEqual(made, { has: true, hasNot: false });
  });

  test("macros have integers, doubles and texts, or are null", async () => {
    const text = `#define I 2\n#define F 2.0\n#define G 1.0e20\n#define INF 1.0e50000\n#define NOT (double)0/0\n#define T "Michael Merickel"`;
    const made = await configure(withC(text), {
      i: DefinedConstantInteger("I"),
      f: DefinedConstantDouble("F"),
      g: DefinedConstantDouble("G"),
      infinite: DefinedConstantDouble("INF"),
      not: DefinedConstantDouble("NOT"),
      t: DefinedConstantString("T"),
      noInteger: DefinedConstantInteger("NONE"),
      noDouble: DefinedConstantDouble("NONE"),
      noText: DefinedConstantString("NONE"),
    });
    assert.deepEqual(made, {
      i: 2,
      f: 2,
      g: 1e20,
      infinite: Number.POSITIVE_INFINITY,
      not: Number.NaN,
      t: "Michael Merickel",
      noInteger: null,
      noDouble: null,
      noText: null,
    });
  });

  test("an enumeration is a constant object", async () => {
    const { color } = await configure(withC("enum color { RED, BLUE = -7, GREEN };"), {
      color: Enum("enum color", ["RED", "BLUE", "GREEN"]),
    });
    assert.deepEqual(color, { RED: 0, BLUE: -7, GREEN: -6 });
    assert.ok(Object.isFrozen(color));
  });

  test("a function's result is asked by calling it", async () => {
    const text = 'int sum(int a, int b) { return a + b; } int shout(int x) { puts("1 i 99"); return x; }';
    const made = await configure(withC(text, { headers: ["math.h", "stdio.h"], libraries: ["m"] }), {
      sum: IntegerFunctionResult("sum", [12, 34]),
      negative: IntegerFunctionResult("sum", [-12, -34]),
      rounded: IntegerFunctionResult("lround", [6.7]),
      silent: IntegerFunctionResult("shout", [1]),
    });
    assert.deepEqual([made.sum, made.negative, made.rounded, made.silent], [46, -46, 7, 1]);
  });

  test("sizes are asked of types and of expressions", async () => {
    const made = await configure(withC("int numbers[7];"), { char: SizeOf("char"), numbers: SizeOf("numbers") });
    assert.deepEqual(made, { char: 1, numbers: 28 });
  });

  test("memory of malloc is aligned for pointers", async () => {
    const { align } = await configure(withC("", { headers: ["stddef.h"] }), {
      align: ConstantInteger("_Alignof(max_align_t)"),
    });
    assert.equal(align % sizeof(c_void_p), 0);
  });
});

describe("questions", () => {
  test("a name is there when a program that uses it compiles and links", async () => {
    const has = async (name: string, settings: object) =>
      (await configure({ cache: false, ...settings }, { it: Has(name) })).it;
    assert.deepEqual(
      await Promise.all([
        has("x", { after: "int x = 3;" }),
        has("x", {}),
        has("x", { headers: ["some/path/which/cannot/exist.h"] }),
        has("pow", { headers: ["math.h"], libraries: ["m"] }),
        has("pow", { headers: ["math.h"], libraries: ["m", "c"] }),
        has("pow", { headers: ["math.h"], libraries: ["boguslibname"] }),
        has("bogus_symbol_name", { headers: ["math.h"], libraries: ["boguslibname"] }),
        has("pow", { libraries: ["m"] }),
        has("declared_only", { after: "extern int declared_only(void);" }),
      ]),
      [true, false, false, true, true, false, false, false, false],
    );
  });

  test("a specification works, or does not", async () => {
    const works = async (settings: object) => (await configure({ cache: false, ...settings }, { it: Works() })).it;
    assert.equal(await works({}), true);
    assert.equal(await works({ libraries: ["some_name_that_does_not_exist_"] }), false);
  });

  test("a library of one's own is found in its folder, and asked what it has", async () => {
    const source = file("own.c", "int own(int a, int b) { return a + b; } int number = 5;");
    const built = spawnSync("gcc", ["-shared", "-fPIC", "-o", join(folder(), "libctypes_own.so"), source]);
    assert.equal(built.status, 0, String(built.stderr));
    const settings = { libraries: ["ctypes_own"], libraryDirs: [folder()], cache: false as const };
    const made = await configure(settings, {
      works: Works(),
      own: InLibrary("own"),
      number: InLibrary("number"),
      other: InLibrary("other"),
    });
    assert.deepEqual(made, { works: true, own: true, number: true, other: false });
  });
});

test("every kind of entry is null where the macro it depends on is not defined, and asked where it is", async () => {
  const text = '#define THERE 1\n#define N 2\n#define T "text"\nenum e { A }; struct s { int i; }; union u { int i; };';
  const entries = (ifdef: string) => ({
    struct: Struct("struct s", { i: c_int }, { ifdef }),
    union: Union("union u", { i: c_int }, { ifdef }),
    simple: SimpleType("int", c_int, { ifdef }),
    constant: ConstantInteger("N", { ifdef }),
    integer: DefinedConstantInteger("N", { ifdef }),
    double: DefinedConstantDouble("N", { ifdef }),
    text: DefinedConstantString("T", { ifdef }),
    defined: Defined("N", { ifdef }),
    notDefined: Defined("M", { ifdef }),
    size: SizeOf("int", { ifdef }),
    enum: Enum("enum e", ["A"], { ifdef }),
    result: IntegerFunctionResult("abs", [-3], { ifdef }),
    inLibrary: InLibrary("abs", { ifdef }),
    has: Has("N", { ifdef }),
    hasNot: Has("M", { ifdef }),
    works: Works({ ifdef }),
  });
  const settings = withC(text, { headers: ["stdlib.h"] });
  const asked = await configure(settings, entries("THERE"));
  const notAsked = await configure(settings, entries("NOWHERE"));
  const { struct, union, simple, ...plain } = asked;
  assert.deepEqual([sizeof(struct!), sizeof(union!), simple], [4, 4, c_int]);
  const numbers = { constant: 2, integer: 2, double: 2, text: "text", size: 4, enum: { A: 0 }, result: 3 };
  const answers = { defined: true, notDefined: false, inLibrary: true, has: true, hasNot: false, works: true };
  assert.deepEqual(plain, { ...numbers, ...answers });
  assert.deepEqual(new Set(Object.values(notAsked)), new Set([null]));

  const { result: _, ...others } = entries("NOWHERE"); // a result needs a run
  const facts = await measure({ ...settings, mode: "object" }, others);
  assert.deepEqual(new Set(Object.values(facts)), new Set([null]));
});

describe("a specification", () => {
  test("has headers, folders, defines, text in front and behind, and packages", async () => {
    file("test_ctypes_configure.h", "#define XYZZY (FROM_OUTSIDE + BEFORE)\n");
    const made = await configure(
      {
        cache: false,
        before: "/* a C comment */\n#define BEFORE 2",
        headers: ["stdio.h", "test_ctypes_configure.h"],
        includeDirs: [folder()],
        defines: { FROM_OUTSIDE: 40, GONE: false, THERE: true },
        packages: ["zlib"],
        after: "#include <zlib.h>",
      },
      { XYZZY: ConstantInteger("XYZZY"), THERE: Defined("THERE"), GONE: Defined("GONE"), has: Has("zlibVersion") },
    );
    assert.deepEqual(made, { XYZZY: 42, THERE: true, GONE: false, has: true });
  });

  test("that asks for what is not there gets the compiler's own message, with its line", async () => {
    const settings = withC(DIRENT);
    await assert.rejects(
      configure(settings, {
        fine: SizeOf("int"),
        wrong: Struct("struct dirent", { d_nope: c_int }),
      }),
      (error: unknown) => {
        assert.ok(error instanceof CompilationError);
        assert.equal(error.code, "ERR_COMPILATION");
        assert.match(
          error.message,
          /^\S*measured\.test\.ts:\d+: Struct\("struct dirent"\): .*no member named 'd_nope'/,
        );
        const line = new Error().stack?.match(/measured\.test\.ts:(\d+)/)?.[1];
        assert.ok(Math.abs(Number(line) - (error.where?.line ?? 0)) < 12, `line ${error.where?.line}, near ${line}`);
        return true;
      },
    );
    await assert.rejects(
      configure(withC(""), { gone: ConstantInteger("NOT_DEFINED") }),
      /ConstantInteger\("NOT_DEFINED"\): .*NOT_DEFINED.* undeclared/,
    );
    await assert.rejects(
      configure({ headers: ["no/such/header.h"], cache: false }, { int: SizeOf("int") }),
      /measured\.test\.ts:\d+: no\/such\/header\.h: No such file/,
    );
    await assert.rejects(
      configure({ packages: ["no-such-package"] }, { int: SizeOf("int") }),
      /packages: no-such-package: /,
    );
  });

  test("without a compiler is answered by a clear sentence", async () => {
    await assert.rejects(measure({ compiler: "no-such-cc" }, { int: SizeOf("int") }), (error: unknown) => {
      assert.ok(error instanceof NoCompilerError);
      assert.equal(error.message, 'the C compiler "no-such-cc" is not there');
      return true;
    });
    const { PATH, CC } = process.env;
    process.env.PATH = folder();
    delete process.env.CC;
    try {
      await assert.rejects(
        measure({}, { int: SizeOf("int") }),
        /^NoCompilerError: there is no C compiler: .*; install one/,
      );
    } finally {
      process.env.PATH = PATH;
      if (CC !== undefined) process.env.CC = CC;
    }
  });

  test("is answered from the cache until a header changes", async () => {
    file("changing.h", "#define VALUE 1\n");
    const asked: string[] = [];
    const ask = () =>
      configure(
        {
          headers: ["changing.h"],
          includeDirs: [folder()],
          cache: join(folder(), "cache"),
          progress: (text) => asked.push(text),
        },
        {
          value: ConstantInteger("VALUE"),
          big: ConstantInteger("~0ULL"),
          has: Has("VALUE"),
          not: DefinedConstantDouble("INFINITE"),
        },
      );
    const first = await ask();
    assert.equal(asked.length, 2, asked.join("\n"));
    assert.deepEqual(await ask(), first);
    assert.equal(asked.length, 2, "nothing was compiled again");
    file("changing.h", "#define VALUE 2\n");
    assert.equal((await ask()).value, 2);
    assert.equal(asked.length, 4);
  });

  test("compiles once for all entries, and once for each question", async () => {
    const asked: string[] = [];
    const entries = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`n${i}`, ConstantInteger(String(i))]));
    const made = await configure(withC("", { progress: (text) => asked.push(text) }), {
      ...entries,
      main: Has("1"),
      works: Works(),
    });
    assert.equal(asked.length, 3, asked.join("\n"));
    assert.equal((made as Record<string, unknown>).n49, 49);
  });
});

describe("the tests of ctypes-configure and of rffi_platform", () => {
  for (const [name, rows, count] of [
    ["ctypes-configure", CTYPES_CONFIGURE, 16],
    ["rffi_platform", RFFI_PLATFORM, 28],
  ] as const) {
    test(`${name}: each of its ${count} is held by a test that is there`, () => {
      assert.equal(Object.keys(rows).length, count);
      for (const [theirs, [ours, title]] of Object.entries(rows)) {
        const source = readFileSync(join(import.meta.dirname, `${ours}.test.ts`), "utf8");
        const isThere = source.includes(`test(${JSON.stringify(title)}`);
        assert.ok(isThere, `${theirs}: ${ours}.test.ts has no test "${title}"`);
      }
    });
  }
});
