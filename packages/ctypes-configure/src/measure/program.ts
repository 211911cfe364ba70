/**
 * The C text that answers all entries at once, in two forms of the same questions:
 *
 *   run      statements, in a function for each entry, that report to the `RUNTIME` of `answers.ts`
 *   object   constants, each after a mark that is found again in the object file:
 *
 *            │ mark, 16 bytes │ id, 4 │ kind │ sign │ 0 0 │ value, 8 bytes, big-endian │ payload …
 *
 * Bytes are picked from values by the compiler, so the order of the machine does not matter.
 */
import type { Entry, StructEntry } from "./entry.ts";
import { type Shape, shapeOf } from "./hints.ts";
import { lineDirective } from "./where.ts";

/** One question. Its place in the list is its id. */
export interface Probe {
  readonly kind: "integer" | "text" | "bytes" | "double" | "bits" | "symbol";
  readonly entry: Entry;
  /** A C expression; of bits the member, of a symbol its name. */
  readonly expression: string;
  /** Of bits: the structure. */
  readonly owner?: string;
  /** The member or typedef that is asked about: a macro of that name must not be in the way. */
  readonly member?: string;
  readonly ifdef: readonly string[];
}

export const MARK = Buffer.from("\x7fctypes-answer-", "latin1");
export const HEAD_SIZE = 32;

/** The letter of a type, by C's own selection: exact, and also for what has no value. */
const CODE_OF = (expression: string) =>
  `_Generic((${expression}), _Bool: '?', char: (char)-1 < 0 ? 'b' : 'B', signed char: 'b', unsigned char: 'B', short: 'h', unsigned short: 'H', int: 'i', ` +
  `unsigned: 'I', long: 'l', unsigned long: 'L', long long: 'q', unsigned long long: 'Q', float: 'f', double: 'd', long double: 'g', default: 0)`;

/**
 * The size of an array that may be a flexible one, of which `sizeof` is an error: a pointer to that and one to an array
 * of 0 items have a common type, which is the latter.
 */
const SIZE_OF_ARRAY = (array: string) => {
  const none = `(__typeof__(${array}[0]) (*)[0])0`;
  return `sizeof(*_Generic((1 ? &${array} : ${none}), __typeof__(${array}[0]) (*)[0]: ${none}, default: &${array}))`;
};

/**
 * Whether the first byte of a member that is 1 is 1; not a constant to every compiler, so it is asked where a program
 * runs.
 */
const IS_LITTLE_ENDIAN = (owner: string, member: string) =>
  `({ static const union { ${owner} s; unsigned char b[sizeof(${owner})]; } u = { .s = { .${member} = 1 } }; ` +
  `u.b[__builtin_offsetof(${owner}, ${member})] == 1; })`;

/** The questions of an entry by name; `isBits` names members that turned out to be bit-fields. */
export function probesOf(entry: Entry, isBits: (member: string) => boolean): Map<string, Probe> {
  const probes = new Map<string, Probe>();
  const own = entry.ifdef === null ? [] : [entry.ifdef];
  const ask = (key: string, expression: string, kind: Probe["kind"] = "integer", more: Partial<Probe> = {}) =>
    probes.set(key, { kind, entry, expression, ifdef: own, ...more });
  const { name } = entry;
  switch (entry.kind) {
    case "Struct":
    case "Union":
      ask("size", `sizeof(${name})`);
      ask("align", `_Alignof(${name})`);
      if (entry.ordered !== undefined)
        ask("little-endian", IS_LITTLE_ENDIAN(name, entry.ordered), "integer", { member: entry.ordered });
      for (const [member, hint] of Object.entries((entry as StructEntry).fields)) {
        const askOf: typeof ask = (key, expression, kind, more) => ask(key, expression, kind, { ...more, member });
        askMember(askOf, name, member, isBits(member) ? "bits" : shapeOf(hint));
      }
      break;
    case "SimpleType":
      ask("size", `sizeof(${name})`);
      ask("code", CODE_OF(`*(__typeof__(${name}) *)0`));
      if (entry.aligned === true) ask("align", `_Alignof(${name})`);
      if (entry.hides === true) for (const [key, probe] of probes) probes.set(key, { ...probe, member: name });
      break;
    case "SizeOf":
      ask("size", `sizeof(${name})`);
      break;
    case "Enum":
      ask("size", `sizeof(${name})`);
      ask("code", CODE_OF(`*(__typeof__(${name}) *)0`));
      for (const enumerator of entry.names ?? []) ask(`= ${enumerator}`, enumerator);
      break;
    case "ConstantInteger":
      ask("value", name);
      break;
    case "ConstantDouble":
      ask("value", name, "double");
      break;
    case "ConstantString":
      ask("value", name, "text");
      break;
    case "ConstantBytes":
      ask("value", name, "bytes");
      break;
    case "DefinedConstantInteger":
      ask("value", name, "integer", { ifdef: [...own, name] });
      break;
    case "DefinedConstantString":
      ask("value", name, "text", { ifdef: [...own, name] });
      break;
    case "DefinedConstantDouble":
      ask("value", name, "double", { ifdef: [...own, name] });
      break;
    case "Defined":
      ask("asked", "1");
      ask("value", "1", "integer", { ifdef: [...own, name] });
      break;
    case "IntegerFunctionResult":
      ask("value", `${name}(${(entry.args ?? []).join(", ")})`);
      break;
    case "InLibrary":
      ask("value", name, "symbol");
      break;
  }
  return probes;
}

