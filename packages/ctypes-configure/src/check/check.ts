/**
 * A module of declarations against the headers: everything in it that C knows, too, is measured and compared.
 *
 * A generated module says itself what it was made of; for one written by hand the headers are given, and its exports are found in them by name:
 * classes are structures, unions or typedefs, numbers and texts are macros or enumerators, records of numbers are enumerations.
 */
import { alignment, field, sizeof, type TypeOf } from "ctypes";
import { letterOf } from "../configure/simple.ts";
import type { Declaration } from "../generate/ir.ts";
import { parse } from "../generate/parse.ts";
import {
  ConstantInteger,
  DefinedConstantDouble,
  DefinedConstantString,
  SimpleType_,
  Struct,
  Union,
} from "../measure/entries.ts";
import type { Entry, Hint } from "../measure/entry.ts";
import type { MemberFact, StructFact, TypeFact } from "../measure/facts.ts";
import { measureEntries } from "../measure/measure.ts";
import type { Settings } from "../measure/settings.ts";

/** What a module and the headers say differently. */
export interface Difference {
  /** The export, or its member. */
  readonly name: string;
  /** "size", "offset", "value" … */
  readonly what: string;
  readonly module: unknown;
  readonly headers: unknown;
}

export interface Checked {
  readonly differences: readonly Difference[];
  /** How many facts were compared. */
  readonly compared: number;
  /** Exports that the headers do not have. */
  readonly unknown: readonly string[];
}

/** What a generated module says of itself. */
interface Origin {
  readonly source: Partial<Settings>;
  readonly names: Readonly<Record<string, string>>;
  readonly layouts: Readonly<Record<string, readonly [cName: string, size: number, align: number, offsets: object]>>;
}

/**
 * Compares a module's exports with what the C compiler says of them.
 *
 * @throws CompilationError when the headers do not compile, TypeError when there are none.
 */
export async function check(
  module: Readonly<Record<string, unknown>>,
  settings: Partial<Settings> = {},
): Promise<Checked> {
  const origin = module.__configure__ as Origin | undefined;
  const all: Settings = { ...origin?.source, ...definedOnly(settings) };
  if (!all.headers?.length)
    throw new TypeError("check(): a module that was not generated needs headers to be checked against");
  const known = new Known(all, origin);
  const questions: Question[] = [];
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(module)) {
    if (name === "__configure__" || name === "default") continue;
    const asked = questionOf(name, value, known);
    if (asked === "unknown") unknown.push(name);
    else if (asked !== null) questions.push(asked);
  }
  all.progress?.(`asking C about ${questions.length} exports`);
  const entries = questions.map((question) => question.entry);
  const facts = await measureEntries(all, entries, null);
  const compared = questions.flatMap((question) => question.compare(facts.get(question.entry)));
  return {
    differences: compared.filter(({ module, headers }) => !Object.is(module, headers)),
    compared: compared.length,
    unknown,
  };
}

// -- Questions -------------------------------------------------------------------------------------

interface Question {
  readonly entry: Entry;
  /** Everything that can be compared, alike or not. */
  compare(fact: unknown): Difference[];
}

function questionOf(name: string, value: unknown, known: Known): Question | "unknown" | null {
  const cName = known.nameOf(name);
  if (isClass(value) && value._fields_ !== undefined) return recordQuestion(name, value, known);
  if (isClass(value)) return letterOf(value) === null || !known.has(cName) ? null : simpleQuestion(name, cName, value);
  if (typeof value === "number" || typeof value === "bigint") {
    if (!known.has(cName)) return "unknown";
    return known.isDouble(value) ? doubleQuestion(name, cName, value as number) : integerQuestion(name, cName, value);
  }
  if (typeof value === "string") return known.has(cName) ? textQuestion(name, cName, value) : "unknown";
  return null;
}

function recordQuestion(name: string, type: AnyClass, known: Known): Question | "unknown" {
  const cName = known.recordOf(name);
  if (cName === null) return "unknown";
  if (cName === "") return { entry: ConstantInteger("1"), compare: () => [] }; // C cannot name it
  const members = membersOf(type, known.membersOf(name));
  const fields = Object.fromEntries(members.map((member) => [member.name, member.hint]));
  const isUnion = cName.startsWith("union ");
  return {
    entry: isUnion ? Union(cName, fields) : Struct(cName, fields),
    compare(fact) {
      const { size, align, members: measured } = fact as StructFact;
      return [
        { name, what: "size", module: sizeof(type), headers: size },
        { name, what: "alignment", module: alignment(type), headers: align },
        ...members.flatMap((member) =>
          compareMember(`${name}.${member.name}`, member, measured[member.name] as MemberFact),
        ),
      ];
    },
  };
}

function compareMember(name: string, member: MemberOfClass, fact: MemberFact): Difference[] {
  if (fact.bits !== undefined) {
    const { offset, width, isSigned } = fact.bits;
    return [
      { name, what: "first bit", module: 8 * member.offset + member.bitOffset, headers: offset },
      { name, what: "bits", module: member.bitSize, headers: width },
      { name, what: "sign", module: "bhilq".includes(member.letter ?? ""), headers: isSigned },
    ];
  }
  const differences: Difference[] = [
    { name, what: "offset", module: member.offset, headers: fact.offset },
    { name, what: "size", module: member.size, headers: fact.item?.length === 0 ? 0 : fact.size },
  ];
  const signs = kindsOf(member.letter, fact.item ?? fact);
  return signs === null ? differences : [...differences, { name, what: "kind", module: signs[0], headers: signs[1] }];
}

