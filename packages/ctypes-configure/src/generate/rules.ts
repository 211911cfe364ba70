/**
 * What a user says of single functions, parameters, results and members: which `char *` is text, which type stands in
 * place of another, how calls are made, and who frees a result.
 *
 * A rule is a regular expression. It is asked of the name of a function, typedef, variable or structure, and of each of
 * its places: `git_path.result`, `git_open.path`, `git_buf.ptr`. A function type has such places as well, wherever it
 * stands: a callback's parameters are named after its own place.
 */
import { CFUNCTYPE } from "ctypes-js";
import {
  type Declaration,
  exportedNames,
  type FunctionDeclaration,
  type FunctionType,
  namesIn,
  type RecordDeclaration,
  type Type,
  type TypedefDeclaration,
} from "./ir.ts";
import { layoutOf } from "./layouts.ts";
import { CALL_OPTIONS, type GenerateOptions } from "./options.ts";
import { parsedType } from "./typeparser.ts";

/** The declarations as the rules want them. @throws Error for a rule that cannot be followed, with its place. */
export function ruled(declarations: readonly Declaration[], options: GenerateOptions): Declaration[] {
  const rules = new Rules(options, declarations);
  const made = declarations.map((declaration) => rules.apply(declaration));
  rules.checkNames(made);
  for (const unused of rules.unused()) options.progress?.(unused);
  return made;
}

// -- Private ---------------------------------------------------------------------------------------

type Rule = "text" | "disposes" | (typeof CALL_OPTIONS)[number]["rule"];

class Rules {
  readonly #patterns: readonly (readonly [rule: Rule, pattern: RegExp, by: string])[];
  readonly #replace: ReadonlyMap<string, Type>;
  readonly #used = new Set<RegExp | string>();
  readonly #typedefs: ReadonlyMap<string, Type>;

