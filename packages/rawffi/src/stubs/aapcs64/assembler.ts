/**
 * An AArch64 assembler that knows the instructions a call stub is made of, and no others.
 *
 * The stub writer (`aapcs64.ts`) uses it. It knows no ABI and no frame. There are no labels: the one loop is one
 * method, and a branch takes the code that it skips.
 *
 * Every instruction is one little-endian word (Arm ARM, C4.1 and C6.2). Loads and stores are most of a stub:
 *
 *     31 30   29 28 27  26  25 24  23 22   21 …       10    9 … 5   4 … 0
 *     ┌──────┬─────────┬───┬──────┬──────┬───────────────┬───────┬───────┐
 *     │ size │ 1 1 1   │ V │ 0  1 │ opc  │ offset / size │ base  │ reg   │   offset: 12 bits, a multiple of the width
 *     │ size │ 1 1 1   │ V │ 0  0 │ opc  │ 0 9 bits   00 │ base  │ reg   │   offset: -256 … 255
 *     │ size │ 1 1 1   │ V │ 0  0 │ opc  │ 1 index 011010│ base  │ reg   │   offset: in another register
 *     └──────┴─────────┴───┴──────┴──────┴───────────────┴───────┴───────┘
 *         V: the vector registers      opc: 01 load, 00 store; of 16 bytes, whose size is 00 again, 11 and 10
 *
 * An offset that neither of the first two holds goes through x17, which belongs to the assembler.
 */

/** Number 31 is the stack pointer where it is a base or where `address`, `subtract` or `and` write it. */
export const SP = 31;

/** How many bytes an integer load or store moves. */
export type Width = 1 | 2 | 4 | 8;

/** How many bytes of a vector register a load or store moves. */
export type VectorWidth = 4 | 8 | 16;

const SCRATCH = 17;
const FRAME_POINTER = 29;
const LINK = 30;

const SIZE_FIELD: Record<Width | VectorWidth, number> = { 1: 0, 2: 1, 4: 2, 8: 3, 16: 0 };

export class Assembler {
  private words = new Uint32Array(64);
  private length = 0;

  /** A copy of the code written so far. */
  code(): Uint8Array {
    const bytes = new Uint8Array(4 * this.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < this.length; i++) view.setUint32(4 * i, this.words[i] ?? 0, true);
    return bytes;
  }

  // -- Integer moves ---------------------------------------------------------------------------------

  /**
   * `reg = value`, an unsigned number of 64 bits: a `movz`, and a `movk` for each further 16 bits that are not zero.
   */
  immediate64(reg: number, value: bigint): void {
    let opcode = 0xd2800000; // movz
    for (let part = 0; part < 4; part++) {
      const bits = Number((value >> BigInt(16 * part)) & 0xffffn);
      if (bits === 0 && !(part === 0 && value === 0n)) continue;
      this.put(opcode | (part << 21) | (bits << 5) | reg);
      opcode = 0xf2800000; // movk
    }
  }

  /** `reg = [base + offset]`, zero-extended to 64 bits. */
  load(width: Width, reg: number, base: number, offset: number): void {
    this.memory(width, 0, 1, reg, base, offset);
  }

  /** `to = from`, neither of them sp. */
  copy(to: number, from: number): void {
    this.put(0xaa0003e0 | (from << 16) | to); // orr to, xzr, from
  }

  /** `[base + offset] = first`, and `second` after it; the offset is a multiple of 8 below 512. */
  storePair(base: number, offset: number, first: number, second: number): void {
    this.put(0xa9000000 | ((offset / 8) << 15) | (second << 10) | (base << 5) | first);
  }

  /** `[base + offset] = reg`, its low `width` bytes. */
  store(width: Width, base: number, offset: number, reg: number): void {
    this.memory(width, 0, 0, reg, base, offset);
  }

