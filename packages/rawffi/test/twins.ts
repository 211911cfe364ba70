/** `fixtures/contract.c` in JavaScript, for the double. */
import type { Signature } from "rawffi";
import type { DoubleC, DoubleFunction, DoubleLibraries, DoubleSymbol, DoubleValue } from "./double/double.ts";
import { sizeOf, types } from "./types.ts";

/** The path by which the double knows the library. */
export const TWINS = "contract.so";

export function twins(): DoubleLibraries {
  let digits = 0n;
  const push = (digit: number | bigint): undefined => {
    digits = 10n * digits + BigInt(digit);
  };
  const symbols: Record<string, DoubleSymbol> = {
    absolute_low: { address: 5 },
    absolute_tagged: { address: 0x01007fff12345671n },
    absolute_last: { address: 2n ** 64n - 1n },
    counter: { data: Uint8Array.of(42, 0, 0, 0) },
    subtract: { signature: signatures.subtract, call: (_c: DoubleC, a: number, b: number) => (a - b) | 0 },
    weigh: (_c, a: number, b: number, c: number, d: number, e: number, f: number, g: bigint, h: number) =>
      a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * Number(g) + 8 * h,
    store: (c, to: number, value: number) => void c.memory.poke(to, "sint32", value),
    format,
    sum: (_c, _count: number, ...values: number[]) =>
      BigInt(values.reduce((total, value) => ((3 * total) % 1000003) + value, 0)),
    exchange_errno: (c, value: number) => {
      const old = c.errno;
      c.errno = value;
      return old;
    },
    push_digit: (_c, digit: number | bigint) => push(digit),
    push_result: (c, f: number, value: number, after: number) =>
      push(BigInt((c.call(f, signatures.callback, [value]) as number) + Math.trunc(after))),
    take_digits: () => {
      const taken = digits;
      digits = 0n;
      return taken;
    },
    call_twice: (c, f: number, a: number, b: number) => {
      const first = c.call(f, signatures.callback, [a]) as number;
      return (1000 * first + (c.call(f, signatures.callback, [b]) as number)) | 0;
    },
    call_with_errno: (c, f: number, value: number) => {
      c.errno = value;
      return 1000 * (c.call(f, signatures.callback, [value]) as number) + c.errno;
    },
  };
  for (const { name, type } of types) {
    const checked = (ok: boolean, x: DoubleValue) =>
      ok ? x : x instanceof Uint8Array ? new Uint8Array(sizeOf(type)) : 0;
    symbols[`echo_${name}`] = (_c, before: number, x: DoubleValue, after: number) =>
      checked(before === -7 && after === 2.5, x);
    symbols[`late_${name}`] = (_c, ...args: DoubleValue[]) => checked(args[15] === -3, args[14]);
    const signature: Signature = { result: type, parameters: ["sint32", type, "double"] };
    symbols[`via_${name}`] = (c, f: number, x: DoubleValue) => c.call(f, signature, [-7, x, 2.5]);
  }
  return { [TWINS]: symbols };
}

/** Signatures that the suite and the twins share. */
export const signatures = {
  subtract: { result: "sint32", parameters: ["sint32", "sint32"] },
  callback: { result: "sint32", parameters: ["sint32"] },
} as const satisfies Record<string, Signature>;

/** As much of printf as the suite needs. */
const format: DoubleFunction = (c: DoubleC, to: number, size: bigint, text: number, ...values: DoubleValue[]) => {
  const left = [...values];
  const made = read(c, text).replace(/%(d|s|\.2f)/g, (_, kind: string) => {
    const value = left.shift() as number;
    return kind === "s" ? read(c, value) : kind === "d" ? String(value) : value.toFixed(2);
  });
  const bytes = new TextEncoder().encode(made);
  const kept = bytes.subarray(0, Number(size) - 1);
  c.memory.bytes(to, kept.length + 1).set([...kept, 0]);
  return bytes.length;
};

function read(c: DoubleC, address: number): string {
  return new TextDecoder().decode(c.memory.bytes(address, c.memory.length(address, 1)));
}
