/** Attributes and types that change layouts, each agreeing with gcc, or left out by name. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { check } from "ctypes-configure";
import { ARRAY, addressof, alignment, c_double, c_int, c_long, c_ubyte, c_void_p, Structure } from "ctypes-js";
import { complaintsAbout, loaded, skipWithoutLibclang, wordsOf } from "./generated.ts";
import { file, folder, skipWithout } from "./support.ts";

const skip = skipWithoutLibclang() || skipWithout("gcc") || (process.arch !== "x64" && "x86-64 has all of these types");

const header = `
struct __attribute__((packed)) pk { char a; int b; short c; };
struct al { char a; } __attribute__((aligned(32)));
struct mem { char a; int b __attribute__((aligned(16))); long c __attribute__((packed)); };
struct __attribute__((ms_struct)) ms { int a : 3; char b : 2; long long c : 7; };
struct __attribute__((gcc_struct)) gs { int a : 3; char b : 2; long long c : 7; };
typedef int v4 __attribute__((vector_size(16)));
struct vec { char x; v4 v; };
v4 vadd(v4 a, v4 b);
struct f128 { char x; __float128 f; };
__float128 fq(__float128 x);
struct cx { char c; _Complex float f; double _Complex d; };
double _Complex cz(double _Complex z);
struct h16 { char c; _Float16 h; };
_Float16 hh(_Float16 x);
struct fl { int n; char data[]; };
struct fl2 { int n; struct al items[]; };
struct z0 { int n; int data[0]; };
struct z1 { int first[0]; int n; };
struct empty { }; struct hasempty { int a; struct empty e; int b; };
union uempty { };
void pe(struct empty e, int x);
struct anon { int a; struct { int b; union { int c; float d; }; }; };
struct bits0 { int a : 3; int : 0; int b : 5; unsigned long c : 40; _Bool d : 1; };
#pragma pack(push, 2)
struct pp { char a; long b; int c : 9; };
#pragma pack(pop)
struct ld { char a; long double b; };
typedef union { int *p; float *q; } tu __attribute__((transparent_union));
int tuf(tu x);
struct vol { volatile int a; const char b; int *restrict c; _Atomic int d; };
struct i128 { char a; __int128 b; unsigned __int128 c; };
enum __attribute__((packed)) pe1 { PA, PB }; struct hpe { enum pe1 e; int x; };
enum big { BIG = 0x100000000ULL, NEG = -1 }; struct hbig { enum big b; };
typedef int ti __attribute__((aligned(16))); struct hti { char a; ti b; };
typedef char tc __attribute__((mode(DI))); struct htc { tc x; };
int noret(void) __attribute__((noreturn));
struct aligned_default { char c; } __attribute__((aligned));
struct fp { int (*f)(struct fp *, ...); int (*arr[3])(int); int (*(*ret)(int))(char); };
struct m2 { int a[2][3]; char s[4][8]; struct pk p[2]; };
void arr(int a[2][3], char s[], int n, int vla[n]);
struct warn { int x; } __attribute__((deprecated));
typedef struct odd3 { char a[3]; } odd3_t __attribute__((aligned(8)));
struct hodd { char c; odd3_t o; };
`;

test("layouts are those of gcc, whatever attributes say", { skip }, async () => {
  const { module, made } = await loaded({ headers: [file("attributes.h", header)] });
  const { differences, compared } = await check(module, { cache: false });
  assert.deepEqual(differences, []);
  assert.ok(compared > 250, String(compared));
  const words = wordsOf(made);
  const aligned = ["alignment of odd3_t", "alignment of ti"];
  assert.deepEqual([...words.keys()].sort(), [...aligned, "fq", "hh", "v4", "vadd"]);
  for (const [name, reason] of words)
    assert.match(reason, aligned.includes(name) ? /^it is that of its type/ : /^ctypes has no type for /, name);
  assert.equal(complaintsAbout(made), "");
});

test("a typedef of a scalar or an array that C realigns has its type's alignment, and says so", { skip }, async () => {
  const path = file(
    "realigned.h",
    `typedef int high __attribute__((aligned(16))); typedef int low __attribute__((aligned(1))); typedef high also;
     typedef double vec[4] __attribute__((aligned(32))); typedef long *ptr __attribute__((aligned(64)));
     typedef int plain; typedef unsigned char bytes[16];
     struct s1 { char c; high i; }; struct s2 { char c; low i; char d; }; struct s3 { char c; vec v; short t; };
     struct s4 { char c; ptr p; }; struct s5 { struct s1 one; struct s2 two; vec more[2]; }; union u { char c; also i; };
     struct s6 { char c; low all[3]; };`,
  );
  const { module, made } = await loaded({ headers: [path] });
  const realigned = ["high", "low", "also", "vec", "ptr"];
  const words = wordsOf(made);
  assert.deepEqual([...words.keys()].sort(), realigned.map((name) => `alignment of ${name}`).sort());
  assert.equal(words.get("alignment of vec"), "it is that of its type, not the 32 of the typedef");
  const { differences, unknown, compared } = await check(module, { cache: false });
  assert.deepEqual([differences, unknown, compared > 50], [[], [], true]);
  // A module that does not say so is told, and arrays are compared as well.
  const own = { high: c_int, low: c_int, plain: c_int, vec: ARRAY(c_double, 4), bytes: ARRAY(c_ubyte, 8) };
  const byHand = await check(own, { headers: [path], cache: false });
  assert.deepEqual(
    byHand.differences.map(({ name, what, module, headers }) => [name, what, module, headers]),
    [
      ["high", "alignment", 4, 16],
      ["low", "alignment", 4, 1],
      ["vec", "alignment", 8, 32],
      ["bytes", "size", 8, 16],
    ],
  );
});

test("a structure whose alignment does not divide its size is opaque, and bytes where it stands by value", {
  skip,
}, async () => {
  const header = `
typedef struct { long registers[9]; void *more[4]; } saved __attribute__((aligned));
struct frame { char c; saved state; int after; };
void save(saved *to);
`;
  const { module, made } = await loaded({ headers: [file("aligned.h", header)] });
  assert.match(wordsOf(made).get("saved") ?? "", /^it is opaque: C aligns it to 16, which does not divide its size$/);
  assert.throws(() => new module.saved(), /saved/);
  const frame = new module.frame({ c: 1, after: 2 });
  assert.equal(frame.state.length, 104);
  assert.equal(addressof(frame) % 16, 0);
  assert.equal(alignment(module.frame), 16);
  const { differences, unknown } = await check(module, { cache: false });
  assert.deepEqual([differences, unknown], [[], []]);
  class saved extends Structure({ registers: ARRAY(c_long, 9), more: ARRAY(c_void_p, 4) }) {}
  const own = await check({ saved }, { headers: [join(folder(), "aligned.h")], cache: false });
  assert.deepEqual(
    own.differences.map(({ what, module, headers }) => [what, module, headers]),
    [["alignment", 8, 16]],
  );
});

test("headers that only clang compiles are said to be so", { skip }, async () => {
  const path = file("only-clang.h", "#ifndef __clang__\n#error for clang\n#endif\nstruct own { int x; };\n");
  const { module } = await loaded({ headers: [path] });
  await assert.rejects(check(module, { cache: false }), /only-clang\.h:2: #error for clang\nThe C compiler .*CC=clang/);
});
