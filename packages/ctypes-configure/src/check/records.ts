/**
 * Structures and unions of a module against C's: size, alignment, and the place and kind of each member.
 */
import { alignment, c_ubyte, sizeof } from "ctypes-js";
import { Struct, Union } from "../measure/entries.ts";
import type { ByteOrder, MemberFact, StructFact } from "../measure/facts.ts";
import { shapeOf } from "../measure/hints.ts";
import { type AnyClass, kindsOf, type MemberOfClass, membersOf } from "./classes.ts";
import type { Known } from "./known.ts";
import type { Difference, Question } from "./question.ts";

/** Null where C cannot name the structure, "unknown" where the headers have none. */
export function recordQuestion(name: string, type: AnyClass, known: Known): Question | "unknown" | null {
  const cName = known.recordOf(name);
  if (cName === null) return "unknown";
  if (cName === "") return null;
  const home = known.homeOf(name, type.name);
  const members = membersOf(type, known.membersOf(name)).map((member) =>
    known.isBytes(home, member.name) ? { ...member, hint: c_ubyte, letter: null } : member,
  );
  const inC = new Map(members.map((member) => [member.name, known.memberOf(home, member.name)]));
  return recordOf(name, cName, type, members, inC, known);
}

// -- Private ---------------------------------------------------------------------------------------

function recordOf(
  name: string,
  cName: string,
  type: AnyClass,
  members: readonly MemberOfClass[],
  inC: ReadonlyMap<string, string>,
  known: Known,
): Question {
  const nameInC = (member: MemberOfClass) => inC.get(member.name) as string;
  const fields = Object.fromEntries(members.map((member) => [nameInC(member), member.hint]));
  const isUnion = cName.startsWith("union ");
  const ordered = known.isRun ? members.find(hasByteOrder) : undefined;
  const asked = isUnion ? Union(cName, fields) : Struct(cName, fields);
  const entry = ordered === undefined ? asked : { ...asked, ordered: nameInC(ordered) };
  return {
    name,
    entries: [entry],
    words: [cName, ...members.map(nameInC)],
    without: (gone) =>
      recordOf(
        name,
        cName,
        type,
        members.filter((member) => !gone.has(nameInC(member))),
        inC,
        known,
      ),
    compare(factOf) {
      const { size, align, members: measured, byteOrder } = factOf(entry) as StructFact;
      const order = byteOrder === undefined ? null : byteOrderOf(type, ordered as MemberOfClass);
      return [
        { name, what: "size", module: sizeof(type), headers: size },
        { name, what: "alignment", module: alignment(type), headers: align },
        ...(order === null ? [] : [{ name, what: "byte order", module: order, headers: byteOrder }]),
        ...members.flatMap((member) =>
          compareMember(`${name}.${member.name}`, member, measured[nameInC(member)] as MemberFact),
        ),
      ];
    },
  };
}

/** One member tells of all: `scalar_storage_order` is the structure's. */
function hasByteOrder({ letter, size, hint }: MemberOfClass): boolean {
  return letter !== null && "hHiIlLqQ".includes(letter) && size > 1 && shapeOf(hint) === "plain";
}

function byteOrderOf(type: AnyClass, { name, offset }: MemberOfClass): ByteOrder {
  const bytes = new Uint8Array(sizeof(type));
  const instance = (type as unknown as { from_buffer(bytes: Uint8Array): Record<string, unknown> }).from_buffer(bytes);
  instance[name] = 1;
  return bytes[offset] === 1 ? "little-endian" : "big-endian";
}

function compareMember(name: string, member: MemberOfClass, fact: MemberFact): Difference[] {
  if (fact.bits !== undefined) {
    const { offset, width, isSigned } = fact.bits;
    return [
      { name, what: "first bit", module: 8 * member.offset + member.bitOffset, headers: offset },
      { name, what: "bits", module: member.bitSize, headers: width },
      { name, what: "sign", module: "bhilq".includes(member.letter ?? ""), headers: isSigned },
    ];
  }
  const differences: Difference[] = [
    { name, what: "offset", module: member.offset, headers: fact.offset },
    { name, what: "size", module: member.size, headers: fact.item?.length === 0 ? 0 : fact.size },
  ];
  const signs = kindsOf(member.letter, fact.item ?? fact);
  return signs === null ? differences : [...differences, { name, what: "kind", module: signs[0], headers: signs[1] }];
}
