/** What the tests of translated macros share: gcc as the judge, for any number of argument lists. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "./support.ts";

export type Argument = number | bigint;

/** A macro or function, and lists of arguments for it. */
export interface Calls {
  readonly name: string;
  readonly lists: readonly (readonly Argument[])[];
}

const LIMITS: readonly Argument[] = [
  0,
  1,
  -1,
  127,
  128,
  255,
  256,
  32768,
  65535,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  -(2 ** 31) - 1,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 63n,
  2n ** 64n - 1n,
];

/** `count` lists of `length` arguments: small ones, large ones, and those at the limits; the same for the same seed. */
export function lists(length: number, count: number, seed = 1): Argument[][] {
  let state = seed;
  // Park and Miller's generator.
  const random = (below: number) => Math.floor(((state = (state * 48271) % 2147483647) / 2147483647) * below);
  const one = (): Argument => {
    const kind = random(10);
    if (kind < 2) return LIMITS[random(LIMITS.length)] as Argument;
    if (kind < 4) return random(2) ? random(33) : -random(33);
    if (kind < 6) return random(256);
    if (kind < 7) return random(70000) - 5000;
    if (kind < 8) return random(2 ** 32) - 2 ** 31;
    return kind < 9 ? random(2 ** 32) : BigInt.asIntN(64, BigInt(random(2 ** 32)) << BigInt(random(40)));
  };
  return Array.from({ length: count }, () => Array.from({ length }, one));
}

/** The type that an integer has in C where it is written in hexadecimal. */
function typeOf(value: Argument): string {
  const exact = BigInt(value);
  if (exact >= -(2n ** 31n) && exact < 2n ** 31n) return "int";
  if (exact >= 0n && exact < 2n ** 32n) return "unsigned int";
  return exact < 2n ** 63n ? "long" : "unsigned long";
}

/**
 * The results of the calls by gcc: an integer of any type as a bigint, a floating-point number as a number, a text as a
 * string. Each call is compiled in a function of its own with variables as arguments, so that none is folded to a
 * constant.
 */
export function gcc(
  headers: string,
  calls: readonly Calls[],
  flags: readonly string[] = [],
): (bigint | number | string)[][] {
  const functions = calls.map(({ name, lists }, i) => {
    const lines = lists.map((list) => {
      const variables = list.map(
        (value, j) => `volatile ${typeOf(value)} a${j} = (${typeOf(value)})${literal(value)};`,
      );
      return `  { ${variables.join(" ")} SHOW(${name}(${list.map((_, j) => `a${j}`).join(", ")})); }\n`;
    });
    return `static void call_${i}(void) {\n${lines.join("")}}\n`;
  });
  const main = `int main(void) {\n${calls.map((_, i) => `  call_${i}(); puts(";");\n`).join("")}  return 0;\n}\n`;
  const source = join(folder(), `judge${count++}.c`);
  writeFileSync(source, `${headers}\n${SHOW}${functions.join("")}${main}`);
  const made = spawnSync("gcc", ["-w", "-O0", "-o", `${source}.out`, source, ...flags], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr.slice(0, 4000));
  const ran = spawnSync(`${source}.out`, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (ran.status !== 0) throw new Error(`the judge ended with ${ran.status ?? ran.signal}`);
  return ran.stdout
    .split(";\n")
    .slice(0, -1)
    .map((part) => part.split("\n").slice(0, -1).map(readValue));
}

// -- Private ---------------------------------------------------------------------------------------

let count = 0;

function literal(value: Argument): string {
  return value < 0 ? `(-${-(BigInt(value) + 1n)}ll - 1)` : `${value}ull`;
}

function readValue(line: string): bigint | number | string {
  if (line.startsWith("i")) return BigInt(line.slice(1));
  return line.startsWith("d") ? Number(line.slice(1).replace("nan", "NaN").replace("inf", "Infinity")) : line.slice(1);
}

const SHOW = `
#include <stdio.h>
static void show_signed(long long value) { printf("i%lld\\n", value); }
static void show_unsigned(unsigned long long value) { printf("i%llu\\n", value); }
static void show_double(double value) { printf("d%.17g\\n", value); }
static void show_text(const char *value) { printf("t%s\\n", value); }
#define SHOW(e) _Generic((e), float: show_double, double: show_double, char *: show_text, const char *: show_text, \\
  unsigned char: show_unsigned, unsigned short: show_unsigned, unsigned: show_unsigned, unsigned long: show_unsigned, \\
  unsigned long long: show_unsigned, _Bool: show_unsigned, default: show_signed)(e)
`;
