/**
 * Calls one signature in both directions, and in every way: JavaScript calls C, and C calls JavaScript. Every leaf of
 * every argument and result is compared.
 */
import { CDLL, CFUNCTYPE, c_void_p } from "ctypes-js";
import { Classes } from "./classes.ts";
import { given, isSame, randomValue, readLeaf, shown, taken, writeLeaf } from "./leaf.ts";
import { type Scalar, scalarOf } from "./scalars.ts";
import { isAggregate, type Leaf, type SignatureItem, type Type } from "./spec.ts";
import { nameOf, partsOf } from "./text.ts";
import { type Random, randomFor, VALUE_BYTES, Wire } from "./values.ts";
import { isRefusal, REFUSED, setLeave, WAYS, type Way } from "./ways.ts";

/** A leaf of an argument or result, with the value it is to have. */
export interface Part {
  readonly leaf: Leaf;
  readonly value: unknown;
}

interface Place {
  readonly type: Type;
  readonly parts: readonly Part[];
}

const toC = new Wire(2048);
const fromC = new Wire(2048);

export const Wires = CFUNCTYPE(null, c_void_p, c_void_p);

/** Tells a batch's library where values travel. */
export function connect(library: any): void {
  library.wires(toC.bytes, fromC.bytes);
}

/** The functions that `text.ts` writes for a signature. */
function symbolsOf(item: SignatureItem, { options }: Way): Record<string, any> {
  const { result, parameters, fixed } = item.signature;
  const name = nameOf(item);
  const classes = classesOf(item);
  const types = parameters.map((type) => classes.of(type));
  const of = result === null ? null : classes.of(result);
  const declared = fixed === undefined ? types : [...types.slice(0, fixed), "..."];
  const Callback = CFUNCTYPE(of, ...types);
  return {
    [`${name}_call`]: CFUNCTYPE(of, ...declared, options),
    [`${name}_back`]: CFUNCTYPE(null, Callback, options),
  };
}

/** What is different, in one line; null when nothing is. One that begins with `REFUSED` is no difference. */
export function compareSignature(
  item: SignatureItem,
  path: string,
  batch: object,
  thrower: object | null,
): string | null {
  const places = item.signature.parameters.map((type, i): Place => ({ type, parts: valuesOf(item, i) }));
  const { result } = item.signature;
  const resultPlace = result === null ? null : { type: result, parts: valuesOf(item, -1) };
  let refusal: string | null = null;
  for (const way of WAYS) {
    using library = new CDLL(path, symbolsOf(item, way));
    setLeave(batch, thrower, way);
    let wrong: string | null = null;
    try {
      wrong = compareCall(item, library, places, resultPlace, way);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal = REFUSED + error.message;
    }
    if (way.leave === undefined) wrong ??= compareCallback(item, library, places, resultPlace);
    if (wrong !== null) return way.name === "" ? wrong : `${way.name}: ${wrong}`;
  }
  return refusal;
}

/** The values of an argument's leaves; of the result's where `place` is -1. */
export function valuesOf(item: SignatureItem, place: number): Part[] {
  return partsOf(item, place).map((leaf) => {
    return { leaf, value: randomValue(leaf, randomFor(item.seed, `value ${place}${leaf.c}`)) };
  });
}

// -- JavaScript calls C ----------------------------------------------------------------------------

function compareCall(
  item: SignatureItem,
  library: any,
  places: readonly Place[],
  result: Place | null,
  { error }: Way,
): string | null {
  const classes = classesOf(item);
  const { fixed = places.length } = item.signature;
  const args = places.map((place, i) => {
    const random = randomFor(item.seed, `form ${i}`);
    return i < fixed ? argument(place, classes, random) : wrapped(place, classes);
  });
  send(result?.parts ?? []);
  fromC.clear();
  let got: unknown;
  let hasLeft = false;
  try {
    got = library[`${nameOf(item)}_call`](...args);
  } catch (left) {
    if (!error?.test((left as Error).message)) throw left;
    hasLeft = true;
  }
  if (error !== undefined && !hasLeft) return "it returns";
  let next = 0;
  for (const [i, { parts }] of places.entries()) {
    const wrong = compareSeen(parts, next);
    if (wrong !== null) return `argument ${i}: ${wrong}`;
    next += parts.length;
  }
  const wrong = result === null || hasLeft ? null : compareGot(result, got);
  return wrong === null ? null : `result: ${wrong}`;
}

