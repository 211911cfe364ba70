/**
 * Random numbers, and the memory through which values travel between C and JavaScript.
 *
 *     typedef union { long long i; double d[2]; __int128 w; char s[32]; wchar_t z[8]; } V;      32 bytes a value
 *
 * C reads from `given` and writes to `seen`: arrays of V. A string's last byte (or character) is 1 where the string is
 * NULL.
 */
import { Random } from "../../packages/rawffi/test/stubs-generate.ts";

export { Random };

/** A source of random numbers for whatever `key` names: the same for the same seed and key. */
export function randomFor(seed: number, key: string): Random {
  let hash = seed | 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return new Random(hash ^ (hash >>> 15));
}

/** Some bits, and often the extreme values. */
export function randomBits(random: Random, width: number): bigint {
  if (random.chance(10)) return (1n << BigInt(width)) - 1n;
  if (random.chance(10)) return 1n << BigInt(width - 1);
  let bits = 0n;
  for (let i = 0; i < width; i += 16) bits = (bits << 16n) | BigInt(random.below(65536));
  return BigInt.asUintN(width, bits);
}

/** Some number, and often a special one. */
export function randomReal(random: Random): number {
  if (random.chance(10)) return random.pick([0, -0, Infinity, -Infinity, NaN, 2 ** -140, 1e-310, 1]);
  return ((random.below(2 ** 32) - 2 ** 31) / 977) * 2 ** (random.below(60) - 30);
}

export const VALUE_BYTES = 32;

/** An array of values in memory that C is given. */
export class Wire {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(count: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(VALUE_BYTES * count));
    this.view = new DataView(this.bytes.buffer);
  }

  clear(): void {
    this.bytes.fill(0xa5);
  }
}
