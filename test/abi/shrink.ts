/**
 * Makes a different item smaller for as long as it stays different: fewer arguments, members, options and less nesting.
 *
 * Each round compiles all items that are one step smaller, in one C file, and goes on with the first that is still
 * different. A crash is a difference like others.
 */
import { type Aggregate, type Item, isArray, leavesOf, type Member, type Signature, type Type } from "./spec.ts";
import { isDifference, runJob } from "./workers.ts";

const MOST_ROUNDS = 60;
const MOST_SECONDS = 60;

export interface Shrunk {
  readonly item: Item;
  readonly what: string;
}

export async function shrink(item: Item, what: string, environment: NodeJS.ProcessEnv = {}): Promise<Shrunk> {
  const deadline = Date.now() + 1000 * MOST_SECONDS;
  let smallest: Shrunk = { item, what };
  for (let round = 0; round < MOST_ROUNDS && Date.now() < deadline; round++) {
    const items = smaller(smallest.item);
    const found = await runJob({ items, batchSize: 1000 }, { environment, endsAtCrash: true }).catch(() => []);
    const first = found
      .filter(isDifference)
      .toSorted((one, other) => sizeOf(items[one.at]) - sizeOf(items[other.at]))[0];
    if (first === undefined) break;
    smallest = { item: items[first.at] as Item, what: first.what };
  }
  return smallest;
}

// -- One step smaller ------------------------------------------------------------------------------

/** Indexes are given anew, so that all of them fit in one C file. */
function smaller(item: Item): Item[] {
  const items: Item[] =
    "aggregate" in item
      ? [...innerAggregates(item.aggregate), ...smallerAggregates(item.aggregate)].map((aggregate) => ({
          ...item,
          aggregate,
        }))
      : smallerSignatures(item.signature).map((signature) => ({ ...item, signature }));
  return items.map((one, index) => ({ ...one, index }));
}

function smallerSignatures({ result, parameters, fixed }: Signature): Signature[] {
  const found: Signature[] = [];
  const of = (types: readonly Type[], less = fixed) => {
    const isVariadic = less !== undefined && less > 0 && less < types.length;
    found.push({ result, parameters: types, ...(isVariadic && { fixed: less }) });
  };
  for (let half = Math.ceil(parameters.length / 2); half > 1; half = Math.ceil(half / 2)) {
    of(parameters.slice(half), fixed === undefined ? fixed : fixed - half);
    of(parameters.slice(0, -half));
  }
  parameters.forEach((_, i) => {
    of(without(parameters, i), fixed !== undefined && i < fixed ? fixed - 1 : fixed);
  });
  if (result !== null) found.push({ ...(fixed !== undefined && { fixed }), parameters, result: null });
  if (fixed !== undefined) found.push({ result, parameters });
  parameters.forEach((type, i) => {
    for (const less of smallerTypes(type)) of(parameters.with(i, less));
  });
  for (const less of smallerTypes(result))
    found.push({ ...(fixed !== undefined && { fixed }), parameters, result: less });
  return found;
}

function smallerTypes(type: Type | null): Type[] {
  if (type === null || typeof type === "string") return [];
  if (isArray(type)) {
    const inner: Type[] = [type.of, ...smallerTypes(type.of).map((of) => ({ ...type, of }))];
    return type.length > 1 ? [{ ...type, length: 1 }, ...inner] : inner;
  }
  return smallerAggregates(type);
}

function innerAggregates({ base, members }: Aggregate): Aggregate[] {
  const types = members.map(({ type }) => (isArray(type) ? type.of : type));
  const inner = types.filter((type): type is Aggregate => typeof type !== "string" && "kind" in type);
  return base === undefined ? inner : [base, ...inner];
}

function smallerAggregates(aggregate: Aggregate): Aggregate[] {
  const { base, members, pack, align, layout, order, ...rest } = aggregate;
  const found: Aggregate[] = members.map((_, i) => ({ ...aggregate, members: without(members, i) }));
  const options = {
    ...(pack && { pack }),
    ...(align && { align }),
    ...(layout && { layout }),
    ...(order && { order }),
  };
  const withBase = base === undefined ? {} : { base };
  for (const option of Object.keys(options)) {
    if (option === "order" && base !== undefined) continue; // both have the same
    found.push({
      ...rest,
      members,
      ...withBase,
      ...Object.fromEntries(Object.entries(options).filter(([key]) => key !== option)),
    });
  }
  if (base !== undefined) {
    found.push({ ...rest, members, ...options });
    for (const less of smallerAggregates(base)) {
      if (less.order === order) found.push({ ...aggregate, base: less });
    }
  }
  members.forEach((member, i) => {
    for (const less of smallerMembers(member)) found.push({ ...aggregate, members: members.with(i, less) });
  });
  return found;
}

function smallerMembers(member: Member): Member[] {
  const { name, type, width, isAnonymous } = member;
  if (isAnonymous) return [{ name, type }, ...smallerTypes(type).map((less) => ({ ...member, type: less }))];
  if (width === undefined) return smallerTypes(type).map((less) => ({ name, type: less }));
  return width === 1
    ? []
    : [
        { ...member, width: 1 },
        { ...member, width: width - 1 },
      ];
}

// -- Private ---------------------------------------------------------------------------------------

function without<T>(items: readonly T[], index: number): T[] {
  return items.filter((_, i) => i !== index);
}

/** How much of an item there is to read. */
function sizeOf(item: Item | undefined): number {
  if (item === undefined) return 0;
  const types = "aggregate" in item ? [item.aggregate] : [item.signature.result ?? "int", ...item.signature.parameters];
  return (
    1000 * types.length +
    types.reduce((sum: number, type) => sum + 10 * leavesOf(type).length, 0) +
    JSON.stringify(item).length / 100
  );
}