function simpleQuestion(name: string, cName: string, type: AnyClass): Question {
  return {
    entry: SimpleType_(cName),
    compare(fact) {
      const { size } = fact as TypeFact;
      const kinds = kindsOf(letterOf(type), fact as TypeFact);
      return [
        { name, what: "size", module: sizeof(type), headers: size },
        ...(kinds === null ? [] : [{ name, what: "kind", module: kinds[0], headers: kinds[1] }]),
      ];
    },
  };
}

function integerQuestion(name: string, cName: string, value: number | bigint): Question {
  return { entry: ConstantInteger(cName), compare: (fact) => [{ name, what: "value", module: value, headers: fact }] };
}

function doubleQuestion(name: string, cName: string, value: number): Question {
  return {
    entry: DefinedConstantDouble(cName),
    compare: (fact) => [{ name, what: "value", module: value, headers: fact }],
  };
}

function textQuestion(name: string, cName: string, value: string): Question {
  return {
    entry: DefinedConstantString(cName),
    compare: (fact) => [{ name, what: "value", module: value, headers: fact }],
  };
}

// -- What the headers know -------------------------------------------------------------------------

/** Names of the headers: from a generated module's own words, or by parsing. */
class Known {
  readonly #settings: Settings;
  readonly #origin: Origin | undefined;
  #parsed: Map<string, Declaration> | undefined;

  constructor(settings: Settings, origin: Origin | undefined) {
    this.#settings = settings;
    this.#origin = origin;
  }

  nameOf(name: string): string {
    return this.#origin?.names[name] ?? name;
  }

  has(cName: string): boolean {
    return this.#origin !== undefined || this.#declared().has(cName);
  }

  /** The C name of a structure; null when there is none. */
  recordOf(name: string): string | null {
    const layout = this.#origin?.layouts[name];
    if (layout !== undefined) return layout[0];
    const found = this.#declared().get(name);
    return found?.kind === "record" ? found.cName : null;
  }

  /** The members that C has; null when the module is to be believed. */
  membersOf(name: string): ReadonlySet<string> | null {
    if (this.#origin !== undefined) return null;
    const found = this.#declared().get(name);
    return found?.kind === "record" ? new Set(found.members.map((member) => member.name)) : null;
  }

  isDouble(value: number | bigint): boolean {
    return typeof value === "number" && !Number.isSafeInteger(value); // an integer as large as that is a bigint
  }

  #declared(): Map<string, Declaration> {
    if (this.#parsed === undefined) {
      const { declarations } = parse({
        ...this.#settings,
        headers: this.#settings.headers ?? [],
        onlyFrom: [/./],
        docs: "none",
      });
      this.#parsed = new Map();
      for (const declaration of declarations) {
        this.#parsed.set(declaration.name, declaration);
        if (declaration.kind === "enum") for (const [key] of declaration.values) this.#parsed.set(key, declaration);
      }
      // A typedef's name is as good as the structure's.
      for (const declaration of declarations) {
        if (declaration.kind !== "typedef" || declaration.type.kind !== "named") continue;
        const target = this.#parsed.get(declaration.type.name);
        if (target?.kind === "record") this.#parsed.set(declaration.name, target);
      }
    }
    return this.#parsed;
  }
}

// -- Classes ---------------------------------------------------------------------------------------

type AnyClass = TypeOf & { readonly _fields_?: Readonly<Record<string, unknown>> };

function isClass(value: unknown): value is AnyClass {
  return typeof value === "function" && ("_fields_" in value || "_type_" in value);
}

interface MemberOfClass {
  readonly name: string;
  readonly hint: Hint;
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly size: number;
  /** ctypes' letter of the type or of an array's items. */
  readonly letter: string | null;
}

/** The members that C can name: those of anonymous members are its own, and padding has no name there. */
function membersOf(type: AnyClass, known: ReadonlySet<string> | null): MemberOfClass[] {
  const found: MemberOfClass[] = [];
  const visit = (inner: AnyClass): void => {
    for (const name of Object.keys(inner._fields_ ?? {})) {
      const own = field(inner, name as never);
      if (own.is_anonymous) visit(own.type as AnyClass);
      else if (!/^_+\d+$/.test(name) || known?.has(name)) found.push(describe(type, name));
    }
  };
  visit(type);
  return found;
}

function describe(type: AnyClass, name: string): MemberOfClass {
  const { type: own, offset, bit_offset, bit_size, is_bitfield, byte_size } = field(type, name as never);
  const item =
    (own as { _length_?: number })._length_ === undefined ? own : (own as unknown as { _type_: TypeOf })._type_;
  const hint = is_bitfield ? ({ type: own, width: bit_size } as Hint) : own;
  return { name, hint, offset, bitOffset: bit_offset, bitSize: bit_size, size: byte_size, letter: letterOf(item) };
}

/** What both say of a number: signed, unsigned or float. Null where one of them has no number. */
function kindsOf(letter: string | null, fact: TypeFact): [module: string, headers: string] | null {
  const [own, other] = [kindOf(letter ?? ""), kindOf(fact.code)];
  // A `char` is what each machine has for it, and a character to us.
  return own === null || other === null ? null : [own, other];
}

function kindOf(letter: string): string | null {
  if (letter === "") return null;
  if ("bhilq".includes(letter)) return "signed";
  if ("BHILQ".includes(letter)) return "unsigned";
  return "fdg".includes(letter) ? "float" : letter === "?" ? "bool" : null;
}

function definedOnly(settings: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