  constructor(options: GenerateOptions, declarations: readonly Declaration[]) {
    const typedefs = declarations.filter((one): one is TypedefDeclaration => one.kind === "typedef");
    this.#typedefs = new Map(typedefs.map(({ name, type }) => [name, type]));
    const ofRule = (rule: Exclude<Rule, "disposes">) =>
      (options[rule] ?? []).map((pattern) => [rule, pattern, ""] as const);
    this.#patterns = [
      ...ofRule("text"),
      ...CALL_OPTIONS.flatMap(({ rule }) => ofRule(rule)),
      ...Object.entries(options.disposes ?? {}).map(([by, pattern]) => ["disposes", pattern, by] as const),
    ];
    const places = Object.entries(options.replace ?? {}).filter(([name]) => name.includes("."));
    this.#replace = new Map(places.map(([place, expression]) => [place, parsedType(expression)]));
  }

  apply(declaration: Declaration): Declaration {
    switch (declaration.kind) {
      case "function":
        return this.#function(declaration);
      case "record":
        return this.#record(declaration);
      case "variable":
        return { ...declaration, type: this.#placed(declaration.type, [declaration.cName]) };
      case "typedef": {
        const { type, cName } = declaration;
        if (type.kind !== "function") return declaration;
        return { ...declaration, type: this.#called(this.#inside(type, cName), [cName]) };
      }
      default:
        return declaration;
    }
  }

  /** @throws Error when a rule names a type that the module has not. */
  checkNames(declarations: readonly Declaration[]): void {
    const names = new Set(
      declarations.flatMap((one) => ("type" in one || !("name" in one) ? [one.name] : exportedNames(one as never))),
    );
    for (const [place, type] of this.#replace) {
      const missing = namesIn(type).find((name) => !names.has(name));
      if (missing !== undefined) throw new Error(`replace: ${place}: the module has no type ${missing}`);
    }
  }

  /** What is said of rules that nothing matched. */
  unused(): string[] {
    const patterns = this.#patterns.filter(([, pattern]) => !this.#used.has(pattern));
    return [
      ...patterns.map(([rule, pattern]) => `${rule}: nothing matches ${pattern}`),
      ...[...this.#replace.keys()].filter((place) => !this.#used.has(place)).map((place) => `replace: no ${place}`),
    ];
  }

  #function(declaration: FunctionDeclaration): FunctionDeclaration {
    const { cName, type } = declaration;
    const inside = this.#inside(type, cName);
    return { ...declaration, type: this.#called({ ...inside, result: this.#result(inside.result, cName) }, [cName]) };
  }

  /** A function type with its parameters and result as the rules want them; one without a name goes by its number. */
  #inside(type: FunctionType, owner: string): FunctionType {
    const parameters = type.parameters.map((parameter, i) => {
      const place = `${owner}.${parameter.name || i + 1}`;
      return { ...parameter, type: this.#placed(parameter.type, [owner, place]) };
    });
    return { ...type, parameters, result: this.#placed(type.result, [owner, `${owner}.result`]) };
  }

  #record(declaration: RecordDeclaration): RecordDeclaration {
    const { cName, name } = declaration;
    const owner = cName.replace(/^(struct|union) /, "") || name;
    const members = declaration.members.map((member) =>
      member.width === null
        ? { ...member, type: this.#placed(member.type, [owner, `${owner}.${member.cName}`]) }
        : member,
    );
    return { ...declaration, members };
  }

  /** The type of a place, by its names: the last one is the place alone. */
  #placed(type: Type, names: readonly string[]): Type {
    const place = names.at(-1) as string;
    const other = this.#replace.get(place);
    if (other !== undefined) {
      this.#used.add(place);
      checkSize(place, type, other);
      return other;
    }
    const text = this.#textOf(type);
    if (text !== null && this.#matches("text", names)) return text;
    return type.kind === "function" ? this.#called(this.#inside(type, place), [place]) : type;
  }

  /** A function type with its options. */
  #called(type: FunctionType, names: readonly string[]): FunctionType {
    const wanted = CALL_OPTIONS.filter(({ rule }) => this.#matches(rule, names)).map(({ option }) => option);
    if (wanted.length === 0) return type;
    try {
      const result = type.result.kind === "void" ? null : CFUNCTYPE(null);
      CFUNCTYPE(result as never, Object.fromEntries(wanted.map((option) => [option, true])));
    } catch (error) {
      throw new Error(`${names.join()}: ${(error as Error).message}`);
    }
    return { ...type, options: wanted };
  }

  #result(type: Type, name: string): Type {
    const by = this.#patterns.find(([rule, pattern]) => rule === "disposes" && this.#test(pattern, [name]))?.[2];
    if (by === undefined) return type;
    const text = this.#textOf(type) ?? type;
    if (text.kind !== "simple" || !/^c_(char|wchar|char16|char32)_p$/.test(text.name)) {
      throw new Error(`disposes: ${name}: its result is no text; --replace '${name}.result=c_char_p' says that it is`);
    }
    return { kind: "disposed", text: text.name, by, library: null };
  }

  /**
   * The same with text in place of `char *`, whatever typedefs call that; null where it is none, nor a pointer to one.
   */
  #textOf(type: Type): Type | null {
    const pointer = this.#plain(type);
    if (pointer.kind !== "pointer") return null;
    const to = this.#plain(pointer.to);
    if (to.kind === "simple" && to.name === "c_char") return { kind: "simple", name: "c_char_p" };
    const inner = this.#textOf(to);
    return inner && { kind: "pointer", to: inner };
  }

  /** What a typedef stands for. */
  #plain(type: Type): Type {
    const named = type.kind === "named" ? this.#typedefs.get(type.name) : undefined;
    return named === undefined ? type : this.#plain(named);
  }

  #matches(wanted: Rule, names: readonly string[]): boolean {
    const all = this.#patterns.filter(([rule]) => rule === wanted);
    return all.filter(([, pattern]) => this.#test(pattern, names)).length > 0;
  }

  #test(pattern: RegExp, names: readonly string[]): boolean {
    const isMatch = names.some((name) => pattern.test(name));
    if (isMatch) this.#used.add(pattern);
    return isMatch;
  }
}

/** What another size would do to a structure or a call is not meant. */
function checkSize(place: string, type: Type, other: Type): void {
  try {
    const [size, wanted] = [type, other].map((one) => layoutOf(one, () => undefined).size);
    if (size !== wanted) throw new Error(`replace: ${place}: it has ${size} bytes in C, the type given ${wanted}`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a structure of the module: the check compares it
  }
}
