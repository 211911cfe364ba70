/**
 * An x86-64 assembler that knows the instructions a call stub is made of, and no others.
 *
 * The stub writer of an ABI (`sysv.ts`) uses it. It knows no ABI and no frame. There are no labels: a stub is
 * straight-line code.
 *
 * An instruction, byte by byte (Intel SDM volume 2, chapter 2):
 *
 *     66/F2/F3      REX         opcode      ModRM          SIB         displacement   immediate
 *     ┌────────┬─────────────┬───────────┬──────────────┬───────────┬──────────────┬───────────┐
 *     │ prefix │ 0100 W R 0 B│ 1-2 bytes │ mod reg r/m  │ 24 if rsp │ 0, 1, 4 bytes│ 0-8 bytes │
 *     └────────┴─────────────┴───────────┴──────────────┴───────────┴──────────────┴───────────┘
 *                    W: 64 bits   R: bit 3 of reg   B: bit 3 of r/m
 */

/** General-purpose registers by their number. */
export const GPR = {
  rax: 0,
  rcx: 1,
  rdx: 2,
  rbx: 3,
  rsp: 4,
  rbp: 5,
  rsi: 6,
  rdi: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
} as const;

/** How many bytes an integer load or store moves. */
export type Width = 1 | 2 | 4 | 8;

const PREFIX_16 = 0x66;
const SCALAR_DOUBLE = 0xf2;
const SCALAR_SINGLE = 0xf3;
const NONE = 0;

/** The naturally aligned loads that make up `byteLength` bytes, 15 at most: 7 is 4, 2 and 1. */
export function pieces(byteLength: number): Width[] {
  return ([8, 4, 2, 1] as const).filter((width) => byteLength & width);
}

export class Assembler {
  private bytes = new Uint8Array(256);
  private length = 0;