  /** `reg = base + offset`, the offset being below 2^24. */
  address(reg: number, base: number, offset: number): void {
    this.addOrSubtract(0x91000000, reg, base, offset);
  }

  // -- Integer arithmetic ----------------------------------------------------------------------------

  /** Extends the low `width` bytes of `reg` to 64 bits. */
  extend(width: 1 | 2 | 4, isSigned: boolean, reg: number): void {
    const last = (8 * width - 1) << 10;
    if (isSigned)
      this.put(0x93400000 | last | (reg << 5) | reg); // sbfm
    else if (width === 4)
      this.put(0x2a0003e0 | (reg << 16) | reg); // mov w, w
    else this.put(0x53000000 | last | (reg << 5) | reg); // ubfm
  }

  /** `to |= from << bits`, 64 bits. */
  orShifted(to: number, from: number, bits: number): void {
    this.put(0xaa000000 | (from << 16) | (bits << 10) | (to << 5) | to);
  }

  /** `to = from >> bits`, 64 bits, zeros coming in. */
  shiftRight(to: number, from: number, bits: number): void {
    this.put(0xd3400000 | (bits << 16) | (63 << 10) | (from << 5) | to);
  }

  /** `to = from - value`, an unsigned number below 2^24. */
  subtract(to: number, from: number, value: number): void {
    this.addOrSubtract(0xd1000000, to, from, value);
  }

  /** `to = from`, rounded down to a multiple of 2^`bits`; `to` may be sp, `from` not. */
  alignDown(to: number, from: number, bits: number): void {
    // A bitmask immediate: 64 - bits ones, rotated to the top.
    this.put(0x92400000 | ((64 - bits) << 16) | ((63 - bits) << 10) | (from << 5) | to);
  }

  // -- Vector registers ------------------------------------------------------------------------------

  /** `v = [base + offset]`; the rest of the register becomes zero. */
  loadFloat(width: VectorWidth, v: number, base: number, offset: number): void {
    this.memory(width, 1, width === 16 ? 3 : 1, v, base, offset);
  }

  /** `[base + offset] = v`, its low `width` bytes. */
  storeFloat(width: VectorWidth, base: number, offset: number, v: number): void {
    this.memory(width, 1, width === 16 ? 2 : 0, v, base, offset);
  }

  /** The same as `storePair` with 8 bytes of vector registers. */
  storeFloatPair(base: number, offset: number, first: number, second: number): void {
    this.put(0x6d000000 | ((offset / 8) << 15) | (second << 10) | (base << 5) | first);
  }

  /** The low 8 bytes of a vector register. */
  copyVector(to: number, from: number): void {
    this.put(0x1e604000 | (from << 5) | to); // fmov d, d
  }

  /** The float in `to` = the double in `from`. */
  narrow(to: number, from: number): void {
    this.put(0x1e624000 | (from << 5) | to); // fcvt s, d
  }

  /** `reg` = the double in `v`, truncated to a 64-bit integer. */
  truncate(reg: number, v: number): void {
    this.put(0x9e780000 | (v << 5) | reg); // fcvtzs x, d
  }

  // -- Control ---------------------------------------------------------------------------------------

  /**
   * Reserves `byteLength` bytes of stack, 16 or more, saves the frame pointer and the return address there, and points
   * the frame pointer at them.
   */
  enter(byteLength: number): void {
    // stp …, [sp, -n]!
    this.put(0xa9800000 | (((-byteLength / 8) & 0x7f) << 15) | (LINK << 10) | (SP << 5) | FRAME_POINTER);
    this.address(FRAME_POINTER, SP, 0);
  }

  /** Undoes `enter`, wherever sp is. */
  leave(byteLength: number): void {
    this.address(SP, FRAME_POINTER, 0);
    this.put(0xa8c00000 | ((byteLength / 8) << 15) | (LINK << 10) | (SP << 5) | FRAME_POINTER); // ldp …, [sp], n
  }

