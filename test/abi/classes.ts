/**
 * The ctypes classes of a case, and the same in TypeScript's words for a report.
 */
import * as ctypes from "ctypes-js";
import { SCALARS, type Scalar, type ScalarName, scalarOf } from "./scalars.ts";
import { type Aggregate, aggregatesOf, type Item, isArray, type Type } from "./spec.ts";

type Factory = (fields: Record<string, unknown>, options: Record<string, unknown>) => any;

/** The byte order that is not the machine's; absent where ctypes has none. */
const bigEndian = ctypes as unknown as { BigEndianStructure?: Factory; BigEndianUnion?: Factory };

/** Makes the classes of one case; each aggregate becomes one class. */
export class Classes {
  private readonly made = new Map<number, any>();

  of(type: Type): any {
    if (typeof type === "string") return scalarOf(type).ctypes;
    if (isArray(type)) return ctypes.ARRAY(this.of(type.of), type.length);
    let known = this.made.get(type.id);
    if (known === undefined) this.made.set(type.id, (known = this.make(type)));
    return known;
  }

  private make(aggregate: Aggregate): any {
    const fields: Record<string, unknown> = {};
    for (const { name, type, width } of aggregate.members) {
      fields[name] = width === undefined ? this.of(type) : ctypes.bits(this.of(type), width);
    }
    const options = optionsOf(aggregate);
    const { base } = aggregate;
    const Base = base === undefined ? factoryOf(aggregate)(fields, options) : this.of(base).extend(fields, options);
    const name = `T${aggregate.id}`;
    return { [name]: class extends Base {} }[name];
  }
}

function factoryOf({ kind, order }: Aggregate): Factory {
  const isUnion = kind === "union";
  if (order === "big") return (isUnion ? bigEndian.BigEndianUnion : bigEndian.BigEndianStructure) as Factory;
  return (isUnion ? ctypes.Union : ctypes.Structure) as unknown as Factory;
}

function optionsOf({ pack, align, layout, members }: Aggregate): Record<string, unknown> {
  const anonymous = members.filter((member) => member.isAnonymous).map((member) => member.name);
  return {
    ...(pack !== undefined && { pack }),
    ...(align !== undefined && { align }),
    ...(layout !== undefined && { layout }),
    ...(anonymous.length > 0 && { anonymous }),
  };
}

// -- The other byte order --------------------------------------------------------------------------

/** The simple types that can be members of a big-endian structure; none where ctypes has no such structures. */
export const swappable: readonly ScalarName[] = (Object.keys(SCALARS) as ScalarName[]).filter((name) => {
  const { BigEndianStructure } = bigEndian;
  if (BigEndianStructure === undefined || bigEndian.BigEndianUnion === undefined) return false;
  try {
    return ctypes.sizeof(class extends BigEndianStructure({ m: scalarOf(name).ctypes }, {}) {} as any) > 0;
  } catch {
    return false;
  }
});

// -- In TypeScript's words -------------------------------------------------------------------------

/** The declarations of an item as a user would write them. */
export function declarationsOf(item: Item): string {
  const classes = aggregatesOf(item).map((aggregate) => {
    const { kind, order, members, id, base } = aggregate;
    const factory = `${order === "big" ? "BigEndian" : ""}${kind === "union" ? "Union" : "Structure"}`;
    const fields = members.map(({ name, type, width }) => {
      return `${name}: ${width === undefined ? spelled(type) : `bits(${spelled(type)}, ${width})`}`;
    });
    const options = Object.entries(optionsOf(aggregate)).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    const second = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
    return `class T${id} extends ${base === undefined ? factory : `T${base.id}.extend`}({ ${fields.join(", ")} }${second}) {}`;
  });
  if ("aggregate" in item) return classes.join("\n");
  const { result, parameters, fixed } = item.signature;
  const parts = [result, ...parameters].map((type) => (type === null ? "null" : spelled(type)));
  if (fixed !== undefined) parts.splice(1 + fixed, 0, '"..."');
  return [...classes, `CFUNCTYPE(${parts.join(", ")})`].join("\n");
}

function spelled(type: Type): string {
  if (typeof type === "string") return (scalarOf(type) as Scalar).name;
  return isArray(type) ? `ARRAY(${spelled(type.of)}, ${type.length})` : `T${type.id}`;
}