function askMember(
  ask: (key: string, expression: string, kind?: Probe["kind"], more?: Partial<Probe>) => void,
  owner: string,
  member: string,
  shape: Shape,
): void {
  const place = `((${owner} *)0)->${member}`;
  if (shape === "bits") {
    ask(`${member} bits`, member, "bits", { owner });
    return;
  }
  ask(`${member} offset`, `__builtin_offsetof(${owner}, ${member})`);
  ask(`${member} size`, shape === "flexible" ? SIZE_OF_ARRAY(place) : `sizeof(${place})`);
  if (shape === "plain") {
    ask(`${member} code`, CODE_OF(place));
  } else {
    ask(`${member} item size`, `sizeof(${place}[0])`);
    ask(`${member} item code`, CODE_OF(`${place}[0]`));
  }
}

// -- The two forms ---------------------------------------------------------------------------------

/** The program that is run. */
export function runnable(preamble: string, probes: readonly Probe[]): string {
  const asked = new Map<Entry, string>();
  for (const [id, probe] of probes.entries()) {
    asked.set(probe.entry, (asked.get(probe.entry) ?? "") + statement(probe, id));
  }
  const functions = [...asked.values()].map(
    (statements, index) => `static void ctypes_entry_${index}(void) {\n${statements}}\n`,
  );
  const calls = functions.map((_, index) => `  ctypes_entry_${index}();\n`).join("");
  return `${preamble}\n${RUNTIME_DECLARATIONS}${functions.join("")}void ctypes_ask(void) {\n${calls}}\n`;
}

/** The constants that are compiled and never run. */
export function readable(preamble: string, probes: readonly Probe[]): string {
  return `${preamble}\n${HEAD_MACROS}${probes.map(constant).join("")}`;
}

/** A program that needs `name`: as a value, so that the linker must find it. */
export function usingProgram(preamble: string, entry: Entry): string {
  const body =
    entry.kind === "Works" ? "" : `  __auto_type volatile ctypes_used = (${entry.name});\n  (void)ctypes_used;\n`;
  return `${preamble}\n${guardOf(entry)}${lineDirective(entry.where)}int main(void) {\n${body}  return 0;\n}\n`;
}

/** A program that needs the symbol of that name, whatever it is; for when nothing can be run. */
export function linkingProgram(preamble: string, entry: Entry): string {
  const headers = entry.ifdef === null ? "" : `${preamble}\n${guardOf(entry)}`; // only a condition needs any
  return `${headers}extern void ctypes_symbol(void) __asm__("${entry.name}");\nint main(void) {\n  ctypes_symbol();\n  return 0;\n}\n`;
}

/** What the compiler says when the macro is missing that a question depends on. */
export const NOT_ASKED = "ctypes-configure: this is not asked";

// -- Private ---------------------------------------------------------------------------------------

function guardOf(entry: Entry): string {
  return entry.ifdef === null ? "" : `#ifndef ${entry.ifdef}\n#error ${NOT_ASKED}\n#endif\n`;
}

const RUNTIME_DECLARATIONS = `
extern void ctypes_answer_integer(int, unsigned long long, int);
extern void ctypes_answer_text(int, const char *);
extern void ctypes_answer_bytes(int, const void *, unsigned long);
extern void ctypes_answer_double(int, double);
extern void ctypes_answer_bits(int, const unsigned char *, unsigned long, int);
extern void ctypes_answer_symbol(int, const char *);
`;

