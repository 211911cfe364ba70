/**
 * Facts made into what a program uses: structure classes, simple types, numbers, texts.
 */
import { ARRAY, alignment, bits, c_int, c_longlong, c_uint, c_ulonglong, sizeof, type TypeOf } from "ctypes-js";
import { declare, type Place, type Plan, planOf } from "../layout/plan.ts";
import type { Entry, Hint, StructEntry, ValueOf } from "../measure/entry.ts";
import type { MemberFact, StructFact, TypeFact } from "../measure/facts.ts";
import { isBits, isEntry, itemOf, lengthOf } from "../measure/hints.ts";
import { type Entries, labelOf, measureEntries } from "../measure/measure.ts";
import type { Settings } from "../measure/settings.ts";
import { callerOf, type Where } from "../measure/where.ts";
import { corrected } from "./simple.ts";

export type Configuration<E> = { -readonly [K in keyof E]: ValueOf<E[K]> };

/**
 * Asks the C compiler what the headers mean, and gives ctypes' types and plain values for *this* machine.
 *
 *     const { dirent, O_CREAT } = await configure(
 *       { headers: ["dirent.h", "fcntl.h"] },
 *       { dirent: Struct("struct dirent", { d_ino: c_ulong }), O_CREAT: ConstantInteger("O_CREAT") },
 *     );
 *
 * The static types are those of the hints. One program is compiled and run for all entries, and one compiled for each
 * `Has` and `Works`.
 *
 * @throws CompilationError naming the entry and its line, NoCompilerError, TypeError where a hint can be no such type.
 */
export async function configure<const E extends Entries>(settings: Settings, entries: E): Promise<Configuration<E>> {
  if (settings.mode === "object") {
    throw new TypeError(
      'configure(): mode "object" may be for another machine, and types are for this one; use measure()',
    );
  }
  const { values } = await make(settings, Object.values(entries), callerOf(configure));
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, values.get(entry)]),
  ) as Configuration<E>;
}

/** What came of entries and of those that are hints of theirs. */
export interface Made {
  readonly facts: ReadonlyMap<Entry, unknown>;
  readonly values: ReadonlyMap<Entry, unknown>;
}

/** A structure or union as it was declared. */
export interface Declared {
  readonly plan: Plan;
  readonly members: readonly { readonly place: Place; readonly type: TypeOf }[];
}

export async function make(settings: Settings, entries: readonly Entry[], caller: Where | null): Promise<Made> {
  const facts = await measureEntries(settings, entries, caller);
  const values = new Map<Entry, unknown>();
  for (const entry of entries) madeOf(entry, facts, values);
  return { facts, values };
}

/** How a class was declared that {@link make} made; undefined for other classes. */
export function declaredOf(type: unknown): Declared | undefined {
  return declarations.get(type as object);
}

// -- Private ---------------------------------------------------------------------------------------

const declarations = new WeakMap<object, Declared>();

type FactMap = ReadonlyMap<Entry, unknown>;

function madeOf(entry: Entry, facts: FactMap, made: Map<Entry, unknown>): unknown {
  if (made.has(entry)) return made.get(entry);
  const fact = facts.get(entry);
  const value = fact === null ? null : makers[entry.kind]?.(entry, fact, facts, made);
  made.set(entry, value === undefined ? fact : value);
  return made.get(entry);
}

type Maker = (entry: Entry, fact: unknown, facts: FactMap, made: Map<Entry, unknown>) => unknown;

/** The kinds whose fact is not their value. */
const makers: Readonly<Record<string, Maker>> = {
  Struct: (entry, fact, facts, made) => structure(entry as StructEntry, fact as StructFact, facts, made),
  Union: (entry, fact, facts, made) => structure(entry as StructEntry, fact as StructFact, facts, made),
  SimpleType(entry, fact) {
    const type = corrected(entry.hint as TypeOf, fact as TypeFact);
    if (type !== null) return type;
    throw new TypeError(`${placeOf(entry)}: it has ${(fact as TypeFact).size} bytes and is no number`);
  },
  Enum: (_entry, fact) => Object.freeze({ ...(fact as { values: object }).values }),
};

function structure(entry: StructEntry, fact: StructFact, facts: FactMap, made: Map<Entry, unknown>): TypeOf {
  const types = new Map<string, TypeOf>();
  const places = Object.entries(entry.fields).map(([name, hint]): Place => {
    const member = fact.members[name] as MemberFact;
    if (member.bits !== undefined) {
      const type = bitFieldType(hint, member.bits);
      types.set(name, type);
      const { offset, width } = member.bits;
      return { name, size: sizeof(type), align: alignment(type), bitOffset: offset, width, type };
    }
    const type = memberType(entry, name, hint, member, facts, made);
    types.set(name, type);
    return { name, size: sizeof(type), align: alignment(type), bitOffset: 8 * member.offset };
  });
  const plan = planOf(placeOf(entry), { size: fact.size, align: fact.align, isUnion: entry.kind === "Union" }, places);
  const type = declare(plan, ({ name, width }) => {
    const own = types.get(name) as TypeOf;
    return width === undefined ? own : bits(own as never, width);
  });
  const name = entry.name.replace(/^(struct|union)\s+/, "");
  const named = Object.defineProperty(class extends (type as new () => object) {}, "name", { value: name });
  declarations.set(named, { plan, members: places.map((place) => ({ place, type: types.get(place.name) as TypeOf })) });
  return named as unknown as TypeOf;
}

function memberType(
  entry: StructEntry,
  name: string,
  hint: Hint,
  fact: MemberFact,
  facts: FactMap,
  made: Map<Entry, unknown>,
): TypeOf {
  const wrong = (what: string, size: number) =>
    new TypeError(`${placeOf(entry)}: member '${name}': the hint is ${what}, and C's member has ${size} bytes`);
  if (lengthOf(hint) !== null && fact.item !== undefined) {
    const item = isEntry(itemOf(hint))
      ? (madeOf(itemOf(hint) as StructEntry, facts, made) as TypeOf)
      : corrected(itemOf(hint) as TypeOf, fact.item);
    if (item === null || sizeof(item) !== fact.item.size) throw wrong("an array of another type", fact.size);
    return ARRAY(item, fact.item.length) as unknown as TypeOf;
  }
  if (isEntry(hint)) {
    const type = madeOf(hint, facts, made) as TypeOf | null;
    if (type === null || sizeof(type) !== fact.size) throw wrong(labelOf(hint), fact.size);
    return type;
  }
  const plain = isBits(hint) ? hint.type : (hint as TypeOf);
  const type = corrected(plain, fact);
  if (type === null) throw wrong(`${(plain as { name?: string }).name} of ${sizeof(plain)} bytes`, fact.size);
  return type;
}

/** The integer type of a bit-field: the hint's where it has the sign and room, else one that has. */
function bitFieldType(hint: Hint, { width, isSigned }: NonNullable<MemberFact["bits"]>): TypeOf {
  const hinted = isBits(hint) ? (hint.type as TypeOf) : (hint as TypeOf);
  const letter = (hinted as unknown as { _type_?: unknown })._type_;
  const hasSign = typeof letter === "string" && (isSigned ? "bhilq" : "BHILQ?").includes(letter);
  if (hasSign && width <= (letter === "?" ? 1 : 8 * sizeof(hinted))) return hinted;
  if (width <= 32) return isSigned ? c_int : c_uint;
  return isSigned ? c_longlong : c_ulonglong;
}

function placeOf(entry: Entry): string {
  const { where } = entry;
  return where === null ? labelOf(entry) : `${where.file}:${where.line}: ${labelOf(entry)}`;
}
