/**
 * Answers to questions, however they came: printed by the program, or read from an object file.
 */
import { HEAD_SIZE, MARK } from "./program.ts";

/**
 * What C says: an integer, a text (of bytes their hexadecimal digits), a double, or the bytes of a structure with all
 * bits of one member set.
 */
export type Answer = bigint | string | number | Bits;

export interface Bits {
  /** The first bit in the machine's order, counted from the start of the structure. */
  readonly offset: number;
  readonly width: number;
  readonly isSigned: boolean;
}

export type Answers = Map<number, Answer>;

/** The C side of `run`: it knows nothing of the headers, and they nothing of it. */
export const RUNTIME = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
static FILE *out;
static void bytes(const void *start, unsigned long count) {
  const unsigned char *byte = start;
  while (count-- > 0) fprintf(out, "%02x", *byte++);
  fprintf(out, "\\n");
}
void ctypes_answer_integer(int id, unsigned long long value, int negative) {
  if (negative) fprintf(out, "%d i %lld\\n", id, (long long)value);
  else fprintf(out, "%d i %llu\\n", id, value);
}
void ctypes_answer_text(int id, const char *text) { fprintf(out, "%d t ", id); bytes(text, strlen(text)); }
void ctypes_answer_bytes(int id, const void *start, unsigned long count) {
  fprintf(out, "%d x ", id);
  bytes(start, count);
}
void ctypes_answer_double(int id, double value) { fprintf(out, "%d d ", id); bytes(&value, sizeof value); }
void ctypes_answer_symbol(int id, const char *name) { fprintf(out, "%d i %d\\n", id, dlsym(RTLD_DEFAULT, name) != NULL); }
void ctypes_answer_bits(int id, const unsigned char *start, unsigned long count, int negative) {
  fprintf(out, "%d b %d ", id, negative);
  bytes(start, count);
}
extern void ctypes_ask(void);
int main(int argc, char **argv) {
  out = argc == 2 ? fopen(argv[1], "w") : NULL;
  if (out == NULL) return 3;
  ctypes_ask();
  return fclose(out);
}
`;

/** Reads what the program wrote on this machine. */
export function printedAnswers(text: string): Answers {
  const isBigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;
  const answers: Answers = new Map();
  for (const line of text.split("\n")) {
    const [id, kind, first = "", second = ""] = line.split(" ");
    if (kind === "i") answers.set(Number(id), BigInt(first));
    if (kind === "t") answers.set(Number(id), Buffer.from(first, "hex").toString("utf8"));
    if (kind === "x") answers.set(Number(id), first);
    if (kind === "d") answers.set(Number(id), doubleOf(Buffer.from(first, "hex"), isBigEndian));
    if (kind === "b") answers.set(Number(id), bitsIn(Buffer.from(second, "hex"), isBigEndian, first === "1"));
  }
  return answers;
}

/** Finds the marked constants in an object file of whatever format and machine. */
export function readAnswers(object: Buffer): Answers {
  const answers: Answers = new Map();
  const signs = new Map<number, boolean>();
  for (let at = object.indexOf(MARK); at >= 0; at = object.indexOf(MARK, at + 1)) {
    const id = object.readUInt32BE(at + 16);
    const kind = String.fromCharCode(object[at + 20] as number);
    const sign = object[at + 21] === 1;
    const value = object.readBigUInt64BE(at + 24);
    const payload = object.subarray(at + HEAD_SIZE);
    if (kind === "i") answers.set(id, sign ? BigInt.asIntN(64, value) : value);
    if (kind === "t") answers.set(id, payload.subarray(0, payload.indexOf(0)).toString("utf8"));
    if (kind === "x") answers.set(id, payload.subarray(0, Number(value)).toString("hex"));
    if (kind === "d") answers.set(id, doubleOf(payload, value === 1n));
    if (kind === "b") answers.set(id, bitsIn(payload.subarray(0, Number(value)), sign, false));
    if (kind === "s") signs.set(id, value === 1n);
  }
  for (const [id, isSigned] of signs) answers.set(id, { ...(answers.get(id) as Bits), isSigned });
  return answers;
}

// -- Private ---------------------------------------------------------------------------------------

function doubleOf(bytes: Buffer, isBigEndian: boolean): number {
  return isBigEndian ? bytes.readDoubleBE(0) : bytes.readDoubleLE(0);
}

/**
 * The run of bits that are set, counted as the machine counts: from the least significant one, or from the most
 * significant.
 */
function bitsIn(bytes: Buffer, isBigEndian: boolean, isSigned: boolean): Bits {
  let offset = -1;
  let width = 0;
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const inByte = isBigEndian ? 7 - (bit % 8) : bit % 8;
    if ((((bytes[bit >> 3] as number) >> inByte) & 1) === 0) continue;
    if (offset < 0) offset = bit;
    width++;
  }
  return { offset, width, isSigned };
}
