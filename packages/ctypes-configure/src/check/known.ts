/**
 * What the headers know by name: from a generated module's own words, or by parsing them.
 */
import { LibclangError } from "ctypes-libclang";
import type { Declaration, EnumDeclaration, FunctionDeclaration, VariableDeclaration } from "../generate/ir.ts";
import type { GenerateOptions } from "../generate/options.ts";
import { parse } from "../generate/parse.ts";
import { ruled } from "../generate/rules.ts";
import type { Settings } from "../measure/settings.ts";

/** What a generated module says of itself. */
export interface Origin {
  /** Where the module is, if it keeps paths as seen from there. */
  readonly url?: string;
  readonly source: Partial<Settings> & { readonly rules?: Pick<GenerateOptions, "replace" | "shim"> };
  readonly names: Readonly<Record<string, string>>;
  /** Members that are bytes for want of their type: `window.flags`. */
  readonly bytes?: readonly string[];
  /** Typedefs that C aligns otherwise than their types. */
  readonly realigned?: readonly string[];
  /** Macros and inline functions that are arithmetic alone, as C spells them. */
  readonly expressions?: readonly string[];
  readonly layouts: Readonly<Record<string, readonly [cName: string, size: number, align: number, offsets: object]>>;
}

/** Names of the headers: from a generated module's own words, or by parsing. */
export class Known {
  readonly #settings: Settings;
  readonly #origin: Origin | undefined;
  readonly #symbols = new Map<string, FunctionDeclaration | VariableDeclaration>();
  #parsed: Map<string, Declaration> | undefined;

  constructor(settings: Settings, origin: Origin | undefined) {
    this.#settings = settings;
    this.#origin = origin;
  }

  /** Whether the compiler's answers are those of a program that runs. */
  get isRun(): boolean {
    return this.#settings.mode !== "object";
  }

  nameOf(name: string): string {
    return this.#origin?.names[name] ?? name;
  }

  has(cName: string): boolean {
    return this.#origin !== undefined || this.#declared().has(cName) || this.#symbols.has(cName);
  }

  /** The C name of a structure, which C may have no members of; null when there is none. */
  recordOf(name: string): string | null {
    const layout = this.#origin?.layouts[name];
    if (layout !== undefined) return layout[0];
    const found = this.#declared().get(name);
    return found?.kind === "record" || found?.kind === "opaque" ? found.cName : null;
  }

  /** The members that C has; null when the module is to be believed. */
  membersOf(name: string): ReadonlySet<string> | null {
    if (this.#origin !== undefined) return null;
    const found = this.#declared().get(name);
    return found?.kind === "record" ? new Set(found.members.map((member) => member.name)) : null;
  }

  /** The name under which the module tells of a class that it exports under several. */
  homeOf(name: string, className: string): string {
    return this.#origin !== undefined && className in this.#origin.layouts ? className : name;
  }

  /** As C spells a member of a structure, or a name of an enumeration. */
  memberOf(owner: string, member: string): string {
    const names = this.#origin?.names ?? {};
    const key = `${owner}.${member}`;
    if (Object.hasOwn(names, key)) return names[key] as string;
    const found = this.#origin === undefined ? this.#declared().get(owner) : undefined;
    const members = found?.kind === "record" ? found.members : found?.kind === "enum" ? found.values : [];
    return members.find(({ name }) => name === member)?.cName ?? member;
  }

  /** Whether a member stands for something that ctypes has no type for. */
  isBytes(record: string, member: string): boolean {
    return this.#origin?.bytes?.includes(`${record}.${member}`) === true;
  }

  /** Whether the module says itself that C aligns a typedef otherwise. */
  isRealigned(name: string): boolean {
    return this.#origin?.realigned?.includes(name) === true;
  }

  /** Whether it is a macro or an inline function that calculates with numbers, and nothing else. */
  isExpression(cName: string): boolean {
    if (this.#origin !== undefined) return this.#origin.expressions?.includes(cName) === true;
    const found = this.#declared().get(cName);
    return found?.kind === "expression" && found.calls === null;
  }

  /** The enumeration of that name; null when there is none. */
  enumOf(name: string): EnumDeclaration | null {
    const found = this.#declaredIfParsed()?.get(name);
    return found?.kind === "enum" &&
      ([found.name, ...found.aliases].includes(name) || found.cName === this.nameOf(name))
      ? found
      : null;
  }

  /** The enumerator or macro of that name, whatever the module calls it. */
  hasConstant(cName: string): boolean {
    const declared = this.#declaredIfParsed();
    if (declared === null) return true;
    const found = declared.get(cName);
    return found?.kind === "enum" || found?.kind === "constant";
  }

  /** The function or variable of that name; null when there is none. */
  symbolOf(name: string): FunctionDeclaration | VariableDeclaration | null {
    this.#declared();
    return this.#symbols.get(name) ?? null;
  }

  /**
   * Where an export is declared, or its member, enumerator or symbol: `z_stream.next_in`. Null where that is not known.
   */
  placeOf(name: string): string | null {
    const declared = this.#declaredIfParsed();
    const [owner = "", inner] = name.split(".");
    const outer = declared?.get(owner) ?? declared?.get(this.nameOf(owner));
    const members = outer?.kind === "record" ? outer.members : [];
    const member = members.find((one) => one.name === inner);
    return (member ?? outer ?? this.#symbols.get(inner ?? ""))?.place || null;
  }

  /** What a name in a type stands for. */
  declarationOf(name: string): Declaration | undefined {
    return this.#declared().get(name);
  }

  /** Null where a module says itself what it was made of, and there is no libclang to look further. */
  #declaredIfParsed(): Map<string, Declaration> | null {
    try {
      return this.#declared();
    } catch (error) {
      if (this.#origin !== undefined && error instanceof LibclangError) return null;
      throw error;
    }
  }

  #declared(): Map<string, Declaration> {
    if (this.#parsed === undefined) {
      const shim = this.#origin?.source.rules?.shim;
      const options = {
        headers: this.#settings.headers ?? [],
        onlyFrom: [/./],
        docs: "none",
        // A generated module says itself which they are.
        translate: this.#origin === undefined,
        // What the user has put in a type's place is meant; its size is compared all the same.
        replace: this.#origin?.source.rules?.replace ?? {},
        ...(shim && { shim }),
      } as const;
      const declarations = ruled(parse({ ...this.#settings, ...options }).declarations, options);
      this.#parsed = new Map();
      for (const declaration of declarations) {
        // `stat` is a structure and a function.
        if (declaration.kind === "function" || declaration.kind === "variable") {
          this.#symbols.set(declaration.name, declaration);
          continue;
        }
        this.#parsed.set(declaration.name, declaration);
        if (declaration.kind !== "enum") continue;
        const keys = declaration.values.map(({ cName }) => cName);
        for (const key of [...declaration.aliases, ...keys]) this.#parsed.set(key, declaration);
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
