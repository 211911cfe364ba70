/**
 * Detects leaf functions by their machine code: small functions that add, read a field or do nothing at all.
 *
 * This file knows only instructions that continue with the next one, and none that moves rsp or may overwrite the
 * return address: such code runs straight from its first byte to the `ret`. Any other instruction means "it may call".
 * Opcodes: Intel SDM volume 2, appendix A.
 */

/** `code` begins at the function's address; nothing after the function's end is read. */
export function callsNothing(code: Uint8Array): boolean {
  for (let at = 0; at < code.length; ) {
    const one = decode(code, at);
    if (one === null) return false;
    if (one.isReturn) return true;
    at = one.end;
  }
  return false;
}

interface Instruction {
  readonly end: number;
  readonly isReturn: boolean;
}

const OPERAND_16 = 0x66;
const REPEAT = 0xf3;
const RSP = 4;
const RBP = 5;

/** What an instruction does with an operand. */
type Role = "read" | "written";

/** For opcodes with a ModRM byte: what `reg` and `r/m` are, and how many bytes of immediate follow. */
interface Operands {
  readonly reg: Role;
  readonly rm: Role;
  readonly immediate: 0 | 1 | 4;
  /** The opcode extensions in `reg` that are known; undefined means all. */
  readonly extensions: readonly number[] | undefined;
}

const TO_REGISTER: Operands = { reg: "written", rm: "read", immediate: 0, extensions: undefined };
const TO_MEMORY: Operands = { reg: "read", rm: "written", immediate: 0, extensions: undefined };
const COMPARE: Operands = { reg: "read", rm: "read", immediate: 0, extensions: undefined };

/** add, or, and, sub, xor, cmp, test, mov, lea, movsxd, imul, shifts, not, neg. */
const ONE_BYTE = new Map<number, Operands>([
  ...[0x03, 0x0b, 0x23, 0x2b, 0x33, 0x8b, 0x8d, 0x63].map((opcode) => [opcode, TO_REGISTER] as const),
  ...[0x01, 0x09, 0x21, 0x29, 0x31, 0x88, 0x89].map((opcode) => [opcode, TO_MEMORY] as const),
  ...[0x38, 0x39, 0x3a, 0x3b, 0x84, 0x85].map((opcode) => [opcode, COMPARE] as const),
  [0x6b, { ...TO_REGISTER, immediate: 1 }],
  [0x69, { ...TO_REGISTER, immediate: 4 }],
  [0x83, { ...TO_MEMORY, immediate: 1 }],
  [0xc1, { ...TO_MEMORY, immediate: 1 }],
  [0x81, { ...TO_MEMORY, immediate: 4 }],
  [0xc7, { ...TO_MEMORY, immediate: 4, extensions: [0] }],
  [0xd1, TO_MEMORY],
  [0xd3, TO_MEMORY],
  [0xf7, { ...TO_MEMORY, extensions: [2, 3] }],
]);

/**
 * movzx, movsx, imul, cmov, and the arithmetic of SSE. An instruction that writes a vector register cannot write rsp,
 * whatever the register's number.
 */
const VECTOR: Operands = COMPARE;
const TWO_BYTES = new Map<number, Operands>([
  ...[0xaf, 0xb6, 0xb7, 0xbe, 0xbf, 0x2c, 0x2d].map((opcode) => [opcode, TO_REGISTER] as const),
  ...Array.from({ length: 16 }, (_, i) => [0x40 + i, TO_REGISTER] as const),
  ...Array.from({ length: 16 }, (_, i) => [0x90 + i, TO_MEMORY] as const),
  ...[0x10, 0x28, 0x2a, 0x2e, 0x2f, 0x51, 0x54, 0x57, 0x58, 0x59, 0x5a, 0x5c, 0x5d, 0x5e, 0x5f, 0x6e, 0xef].map(
    (opcode) => [opcode, VECTOR] as const,
  ),
  ...[0x11, 0x29, 0x7e, 0xd6].map((opcode) => [opcode, TO_MEMORY] as const),
  [0x1f, VECTOR],
]);

/** The instruction at `at`; null for one that is not known, or may jump. */
function decode(code: Uint8Array, at: number): Instruction | null {
  let next = at;
  let is16 = false;
  let isRepeat = false;
  for (; code[next] === OPERAND_16 || code[next] === REPEAT || code[next] === 0xf2; next++) {
    is16 ||= code[next] === OPERAND_16;
    isRepeat ||= code[next] === REPEAT;
  }
  let rex = 0;
  if (((code[next] as number) & 0xf0) === 0x40) rex = code[next++] as number;
  const opcode = code[next++];
  if (opcode === undefined) return null;
  if (opcode === 0xc3) return { end: next, isReturn: true };
  if (opcode === 0x90) return { end: next, isReturn: false };
  if (opcode === 0x0f) {
    const second = code[next++] as number;
    // endbr64
    if (second === 0x1e) return isRepeat && code[next] === 0xfa ? { end: next + 1, isReturn: false } : null;
    return withOperands(code, next, rex, TWO_BYTES.get(second), false);
  }
  // mov reg, immediate
  if (opcode >= 0xb8 && opcode <= 0xbf) {
    if (is16 || (opcode === 0xb8 + RSP && (rex & 1) === 0)) return null;
    return ended(code, next + ((rex & 8) !== 0 ? 8 : 4));
  }
  // add, or, and, sub, xor, cmp, test of rax with an immediate
  if ([0x05, 0x0d, 0x25, 0x2d, 0x35, 0x3d, 0xa9].includes(opcode)) return is16 ? null : ended(code, next + 4);
  return withOperands(code, next, rex, ONE_BYTE.get(opcode), is16);
}

function ended(code: Uint8Array, end: number): Instruction | null {
  return end <= code.length ? { end, isReturn: false } : null;
}

function withOperands(
  code: Uint8Array,
  at: number,
  rex: number,
  operands: Operands | undefined,
  is16: boolean,
): Instruction | null {
  const modrm = code[at];
  if (operands === undefined || modrm === undefined || (is16 && operands.immediate === 4)) return null;
  const mod = modrm >> 6;
  const reg = (modrm >> 3) & 7;
  const rm = modrm & 7;
  if (operands.extensions !== undefined && !operands.extensions.includes(reg)) return null;
  // Some 8-bit registers have these numbers, too; instructions that write them are refused as well.
  if (operands.reg === "written" && reg === RSP && (rex & 4) === 0) return null;
  let end = at + 1;
  if (mod === 3) {
    if (operands.rm === "written" && rm === RSP && (rex & 1) === 0) return null;
    return ended(code, end + operands.immediate);
  }
  let base = rm;
  if (rm === RSP) base = (code[end++] as number) & 7;
  // The function's locals lie below these addresses, and its return address above.
  if (operands.rm === "written" && (base === RSP || base === RBP)) return null;
  if (mod === 0 && base === RBP) end += 4;
  else end += mod === 0 ? 0 : mod === 1 ? 1 : 4;
  return ended(code, end + operands.immediate);
}
