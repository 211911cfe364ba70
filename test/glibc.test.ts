/** A release that loads where glibc is old: what it is linked with, and what is refused. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readLibrary } from "../scripts/setup/elf.mjs";
import { checkSymbols, GLIBC, glibcOfRelease } from "../scripts/setup/glibc.mjs";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "ctypes-glibc-"));
after(() => rmSync(folder, { recursive: true }));

const header = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
const [, minor = 0] = (header.glibcVersionRuntime ?? "").split(".").map(Number);
const skip = minor < 36 && `the C library is ${header.glibcVersionRuntime ?? "not glibc"}; this needs glibc 2.36`;
const standIn: string | null = skip ? null : glibcOfRelease();

const NEWER = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
void *openAny(const char *name) { return dlopen(name, RTLD_NOW); }
unsigned anyNumber(void) { return arc4random(); }`;
const OLDER = `
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
static void *fill(void *text) { return memcpy(text, "thread", 7); }
__attribute__((constructor)) static void start(void) {
  char text[8];
  pthread_t thread;
  if (pthread_create(&thread, NULL, fill, text) != 0 || pthread_join(thread, NULL) != 0) return;
  fprintf(stderr, "%s %s", text, dlsym(RTLD_DEFAULT, "dlopen") == (void *)dlopen ? "same" : "other");
}`;

/** Compiles C or C++ to a library, or to a program. */
function compile(name: string, text: string, ...options: string[]): string {
  const source = join(folder, name);
  writeFileSync(source, text);
  const output = join(folder, `${name}.out`);
  execFileSync(name.endsWith(".cc") ? "g++" : "gcc", ["-o", output, source, ...options], { stdio: "inherit" });
  return output;
}

function library(name: string, text: string, ...options: string[]): string {
  return compile(name, text, "-shared", "-fPIC", ...options);
}

function refusal(path: string): string {
  let message = "";
  assert.throws(
    () => checkSymbols(path, process.execPath),
    (error: Error) => {
      message = error.message;
      return error.constructor.name === "SetupError";
    },
  );
  return message;
}

test("a library with symbols newer than the glibc of a release is refused, and they are named", { skip }, () => {
  const path = library("newer.c", NEWER);
  const [title, ...symbols] = refusal(path).split("\n");
  assert.equal(title, `${path} does not load with glibc ${GLIBC}. It needs:`);
  assert.deepEqual(symbols.sort(), ["  - arc4random@GLIBC_2.36", "  - dlopen@GLIBC_2.34"]);
});

test("a version that no symbol has is refused", { skip }, () => {
  const text = '#include <stdio.h>\nstatic int one;\nint *all[] = { &one };\nvoid say(void) { puts(""); }';
  const path = library("packed.c", text, "-Wl,-z,pack-relative-relocs");
  assert.match(refusal(path), /It needs:\n {2}- GLIBC_ABI_DT_RELR$/);
});

test("linked with the stand-in, what was there is wanted as it was, and what was not is refused", { skip }, () => {
  const path = library("missing.c", NEWER, "-L", standIn as string);
  assert.match(refusal(path), /It needs:\n {2}- arc4random, which neither glibc 2\.28 nor the program has$/);
  const wanted = readLibrary(path).symbols.find(({ name }) => name === "dlopen");
  assert.equal(wanted?.version, "GLIBC_2.2.5");
});

test("what was linked with the stand-in runs", { skip }, () => {
  const path = library("older.c", OLDER, "-L", standIn as string);
  checkSymbols(path, process.execPath);
  const { stderr } = spawnSync("true", { env: { ...process.env, LD_PRELOAD: path }, encoding: "utf8" });
  assert.equal(stderr, "thread same");
});

test("symbols of an ELF file are those that objdump reads", { skip }, () => {
  const libc = execFileSync("gcc", ["-print-file-name=libc.so.6"], { encoding: "utf8" }).trim();
  for (const path of [libc, library("few.c", NEWER), process.execPath]) {
    const lines = execFileSync("objdump", ["-T", path], { encoding: "utf8", maxBuffer: 2 ** 28 }).split("\n");
    // 0000000000000000  w   DF *UND*	0000000000000000 (GLIBC_2.2.5) name
    const row = /^[0-9a-f]+ .{7} (\S+)\t[0-9a-f]+ {1,2}(?:\(?([^\s()]+)\)?)? +(?:\.(?:hidden|protected) )?(\S+)$/;
    const theirs = lines.flatMap((line) => {
      const [, section, version = "Base", name] = row.exec(line) ?? [];
      return name === undefined ? [] : [`${name} ${version === "Base" ? null : version} ${section !== "*UND*"}`];
    });
    const ours = readLibrary(path).symbols.map(({ name, version, isDefined }) => `${name} ${version} ${isDefined}`);
    assert.ok(ours.length > 4, path);
    assert.deepEqual(ours.sort(), theirs.sort(), path);
  }
});

test("where the system does not have the newer symbols, ours do the same", { skip }, () => {
  const program = `
#include <dlfcn.h>
#define dlsym(handle, name) static_cast<void*>(nullptr)
#include "${join(root, "packages/rawffi/glibc/newer.cc")}"
#undef dlsym
#include <cerrno>
#include <cstdio>

int main() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  timespec start, until, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  until = start;
  until.tv_nsec += 50000000;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  pthread_mutex_lock(&mutex);
  int code;
  while ((code = pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &until)) == 0) {}
  clock_gettime(CLOCK_MONOTONIC, &end);
  const double waited = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
  std::printf("%s, %s; ", code == ETIMEDOUT ? "in time" : "not in time", waited > 45 && waited < 2000 ? "waited" : "?");

  dl_find_object found;
  const int isFound = _dl_find_object(reinterpret_cast<void*>(&main), &found) == 0;
  const auto here = reinterpret_cast<const char*>(&main);
  std::printf("%d %d ", isFound, here >= found.dlfo_map_start && here < found.dlfo_map_end);
  std::printf("%d; ", _dl_find_object(&found, &found));
  try {
    throw 42;
  } catch (int caught) {
    std::printf("caught %d", caught);
  }
}`;
  const options = ["-static-libstdc++", "-static-libgcc", "-fvisibility=hidden", "-L", standIn as string];
  const path = compile("fallback.cc", program, ...options);
  const printed = execFileSync(path, { encoding: "utf8" });
  assert.equal(printed, "in time, waited; 1 1 -1; caught 42");
  assert.ok(!readLibrary(path).symbols.some(({ name, isDefined }) => name === "_dl_find_object" && !isDefined));
});
