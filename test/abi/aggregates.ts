/**
 * Compares one aggregate with the compiler's: its shape, then the bytes and values of each leaf.
 */
import {
  addressof,
  alignment,
  byref,
  CFUNCTYPE,
  c_int,
  c_longlong,
  c_void_p,
  memset,
  offsetof,
  sizeof,
  string_at,
} from "ctypes-js";
import { Classes } from "./classes.ts";
import { expectedOf, isSame, offsetOfLeaf, readLeaf, shown, valuesToTry, writeLeaf } from "./leaf.ts";
import { type Scalar, scalarOf } from "./scalars.ts";
import { type AggregateItem, aggregatesOf, type Leaf, leavesOf, namedMembers } from "./spec.ts";
import { nameOf } from "./text.ts";
import { type Random, randomFor, Wire } from "./values.ts";

const Access = CFUNCTYPE(null, c_void_p, c_int, c_void_p);

/** The functions that `text.ts` writes for an aggregate. */
export function aggregateSymbols(item: AggregateItem): Record<string, any> {
  const name = nameOf(item);
  return { [`${name}_set`]: Access, [`${name}_get`]: Access, [`${name}_shape`]: c_longlong };
}

/** What is different, in one line; null when nothing is. */
export function compareAggregate(item: AggregateItem, library: any): string | null {
  const classes = new Classes();
  const wrong = compareShape(item, classes, library);
  if (wrong !== null) return wrong;
  const type = classes.of(item.aggregate);
  if (sizeof(type) === 0) return null;
  const comparison = new Comparison(item, type, library);
  const leaves = leavesOf(item.aggregate);
  for (const [i, leaf] of leaves.entries()) {
    const difference = comparison.leaf(leaf, i);
    if (difference !== null) return `${leaf.c.slice(1)}: ${difference}`;
  }
  return null;
}

// -- Size, alignment, offsets ----------------------------------------------------------------------

/** What the compiler was asked in `_shape`, asked of ctypes: the same list, with what each number is. */
export function shapeOf(item: AggregateItem, classes: Classes): { what: string; value: number }[] {
  return aggregatesOf(item).flatMap((aggregate) => {
    const type = classes.of(aggregate);
    const of = `T${aggregate.id}`;
    return [
      { what: `sizeof(${of})`, value: sizeof(type) },
      { what: `alignment(${of})`, value: alignment(type) },
      ...namedMembers(aggregate).map(({ name }) => ({
        what: `offsetof(${of}, ${name})`,
        value: offsetof(type, name as never),
      })),
    ];
  });
}

function compareShape(item: AggregateItem, classes: Classes, library: any): string | null {
  const ours = shapeOf(item, classes);
  const bytes = string_at(addressof(library[`${nameOf(item)}_shape`]), 8 * ours.length);
  const theirs = new BigInt64Array(bytes.buffer, bytes.byteOffset, ours.length);
  const wrong = ours.findIndex(({ value }, i) => BigInt(value) !== theirs[i]);
  const one = ours[wrong];
  return one === undefined ? null : `${one.what} is ${one.value}, of the compiler ${theirs[wrong]}`;
}

// -- Bytes and values ------------------------------------------------------------------------------

const wire = new Wire(1);

class Comparison {
  private readonly item: AggregateItem;
  private readonly size: number;
  private readonly ours: any;
  private readonly theirs: any;
  private readonly set: any;
  private readonly get: any;

  constructor(item: AggregateItem, type: any, library: any) {
    this.item = item;
    this.size = sizeof(type);
    this.ours = new type();
    this.theirs = new type();
    this.set = library[`${nameOf(item)}_set`];
    this.get = library[`${nameOf(item)}_get`];
  }

  leaf(leaf: Leaf, index: number): string | null {
    const random = randomFor(this.item.seed, leaf.c);
    for (const value of valuesToTry(leaf, random)) {
      const wrong = this.value(leaf, index, value, random);
      if (wrong !== null) return `set to ${shown(value)}: ${wrong}`;
    }
    return null;
  }

  private value(leaf: Leaf, index: number, value: unknown, random: Random): string | null {
    const { ours, theirs } = this;
    const fill = random.pick([0, 0xff, random.below(256)]);
    memset(byref(ours), fill, this.size);
    memset(byref(theirs), fill, this.size);
    const scalar = scalarOf(leaf.scalar) as Scalar;
    const expected = expectedOf(leaf, value);

    writeLeaf(ours, leaf, value);
    scalar.write(wire.view, 0, value);
    this.set(byref(theirs), index, wire.bytes);
    const wrong = this.compareBytes(leaf, scalar.ignored);
    if (wrong !== null) return wrong;

    const read = readLeaf(theirs, leaf);
    if (!isSame(read, expected)) return `C stored it, JavaScript reads ${shown(read)}`;
    wire.clear();
    this.get(byref(ours), index, wire.bytes);
    const seen = scalar.read(wire.view, 0);
    return isSame(seen, expected) ? null : `JavaScript stored it, C reads ${shown(seen)}`;
  }

  /** All bytes of the two objects, but for those of the leaf that say nothing. */
  private compareBytes(leaf: Leaf, ignored: Scalar["ignored"] = []): string | null {
    const ours = string_at(byref(this.ours), this.size);
    const theirs = string_at(byref(this.theirs), this.size);
    const start = ignored.length === 0 ? 0 : offsetOfLeaf(this.ours, leaf);
    for (const [from, to] of ignored) ours.set(theirs.subarray(start + from, start + to), start + from);
    const wrong = ours.findIndex((byte, i) => byte !== theirs[i]);
    return wrong < 0 ? null : `byte ${wrong}: JavaScript made ${hex(ours)}, C ${hex(theirs)}`;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
