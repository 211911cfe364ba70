/**
 * `char *`, `wchar_t *` and `void *`: the simple types that are addresses.
 */
import type { Address } from "rawffi";
import { type BufferLike, bufferAddress, bytesIn, holdBuffer, isBuffer } from "../memory/buffers.ts";
import { expected } from "../memory/errors.ts";
import { exactAddress, loadAddress, type Memory, storeAddress } from "../memory/memory.ts";
import {
  isEnded,
  LentBytes,
  type PlacedText,
  placeEnded,
  placeText,
  placeWideText,
  resultText,
  scratchText,
  textAt,
  wideTextAt,
} from "../memory/text.ts";
import { Argument, type CType, decayed } from "./protocol.ts";
import { quickAddress } from "./quick.ts";
import type { Kind } from "./simple.ts";

/** `char *` to text, or `wchar_t *`: what differs. */
interface TextRules {
  readonly name: string;
  readonly accepted: string;
  readonly unit: () => CType;
  readonly place: (text: string) => PlacedText;
  readonly passString: (text: string) => number | Argument;
  readonly read: (address: Address) => string;
  /** `read` of the result slot, which is null for NULL. */
  readonly readResult?: () => string | null;
  /** The bytes of a unit. */
  readonly size: number;
  /** Whether a buffer holds such text. */
  takes(buffer: BufferLike): boolean;
}

/** The kind of `c_char_p`. */
export function charPointer(unit: () => CType): Kind {
  const accepted = "a string, Uint8Array or null for c_char_p";
  return textPointer({
    name: "c_char_p",
    accepted,
    unit,
    place: placeText,
    passString: passText,
    read: textAt,
    readResult: resultText,
    size: 1,
    takes: () => true,
  });
}

/** The kind of `c_wchar_p`, `c_char16_p` and `c_char32_p`, whose units have `size` bytes. */
export function widePointer(name: string, size: number, unit: () => CType): Kind {
  const arrays = size === 2 ? [Uint16Array, Int16Array] : [Uint32Array, Int32Array];
  return textPointer({
    name,
    accepted: `a string, ${arrays[0]?.name} or null for ${name}`,
    unit,
    place: (text) => placeWideText(text, size),
    passString: (text) => placed(placeWideText(text, size)),
    read: (address) => wideTextAt(address, -1, size),
    size,
    takes: (buffer) => arrays.some((Items) => buffer instanceof Items),
  });
}

/** The kind of `c_void_p`: an address. */
export const voidPointer: Kind = {
  size: 8,
  align: 8,
  raw: "pointer",
  slot: "address",
  load: (memory, at) => loadAddress(memory, at) || null,
  store(memory, at, value) {
    storeAddress(memory, at, toPointer(value));
    if (typeof value === "object") holdBuffer(value);
    return typeof value === "object" || typeof value === "function" ? (value ?? undefined) : undefined;
  },
  // As in ctypes a string is an argument, and no value.
  pass: (value) => (typeof value === "string" ? placed(placeText(value)) : toPointer(value)),
  quick: () => quickAddress({ takesObject: () => false, takesPointer: () => true, buffers: null, takesNumbers: true }),
  receive: (address: Address) => address || null,
  pointee: () => null,
};

/**
 * The address that `value` is or stands for, as a `void *`: what a slot takes. A negative number stays one.
 *
 * @throws TypeError for what is no pointer.
 */
export function toPointer(value: unknown): Address {
  if (value === null) return 0;
  if (ArrayBuffer.isView(value)) return bufferAddress(value);
  if (Number.isSafeInteger(value)) return value as number;
  if (typeof value === "bigint" || Number.isInteger(value)) return exactAddress(value as number);
  const address = decayed(value, null);
  if (address !== undefined) return address;
  if (isBuffer(value)) return bufferAddress(value);
  throw expected("an address, a pointer, an array, a buffer or null for c_void_p", value);
}

// -- Private ---------------------------------------------------------------------------------------

function passText(text: string): number | Argument {
  const pushed = scratchText(text);
  return pushed >= 0 ? pushed : placed(placeText(text));
}

function placed({ address, memory }: PlacedText): Argument {
  return new Argument(address, memory);
}

// Whoever takes text reads up to a NUL. Bytes that hold one are passed where they are; others would be read beyond
// their end.
function passBytes(buffer: BufferLike, unit: number): Address | Argument {
  const address = bufferAddress(buffer);
  if (buffer instanceof Uint8Array ? isEnded(buffer, unit) : isEnded(bytesIn(buffer), unit)) return address;
  const lent = new LentBytes(bytesIn(buffer), unit);
  return new Argument(lent.address, lent);
}

function storeBytes(memory: Memory, at: number, buffer: BufferLike, unit: number): unknown {
  const address = bufferAddress(buffer);
  const bytes = bytesIn(buffer);
  if (isEnded(bytes, unit)) {
    storeAddress(memory, at, address);
    holdBuffer(buffer);
    return buffer;
  }
  const placed = placeEnded(bytes, unit);
  storeAddress(memory, at, placed.address);
  return placed.memory;
}

function textPointer(rules: TextRules): Kind {
  const other = (value: unknown): Address | BufferLike => {
    const address = decayed(value, rules.unit());
    if (address !== undefined) return address;
    if (isBuffer(value) && rules.takes(value)) return value;
    throw expected(rules.accepted, value);
  };
  const { passString } = rules;
  return {
    size: 8,
    align: 8,
    raw: "pointer",
    slot: "address",
    usesScratch: true,
    passString,
    load(memory, at) {
      const address = loadAddress(memory, at);
      return address === 0 ? null : rules.read(address);
    },
    store(memory, at, value) {
      if (typeof value === "string") {
        const placed = rules.place(value);
        storeAddress(memory, at, placed.address);
        return placed.memory;
      }
      const given = value === null ? 0 : other(value);
      if (typeof given === "object") return storeBytes(memory, at, given, rules.size);
      storeAddress(memory, at, given);
      return value ?? undefined;
    },
    pass(value) {
      if (typeof value === "string") return passString(value);
      const given = value === null ? 0 : other(value);
      return typeof given === "object" ? passBytes(given, rules.size) : given;
    },
    receive: (address: Address) => (address === 0 ? null : rules.read(address)),
    ...(rules.readResult && { receiveResult: rules.readResult }),
    pointee: rules.unit,
  };
}
