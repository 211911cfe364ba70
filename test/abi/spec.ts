/**
 * What a case is made of: plain data, so that it can be sent to another process, made smaller, and printed.
 *
 * From one description come the C text (`text.ts`), the ctypes classes (`classes.ts`) and what CPython is asked
 * (`python.py`). All of them walk an aggregate in the order of `leavesOf`, so a leaf is known by its place in that
 * list.
 */
import type { ScalarName } from "./scalars.ts";

export type Type = ScalarName | ArrayOf | Aggregate;

export interface ArrayOf {
  readonly of: Type;
  readonly length: number;
}

export interface Aggregate {
  readonly kind: "struct" | "union";
  /** Tells the aggregates of a case apart. */
  readonly id: number;
  readonly members: readonly Member[];
  /** What it extends; of the same kind and byte order. */
  readonly base?: Aggregate;
  readonly pack?: number;
  readonly align?: number;
  readonly layout?: "ms";
  readonly order?: "big";
}

export interface Member {
  /** Of the members of a case, no two have the same name. */
  readonly name: string;
  readonly type: Type;
  /** Of a bit-field. */
  readonly width?: number;
  readonly isAnonymous?: true;
}

export interface Signature {
  readonly result: Type | null;
  readonly parameters: readonly Type[];
  /** The number of parameters in front of `...`. */
  readonly fixed?: number;
}

/** One thing to compare with the compiler. */
export type Item = AggregateItem | SignatureItem;

interface ItemBase {
  readonly index: number;
  /** Where its values come from. */
  readonly seed: number;
}
export interface AggregateItem extends ItemBase {
  readonly aggregate: Aggregate;
}
export interface SignatureItem extends ItemBase {
  readonly signature: Signature;
}

export function isAggregate(type: Type | null): type is Aggregate {
  return type !== null && typeof type !== "string" && "kind" in type;
}

export function isArray(type: Type | null): type is ArrayOf {
  return type !== null && typeof type !== "string" && "of" in type;
}

// -- Leaves ----------------------------------------------------------------------------------------

/** A scalar or bit-field somewhere in a type. */
export interface Leaf {
  readonly scalar: ScalarName;
  readonly width?: number;
  /** Behind an expression of the whole: `.base0.m3[1].m4`. */
  readonly c: string;
  /** From member to member in JavaScript; `short` leaves anonymous members out. */
  readonly path: readonly (string | number)[];
  readonly short: readonly (string | number)[];
}

/** Of so many members of a union, the one that holds the value. */
export type Choose = (c: string, count: number) => number;

/** The leaves of a type; with `choose`, only those of the chosen member of each union. */
export function leavesOf(type: Type, choose?: Choose): Leaf[] {
  const leaves: Leaf[] = [];
  walk(type, { c: "", path: [], short: [] }, choose, leaves);
  return leaves;
}

type Place = Pick<Leaf, "c" | "path" | "short">;

function walk(type: Type, place: Place, choose: Choose | undefined, leaves: Leaf[]): void {
  if (typeof type === "string") leaves.push({ scalar: type, ...place });
  else if (isArray(type)) {
    for (let i = 0; i < type.length; i++) walk(type.of, within(place, `[${i}]`, i), choose, leaves);
  } else {
    const parts = partsOf(type, place);
    const only = type.kind === "union" && choose !== undefined ? choose(place.c, parts.length) : null;
    parts.forEach((part, i) => {
      if (only !== null && only !== i) return;
      if (part.width === undefined) walk(part.type, part.place, choose, leaves);
      else leaves.push({ scalar: part.type as ScalarName, width: part.width, ...part.place });
    });
  }
}

interface Part {
  readonly type: Type;
  readonly width?: number | undefined;
  readonly place: Place;
}

function partsOf({ base, members }: Aggregate, place: Place): Part[] {
  const own = members.map(({ name, type, width, isAnonymous }): Part => {
    if (!isAnonymous) return { type, width, place: within(place, `.${name}`, name) };
    return { type, place: { ...place, path: [...place.path, name] } };
  });
  return base === undefined ? own : [{ type: base, place: { ...place, c: `${place.c}.base${base.id}` } }, ...own];
}

function within(place: Place, c: string, step: string | number): Place {
  return { c: place.c + c, path: [...place.path, step], short: [...place.short, step] };
}

// -- Aggregates inside -----------------------------------------------------------------------------

/** All aggregates that `type` is made of, itself included, in the order in which C must see them; each once. */
export function aggregatesIn(type: Type | null): Aggregate[] {
  const found = new Map<number, Aggregate>();
  const visit = (inner: Type | null): void => {
    if (inner === null || typeof inner === "string") return;
    if (isArray(inner)) visit(inner.of);
    else {
      visit(inner.base ?? null);
      for (const member of inner.members) visit(member.type);
      found.set(inner.id, inner);
    }
  };
  visit(type);
  return [...found.values()];
}

/** All types that an item declares, with every aggregate once. */
export function aggregatesOf(item: Item): Aggregate[] {
  if ("aggregate" in item) return aggregatesIn(item.aggregate);
  const { result, parameters } = item.signature;
  const all = [result, ...parameters].flatMap(aggregatesIn);
  return [...new Map(all.map((aggregate) => [aggregate.id, aggregate])).values()];
}

/** A member that C can name, as a path from an aggregate, and its name in JavaScript. */
export interface NamedMember {
  readonly name: string;
  readonly c: string;
}

/** The members of one aggregate that have an address: inherited and promoted ones included, bit-fields not. */
export function namedMembers({ base, members }: Aggregate, prefix = ""): NamedMember[] {
  const inherited = base === undefined ? [] : namedMembers(base, `${prefix}base${base.id}.`);
  const own = members.flatMap(({ name, type, width, isAnonymous }) => {
    if (width !== undefined) return [];
    if (!isAnonymous) return [{ name, c: prefix + name }];
    return namedMembers(type as Aggregate, prefix);
  });
  return [...inherited, ...own];
}
