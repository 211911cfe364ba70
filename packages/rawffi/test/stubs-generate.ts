/**
 * Random signatures, and the C functions that have them: what `stubs-compare.ts` and `stubs-arm64.ts` call.
 *
 * A C function copies every scalar of every argument, in order, to `seen`, overwrites the structures that it was
 * passed, which are its own and aligned as their types are, and returns the value at `given`, or does what `leave`
 * does. Padding is never compared. Types are laid out here, and the C text asserts their sizes, alignments and offsets.
 */
import type { AggregateType, Leaf, RawType, ScalarType, Signature } from "../src/types.ts";

// -- Random numbers --------------------------------------------------------------------------------

/** A source of random numbers that gives the same ones for the same seed (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** An integer from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

// -- Platforms -------------------------------------------------------------------------------------

/** The differences between the platforms that signatures are made for. */
export interface Target {
  readonly scalars: Readonly<Record<ValueType, ScalarFacts>>;
  /** The bytes of a `long double` that hold the value; the others are padding. */
  readonly longDoubleBytes: 8 | 10 | 16;
  /** GCC 12's own `va_arg` is right for types of 16 bytes aligned to 16. */
  readonly hasWideVariadics: boolean;
}

// -- Types -----------------------------------------------------------------------------------------

interface ScalarFacts {
  readonly c: string;
  readonly size: number;
  readonly align: number;
}

const scalar = (c: string, size: number, align = size): ScalarFacts => ({ c, size, align });

const SCALARS: Readonly<Record<ValueType, ScalarFacts>> = {
  bool: scalar("_Bool", 1),
  sint8: scalar("signed char", 1),
  uint8: scalar("unsigned char", 1),
  sint16: scalar("short", 2),
  uint16: scalar("unsigned short", 2),
  sint32: scalar("int", 4),
  uint32: scalar("unsigned", 4),
  sint64: scalar("long", 8),
  uint64: scalar("unsigned long", 8),
  pointer: scalar("void *", 8),
  number: scalar("long", 8),
  float: scalar("float", 4),
  double: scalar("double", 8),
  longdouble: scalar("long double", 16),
  sint128: scalar("__int128", 16),
  uint128: scalar("unsigned __int128", 16),
  cfloat: scalar("float _Complex", 8, 4),
  cdouble: scalar("double _Complex", 16, 8),
  clongdouble: scalar("long double _Complex", 32, 16),
};

type ValueType = Exclude<ScalarType, "void">;

/**
 * `va_arg` of a 16-aligned type that came in two integer registers is an aligned load from an 8-aligned place: it
 * crashes.
 */
export const X86_64: Target = { scalars: SCALARS, longDoubleBytes: 10, hasWideVariadics: false };
export const AARCH64: Target = { scalars: SCALARS, longDoubleBytes: 16, hasWideVariadics: true };
/** macOS on AArch64, as clang compiles for it. */
export const APPLE64: Target = {
  scalars: { ...SCALARS, longdouble: scalar("long double", 8), clongdouble: scalar("long double _Complex", 16, 8) },
  longDoubleBytes: 8,
  hasWideVariadics: true,
};

/** What values are made of; a `number` is a parameter as a whole. */
const ALL = (Object.keys(SCALARS) as ValueType[]).filter((type) => type !== "number");
const NARROW: readonly ValueType[] = ["bool", "sint8", "uint8", "sint16", "uint16", "float"];
/** Types that default argument promotions do not change: C11 6.5.2.2, 6. */
const PROMOTED = ALL.filter((type) => !NARROW.includes(type));
/** Members small enough for aggregates that travel in registers. */
const SMALL = ALL.filter((type) => SCALARS[type].size <= 8);

/** Keeps whole aggregates below `LARGEST_VALUE`. */
const LARGEST_MEMBER = 1000;
/** No value of a case has more bytes. */
export const LARGEST_VALUE = 32768;

/** A type with its name in C. */
export interface NamedType {
  readonly raw: RawType;
  readonly c: string;
}

/** An aggregate while it is made: `paths` are its leaves as C names them. */
interface Aggregate extends NamedType {
  readonly raw: AggregateType;
  readonly paths: readonly string[];
  /** The largest alignment that its scalars ask for by nature. */
  readonly natural: number;
  /** Somewhere in it is an array of aggregates. */
  readonly hasArray: boolean;
}

