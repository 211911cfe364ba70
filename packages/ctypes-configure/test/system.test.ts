/**
 * What headers need of the C library is whole, under its documented names; and headers of other languages say what they
 * are.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { check, generate } from "ctypes-configure";
import { byref, sizeof } from "ctypes-js";
import { loaded, skipWithoutLibclang } from "./generated.ts";
import { file } from "./support.ts";

const skip = skipWithoutLibclang();

test("structures of the C library that a caller fills have their members", { skip }, async () => {
  const includes =
    "dirent locale netdb netinet/in poll pthread signal stdio stdlib termios time wchar sys/resource sys/select sys/stat sys/uio";
  const path = file(
    "needs-system.h",
    `${includes
      .split(" ")
      .map((name) => `#include <${name}.h>`)
      .join("\n")}
int one(struct tm *t, struct timespec *s, siginfo_t *i, struct stat *st, struct rusage *r, fd_set *f, sigset_t *set, mbstate_t *mb);
int two(struct sockaddr *a, struct sockaddr_in *in, pthread_mutex_t *m, struct pollfd *p, struct iovec *v, struct addrinfo *ai, fpos_t *pos);
div_t three(struct timeval tv, union sigval v, struct sigaction *sa, struct termios *te, struct dirent *entry);
int four(FILE *file, DIR *folder, locale_t locale);
`,
  );
  const { module, made } = await loaded({ headers: [path] });
  const sizes: Record<string, number> = {
    tm: 56,
    timespec: 16,
    siginfo_t: 128,
    fd_set: 128,
    sigset_t: 128,
    sockaddr: 16,
  };
  if (process.arch === "x64") Object.assign(sizes, { stat: 144, rusage: 144, pthread_mutex_t: 40, termios: 60 });
  for (const [name, size] of Object.entries(sizes)) assert.equal(sizeof(module[name]), size, name);
  const opaque = made.declarations.filter(({ kind }) => kind === "opaque").map(({ name }) => name);
  assert.deepEqual(opaque.sort(), ["DIR", "FILE", "__locale_struct"]);
  const { differences } = await check(module, { cache: false });
  assert.deepEqual(differences, []);
});

test("time.h and sys/stat.h themselves are filled by their functions", { skip }, async () => {
  const { module: time } = await loaded({ headers: ["time.h"], libraries: ["c"] });
  const tm = new time.tm();
  const { c_time_t } = await import("ctypes-js");
  time.libc.gmtime_r(byref(new c_time_t(86400 * 365)), byref(tm));
  assert.deepEqual([tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_yday], [71, 0, 1, 0]);

  const { module: stat } = await loaded({ headers: ["sys/stat.h"], libraries: ["c"] });
  const found = new stat.stat();
  assert.equal(stat.libc.stat(file("seven", "1234567"), byref(found)), 0);
  assert.equal(found.st_size, 7);
});

test("a well-known name that a header gives another meaning has that meaning", { skip }, async () => {
  const path = file(
    "own-int8.h",
    "typedef int int8_t; typedef long long size_t; struct odd { int8_t a; size_t b; };\n",
  );
  const { module } = await loaded({ headers: [path] });
  assert.equal(new module.odd({ a: 1000, b: -1 }).a, 1000);
  assert.equal(new module.odd({ b: -1 }).b, -1n);
  assert.deepEqual((await check(module, { cache: false })).differences, []);
});

test("C++ is called C++", { skip }, () => {
  const isCpp = /:\d+:\d+: (fatal )?error: .*\nThis is C\+\+: .*extern "C"/;
  for (const text of [
    "#include <vector>\nstd::vector<int> f();",
    "class A { public: int f(); };",
    "template <class T> T largest(T a, T b);",
    "namespace n { int f(); }",
    "struct X { int f(); };",
    "int f(int &x);",
  ]) {
    assert.throws(() => generate({ headers: [file("cpp.h", text)] }), isCpp, text);
  }
  const message = (text: string) => {
    try {
      generate({ headers: [file("broken.h", text)] });
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  assert.match(message("int f(int x;"), /error/);
  assert.doesNotMatch(message("int f(int x;"), /C\+\+/);
  const flag = { headers: [file("good.h", "int f(void);")], compileFlags: ["-x", "c++"] };
  assert.throws(() => generate(flag), /good\.h: -x c\+\+ is not C; .*extern "C"/);
});

test("Objective-C is called Objective-C", { skip }, () => {
  const isObjectiveC = /:\d+:\d+: (fatal )?error: .*\nThis is Objective-C: .*objc\/runtime\.h/;
  for (const text of [
    "#import <Foundation/Foundation.h>\n@interface Foo : NSObject\n@end\n",
    "@interface Foo\n- (int)method:(int)argument;\n@end\n",
    "@protocol P @end\nint f(id<P> object);\n",
  ]) {
    assert.throws(() => generate({ headers: [file("objc.h", text)] }), isObjectiveC, text);
  }
  const flag = { headers: [file("good.h", "int f(void);")], compileFlags: ["-x", "objective-c"] };
  assert.throws(() => generate(flag), /good\.h: -x objective-c is not C; .*objc\/runtime\.h/);
});
