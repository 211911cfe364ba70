/**
 * Detects leaf functions by their machine code: small functions that add, read a field or do nothing at all.
 *
 * This file knows only instructions that continue with the next one, and none that writes x30, where the return address
 * is: such code runs straight from its first word to the `ret`. Any other instruction means "it may call". Encodings:
 * Arm ARM, C4.1, by bits 28 to 25 of the word.
 */

/** `code` begins at the function's address; nothing after the function's end is read. */
export function callsNothing(code: Uint8Array): boolean {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  for (let at = 0; at + 4 <= code.length; at += 4) {
    const word = view.getUint32(at, true);
    if (word === RETURN) return true;
    if (!goesOn(word)) return false;
  }
  return false;
}

const RETURN = 0xd65f03c0;
const LINK = 30;

/** The instruction that does nothing, and the four landing pads for indirect branches. */
const HINTS: ReadonlySet<number> = new Set([0xd503201f, 0xd503241f, 0xd503245f, 0xd503249f, 0xd50324df]);

/** The bits of `word` from `low` up to, not including, `high`. */
function bits(word: number, low: number, high: number): number {
  return (word >>> low) & (2 ** (high - low) - 1);
}

/** Whether the instruction leaves x30 as it is, and the next one follows. */
function goesOn(word: number): boolean {
  if (HINTS.has(word)) return true;
  const group = bits(word, 25, 29);
  // Data processing: immediate, register, and of vectors. Which kind of register is written does not matter here: v30
  // is a false negative.
  if (group >> 1 === 0b100 || (group & 0b0111) === 0b0101 || (group & 0b0111) === 0b0111)
    return register(word) !== LINK;
  return (group & 0b0101) === 0b0100 && accessesMemory(word);
}

/** A load or store of one register or two, neither atomic nor exclusive. */
function accessesMemory(word: number): boolean {
  const isVector = bits(word, 26, 27) === 1;
  const isWritten = (number: number) => !isVector && number === LINK;
  const kind = bits(word, 27, 30);
  if (kind === 0b101) {
    const changesBase = bits(word, 23, 24) === 1;
    const second = bits(word, 10, 15);
    return !isWritten(register(word)) && !isWritten(second) && !(changesBase && base(word) === LINK);
  }
  // Of a constant near the code.
  if (kind === 0b011) return bits(word, 24, 25) === 0 && !isWritten(register(word));
  if (kind !== 0b111 || isWritten(register(word))) return false;
  if (bits(word, 24, 25) === 1) return true;
  const mode = bits(word, 10, 12);
  if (bits(word, 21, 22) === 1) return mode === 0b10;
  const changesBase = mode === 0b01 || mode === 0b11;
  return !(changesBase && base(word) === LINK);
}

const register = (word: number) => bits(word, 0, 5);
const base = (word: number) => bits(word, 5, 10);