interface Member {
  readonly name: string;
  readonly declaration: string;
  readonly size: number;
  readonly align: number;
  readonly natural: number;
  readonly hasArray: boolean;
  readonly leaves: readonly Leaf[];
  readonly paths: readonly string[];
}

/** Makes types; `definitions` is the C text of all of them. */
class TypeMaker {
  readonly definitions: string[] = [];
  private readonly random: Random;
  private readonly prefix: string;
  private readonly target: Target;

  constructor(random: Random, prefix: string, target: Target) {
    this.random = random;
    this.prefix = prefix;
    this.target = target;
  }

  type(isVariadic: boolean): NamedType {
    const isAggregate = this.random.chance(40);
    const isLimited = isVariadic && !this.target.hasWideVariadics;
    if (!isAggregate) {
      const promoted = isLimited ? PROMOTED.filter((type) => !type.endsWith("128")) : PROMOTED;
      return named(this.random.pick(isVariadic ? promoted : ALL));
    }
    const made = this.aggregate(0);
    const crashes = isLimited && made.raw.size === 16 && made.raw.align === 16;
    return crashes ? named("longdouble") : made;
  }

  aggregate(depth: number): Aggregate {
    if (this.random.chance(3)) return this.empty();
    if (this.random.chance(6)) return this.bitFields();
    const isUnion = this.random.chance(20);
    const pool = this.random.chance(70) ? SMALL : ALL;
    const members: Member[] = [];
    const count = 1 + this.random.below(this.random.chance(80) ? 3 : 6);
    for (let i = 0; i < count; i++) members.push(this.member(`m${i}`, pool, depth, isUnion));
    const isPacked = this.random.chance(12) && !members.some((member) => member.hasArray);
    const forced = depth === 0 && this.random.chance(5) ? this.random.pick([8, 16, 32, 64, 128, 1024]) : 1;
    return this.define(members, isUnion, isPacked, forced);
  }

  private member(name: string, pool: readonly ValueType[], depth: number, ofUnion: boolean): Member {
    if (depth < 2 && this.random.chance(20)) {
      const inner = this.aggregate(depth + 1);
      // The known differences that `classify.ts` lists are left out here, and in packed structures.
      const mixesLongDouble =
        inner.raw.leaves.length > 1 && inner.raw.leaves.some((leaf) => leaf.type === "longdouble");
      if (inner.raw.size <= LARGEST_MEMBER && !(ofUnion && mixesLongDouble)) {
        const repeats = inner.raw.size > 0 && inner.raw.size % inner.natural === 0;
        return aggregateMember(name, inner, repeats && this.random.chance(40) ? 1 + this.random.below(3) : null);
      }
    }
    const type = this.random.pick(pool);
    const isLarge = this.random.chance(3);
    const count = this.random.chance(20) ? 1 + this.random.below(isLarge ? 60 : 5) : null;
    return scalarMember(name, type, count, this.target);
  }

  private empty(): Aggregate {
    const c = this.name();
    this.definitions.push(`typedef struct {} ${c};`);
    return { c, raw: { size: 0, align: 1, leaves: [] }, paths: [], natural: 1, hasArray: false };
  }

  /** Bit-fields that fill whole bytes from the start of one integer, so that no byte is partly padding. */
  private bitFields(): Aggregate {
    const c = this.name();
    const size = this.random.pick([4, 8]);
    const bytes = 1 + this.random.below(size);
    const widths: number[] = [];
    for (let left = 8 * bytes; left > 0; left -= widths.at(-1) ?? 0) {
      const width = 1 + this.random.below(left);
      // GCC treats an aligned bit-field of such a width as an ordinary member: see `classify.ts`.
      const isWhole = width === 16 || width === 32 || width === 64;
      widths.push(isWhole ? width - 1 : width);
    }
    const base = size === 4 ? "unsigned" : "unsigned long";
    const body = widths.map((width, i) => `${base} b${i} : ${width};`).join(" ");
    this.definitions.push(`typedef struct { ${body} } ${c};`, `SAME(sizeof(${c}), ${size});`);
    const raw: AggregateType = { size, align: size, leaves: [{ type: "uint8", offset: 0, count: bytes }] };
    return { c, raw, paths: [], natural: 1, hasArray: false };
  }

