/**
 * Telling by its machine code that a function of AArch64 calls nothing, on any machine: what the cross compiler makes
 * of small functions, what must not be believed, and all functions of the C library against what `objdump` says
 * of them.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { callsNothing } from "../src/stubs/aapcs64/leafcode.ts";
import { COMPILER, missingCompiler, OBJDUMP } from "./stubs-arm64.ts";

const SMALL = `
void nothing(void) {}
int add(int a, int b) { return a + b; }
long scale(long a) { return 12 * a - 5; }
int sum9(int a, int b, int c, int d, int e, int f, int g, int h, int i) { return a + b + c + d + e + f + g + h + i; }
double mean(double a, double b) { return (a + b) / 2; }
float narrow(double a, int b) { return (float)a * b; }
struct point { int x, y; };
int get(const struct point *p) { return p->y; }
void set(struct point *p, int x, int y) { p->x = x; p->y = y; }
int item(const int *of, long i) { return of[i]; }
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
int zero(int (*f)(int), int a) { if (a == 0) return 5; return f(a); }
#define RETURNS(name, how) void __attribute__((naked)) name(void) { __asm__ volatile(how "; ret"); }
RETURNS(moved, "mov x30, x0")
RETURNS(added, "add x30, x0, #4")
RETURNS(loaded, "ldr x30, [x0]")
RETURNS(loaded_second, "ldp x29, x30, [sp], #16")
RETURNS(loaded_constant, "ldr x30, .")
RETURNS(converted, "fcvtzs x30, d0")
RETURNS(stepped, "ldr x0, [x30], #8")
RETURNS(exchanged, "ldadd x0, x30, [x1]")
RETURNS(asks_the_system, "svc #0")
RETURNS(elsewhere, "ret x9")
`;

test("small functions are seen to call nothing", { skip: missingCompiler }, () => {
  const functions = compiled(SMALL);
  assert.equal(functions.size, 11);
  for (const [name, { code }] of functions) assert.equal(callsNothing(code), true, name);
});

test("what calls, jumps, or returns elsewhere is not believed", { skip: missingCompiler }, () => {
  const functions = compiled(CALLING);
  assert.equal(functions.size, 16);
  for (const [name, { code }] of functions) assert.equal(callsNothing(code), false, name);
});

test("of every function of the C library that is believed, objdump shows no way out but ret", {
  skip: missingCompiler,
}, () => {
  let believed = 0;
  for (const name of ["libc.so.6", "libm.so.6"]) {
    const path = execFileSync(COMPILER, [`-print-file-name=${name}`], { encoding: "utf8" }).trim();
    if (!existsSync(path)) continue;
    for (const [symbol, { code, instructions }] of functionsOf(path)) {
      if (!callsNothing(code)) continue;
      believed++;
      const end = instructions.findIndex((text) => /^ret\b/.test(text));
      const before = instructions.slice(0, end);
      assert.ok(end >= 0 && instructions[end]?.trim() === "ret", `${name}: ${symbol} does not return`);
      const wrong = before.find((text) =>
        /^(b|bl|blr|br|b\.\w+|cbn?z|tbn?z|svc|hvc|brk|ret|eret|\.\w+|udf)\b|^ld\w*\s.*\bx30,(?!.*\[)|^(?!st|cmp|tst|ccmp)\w+\s+x30\b/.test(
          text,
        ),
      );
      assert.equal(wrong, undefined, `${name}: ${symbol}`);
    }
  }
  assert.ok(believed > 100, `only ${believed} functions`);
});

// -- Private ---------------------------------------------------------------------------------------

interface Disassembled {
  readonly code: Uint8Array;
  readonly instructions: readonly string[];
}

function compiled(source: string): Map<string, Disassembled> {
  const folder = mkdtempSync(join(tmpdir(), "rawffi-leafcode-"));
  try {
    writeFileSync(join(folder, "small.c"), source);
    const flags = ["-O2", "-w", "-march=armv8.1-a", "-mbranch-protection=bti", "-c"];
    execFileSync(COMPILER, [...flags, "-o", join(folder, "small.o"), join(folder, "small.c")]);
    return functionsOf(join(folder, "small.o"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The functions, of each the first 64 bytes. */
function functionsOf(path: string): Map<string, Disassembled> {
  const text = execFileSync(OBJDUMP, ["-d", path], { encoding: "utf8", maxBuffer: 2 ** 30 });
  const found = new Map<string, Disassembled>();
  for (const block of text.split("\n\n")) {
    const [head, ...lines] = block.split("\n");
    const symbol = /<(.+)>:$/.exec(head ?? "")?.[1];
    if (symbol === undefined || symbol.includes("@plt")) continue;
    const rows = lines.map((line) => line.split("\t")).filter(([, word]) => word !== undefined);
    const words = rows.slice(0, 16).map(([, word]) => Number.parseInt(word as string, 16));
    const code = new Uint8Array(Uint32Array.from(words).buffer);
    found.set(symbol, { code, instructions: rows.map(([, , ...rest]) => rest.join(" ").trim()) });
  }
  return found;
}
