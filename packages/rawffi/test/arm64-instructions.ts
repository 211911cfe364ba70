/**
 * All instructions that the AArch64 assembler knows, as other assemblers spell them: several with semicolons between
 * them where one call writes several.
 */
import { type Assembler, SP, type Width } from "../src/stubs/aapcs64/assembler.ts";

export type Instruction = [text: string, write: (asm: Assembler) => void];

const x = (register: number) => (register === SP ? "sp" : `x${register}`);

export function* instructions(): Generator<Instruction> {
  for (const r of [0, 7, 9, 16, 30]) yield* withRegister(r);
  for (const base of [9, 29, SP]) {
    for (const offset of [0, 1, 8, 16, 255, 256, 4095, 4096, 32760, -1, -256]) yield* withMemory(base, offset);
  }
  for (const offset of [65536, 100001, -257]) yield* withFarMemory(offset);
  yield ["ret", (asm) => asm.return()];
  const ret = Uint8Array.of(0xc0, 0x03, 0x5f, 0xd6);
  yield ["cmp x29, x10; b.ne .+8; ret", (asm) => asm.whenEqual(29, 10, ret)];
  yield ["cmp w10, w11; b.eq .+8; ret", (asm) => asm.unlessEqual(10, 11, ret)];
  yield ["cmp x29, x10; b.lo .+12; ret; ret", (asm) => asm.unlessBelow(29, 10, Uint8Array.of(...ret, ...ret))];
  for (const [to, from] of [
    [0, 1],
    [7, 6],
    [11, 17],
    [30, 2],
  ] as const) {
    yield [`mov x${to}, x${from}`, (asm) => asm.copy(to, from)];
    yield [`fmov d${to}, d${from}`, (asm) => asm.copyVector(to, from)];
    yield [`fcvt s${to}, d${from}`, (asm) => asm.narrow(to, from)];
  }
  for (const offset of [0, 16, 144]) {
    yield [`stp x19, x20, [sp, #${offset}]`, (asm) => asm.storePair(SP, offset, 19, 20)];
    yield [`stp d8, d9, [x29, #${offset}]`, (asm) => asm.storeFloatPair(29, offset, 8, 9)];
  }
  for (const n of [16, 32, 160]) {
    yield [`stp x29, x30, [sp, #-${n}]!; mov x29, sp`, (asm) => asm.enter(n)];
    yield [`mov sp, x29; ldp x29, x30, [sp], #${n}`, (asm) => asm.leave(n)];
  }
  yield [
    "movz x13, #9; 1: ldr q16, [x10], #16; str q16, [x12], #16; subs x13, x13, #1; b.ne 1b",
    (asm) => asm.copyChunks(12, 10, 13, 9, 16),
  ];
}

function* withRegister(r: number): Generator<Instruction> {
  yield [`movz x${r}, #0`, (asm) => asm.immediate64(r, 0n)];
  yield [`movz x${r}, #0xbeef`, (asm) => asm.immediate64(r, 0xbeefn)];
  yield [`movz x${r}, #0x7ffc, lsl #32`, (asm) => asm.immediate64(r, 0x7ffc_0000_0000n)];
  yield [
    `movz x${r}, #0x4444; movk x${r}, #0x3333, lsl #16; movk x${r}, #0x2222, lsl #32; movk x${r}, #0x1111, lsl #48`,
    (asm) => asm.immediate64(r, 0x1111_2222_3333_4444n),
  ];
  yield [`sxtb x${r}, w${r}`, (asm) => asm.extend(1, true, r)];
  yield [`uxtb w${r}, w${r}`, (asm) => asm.extend(1, false, r)];
  yield [`sxth x${r}, w${r}`, (asm) => asm.extend(2, true, r)];
  yield [`uxth w${r}, w${r}`, (asm) => asm.extend(2, false, r)];
  yield [`sxtw x${r}, w${r}`, (asm) => asm.extend(4, true, r)];
  yield [`mov w${r}, w${r}`, (asm) => asm.extend(4, false, r)];
  yield [`orr x${r}, x${r}, x11, lsl #24`, (asm) => asm.orShifted(r, 11, 24)];
  yield [`lsr x${r}, x11, #56`, (asm) => asm.shiftRight(r, 11, 56)];
  yield [`fcvtzs x${r}, d16`, (asm) => asm.truncate(r, 16)];
  yield [`blr x${r}`, (asm) => asm.call(r)];
  yield [`br x${r}`, (asm) => asm.jump(r)];
  yield [`adr x${r}, .+8; ret`, (asm) => asm.addressAfter(r, Uint8Array.of(0xc0, 0x03, 0x5f, 0xd6))];
  for (const base of [9, SP]) {
    yield [`add x${r}, ${x(base)}, #0`, (asm) => asm.address(r, base, 0)];
    yield [`add x${r}, ${x(base)}, #4095`, (asm) => asm.address(r, base, 4095)];
    yield [`add x${r}, ${x(base)}, #1, lsl #12`, (asm) => asm.address(r, base, 4096)];
    yield [`add x${r}, ${x(base)}, #24, lsl #12; add x${r}, x${r}, #1696`, (asm) => asm.address(r, base, 100000)];
  }
  yield [`sub sp, ${x(r)}, #112`, (asm) => asm.subtract(SP, r, 112)];
  yield ["sub sp, sp, #24, lsl #12; sub sp, sp, #1696", (asm) => asm.subtract(SP, SP, 100000)];
  for (const bits of [5, 6, 15]) yield [`and sp, x${r}, #${-(2 ** bits)}`, (asm) => asm.alignDown(SP, r, bits)];
}

