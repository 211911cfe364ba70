/**
 * Reading and writing a bit-field: only the bytes that its bits touch are accessed, so a packed structure is never
 * overrun.
 *
 *     bit  …  23       16 15        8 7         0
 *          ┌──────────┬──┴──────────┴──┬────────┐
 *          │ neighbour │  the field    │ neighb. │     `shift` bits from the right, `width` bits wide
 *          └──────────┴────────────────┴────────┘
 */
import { expected } from "../memory/errors.ts";
import type { Memory } from "../memory/memory.ts";
import { toInteger } from "./integers.ts";
import { type Member, touchedBytes } from "./memberlist.ts";
import type { Traits } from "./protocol.ts";

/** How a member is read and written, the offset being that of the whole structure. */
export interface Access {
  load: Traits["load"];
  store: Traits["store"];
}

export function bitAccess(member: Member): Access {
  const { start, count: bytes } = touchedBytes(member);
  // Of a packed big-endian field that crosses its unit, the offset is negative: `&` counts those right, too.
  const shift = member.bitOffset & 7;
  const width = member.bitSize;
  const littleEndian = !member.isBigEndian;
  const raw = String(member.traits.raw);
  const isSigned = raw.startsWith("s");
  if (raw === "bool") {
    return {
      load: (memory, offset) => ((readBytes(memory, offset + start, 1, true) >> shift) & 1) !== 0,
      store: (memory, offset, value) => {
        writeBits(memory, offset + start, 1, shift, 1, member.traits.pass(value) as number, true);
      },
    };
  }
  const { name } = member.traits;
  if (shift + width > 32) return wideAccess(member, start, shift, bytes, isSigned);
  const unused = 32 - width;
  const isBigint = member.traits.slot === "i64" || member.traits.slot === "u64";
  return {
    load: (memory, offset) => {
      const bits = readBytes(memory, offset + start, bytes, littleEndian) >>> shift;
      const value = isSigned ? (bits << unused) >> unused : (bits << unused) >>> unused;
      return isBigint ? BigInt(value) : value;
    },
    store: (memory, offset, value) => {
      const given = toInteger(plainValue(value, member), name);
      const number = typeof given === "number" ? given : Number(BigInt.asIntN(32, given));
      writeBits(memory, offset + start, bytes, shift, width, number, littleEndian);
    },
  };
}

// -- Private ---------------------------------------------------------------------------------------

// Fields that cross 32 bits go through bigint.
function wideAccess(member: Member, start: number, shift: number, bytes: number, isSigned: boolean): Access {
  const width = member.bitSize;
  const littleEndian = !member.isBigEndian;
  const at = BigInt(shift);
  const mask = ((1n << BigInt(width)) - 1n) << at;
  const isNumber = member.traits.slot === "word" || member.traits.slot === "uword" || member.traits.size < 8;
  return {
    load: (memory, offset) => {
      const bits = readWide(memory, offset + start, bytes, littleEndian) >> at;
      const value = isSigned ? BigInt.asIntN(width, bits) : BigInt.asUintN(width, bits);
      return isNumber && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    },
    store: (memory, offset, value) => {
      const given = BigInt(toInteger(plainValue(value, member), member.traits.name));
      const others = readWide(memory, offset + start, bytes, littleEndian) & ~mask;
      let bits = others | ((given << at) & mask);
      for (let i = 0; i < bytes; i++, bits >>= 8n) {
        memory.setUint8(offset + start + (littleEndian ? i : bytes - 1 - i), Number(bits & 0xffn));
      }
    },
  };
}

// An instance of the member's own type stands for its value; CPython crashes here.
function plainValue(value: unknown, member: Member): unknown {
  if (typeof value !== "object") return value;
  if (value instanceof member.traits.type) return (value as unknown as { value: unknown }).value;
  throw expected(`an integer for ${member.traits.name}`, value);
}

function readBytes(memory: Memory, at: number, bytes: number, littleEndian: boolean): number {
  switch (bytes) {
    case 1:
      return memory.getUint8(at);
    case 2:
      return memory.getUint16(at, littleEndian);
    case 3:
      return littleEndian
        ? memory.getUint16(at, true) | (memory.getUint8(at + 2) << 16)
        : (memory.getUint16(at, false) << 8) | memory.getUint8(at + 2);
    default:
      return memory.getUint32(at, littleEndian);
  }
}

function writeBits(
  memory: Memory,
  at: number,
  bytes: number,
  shift: number,
  width: number,
  value: number,
  littleEndian: boolean,
): void {
  const mask = (width === 32 ? -1 : (1 << width) - 1) << shift;
  const bits = (readBytes(memory, at, bytes, littleEndian) & ~mask) | ((value << shift) & mask);
  switch (bytes) {
    case 1:
      memory.setUint8(at, bits);
      break;
    case 2:
      memory.setUint16(at, bits, littleEndian);
      break;
    case 3:
      memory.setUint16(at, littleEndian ? bits : bits >>> 8, littleEndian);
      memory.setUint8(at + 2, littleEndian ? bits >>> 16 : bits);
      break;
    default:
      memory.setUint32(at, bits, littleEndian);
  }
}

function readWide(memory: Memory, at: number, bytes: number, littleEndian: boolean): bigint {
  let bits = 0n;
  for (let i = 0; i < bytes; i++) {
    bits = (bits << 8n) | BigInt(memory.getUint8(at + (littleEndian ? bytes - 1 - i : i)));
  }
  return bits;
}