  private define(members: readonly Member[], isUnion: boolean, isPacked: boolean, forced: number): Aggregate {
    const c = this.name();
    const leaves: Leaf[] = [];
    const paths: string[] = [];
    let end = 0;
    let memberAlign = 1;
    let natural = 1;
    for (const member of members) {
      const placedAt = isPacked ? 1 : member.align;
      const offset = isUnion ? 0 : alignUp(end, placedAt);
      end = Math.max(end, offset + member.size);
      memberAlign = Math.max(memberAlign, placedAt);
      natural = Math.max(natural, member.natural);
      leaves.push(...member.leaves.map((leaf) => ({ ...leaf, offset: leaf.offset + offset })));
      paths.push(...member.paths);
    }
    const align = Math.max(forced, memberAlign);
    const size = alignUp(end, align);
    const attributes = [isPacked ? "packed" : "", forced > 1 ? `aligned(${forced})` : ""].filter((text) => text !== "");
    const attribute = attributes.length > 0 ? ` __attribute__((${attributes.join(", ")}))` : "";
    const body = members.map((member) => `${member.declaration};`).join(" ");
    this.definitions.push(
      `typedef ${isUnion ? "union" : "struct"} { ${body} }${attribute} ${c};`,
      `SAME(sizeof(${c}), ${size}); SAME(_Alignof(${c}), ${align});`,
    );
    if (paths.length === leaves.length) {
      for (const [i, path] of paths.entries()) {
        this.definitions.push(`SAME(__builtin_offsetof(${c}, ${path}), ${leaves[i]?.offset});`);
      }
    }
    const raw = { size, align, memberAlign, leaves };
    return { c, raw, paths, natural, hasArray: members.some((member) => member.hasArray) };
  }

  private name(): string {
    return `${this.prefix}_${this.definitions.length}`;
  }
}

function named(type: ValueType): NamedType {
  return { raw: type, c: SCALARS[type].c };
}

function scalarMember(name: string, type: ValueType, count: number | null, { scalars }: Target): Member {
  const { c, size, align } = scalars[type];
  const leaf = count === null ? { type, offset: 0 } : { type, offset: 0, count };
  const declaration = count === null ? `${c} ${name}` : `${c} ${name}[${count}]`;
  const byteLength = size * (count ?? 1);
  return { name, declaration, size: byteLength, align, natural: align, hasArray: false, leaves: [leaf], paths: [name] };
}

function aggregateMember(name: string, inner: Aggregate, count: number | null): Member {
  const { raw, c, paths, natural } = inner;
  const hasArray = inner.hasArray || count !== null;
  const leaves: Leaf[] = [];
  const allPaths: string[] = [];
  for (let item = 0; item < (count ?? 1); item++) {
    leaves.push(...raw.leaves.map((leaf) => ({ ...leaf, offset: leaf.offset + item * raw.size })));
    allPaths.push(...paths.map((path) => `${name}${count === null ? "" : `[${item}]`}.${path}`));
  }
  const declaration = count === null ? `${c} ${name}` : `${c} ${name}[${count}]`;
  const size = raw.size * (count ?? 1);
  return { name, declaration, size, align: raw.align, natural, hasArray, leaves, paths: allPaths };
}

