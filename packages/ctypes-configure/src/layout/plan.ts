/**
 * How to declare a structure or union so that its members lie where C has them: plain where that is enough, else with
 * `pack`, `align`, explicit padding, and overlays where members share bytes. Knows sizes and places only, and asks
 * ctypes itself where a declaration would put them.
 */
import { ARRAY, alignment, bits, c_ubyte, field, Structure, sizeof, type TypeOf, Union } from "ctypes-js";

/** A member as C has it. */
export interface Place {
  readonly name: string;
  /** Of the type; of a bit-field, that of the integer type it is declared with. */
  readonly size: number;
  readonly align: number;
  /** From the start of the whole, in bits, counted from the least significant. */
  readonly bitOffset: number;
  /** Of a bit-field: its width, and its type. */
  readonly width?: number;
  readonly type?: TypeOf;
}

export interface Whole {
  readonly size: number;
  readonly align: number;
  readonly isUnion: boolean;
}

/** One line of a declaration: a member, padding in bytes or in bits, or members that share bytes with others. */
export interface Line {
  readonly name: string;
  readonly member?: Place;
  readonly bytes?: number;
  readonly bits?: number;
  readonly inner?: Plan;
}

export interface Plan {
  readonly isUnion: boolean;
  readonly lines: readonly Line[];
  readonly pack?: number;
  readonly align?: number;
  readonly anonymous: readonly string[];
}

/** @throws Error when no declaration gives that layout. */
export function planOf(name: string, whole: Whole, members: readonly Place[]): Plan {
  for (const plan of candidates(whole, members)) {
    if (fits(plan, whole, members)) return plan;
  }
  throw new Error(`${name}: ctypes has no declaration for its layout (${JSON.stringify({ ...whole, members })})`);
}

/** The class that a plan describes; `typeOf` gives the members' types or `bits()`. */
export function declare(plan: Plan, typeOf: (member: Place) => unknown): TypeOf {
  const fields = Object.fromEntries(
    plan.lines.map((line) => {
      if (line.member !== undefined) return [line.name, typeOf(line.member)];
      if (line.inner !== undefined) return [line.name, declare(line.inner, typeOf)];
      return [line.name, line.bits === undefined ? ARRAY(c_ubyte, line.bytes ?? 0) : bits(c_ubyte, line.bits)];
    }),
  );
  const { pack, align, anonymous } = plan;
  const options = { ...(pack && { pack }), ...(align && { align }), ...(anonymous.length > 0 && { anonymous }) };
  return (plan.isUnion ? Union : Structure)(fields as never, options as never);
}

// -- Candidates ------------------------------------------------------------------------------------

/** Declarations to try, from the plainest. */
function* candidates(whole: Whole, members: readonly Place[]): Generator<Plan> {
  const settings = [
    {},
    { align: whole.align },
    ...[1, 2, 4, 8].flatMap((pack) => [{ pack }, { pack, align: whole.align }]),
  ];
  const hide = hiddenNames(members);
  const plain = members.map((member): Line => ({ name: member.name, member }));
  const overlap = !whole.isUnion && overlaps(members);
  if (!overlap)
    for (const setting of settings) yield { isUnion: whole.isUnion, lines: plain, anonymous: [], ...setting };
  const isPlainUnion = whole.isUnion && members.every((member) => member.bitOffset === 0);
  const lines = isPlainUnion ? [...plain, { name: hide(), bytes: whole.size }] : null;
  for (const setting of settings) {
    if (lines !== null) yield { isUnion: true, lines, anonymous: [], ...setting };
    else
      yield {
        ...padded(whole, members, hide, "pack" in setting ? setting.pack : undefined),
        isUnion: false,
        ...setting,
      };
  }
}

