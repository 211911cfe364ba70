/**
 * C text of a case: its types, and the functions that set and get their leaves, are called, and call back.
 *
 *     void K_set(T *p, int leaf, V *v)      void K_get(T *p, int leaf, V *v)      const long long K_shape[]
 *     R K_call(T0 a0, T1 a1)                writes the leaves of its arguments to `seen`, returns what is in `given`; or does what `leave` does
 *     void K_back(R (*f)(T0, T1))           calls f with what is in `given`, writes the leaves of its result to `seen`
 */
import { type Scalar, type ScalarName, scalarOf } from "./scalars.ts";
import {
  type Aggregate,
  type AggregateItem,
  aggregatesOf,
  type Choose,
  type Item,
  isAggregate,
  isArray,
  type Leaf,
  leavesOf,
  type Member,
  namedMembers,
  type SignatureItem,
  type Type,
} from "./spec.ts";
import { randomFor } from "./values.ts";

/**
 * The flags a case is compiled with. Anonymous members of a named type are an extension of Microsoft's. Scalar
 * replacement of aggregates is off, since gcc 12 forgets by it to swap the bytes of a big-endian structure inside
 * another that travels by value. Exceptions of C++ pass.
 */
export const C_FLAGS = ["-O1", "-w", "-Wno-psabi", "-fms-extensions", "-fno-tree-sra", "-fexceptions"];

export const PROLOGUE = `
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <wchar.h>
typedef union { long long i; double d[2]; __int128 w; char s[32]; wchar_t z[8]; } __attribute__((packed, aligned(8))) V;
typedef int (*Function)(int);
static V *given, *seen;
void (*leave)(void);
void fail_now(void) { *(volatile int *)0x5000 = 1; }
void wires(V *from, V *to) { given = from; seen = to; }
static char *text_in(V *v) { return v->s[31] ? 0 : v->s; }
static wchar_t *wide_in(V *v) { return v->z[7] ? 0 : (wchar_t *)v; }
static void text_out(V *v, const char *p) { memset(v, 0, sizeof *v); if (p) strncpy(v->s, p, 30); else v->s[31] = 1; }
static void wide_out(V *v, const wchar_t *p) {
  memset(v, 0, sizeof *v);
  if (p) for (int i = 0; i < 7 && p[i]; i++) v->z[i] = p[i]; else v->z[7] = 1;
}`;

/** The name that begins all names of an item. */
export function nameOf(item: Item): string {
  return `${"aggregate" in item ? "A" : "S"}${item.index}`;
}

export function textOf(item: Item): string {
  const own = "aggregate" in item ? accessText(item) : callText(item);
  return [typesText(item), ...own].join("\n");
}

/** The types of an item alone. */
export function typesText(item: Item): string {
  return aggregatesOf(item)
    .map((aggregate) => definition(nameOf(item), aggregate))
    .join("\n");
}

// -- Types -----------------------------------------------------------------------------------------

function definition(prefix: string, { kind, id, members, base, ...options }: Aggregate): string {
  const name = `${prefix}_${id}`;
  const attributes = [
    ...alignment(base === undefined ? undefined : `_Alignof(${typeName(prefix, base)})`, options.align),
    ...(options.layout === undefined ? [] : ["ms_struct"]),
    ...(options.order === undefined ? [] : ['scalar_storage_order("big-endian")']),
  ];
  const body = [
    ...(base === undefined ? [] : [`${typeName(prefix, base)} base${base.id};`]),
    ...members.map((member) => memberText(prefix, member)),
  ];
  const attribute = attributes.length === 0 ? "" : ` __attribute__((${attributes.join(", ")}))`;
  const text = `${kind} ${name} { ${body.join(" ")} }${attribute};`;
  return options.pack === undefined ? text : `#pragma pack(push, ${options.pack})\n${text}\n#pragma pack(pop)`;
}

// What extends a structure is aligned as that one also where it is packed. Of two `aligned`, gcc would take the last.
function alignment(ofBase: string | undefined, own: number | undefined): string[] {
  if (ofBase === undefined) return own === undefined ? [] : [`aligned(${own})`];
  return [`aligned(${own === undefined ? ofBase : `${ofBase} > ${own} ? ${ofBase} : ${own}`})`];
}

function memberText(prefix: string, { name, type, width, isAnonymous }: Member): string {
  if (isAnonymous) return `${typeName(prefix, type as Aggregate)};`;
  if (width !== undefined) return `${typeName(prefix, type)} ${name} : ${width};`;
  return `${declaration(prefix, type, name)};`;
}

function declaration(prefix: string, type: Type, name: string): string {
  let items = "";
  let of = type;
  for (; isArray(of); of = of.of) items += `[${of.length}]`;
  return `${typeName(prefix, of)} ${name}${items}`;
}