  /**
   * Copies `count` times 16 bytes from `[from]` to `[to]` through vector register `v`; `from` and `to` end after the
   * bytes, `counter` at 0.
   */
  copyChunks(to: number, from: number, counter: number, count: number, v: number): void {
    this.immediate64(counter, BigInt(count));
    this.put(0x3cc10400 | (from << 5) | v); // ldr q, [from], 16
    this.put(0x3c810400 | (to << 5) | v); // str q, [to], 16
    this.put(0xf1000400 | (counter << 5) | counter); // subs counter, counter, 1
    this.put(0x54ffffa1); // b.ne, three instructions back
  }

  /** Calls the function whose address is in `reg`. */
  call(reg: number): void {
    this.put(0xd63f0000 | (reg << 5));
  }

  /** Jumps to the address in `reg`. */
  jump(reg: number): void {
    this.put(0xd61f0000 | (reg << 5));
  }

  /** `reg` = the address after `code`, which follows. */
  addressAfter(reg: number, code: Uint8Array): void {
    this.put(0x10000000 | ((code.length / 4 + 1) << 5) | reg); // adr
    this.append(code);
  }

  /** Runs `code` when the two registers are equal, all 64 bits. */
  whenEqual(left: number, right: number, code: Uint8Array): void {
    this.put(0xeb00001f | (right << 16) | (left << 5)); // cmp x, x
    this.skip(1, code); // b.ne
  }

  /** Runs `code` unless the low 32 bits of the two registers are equal. */
  unlessEqual(left: number, right: number, code: Uint8Array): void {
    this.put(0x6b00001f | (right << 16) | (left << 5)); // cmp w, w
    this.skip(0, code); // b.eq
  }

  /** Runs `code` unless `left` is below `right`, as unsigned numbers. */
  unlessBelow(left: number, right: number, code: Uint8Array): void {
    this.put(0xeb00001f | (right << 16) | (left << 5)); // cmp x, x
    this.skip(3, code); // b.lo
  }

  return(): void {
    this.put(0xd65f03c0);
  }

  // -- Encoding --------------------------------------------------------------------------------------

  private memory(
    width: Width | VectorWidth,
    isVector: 0 | 1,
    opc: number,
    reg: number,
    base: number,
    offset: number,
  ): void {
    const common = (SIZE_FIELD[width] << 30) | (isVector << 26) | (opc << 22) | (base << 5) | reg;
    const scaled = offset / width;
    if (Number.isInteger(scaled) && scaled >= 0 && scaled < 4096) this.put(0x39000000 | common | (scaled << 10));
    else if (offset >= -256 && offset <= 255) this.put(0x38000000 | common | ((offset & 0x1ff) << 12));
    else {
      this.immediate64(SCRATCH, BigInt.asUintN(64, BigInt(offset)));
      this.put(0x38206800 | common | (SCRATCH << 16));
    }
  }

  private addOrSubtract(opcode: number, to: number, from: number, value: number): void {
    const high = value >>> 12;
    const low = value & 0xfff;
    if (high !== 0) this.put(opcode | (1 << 22) | (high << 10) | (from << 5) | to);
    if (low !== 0 || high === 0) this.put(opcode | (low << 10) | ((high !== 0 ? to : from) << 5) | to);
  }

  /** `code`, which is skipped under a condition (Arm ARM, C1.2.4). */
  private skip(condition: number, code: Uint8Array): void {
    this.put(0x54000000 | ((code.length / 4 + 1) << 5) | condition);
    this.append(code);
  }

  private append(code: Uint8Array): void {
    const view = new DataView(code.buffer, code.byteOffset);
    for (let at = 0; at < code.length; at += 4) this.put(view.getUint32(at, true));
  }

  private put(word: number): void {
    if (this.length === this.words.length) this.grow();
    this.words[this.length++] = word;
  }

  private grow(): void {
    const larger = new Uint32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
  }
}