/** Members in the order of their places, with what lies between them filled. */
function padded(
  whole: Whole,
  members: readonly Place[],
  hide: () => string,
  pack: number | undefined,
): Pick<Plan, "lines" | "anonymous"> {
  const lines: Line[] = [];
  const anonymous: string[] = [];
  let cursor = 0;
  const fill = (to: number) => {
    const inByte = Math.min(to - cursor, (8 - (cursor % 8)) % 8);
    if (inByte > 0) lines.push({ name: hide(), bits: inByte });
    cursor += inByte;
    if (to - cursor >= 8) lines.push({ name: hide(), bytes: Math.floor((to - cursor) / 8) });
    cursor += 8 * Math.floor((to - cursor) / 8);
    if (to > cursor) lines.push({ name: hide(), bits: to - cursor });
    cursor = to;
  };
  for (const group of groups(members)) {
    const start = Math.min(...group.map((member) => member.bitOffset));
    const [only] = group;
    if (group.length === 1 && only !== undefined) {
      const natural = roundUp(cursor, 8 * Math.min(only.align, pack ?? only.align));
      if (only.width !== undefined || natural !== start) fill(start);
      lines.push({ name: only.name, member: only });
    } else {
      const from = start - (start % 8);
      fill(from);
      const name = hide();
      anonymous.push(name);
      lines.push({ name, inner: overlay(group, from, hide) });
    }
    cursor = Math.max(...group.map(endOf));
    if (group.length > 1) cursor = roundUp(cursor, 8);
  }
  if (8 * whole.size > cursor && (cursor % 8 !== 0 || roundUp(cursor / 8, whole.align) !== whole.size))
    fill(8 * whole.size);
  return { lines, anonymous };
}

/** A union of what shares bytes; each member stands in a structure of its own, after what comes before it. */
function overlay(group: readonly Place[], from: number, hide: () => string): Plan {
  const size = Math.ceil((Math.max(...group.map(endOf)) - from) / 8);
  const lines = group.map((member): Line => {
    const moved = { ...member, bitOffset: member.bitOffset - from };
    const inner = padded({ size, align: 1, isUnion: false }, [moved], hide, 1);
    // The very member, so that who looks it up by its place finds it.
    const restored = inner.lines.map((line) => (line.member === undefined ? line : { name: line.name, member }));
    return { name: hide(), inner: { isUnion: false, lines: restored, pack: 1, anonymous: [] } };
  });
  return { isUnion: true, lines, pack: 1, anonymous: lines.map((line) => line.name) };
}

/** Members that share bytes come together. */
function groups(members: readonly Place[]): Place[][] {
  const sorted = [...members].sort((a, b) => a.bitOffset - b.bitOffset || endOf(a) - endOf(b));
  const found: Place[][] = [];
  let end = -1;
  for (const member of sorted) {
    if (found.length > 0 && member.bitOffset < end) found.at(-1)?.push(member);
    else found.push([member]);
    end = Math.max(end, endOf(member));
  }
  return found;
}

// -- Private ---------------------------------------------------------------------------------------

/** Whether ctypes puts all members of a plan where C has them. */
function fits(plan: Plan, whole: Whole, members: readonly Place[]): boolean {
  const type = declare(plan, (member) =>
    member.width === undefined ? standIn(member) : bits(member.type as never, member.width),
  );
  if (sizeof(type) !== whole.size || alignment(type) !== whole.align) return false;
  return members.every((member) => {
    const { offset, bit_offset, is_bitfield } = field(type, member.name as never);
    return 8 * offset + (is_bitfield ? bit_offset : 0) === member.bitOffset;
  });
}

/** A type of that size and alignment. */
function standIn({ size, align }: Place): TypeOf {
  const key = `${size} ${align}`;
  let known = standIns.get(key);
  if (known === undefined) {
    // Of an item as long as the alignment, the size need be no multiple of it.
    known = size % align === 0 ? Structure({ bytes: ARRAY(c_ubyte, size) }, { align }) : ARRAY(c_ubyte, size);
    standIns.set(key, known);
  }
  return known;
}
const standIns = new Map<string, TypeOf>();

function endOf(member: Place): number {
  return member.bitOffset + (member.width ?? 8 * member.size);
}

function overlaps(members: readonly Place[]): boolean {
  return groups(members).some((group) => group.length > 1);
}

function hiddenNames(members: readonly Place[]): () => string {
  let prefix = "_";
  while (members.some(({ name }) => new RegExp(`^${prefix}\\d+$`).test(name))) prefix += "_";
  let count = 0;
  return () => `${prefix}${count++}`;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
