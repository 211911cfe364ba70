/**
 * A difference for people: what is different, the declaration in TypeScript, and a C program that shows what the
 * compiler does.
 */
import { declarationsOf } from "./classes.ts";
import { shown, valuesToTry } from "./leaf.ts";
import { type Scalar, scalarOf } from "./scalars.ts";
import { type Part, valuesOf } from "./signatures.ts";
import {
  type AggregateItem,
  aggregatesOf,
  type Item,
  type Leaf,
  leavesOf,
  namedMembers,
  type SignatureItem,
} from "./spec.ts";
import { argumentsText, C_FLAGS, nameOf, PROLOGUE, textOf, typeName, typesText } from "./text.ts";
import { randomFor, Wire } from "./values.ts";

/** The whole report of an item; `title` tells which one and how to get it again. */
export function reportOf(item: Item, what: string, title: string): string {
  const lines = [
    `== ${title}`,
    what,
    "",
    "In TypeScript:",
    indented(declarationsOf(item)),
    ...("signature" in item ? [indented(callOf(item))] : []),
    "",
    `In C (gcc ${C_FLAGS.join(" ")}):`,
    indented(programOf(item)),
  ];
  return lines.join("\n");
}

/**
 * A C program that prints sizes, offsets and bytes of an aggregate, or what a function of that signature sees when C
 * calls it.
 */
export function programOf(item: Item): string {
  const isAboutTypes = "aggregate" in item;
  const lines = isAboutTypes ? aggregateMain(item) : signatureMain(item);
  const text = isAboutTypes ? typesText(item) : textOf(item);
  return ["#include <stdio.h>", PROLOGUE.trim(), text, ...lines].join("\n");
}

// -- An aggregate ----------------------------------------------------------------------------------

function aggregateMain(item: AggregateItem): string[] {
  const name = nameOf(item);
  const shape = aggregatesOf(item).flatMap((aggregate) => {
    const of = typeName(name, aggregate);
    const offsets = namedMembers(aggregate).map(({ c }) => `printf("  ${c} at %zu\\n", offsetof(${of}, ${c}));`);
    return [`printf("${of}: size %zu, alignment %zu\\n", sizeof(${of}), _Alignof(${of}));`, ...offsets];
  });
  const type = typeName(name, item.aggregate);
  const stores = leavesOf(item.aggregate).map((leaf) => {
    const [value] = valuesToTry(leaf, randomFor(item.seed, leaf.c));
    const { put } = scalarOf(leaf.scalar) as Scalar;
    const shownValue = shown(value).replaceAll('"', '\\"').replaceAll("%", "%%");
    return `{ V w = { ${initialiser({ leaf, value })} }, *v = &w; memset(&x, 0, sizeof x); ${put(`x${leaf.c}`, "v")} show("${leaf.c} = ${shownValue}", &x, sizeof x); }`;
  });
  return [
    "static void show(const char *what, void *p, size_t n) {",
    '  for (size_t i = 0; i < n; i++) printf("%02x", ((unsigned char *)p)[i]);',
    '  printf("  %s\\n", what);',
    "}",
    "int main(void) {",
    ...shape.map((line) => `  ${line}`),
    `  ${type} x;`,
    ...stores.map((line) => `  ${line}`),
    "}",
  ];
}

// -- A signature -----------------------------------------------------------------------------------

const PRINTED = {
  i: (v: string) => `printf("%lld\\n", ${v}.i)`,
  d: (v: string) => `printf("%g %g\\n", ${v}.d[0], ${v}.d[1])`,
  w: (v: string) => `printf("%016llx%016llx\\n", (long long)(${v}.w >> 64), (long long)${v}.w)`,
  s: (v: string) => `printf("%s\\n", ${v}.s)`,
  z: (v: string) => `printf("%ls\\n", ${v}.z)`,
};

function signatureMain(item: SignatureItem): string[] {
  const { parameters } = item.signature;
  const parts = parameters.flatMap((_, place) => valuesOf(item, place).map((part) => ({ ...part, place })));
  const values = parts.map((part) => `  { ${initialiser(part)} },`);
  const prints = parts.map(({ leaf, place }, i) => {
    return `  printf("argument ${place}${leaf.c}: "); ${PRINTED[scalarOf(leaf.scalar).part](`seen[${i}]`)};`;
  });
  return [
    `static V values[2048] = {\n${values.join("\n")}\n}, results[2048];`,
    "int main(void) {",
    "  wires(values, results);",
    ...argumentsText(item).map((line) => `  ${line}`),
    `  ${nameOf(item)}_call(${parameters.map((_, i) => `a${i}`).join(", ")});`,
    ...prints,
    "}",
  ];
}

/** The values of the arguments, one line each. */
function callOf(item: SignatureItem): string {
  const places = [...item.signature.parameters.keys(), ...(item.signature.result === null ? [] : [-1])];
  return places
    .flatMap((place) => valuesOf(item, place).map((part) => ({ ...part, place })))
    .map(({ leaf, value, place }) => `// ${place < 0 ? "result" : `argument ${place}`}${leaf.c} = ${shown(value)}`)
    .join("\n");
}

// -- Private ---------------------------------------------------------------------------------------

/** A value as the initialiser of a V. */
function initialiser({ leaf, value }: Part): string {
  const scalar = scalarOf(leaf.scalar) as Scalar;
  const { view } = writtenTo(new Wire(1), leaf, value);
  const word = (at: number) => `${BigInt.asUintN(64, view.getBigInt64(at, true))}u`;
  switch (scalar.part) {
    case "i":
      return `.i = ${word(0)}`;
    case "d":
      return `.d = { ${[0, 8].map((at) => realText(view.getFloat64(at, true))).join(", ")} }`;
    case "w":
      return `.w = (__int128)${word(8)} << 64 | ${word(0)}`;
    case "s":
      return value === null ? ".s = { [31] = 1 }" : `.s = ${JSON.stringify(value)}`;
    case "z":
      return value === null ? ".z = { [7] = 1 }" : `.z = L${JSON.stringify(value)}`;
  }
}

function writtenTo(wire: Wire, leaf: Leaf, value: unknown): Wire {
  (scalarOf(leaf.scalar) as Scalar).write(wire.view, 0, value);
  return wire;
}

function realText(value: number): string {
  if (Number.isNaN(value)) return '__builtin_nan("")';
  if (!Number.isFinite(value)) return `${value < 0 ? "-" : ""}__builtin_inf()`;
  return Object.is(value, -0) ? "-0.0" : String(value);
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}