function alignUp(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

// -- Signatures ------------------------------------------------------------------------------------

export interface Case {
  readonly name: string;
  readonly signature: Signature;
  readonly prototype: string;
  /** C text: types and the function. */
  readonly text: string;
}

/** The stretches of bytes of a value that are not padding. */
export function usedBytes(type: RawType, target: Target): { offset: number; byteLength: number; type: ValueType }[] {
  if (typeof type === "string") {
    const byteLength = target.longDoubleBytes;
    if (type === "void") return [];
    const { size } = target.scalars[type];
    if (type === "clongdouble") return [0, size / 2].map((offset) => ({ offset, byteLength, type: "longdouble" }));
    return [{ offset: 0, byteLength: type === "longdouble" ? byteLength : size, type }];
  }
  return type.leaves.flatMap((leaf) =>
    Array.from({ length: leaf.count ?? 1 }, (_, item) =>
      usedBytes(leaf.type, target).map((used) => ({
        ...used,
        offset: used.offset + leaf.offset + item * sizeOf(leaf.type, target),
      })),
    ).flat(),
  );
}

export function sizeOf(type: RawType, { scalars }: Target): number {
  if (typeof type !== "string") return type.size;
  return type === "void" ? 0 : scalars[type].size;
}

/** The C text before all cases. */
export const PROLOGUE = `
#include <stdarg.h>
void *memcpy(void *, const void *, unsigned long);
void *memset(void *, int, unsigned long);
#define SAME(a, b) _Static_assert((a) == (b), #a)
unsigned char seen[1 << 21], given[${LARGEST_VALUE}];
#define SEE(argument, offset, length) memcpy(to, (char *)&argument + offset, length), to += length
// The empty instructions keep GCC from knowing the remainder, and from optimising the writes away.
#define OWN(argument, alignment) do { \\
  void *at = &argument; \\
  __asm__ volatile("" : "+r"(at) : : "memory"); \\
  misaligned += (unsigned long)at % (alignment) != 0; \\
  memset(at, 0xa5, sizeof argument); \\
  __asm__ volatile("" : : "r"(at) : "memory"); \\
} while (0)
// On Apple's systems a function counts on it that its caller has extended a narrow integer: its compiler reads the
// whole register.
#define EXTENDED(argument, type) do { \\
  int whole = argument; \\
  __asm__ volatile("" : "+r"(whole)); \\
  misaligned += whole != (type)whole; \\
} while (0)
int misaligned;
// Leaves the function in another way than by returning, when requested.
void (*leave)(void);
`;

/**
 * GCC 12 aligns its own place for floats that came in registers of AArch64 to 16, whatever their structure asks for: it
 * is at a multiple of more by chance.
 */
function alignHeld({ align, leaves }: AggregateType, target: Target): number {
  const isOfFloats = leaves.every(({ type }) => /float|double/.test(type));
  return target === AARCH64 && isOfFloats ? Math.min(align, 16) : align;
}

export function makeCase(random: Random, name: string, target: Target): Case {
  const maker = new TypeMaker(random, `T${name}`, target);
  const count = random.chance(1) ? 20 + random.below(40) : random.below(15);
  const fixed = count > 1 && random.chance(15) ? 1 + random.below(count - 1) : undefined;
  const parameters: NamedType[] = [];
  for (let i = 0; i < count; i++)
    parameters.push(random.chance(10) ? named("number") : maker.type(fixed !== undefined && i >= fixed));
  const result: NamedType = random.chance(10) ? { raw: "void", c: "void" } : maker.type(false);

  const declared = parameters.slice(0, fixed).map(({ c }, i) => `${c} p${i}`);
  if (fixed !== undefined) declared.push("...");
  const prototype = `${result.c} ${name}(${declared.join(", ") || "void"})`;
  const body = ["unsigned char *to = seen; (void)to;"];
  if (fixed !== undefined) {
    body.push(`va_list list; va_start(list, p${fixed - 1});`);
    for (let i = fixed; i < count; i++) body.push(`${parameters[i]?.c} p${i} = va_arg(list, ${parameters[i]?.c});`);
    body.push("va_end(list);");
  }
  for (const [i, { raw }] of parameters.entries()) {
    for (const { offset, byteLength } of usedBytes(raw, target)) body.push(`SEE(p${i}, ${offset}, ${byteLength});`);
  }
  for (const [i, { raw }] of parameters.entries()) {
    if (typeof raw !== "string" && raw.size > 0) body.push(`OWN(p${i}, ${alignHeld(raw, target)});`);
  }
  for (const [i, { raw, c }] of parameters.slice(0, fixed).entries()) {
    if (typeof raw === "string" && raw !== "float" && NARROW.includes(raw as ValueType))
      body.push(`EXTENDED(p${i}, ${c});`);
  }
  body.push("if (leave) leave();");
  if (result.raw !== "void") body.push(`${result.c} r; memcpy(&r, given, sizeof r); return r;`);
  const rawParameters = parameters.map(({ raw }) => raw);
  const signature = { result: result.raw, parameters: rawParameters, ...(fixed === undefined ? {} : { fixed }) };
  const variadic =
    fixed === undefined
      ? ""
      : ` /* ...: ${parameters
          .slice(fixed)
          .map(({ c }) => c)
          .join(", ")} */`;
  return {
    name,
    signature,
    prototype: prototype + variadic,
    text: [...maker.definitions, `${prototype} {\n  ${body.join("\n  ")}\n}`].join("\n"),
  };
}
