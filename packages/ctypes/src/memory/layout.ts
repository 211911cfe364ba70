/**
 * Where the members of a structure or union lie. Pure: takes sizes and alignments, gives offsets, touches no memory.
 *
 * There are two rules for bit-fields, and a compiler follows one of them:
 *
 *   gcc-sysv   one cursor in bits; a bit-field goes to the next unit of its type only when it would cross one
 *              (System V ABI, "Bit-Fields"); under gcc's `#pragma pack(n)`, whatever n, it never does
 *   ms         a bit-field shares a storage unit only with some of the same size (Microsoft C, and gcc's `ms_struct`)
 */

export type LayoutRule = "gcc-sysv" | "ms";

/** One declared member. */
export interface MemberShape {
  readonly size: number;
  readonly align: number;
  /** The width of a bit-field; 0 for one that only ends the storage unit before it; absent for an ordinary member. */
  readonly bits?: number | undefined;
}

/** Where a member lies. `bitOffset` counts from the least significant bit of the unit of `size` bytes at `offset`. */
export interface MemberPlace {
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  /** The first byte after the member; by the `ms` rule, after its unit. */
  readonly end: number;
}

export interface LayoutOptions {
  readonly isUnion?: boolean;
  readonly rule?: LayoutRule;
  /** The largest alignment that a member may have; 0 means no limit. */
  readonly pack?: number;
  /** The least alignment of the whole. */
  readonly align?: number;
  /** The size of the base structure, after which the members begin. */
  readonly baseSize?: number;
  readonly baseAlign?: number;
  /** Whether bits count from the most significant one, as in big-endian order. */
  readonly isBigEndian?: boolean;
  /** Whether a bit-field of width 0 aligns the whole to its type, packed or not, as on AArch64. */
  readonly doEndsAlign?: boolean;
}

export interface Layout {
  readonly size: number;
  readonly align: number;
  /** The largest alignment among the members and the base: `align` without the alignment requested for the whole. */
  readonly memberAlign: number;
  readonly places: readonly MemberPlace[];
}

export function layOut(members: readonly MemberShape[], options: LayoutOptions = {}): Layout {
  const place = options.rule === "ms" ? placeMicrosoft : options.pack ? placePacked : placeSysV;
  const isUnion = options.isUnion ?? false;
  const start = isUnion ? 0 : (options.baseSize ?? 0);
  let cursor: Cursor = { bits: 8 * start, unit: 0, free: 0 };
  let size = options.baseSize ?? 0;
  let natural = Math.max(1, options.baseAlign ?? 1);
  const places: MemberPlace[] = [];

  for (const member of members) {
    const limited = options.pack ? Math.min(member.align, options.pack) : member.align;
    const memberAlign = Math.max(1, limited);
    if (isUnion) cursor = { bits: 0, unit: 0, free: 0 };
    const isEnd = member.bits === 0;
    const isIgnored = isEnd && options.rule === "ms" && cursor.unit === 0;
    const doesAlign = options.rule === "ms" ? !isIgnored : options.doEndsAlign === true;
    if (!isEnd) natural = Math.max(natural, memberAlign);
    else if (doesAlign) natural = Math.max(natural, member.size);
    const placed = isEnd ? endUnit(isIgnored ? 0 : member.size, cursor) : place(member, memberAlign, cursor);
    cursor = placed.next;
    size = Math.max(size, placed.end);
    const bitSize = member.bits ?? 8 * member.size;
    const isTurned = options.isBigEndian === true && member.bits !== undefined;
    const bitOffset = isTurned ? 8 * member.size - bitSize - placed.bitOffset : placed.bitOffset;
    places.push({ offset: placed.offset, bitOffset, bitSize, end: placed.end });
  }
  const align = Math.max(natural, options.align ?? 1);
  return { size: roundUp(size, align), align, memberAlign: natural, places };
}

// -- The two rules ---------------------------------------------------------------------------------

/** The state of the layout: the `bits` used; for `ms` also the size of the open unit and its free bits. */
interface Cursor {
  readonly bits: number;
  readonly unit: number;
  readonly free: number;
}

interface Placed {
  readonly offset: number;
  readonly bitOffset: number;
  /** The first byte after the member. */
  readonly end: number;
  readonly next: Cursor;
}

function placeSysV(member: MemberShape, align: number, cursor: Cursor): Placed {
  const width = member.bits ?? 8 * member.size;
  let bits = cursor.bits;
  const unitStart = roundDown(bits, 8 * align);
  if (bits + width > unitStart + 8 * member.size) bits = roundUp(bits, 8 * align);
  const offset = roundDown(bits, 8 * align) / 8;
  const next = { bits: bits + width, unit: 0, free: 0 };
  return { offset, bitOffset: bits - 8 * offset, end: Math.ceil(next.bits / 8), next };
}

// gcc's place_field (stor-layout.c) considers units only where no `#pragma pack` is in force.
function placePacked(member: MemberShape, align: number, cursor: Cursor): Placed {
  if (member.bits === undefined) return placeSysV(member, align, cursor);
  const offset = roundDown(cursor.bits, 8 * align) / 8;
  const next = { bits: cursor.bits + member.bits, unit: 0, free: 0 };
  return { offset, bitOffset: cursor.bits - 8 * offset, end: Math.ceil(next.bits / 8), next };
}

function placeMicrosoft(member: MemberShape, align: number, cursor: Cursor): Placed {
  const width = member.bits ?? 8 * member.size;
  const isBitField = member.bits !== undefined;
  if (isBitField && cursor.unit === member.size && cursor.free >= width) {
    const offset = cursor.bits / 8 - member.size;
    const next = { ...cursor, free: cursor.free - width };
    return { offset, bitOffset: 8 * member.size - cursor.free, end: cursor.bits / 8, next };
  }
  const offset = roundUp(cursor.bits / 8, align);
  const end = offset + member.size;
  const next = { bits: 8 * end, unit: isBitField ? member.size : 0, free: 8 * member.size - width };
  return { offset, bitOffset: 0, end, next };
}

/**
 * A bit-field of width 0: the next member begins at a boundary of its type, even in a packed structure. The whole
 * structure is not aligned to it on x86-64, and is on AArch64; Microsoft's compiler aligns it, too, but heeds such a
 * bit-field only after another one.
 */
function endUnit(size: number, cursor: Cursor): Placed {
  const bits = size === 0 ? cursor.bits : roundUp(cursor.bits, 8 * size);
  return { offset: bits / 8, bitOffset: 0, end: Math.ceil(bits / 8), next: { bits, unit: 0, free: 0 } };
}

function roundDown(value: number, multiple: number): number {
  return value - (value % multiple);
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
