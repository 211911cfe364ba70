/** Memory for what a single call of GL reads or writes: names, results and short lists. It allocates nothing. */
export const ints = new Int32Array(256);
export const uints = new Uint32Array(ints.buffer);
export const floats = new Float32Array(ints.buffer);
export const longs = new BigInt64Array(ints.buffer);
export const bytes = new Uint8Array(ints.buffer);

/** Where names of at most 1,023 bytes arrive. */
const names = new Uint8Array(8192);

/** Runs `fill`, which writes at most `length` bytes of text and a NUL, and gives the text. */
export function text(length: number, fill: (room: Uint8Array) => void): string {
  const room = length < names.length ? names : new Uint8Array(length + 1);
  room[0] = 0;
  fill(room);
  const end = room.indexOf(0);
  return Buffer.from(room.buffer, 0, end < 0 ? room.length : end).toString("utf8");
}