  /** A copy of the code written so far. */
  code(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  // -- Integer moves ---------------------------------------------------------------------------------

  /** `reg = value`, all 64 bits. */
  immediate64(reg: number, value: bigint): void {
    this.put(0x48 | (reg >> 3), 0xb8 | (reg & 7));
    this.putInt32(Number(BigInt.asIntN(32, value)));
    this.putInt32(Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** `reg = value`, an unsigned number of 32 bits; the upper half becomes zero. */
  immediate32(reg: number, value: number): void {
    if (reg >= 8) this.put(0x41);
    this.put(0xb8 | (reg & 7));
    this.putInt32(value);
  }

  /** `to = from`, 64 bits. */
  copy(to: number, from: number): void {
    this.registers(NONE, true, [0x89], from, to);
  }

  /** `reg = [base + offset]`, zero-extended to 64 bits. */
  load(width: Width, reg: number, base: number, offset: number): void {
    const opcode = width === 1 ? [0x0f, 0xb6] : width === 2 ? [0x0f, 0xb7] : [0x8b];
    this.memory(NONE, width === 8, opcode, reg, base, offset);
  }

  /** `[base + offset] = reg`, its low `width` bytes. */
  store(width: Width, base: number, offset: number, reg: number): void {
    // Without a REX prefix the byte registers 4-7 are ah, ch, dh and bh.
    const isLowByte = width === 1 && reg >= 4;
    const prefix = width === 2 ? PREFIX_16 : NONE;
    this.memory(prefix, width === 8, [width === 1 ? 0x88 : 0x89], reg, base, offset, isLowByte);
  }

  /** `reg = base + offset`. */
  address(reg: number, base: number, offset: number): void {
    this.memory(NONE, true, [0x8d], reg, base, offset);
  }

  push(reg: number): void {
    if (reg >= 8) this.put(0x41);
    this.put(0x50 | (reg & 7));
  }

  pop(reg: number): void {
    if (reg >= 8) this.put(0x41);
    this.put(0x58 | (reg & 7));
  }

  /** `[base + offset] = value`, which has 32 bits and is sign-extended to 64. */
  storeImmediate(width: 4 | 8, base: number, offset: number, value: number): void {
    this.memory(NONE, width === 8, [0xc7], 0, base, offset);
    this.putInt32(value);
  }

  // -- Integer arithmetic ----------------------------------------------------------------------------

  /** Extends the low `width` bytes of `reg` to 64 bits. */
  extend(width: 1 | 2 | 4, isSigned: boolean, reg: number): void {
    if (width === 4) {
      if (isSigned) this.registers(NONE, true, [0x63], reg, reg);
      else this.registers(NONE, false, [0x89], reg, reg);
      return;
    }
    const opcode = [0x0f, (isSigned ? 0xbe : 0xb6) | (width === 2 ? 1 : 0)];
    this.registers(NONE, isSigned, opcode, reg, reg, width === 1 && reg >= 4);
  }

  /** `reg = 0`. */
  zero(reg: number): void {
    this.registers(NONE, false, [0x31], reg, reg);
  }

  /** `to |= from`, 64 bits. */
  or(to: number, from: number): void {
    this.registers(NONE, true, [0x09], from, to);
  }

  /** `reg <<= bits`, 64 bits. */
  shiftLeft(reg: number, bits: number): void {
    this.registers(NONE, true, [0xc1], 4, reg);
    this.put(bits);
  }

  /** `reg >>= bits`, 64 bits, shifting in zeros. */
  shiftRight(reg: number, bits: number): void {
    this.registers(NONE, true, [0xc1], 5, reg);
    this.put(bits);
  }

  /** `reg -= value`, a signed number of 32 bits. */
  subtract(reg: number, value: number): void {
    this.withImmediate(5, reg, value);
  }

  /** `reg &= value`, a signed number of 32 bits. */
  and(reg: number, value: number): void {
    this.withImmediate(4, reg, value);
  }

  // -- Vector registers and x87 ----------------------------------------------------------------------

  /** `xmm = [base + offset]`, 4 or 8 bytes; the rest of the register becomes zero. */
  loadFloat(width: 4 | 8, xmm: number, base: number, offset: number): void {
    this.memory(width === 4 ? SCALAR_SINGLE : SCALAR_DOUBLE, false, [0x0f, 0x10], xmm, base, offset);
  }

  /** `[base + offset] = xmm`, its low 4 or 8 bytes. */
  storeFloat(width: 4 | 8, base: number, offset: number, xmm: number): void {
    this.memory(width === 4 ? SCALAR_SINGLE : SCALAR_DOUBLE, false, [0x0f, 0x11], xmm, base, offset);
  }

  /** `reg` = the double at `[base + offset]`, truncated to a 64-bit integer. */
  loadTruncated(reg: number, base: number, offset: number): void {
    this.memory(SCALAR_DOUBLE, true, [0x0f, 0x2c], reg, base, offset);
  }

  /** `reg` = the double in `xmm`, truncated to a 64-bit integer. */
  truncate(reg: number, xmm: number): void {
    this.registers(SCALAR_DOUBLE, true, [0x0f, 0x2c], reg, xmm);
  }

  /** `xmm` = the double nearest to the signed 64-bit integer in `reg`. */
  convert(xmm: number, reg: number): void {
    // It keeps the upper half of xmm, and so would wait for who wrote that.
    this.registers(NONE, false, [0x0f, 0x57], xmm, xmm);
    this.registers(SCALAR_DOUBLE, true, [0x0f, 0x2a], xmm, reg);
  }

  /** `to` = the float nearest to the double in `from`. */
  narrow(to: number, from: number): void {
    this.registers(SCALAR_DOUBLE, false, [0x0f, 0x5a], to, from);
  }

  /** `to = from`, all of two vector registers. */
  copyVector(to: number, from: number): void {
    this.registers(NONE, false, [0x0f, 0x28], to, from);
  }

  /** `xmm = [base + offset]`, 16 bytes of any alignment. */
  loadVector(xmm: number, base: number, offset: number): void {
    this.memory(NONE, false, [0x0f, 0x10], xmm, base, offset);
  }

  /** `[base + offset] = xmm`, 16 bytes of any alignment. */
  storeVector(base: number, offset: number, xmm: number): void {
    this.memory(NONE, false, [0x0f, 0x11], xmm, base, offset);
  }

  /** `[base + offset] = st(0)`, 10 bytes, and pops the x87 stack. */
  popLongDouble(base: number, offset: number): void {
    this.memory(NONE, false, [0xdb], 7, base, offset);
  }

  /** Pushes the 10 bytes at `[base + offset]` onto the x87 stack. */
  pushLongDouble(base: number, offset: number): void {
    this.memory(NONE, false, [0xdb], 5, base, offset);
  }

  // -- Control and strings ---------------------------------------------------------------------------

  /** Copies rcx bytes from rsi to rdi. */
  copyBytes(): void {
    this.put(0xf3, 0xa4);
  }

  /** Calls the function whose address is at `[base + offset]`. */
  callAt(base: number, offset: number): void {
    this.memory(NONE, false, [0xff], 2, base, offset);
  }

  /** Jumps to the address at `[base + offset]`. */
  jumpAt(base: number, offset: number): void {
    this.memory(NONE, false, [0xff], 4, base, offset);
  }

  /** Runs `code`, at most 127 bytes, when `reg` equals the 64 bits at `[base + offset]`; else skips it. */
  whenEqual(reg: number, base: number, offset: number, code: Uint8Array): void {
    this.memory(NONE, true, [0x3b], reg, base, offset);
    this.put(0x75, code.length, ...code);
  }

  /** Runs `code`, at most 127 bytes, unless `reg` is less than the 64 bits at `[base + offset]`, both unsigned. */
  unlessBelow(reg: number, base: number, offset: number, code: Uint8Array): void {
    this.memory(NONE, true, [0x3b], reg, base, offset);
    this.put(0x72, code.length, ...code);
  }

  /** Runs `code`, at most 127 bytes, unless the 32 bits at `[base + offset]` are `value`. */
  unlessIs(base: number, offset: number, value: number, code: Uint8Array): void {
    this.memory(NONE, false, [0x81], 7, base, offset);
    this.putInt32(value);
    this.put(0x74, code.length, ...code);
  }

  /** `reg` = the address after `code`, which follows. */
  addressAfter(reg: number, code: Uint8Array): void {
    // With mod 00, r/m 101 means rip-relative.
    this.put(0x48 | ((reg >> 3) << 2), 0x8d, ((reg & 7) << 3) | 5);
    this.putInt32(code.length);
    this.put(...code);
  }

  /** `rsp = rbp; pop rbp`. */
  leave(): void {
    this.put(0xc9);
  }

  return(): void {
    this.put(0xc3);
  }

  // -- Encoding --------------------------------------------------------------------------------------

  /** `operation reg, value` of the group at opcode 81 / 83. */
  private withImmediate(operation: number, reg: number, value: number): void {
    const isShort = value >= -128 && value <= 127;
    this.registers(NONE, true, [isShort ? 0x83 : 0x81], operation, reg);
    if (isShort) this.put(value);
    else this.putInt32(value);
  }

  /** An instruction whose r/m operand is a register. */
  private registers(prefix: number, wide: boolean, opcode: number[], reg: number, rm: number, forceRex = false): void {
    this.start(prefix, wide, opcode, reg, rm, forceRex);
    this.put(0xc0 | ((reg & 7) << 3) | (rm & 7));
  }

  /** An instruction whose r/m operand is `[base + offset]`. */
  private memory(
    prefix: number,
    wide: boolean,
    opcode: number[],
    reg: number,
    base: number,
    offset: number,
    forceRex = false,
  ): void {
    this.start(prefix, wide, opcode, reg, base, forceRex);
    // With mod 00, r/m 101 (rbp, r13) means rip-relative: those two always carry a displacement.
    const isBare = offset === 0 && (base & 7) !== 5;
    const isShort = offset >= -128 && offset <= 127;
    const mod = isBare ? 0x00 : isShort ? 0x40 : 0x80;
    this.put(mod | ((reg & 7) << 3) | (base & 7));
    // r/m 100 (rsp, r12) means that a SIB byte follows: this one says base rsp or r12, no index.
    if ((base & 7) === 4) this.put(0x24);
    if (isBare) return;
    if (isShort) this.put(offset);
    else this.putInt32(offset);
  }

  private start(prefix: number, wide: boolean, opcode: number[], reg: number, rm: number, forceRex: boolean): void {
    if (prefix !== NONE) this.put(prefix);
    const rex = (wide ? 8 : 0) | ((reg >> 3) << 2) | (rm >> 3);
    if (rex !== 0 || forceRex) this.put(0x40 | rex);
    this.put(...opcode);
  }

  private put(...values: number[]): void {
    for (const value of values) {
      if (this.length === this.bytes.length) this.grow();
      this.bytes[this.length++] = value;
    }
  }

  private putInt32(value: number): void {
    this.put(value, value >> 8, value >> 16, value >> 24);
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