/** An argument, in one of the forms in which it may be given. */
function argument(place: Place, classes: Classes, random: Random): unknown {
  if (isAggregate(place.type))
    return random.chance(30) ? (record(place.parts) ?? instance(place, classes)) : instance(place, classes);
  return random.chance(15) && !isPointerType(place.type) ? wrapped(place, classes) : plain(place);
}

/** An argument as an object of ctypes: the only form after `...` that says its type. */
function wrapped(place: Place, classes: Classes): unknown {
  if (isAggregate(place.type)) return instance(place, classes);
  const value = plain(place);
  return isPointerType(place.type) ? value : new (classes.of(place.type))(value);
}

// A pointer is an object already; null says all there is to say.
function isPointerType(type: Type): boolean {
  return type === "pointer" || type === "func";
}

function plain({ parts }: Place): unknown {
  const [part] = parts;
  return part === undefined ? null : given(part.leaf, part.value);
}

function instance({ type, parts }: Place, classes: Classes): unknown {
  const made = new (classes.of(type))();
  for (const { leaf, value } of parts) writeLeaf(made, leaf, value);
  return made;
}

/**
 * The members of an aggregate as an object: `{ m0: 1, m1: [{ m2: 3 }] }`; null where an item of an array has no value.
 */
function record(parts: readonly Part[]): unknown {
  const whole = {};
  const arrays: unknown[][] = [];
  for (const { leaf, value } of parts) {
    let place: any = whole;
    leaf.short.forEach((step, i) => {
      if (i === leaf.short.length - 1) place[step] = given(leaf, value);
      else {
        place[step] ??= typeof leaf.short[i + 1] === "number" ? arrays[arrays.push([]) - 1] : {};
        place = place[step];
      }
    });
  }
  return arrays.some((array) => array.includes(undefined)) ? null : whole;
}

// -- C calls JavaScript ----------------------------------------------------------------------------

function compareCallback(
  item: SignatureItem,
  library: any,
  places: readonly Place[],
  result: Place | null,
): string | null {
  const classes = classesOf(item);
  const types = item.signature.parameters.map((type) => classes.of(type));
  const Callback = CFUNCTYPE(result === null ? null : classes.of(result.type), ...types) as any;
  let wrong: string | null = "JavaScript was not called";
  const answer = result === null ? undefined : argument(result, classes, randomFor(item.seed, "form of the answer"));
  const callback = new Callback((...args: unknown[]) => {
    const differences = places.map((place, i) => {
      const difference = compareGot(place, args[i]);
      return difference === null ? [] : [`argument ${i}: ${difference}`];
    });
    wrong = differences.flat()[0] ?? null;
    return answer;
  });
  send(places.flatMap((place) => place.parts));
  fromC.clear();
  library[`${nameOf(item)}_back`](callback);
  callback.dispose();
  if (wrong === null && result !== null) {
    wrong = compareSeen(result.parts, 0);
    if (wrong !== null) wrong = `result: ${wrong}`;
  }
  return wrong === null ? null : `callback: ${wrong}`;
}

// -- Values ----------------------------------------------------------------------------------------

// One set of classes an item, so that all its functions speak of the same types.
const classesOfItems = new WeakMap<SignatureItem, Classes>();

function classesOf(item: SignatureItem): Classes {
  let known = classesOfItems.get(item);
  if (known === undefined) classesOfItems.set(item, (known = new Classes()));
  return known;
}

function send(parts: readonly Part[]): void {
  parts.forEach(({ leaf, value }, i) => {
    (scalarOf(leaf.scalar) as Scalar).write(toC.view, VALUE_BYTES * i, value);
  });
}

/** What C wrote from value `first` on. */
function compareSeen(parts: readonly Part[], first: number): string | null {
  for (const [i, { leaf, value }] of parts.entries()) {
    const seen = (scalarOf(leaf.scalar) as Scalar).read(fromC.view, VALUE_BYTES * (first + i));
    if (!isSame(seen, value))
      return `${leaf.c.slice(1)}${leaf.c && ": "}C saw ${shown(seen)} instead of ${shown(value)}`;
  }
  return null;
}

/** What JavaScript got. */
function compareGot({ type, parts }: Place, got: unknown): string | null {
  for (const { leaf, value } of parts) {
    const read = isAggregate(type) ? readLeaf(got, leaf) : taken(leaf, got);
    if (!isSame(read, value)) {
      return `${leaf.c.slice(1)}${leaf.c && ": "}JavaScript got ${shown(read)} instead of ${shown(value)}`;
    }
  }
  return null;
}