function statement(probe: Probe, id: number): string {
  const { expression: e, owner } = probe;
  const text = {
    integer: () => `  ctypes_answer_integer(${id}, (unsigned long long)(${e}), (${e}) < 0);`,
    text: () => `  ctypes_answer_text(${id}, ${e});`,
    bytes: () => `  ctypes_answer_bytes(${id}, ${e}, sizeof(${e}) - 1);`,
    double: () => `  ctypes_answer_double(${id}, ${e});`,
    symbol: () => `  ctypes_answer_symbol(${id}, "${e}");`,
    bits: () =>
      `  { union { ${owner} s; unsigned char b[sizeof(${owner})]; } u; __builtin_memset(&u, 0, sizeof u); u.s.${e} = -1; ` +
      `ctypes_answer_bits(${id}, u.b, sizeof u.b, u.s.${e} < 0); }`,
  }[probe.kind]();
  return conditional(probe, text);
}

const HEAD_MACROS = `
#define CTYPES_BYTE(v, n) (unsigned char)((unsigned long long)(v) >> 8 * (n))
#define CTYPES_HEAD(id, kind, v, sign) { ${[...MARK].join(", ")}, 0, (id) >> 24, (id) >> 16 & 255, (id) >> 8 & 255, (id) & 255, kind, sign, 0, 0, \\
  CTYPES_BYTE(v, 7), CTYPES_BYTE(v, 6), CTYPES_BYTE(v, 5), CTYPES_BYTE(v, 4), CTYPES_BYTE(v, 3), CTYPES_BYTE(v, 2), CTYPES_BYTE(v, 1), CTYPES_BYTE(v, 0) }
#define CTYPES_FACT(id, payload) __attribute__((used)) const struct __attribute__((packed)) { unsigned char head[${HEAD_SIZE}]; payload } ctypes_fact_##id
`;

function constant(probe: Probe, id: number): string {
  const { expression: e, owner } = probe;
  const text = {
    integer: () => `CTYPES_FACT(${id}, ) = { CTYPES_HEAD(${id}, 'i', (${e}), (${e}) < 0) };`,
    text: () => `CTYPES_FACT(${id}, char text[sizeof(${e})];) = { CTYPES_HEAD(${id}, 't', sizeof(${e}), 0), ${e} };`,
    bytes: () =>
      `CTYPES_FACT(${id}, char text[sizeof(${e})];) = { CTYPES_HEAD(${id}, 'x', sizeof(${e}) - 1, 0), ${e} };`,
    double: () =>
      `CTYPES_FACT(${id}, double value;) = { CTYPES_HEAD(${id}, 'd', __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, 0), ${e} };`,
    bits: () =>
      `CTYPES_FACT(${id}, ${owner} s;) = { CTYPES_HEAD(${id}, 'b', sizeof(${owner}), __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__), { .${e} = -1 } };\n` +
      signOfBits(id, owner ?? "", e),
    symbol: () => "",
  }[probe.kind]();
  return text === "" ? "" : conditional(probe, text);
}

/**
 * The sign of a bit-field is no constant to the compiler's front, but to its optimiser it is: the assembler gets it.
 */
function signOfBits(id: number, owner: string, member: string): string {
  const head = [...MARK, 0, id >> 24, (id >> 16) & 255, (id >> 8) & 255, id & 255, "s".charCodeAt(0), 0, 0, 0].join(
    ",",
  );
  const lines = [".pushsection .rodata", `.byte ${head}`, ".byte 0,0,0,0,0,0,0,%c0", ".popsection"].join("\\n");
  return (
    `__attribute__((used)) static void ctypes_sign_${id}(void) { ${owner} s = { .${member} = -1 }; ` +
    `__asm__ volatile ("${lines}" : : "i" (s.${member} < 0)); }`
  );
}

function conditional(probe: Probe, text: string): string {
  const name = probe.member?.split(".")[0];
  const [hide, show] =
    name === undefined || name === "defined" // which no macro may be called
      ? ["", ""]
      : [`#pragma push_macro("${name}")\n#undef ${name}\n`, `#pragma pop_macro("${name}")\n`];
  const opening = probe.ifdef.map((macro) => `#ifdef ${macro}\n`).join("") + hide;
  const closing = show + probe.ifdef.map(() => "#endif\n").join("");
  return `${opening}${text
    .split("\n")
    .map((line) => `${lineDirective(probe.entry.where)}${line}\n`)
    .join("")}${closing}`;
}