/** A type that is no array, as C writes it. */
export function typeName(prefix: string, type: Type): string {
  if (isAggregate(type)) return `${type.kind} ${prefix}_${type.id}`;
  return scalarOf(type as ScalarName).c;
}

// -- An aggregate ----------------------------------------------------------------------------------

/** For each aggregate of the item: its size, its alignment, and the offsets of its members. */
function accessText(item: AggregateItem): string[] {
  const name = nameOf(item);
  const type = typeName(name, item.aggregate);
  const leaves = leavesOf(item.aggregate);
  const shape = aggregatesOf(item).flatMap((aggregate) => {
    const of = typeName(name, aggregate);
    return [`sizeof(${of})`, `_Alignof(${of})`, ...namedMembers(aggregate).map(({ c }) => `offsetof(${of}, ${c})`)];
  });
  const cases = (body: (leaf: Leaf) => string) => leaves.map((leaf, i) => `case ${i}: ${body(leaf)} break;`).join("\n");
  return [
    `long long ${name}_shape[] = { ${shape.join(", ")} };`,
    `void ${name}_set(${type} *p, int leaf, V *v) { switch (leaf) {\n${cases((leaf) => putText(leaf, "(*p)", "v"))}\n} }`,
    `void ${name}_get(${type} *p, int leaf, V *v) { switch (leaf) {\n${cases((leaf) => getText(leaf, "(*p)", "v"))}\n} }`,
  ];
}

function putText(leaf: Leaf, whole: string, v: string): string {
  return scalarOf(leaf.scalar).put(whole + leaf.c, v);
}

function getText(leaf: Leaf, whole: string, v: string): string {
  return scalarOf(leaf.scalar).get(whole + leaf.c, v);
}

// -- A signature -----------------------------------------------------------------------------------

/** Which member of each union holds the value of argument `place`; -1 is the result. */
export function chooser(item: Item, place: number): Choose {
  return (c, count) => (count === 0 ? 0 : randomFor(item.seed, `choose ${place}${c}`).below(count));
}

/** The leaves of an argument that are given and seen; of the result where `place` is -1. */
export function partsOf(item: SignatureItem, place: number): Leaf[] {
  const { result, parameters } = item.signature;
  const type = place < 0 ? result : parameters[place];
  return type === null || type === undefined ? [] : leavesOf(type, chooser(item, place));
}

function callText(item: SignatureItem): string[] {
  const { result, parameters, fixed } = item.signature;
  const name = nameOf(item);
  const resultType = result === null ? "void" : typeName(name, result);
  const types = parameters.map((type) => typeName(name, type));
  const declared = types.slice(0, fixed).map((type, i) => `${type} a${i}`);
  if (fixed !== undefined) declared.push("...");

  const take: string[] = [];
  if (fixed !== undefined) {
    take.push(`va_list list; va_start(list, a${fixed - 1});`);
    parameters.slice(fixed).forEach((type, i) => {
      const place = fixed + i;
      // Seen as the promoted type, all of it.
      const passed = promotedName(type) ?? types[place];
      take.push(`${passed} a${place} = va_arg(list, ${passed});`);
    });
    take.push("va_end(list);");
  }
  return [
    `${resultType} ${name}_call(${declared.join(", ") || "void"}) {`,
    ...take,
    ...seeText(item),
    "if (leave) leave();",
    ...(result === null ? [] : [`${resultType} r; ${putAll(partsOf(item, -1), "r", 0)} return r;`]),
    "}",
    `void ${name}_back(${resultType} (*f)(${types.join(", ") || "void"})) {`,
    ...argumentsText(item),
    `${result === null ? "" : `${resultType} r = `}f(${types.map((_, i) => `a${i}`).join(", ")});`,
    getAll(partsOf(item, -1), "r", 0),
    "}",
  ];
}

function promotedName(type: Type): string | undefined {
  return typeof type === "string" ? (scalarOf(type) as Scalar).promoted : undefined;
}

/** The arguments `a0`, `a1`, … as variables, from what is in `given`. */
export function argumentsText(item: SignatureItem): string[] {
  let next = 0;
  return item.signature.parameters.map((type, i) => {
    const leaves = partsOf(item, i);
    next += leaves.length;
    return `${typeName(nameOf(item), type)} a${i}; ${putAll(leaves, `a${i}`, next - leaves.length)}`;
  });
}

function seeText(item: SignatureItem): string[] {
  let next = 0;
  return item.signature.parameters.map((_, i) => {
    const leaves = partsOf(item, i);
    next += leaves.length;
    return getAll(leaves, `a${i}`, next - leaves.length);
  });
}

function putAll(leaves: readonly Leaf[], whole: string, first: number): string {
  return leaves.map((leaf, i) => putText(leaf, whole, `(given + ${first + i})`)).join(" ");
}

function getAll(leaves: readonly Leaf[], whole: string, first: number): string {
  return leaves.map((leaf, i) => getText(leaf, whole, `(seen + ${first + i})`)).join(" ");
}
