/**
 * Telling by its machine code that a function calls nothing: what the compiler makes of small functions, what must not
 * be believed, and all functions of real libraries against what `objdump` says of them.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { rawffi } from "rawffi";
import { callsNothing } from "../src/stubs/sysv/leafcode.ts";

const skip = process.arch !== "x64" && "this processor has other machine code";

const SMALL = `
void nothing(void) {}
int add(int a, int b) { return a + b; }
long scale(long a) { return 12 * a - 5; }
int sum6(int a, int b, int c, int d, int e, int f) { return a + b + c + d + e + f; }
int sum9(int a, int b, int c, int d, int e, int f, int g, int h, int i) { return a + b + c + d + e + f + g + h + i; }
double mean(double a, double b) { return (a + b) / 2; }
float narrow(double a, int b) { return (float)a * b; }
struct point { int x, y; };
int get(const struct point *p) { return p->y; }
void set(struct point *p, int y) { p->y = y; }
unsigned larger(unsigned a, unsigned b) { return a > b ? a : b; }
int known(void) { return 42; }
`;
const CALLING = `
int (*kept)(int);
int direct(int (*f)(int)) { return f(1) + 1; }
int last(int (*f)(int)) { return f(1); }
int global(int a) { return kept(a); }
int maybe(int (*f)(int), int a) { return a > 3 ? f(a) : a; }
int loop(int n) { int t = 0; while (n > 0) { t ^= n; n -= 3; } return t; }
void jumps(void *to) { __asm__ volatile("push %0; ret" : : "r"(to)); }
void returns_elsewhere(void *to) { __asm__ volatile("mov %0, (%%rsp); ret" : : "r"(to)); }
void moves_the_stack(void *to) { __asm__ volatile("mov %0, %%rsp; ret" : : "r"(to)); }
void adds_to_the_stack(void) { __asm__ volatile("add $8, %rsp; ret"); }
void asks_the_system(void) { __asm__ volatile("syscall"); }
`;

test("small functions are seen to call nothing", { skip }, () => {
  const names = [...SMALL.matchAll(/(\w+)\((?!\*)[^)]*\) \{/g)].map(([, name]) => name as string);
  assert.equal(names.length, 11);
  withLibrary(SMALL, (_, symbol) => {
    for (const name of names) assert.equal(rawffi.callsNothing(symbol(name)), true, name);
  });
});

test("what calls, jumps, or returns elsewhere is not believed", { skip }, () => {
  const names = [...CALLING.matchAll(/^(?:int|void) (\w+)\(/gm)].map(([, name]) => name as string);
  assert.equal(names.length, 10);
  withLibrary(CALLING, (_, symbol) => {
    for (const name of names) assert.equal(rawffi.callsNothing(symbol(name)), false, name);
  });
  assert.equal(rawffi.callsNothing(0), false);
  assert.equal(rawffi.callsNothing(rawffi.symbol(rawffi.open(null, rawffi.modes.RTLD_NOW), "qsort")), false);
});

test("of every function of real libraries that is believed, objdump shows no way out but ret", {
  skip: skip || (process.platform === "win32" && "they are libraries of Linux"),
}, () => {
  let believed = 0;
  for (const name of ["libm.so.6", "libc.so.6", "libsqlite3.so.0", "libz.so.1"]) {
    const path = rawffi.loaded().find((file) => file.includes(name)) ?? pathOf(name);
    if (path === null) continue;
    for (const { symbol, code, instructions } of functionsOf(path)) {
      if (!callsNothing(code)) continue;
      believed++;
      const end = instructions.findIndex((text) => /^(repz |bnd )?ret/.test(text));
      const before = instructions.slice(0, end);
      assert.ok(end >= 0, `${name}: ${symbol} does not return`);
      const wrong = before.find((text) =>
        /^(call|j|loop|syscall|int|push|pop|leave|enter|ret|.*%rsp.*,%rsp)/.test(text),
      );
      assert.equal(wrong, undefined, `${name}: ${symbol}`);
      assert.ok(
        before.every((text) => !/,(%[er]sp|-?0x[0-9a-f]+\(%rsp.*\)|\(%rsp.*\))$/.test(text)),
        `${name}: ${symbol} writes to its stack:\n${before.join("\n")}`,
      );
    }
  }
  assert.ok(believed > 100, `only ${believed} functions`);
});

// -- Private ---------------------------------------------------------------------------------------

function withLibrary(source: string, act: (path: string, symbol: (name: string) => number) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-leafcode-"));
  try {
    const path = join(folder, "small.so");
    writeFileSync(join(folder, "small.c"), source);
    execFileSync("gcc", ["-O2", "-w", "-shared", "-fPIC", "-o", path, join(folder, "small.c")]);
    const handle = rawffi.open(path, rawffi.modes.RTLD_NOW);
    try {
      act(path, (name) => rawffi.symbol(handle, name) as number);
    } finally {
      rawffi.close(handle);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pathOf(name: string): string | null {
  const { stdout } = spawnSync("gcc", [`-print-file-name=${name}`], { encoding: "utf8" });
  return stdout.trim().startsWith("/") ? stdout.trim() : null;
}

interface Disassembled {
  readonly symbol: string;
  readonly code: Uint8Array;
  readonly instructions: readonly string[];
}

/** The exported functions, of each the first 64 bytes. */
function functionsOf(path: string): Disassembled[] {
  const text = execFileSync("objdump", ["-d", "--insn-width=16", path], { encoding: "utf8", maxBuffer: 2 ** 30 });
  const found: Disassembled[] = [];
  for (const block of text.split("\n\n")) {
    const [head, ...lines] = block.split("\n");
    const symbol = /<(.+)>:$/.exec(head ?? "")?.[1];
    if (symbol === undefined || symbol.includes("@plt")) continue;
    const bytes: number[] = [];
    const instructions: string[] = [];
    for (const line of lines) {
      const [, hex, instruction] = line.split("\t");
      if (hex === undefined) continue;
      bytes.push(
        ...hex
          .trim()
          .split(" ")
          .map((byte) => Number.parseInt(byte, 16)),
      );
      if (instruction !== undefined) instructions.push(instruction.trim());
    }
    found.push({ symbol, code: Uint8Array.from(bytes.slice(0, 64)), instructions });
  }
  return found;
}
