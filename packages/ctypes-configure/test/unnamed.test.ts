/**
 * What is known by a name that is none, and what is called otherwise than its tag: each is itself, and has the names
 * that C has for it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { check, generate } from "ctypes-configure";
import { offsetof, sizeof } from "ctypes-js";
import { libraryOf, loaded, skipWithoutLibclang, wordsOf } from "./generated.ts";
import { file, skipWithout } from "./support.ts";

const skip = skipWithoutLibclang();

test("unnamed members of one structure are told apart, also those of one macro", { skip }, async () => {
  const path = file(
    "unnamed.h",
    `struct ev { int type; union { int key; float axis; }; union { long stamp; double when; }; struct { short a; }; struct { char b; } named, *to; };
     #define TWO(n) struct { int a##n; }; struct { double b##n; };
     struct two { TWO(1) TWO(2) };
     struct deep { struct { union { char c; struct { int d; }; }; union { long e; struct { double f; }; }; } in[2]; };
     struct enums { enum { A1, B1 = 4 } first; enum { C1, D1 = 9 } second; };`,
  );
  const { module } = await loaded({ headers: [path] });
  const { ev, two, deep, enums } = module;
  assert.deepEqual([sizeof(ev), offsetof(ev, "axis" as never), offsetof(ev, "when" as never)], [32, 4, 8]);
  const event = new ev({ type: 1 });
  event.axis = 1;
  event.when = 0.5;
  assert.deepEqual([event.key, event.stamp, event.a], [0x3f800000, 0x3fe0000000000000n, 0]);
  assert.deepEqual(
    ["a1", "b1", "a2", "b2"].map((name) => offsetof(two, name as never)),
    [0, 8, 16, 24],
  );
  const inner = new deep().in.at(1);
  inner.d = 0x41;
  inner.f = 2;
  assert.deepEqual([inner.c, inner.e], ["A", 0x4000000000000000n]);
  assert.deepEqual([module.enums_first.B1, module.enums_second.D1, sizeof(enums)], [4, 9, 8]);
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});

test("an enumeration has the name of its tag and those of its typedefs", { skip }, async () => {
  const path = file(
    "enums.h",
    `typedef enum _K { K_A, K_B = 7 } K; typedef K Again; enum E { E_A }; typedef enum Later Later; enum Later { LATER_A = 3 };
     enum fwd; void take(enum fwd *one, K k); int give(enum fwd one);`,
  );
  const { module, made } = await loaded({ headers: [path] });
  const { _K, K, Again, E, Later } = module;
  assert.deepEqual([{ ..._K }, { ...E }, { ...Later }], [{ K_A: 0, K_B: 7 }, { E_A: 0 }, { LATER_A: 3 }]);
  assert.deepEqual([K, Again], [_K, _K]);
  assert.match(made.text, /export type K = _K;/);
  const reasons = wordsOf(made);
  assert.equal(reasons.get("fwd"), "an enumeration without a definition");
  assert.equal(reasons.get("give"), "fwd is an enumeration without a definition");
  assert.ok(made.declarations.some(({ name }) => name === "take"));
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});

test("real headers with several unnamed members agree with C", { skip }, async () => {
  for (const headers of [["sys/resource.h"], ["linux/perf_event.h"], ["linux/bpf.h"]]) {
    const { module } = await loaded({ headers });
    const { differences, compared } = await check(module, { cache: false });
    assert.deepEqual(differences, [], headers[0]);
    assert.ok(compared > 20, headers[0]);
  }
});

test("generate() itself asks no name of what has none", { skip }, () => {
  const { text } = generate({
    headers: [file("nameless.h", "struct s { struct { int x; } at[2]; int (*f)(struct { int y; } *it); };")],
  });
  assert.doesNotMatch(text, /anonymous at|unnamed at/);
});

test("what a parameter list declares is a type here, and has no name in C", { skip }, async () => {
  const path = file(
    "scopes.h",
    `void take(struct one { int m; } *one, enum two { TWO = 2 } two, enum { NAMELESS = 3 } three);
     void call(void (*fn)(struct four { int z; } *d, enum five { FIVE = 5 } e));
     typedef void (*done)(union six { int w; } *p);
     struct events { void (*closed)(struct seven { int x; } *p, enum eight { EIGHT = 8 } e); };
     enum nine { NINE = 9 } give(struct ten *hidden);
     struct eleven { int y; } *held(void);`,
  );
  const { module, made } = await loaded({ headers: [path] });
  const { two, five, eight, nine, NAMELESS } = module;
  assert.deepEqual([two.TWO, NAMELESS, five.FIVE, eight.EIGHT, nine.NINE], [2, 3, 5, 8, 9]);
  const cNames = new Map(made.declarations.map(({ name, cName }) => [name, cName]));
  for (const name of ["one", "two", "NAMELESS", "four", "five", "six", "seven", "eight"]) {
    assert.equal(cNames.get(name), "", name);
  }
  assert.deepEqual(
    [cNames.get("events"), cNames.get("nine"), cNames.get("eleven")],
    ["struct events", "enum nine", "struct eleven"],
  );
  const { differences, unknown, compared } = await check(module, { cache: false });
  assert.deepEqual([differences, unknown, compared > 5], [[], [], true]);
  // A module that was written by hand has names for them as well.
  const byHand = await check({ two, eight, nine, one: module.one }, { headers: [path], cache: false });
  assert.deepEqual([byHand.differences, byHand.unknown], [[], []]);
});

test("of several declarations each says its part", { skip: skip || skipWithout("gcc") }, async () => {
  const header = `enum announced; enum announced { ANNOUNCED = 5 }; enum announced; enum late later(void); enum late { LATE };
    int old(); int old(int a, double b); int old();
    int named(int, double); int named(int first, double second);
    int unnamed(int first); /** What it does. */ int unnamed(int);
    void labelled(void); void labelled(void) __asm__("real_label");
    extern int items[]; extern int items[5];
    static const int GIVEN; static const int GIVEN = 42; static int twice(int); static inline int twice(int x) { return x * 2; }`;
  const source = `int old(a, b) int a; double b; { return a + b; } int named(int a, double b) { return a; } int unnamed(int a) { return a; }
    void real_label(void) {} int items[5] = { 1, 2, 3 }; enum late later(void) { return LATE; }`;
  const { module, made } = await loaded(libraryOf("redeclared", header, source));
  const { announced, libredeclared, GIVEN, twice, late } = module;
  assert.deepEqual([announced.ANNOUNCED, late.LATE, GIVEN, twice(4)], [5, 0, 42, 8]);
  assert.deepEqual([libredeclared.old(1, 2), libredeclared.items[2], made.absent], [3, 3, []]);
  libredeclared.labelled();
  assert.match(made.text, /named: \(\) => CFUNCTYPE<c_int, \[first: c_int, second: c_double\]>/);
  assert.match(made.text, /What it does\.\n[^/]*`int unnamed\(int first\)`/);
  const { differences, unknown } = await check(module, { cache: false });
  assert.deepEqual([differences, unknown], [[], []]);
});