const MOVES: readonly [Width, load: string, store: string, name: string][] = [
  [1, "ldrb", "strb", "w"],
  [2, "ldrh", "strh", "w"],
  [4, "ldr", "str", "w"],
  [8, "ldr", "str", "x"],
];
const FLOAT_MOVES = [
  [4, "s"],
  [8, "d"],
  [16, "q"],
] as const;

function* withMemory(base: number, offset: number): Generator<Instruction> {
  const at = `[${x(base)}, #${offset}]`;
  const isUnscaled = (width: number) => offset < 0 || offset % width !== 0 || offset / width > 4095;
  const isFar = (width: number) => isUnscaled(width) && (offset > 255 || offset < -256);
  const spelled = (operation: string, width: number) =>
    isUnscaled(width) ? operation.replace(/^(ld|st)/, "$1u") : operation;
  for (const [width, load, store, name] of MOVES) {
    if (isFar(width)) continue;
    for (const r of [0, 30]) {
      yield [`${spelled(load, width)} ${name}${r}, ${at}`, (asm) => asm.load(width, r, base, offset)];
      yield [`${spelled(store, width)} ${name}${r}, ${at}`, (asm) => asm.store(width, base, offset, r)];
    }
  }
  for (const [width, name] of FLOAT_MOVES) {
    if (isFar(width)) continue;
    for (const r of [0, 16, 31]) {
      yield [`${spelled("ldr", width)} ${name}${r}, ${at}`, (asm) => asm.loadFloat(width, r, base, offset)];
      yield [`${spelled("str", width)} ${name}${r}, ${at}`, (asm) => asm.storeFloat(width, base, offset, r)];
    }
  }
}

function* withFarMemory(offset: number): Generator<Instruction> {
  const parts = [0, 16, 32, 48].map((shift) => [shift, (BigInt(offset) >> BigInt(shift)) & 0xffffn] as const);
  const moves = parts.filter(([, bits]) => bits !== 0n).map(([shift, bits]) => `x17, #${bits}, lsl #${shift}`);
  const number = moves.map((move, i) => `${i === 0 ? "movz" : "movk"} ${move}; `).join("");
  for (const [width, load, store, name] of MOVES) {
    yield [`${number}${load} ${name}5, [sp, x17]`, (asm) => asm.load(width, 5, SP, offset)];
    yield [`${number}${store} ${name}5, [x12, x17]`, (asm) => asm.store(width, 12, offset, 5)];
  }
  for (const [width, name] of FLOAT_MOVES) {
    yield [`${number}ldr ${name}5, [x12, x17]`, (asm) => asm.loadFloat(width, 5, 12, offset)];
    yield [`${number}str ${name}5, [sp, x17]`, (asm) => asm.storeFloat(width, SP, offset, 5)];
  }
}
