/**
 * Enumerations: a type of its own for each that has a name, whatever typedefs call it; the values of the others are
 * constants.
 */
import { c_int } from "ctypes-js";
import { type Type as ClangType, type Cursor, CursorKind, TypeKind } from "ctypes-libclang";
import { identityOf } from "./identity.ts";
import type { Common, ConstantDeclaration, EnumDeclaration, Enumerator, Type } from "./ir.ts";
import type { Naming } from "./naming.ts";
import { typeOfInteger } from "./types.ts";

type CommonOf = (cursor: Cursor) => Common;

type EnumType = Type & { kind: "enum" };

interface Known {
  /** By the names that C has for it, the enumeration's own first; empty where it is no type of the module. */
  readonly types: ReadonlyMap<string, EnumType>;
  readonly declarations: readonly (EnumDeclaration | ConstantDeclaration)[];
}

export class Enums {
  readonly #known = new Map<string, Known>();
  readonly #naming: Naming;
  readonly #commonOf: CommonOf;

  constructor(naming: Naming, commonOf: CommonOf) {
    this.#naming = naming;
    this.#commonOf = commonOf;
  }

  /** The declarations of an enumeration that was not read before. */
  read(definition: Cursor): readonly (EnumDeclaration | ConstantDeclaration)[] {
    const identity = identityOf(definition);
    if (this.#known.has(identity)) return [];
    const known = this.#naming.hasName(definition) ? this.#named(definition) : this.#unnamed(definition);
    this.#known.set(identity, known);
    return known.declarations;
  }

  /** The type of one that was read, under the name that a typedef gives it; null where it is but an integer. */
  typeOf(definition: Cursor, typedef?: string): Type | null {
    const types = this.#known.get(identityOf(definition))?.types;
    if (types === undefined) return null;
    const [first] = types.values();
    return (typedef === undefined ? first : types.get(typedef)) ?? first ?? null;
  }

  #named(definition: Cursor): Known {
    const { commonOf, naming } = { commonOf: this.#commonOf, naming: this.#naming };
    const own = naming.nameOf(definition);
    const name = naming.take(own);
    const cName = naming.cNameOf(definition);
    const others = naming.otherNamesOf(definition).map((other) => [other, naming.take(other)] as const);
    const integer = typeOfInteger(definition.enum_type);
    const values = this.#enumerators(definition).map(({ name: key, cName, value, comment }): Enumerator => {
      const read = isBigint(integer) ? BigInt(value) : value;
      return { name: integer === null ? key : enumeratorName(key), cName, value: read, comment };
    });
    const aliases = others.map(([, alias]) => alias);
    const names = integer === null ? [] : [[own, name] as const, ...others];
    return {
      types: new Map(names.map(([inC, here]) => [inC, { kind: "enum", name: here, integer: integer as string }])),
      declarations: [{ ...commonOf(definition), kind: "enum", name, cName, integer, values, aliases }],
    };
  }

  #unnamed(definition: Cursor): Known {
    const declarations = this.#enumerators(definition).map(
      ({ name: own, cName, value, comment }): ConstantDeclaration => {
        const name = this.#naming.take(own);
        return { ...this.#commonOf(definition), kind: "constant", name, cName, value, comment };
      },
    );
    return { types: new Map(), declarations };
  }

  /** By the names of the header. */
  #enumerators(definition: Cursor): Enumerator[] {
    return definition
      .get_children()
      .filter((child) => child.kind === CursorKind.ENUM_CONSTANT_DECL)
      .map((child) => ({
        name: child.spelling,
        cName: this.#naming.cNameOfConstant(child, definition),
        value: child.enum_value,
        comment: this.#commonOf(child).comment,
      }));
  }
}

/** The enumeration that a type is, whatever typedefs call it; null where it is none. */
export function enumerationOf(type: ClangType): Cursor | null {
  const canonical = type.get_canonical();
  return canonical.kind === TypeKind.ENUM ? canonical.get_declaration().get_definition() : null;
}

/** Whether an enumeration is only announced here, and defined elsewhere. */
export function isAnnounced(cursor: Cursor): boolean {
  return cursor.kind === CursorKind.ENUM_DECL && !cursor.is_definition() && cursor.get_definition() !== null;
}

// -- Private ---------------------------------------------------------------------------------------

/** `long long` reads as a bigint always. */
function isBigint(integer: string | null): boolean {
  return integer === "c_longlong" || integer === "c_ulonglong";
}

/** The name that a constant has here: some are every C type's own. */
function enumeratorName(name: string): string {
  const isTaken = name === "name" || name === "prototype" || (name in c_int && !(name in Function.prototype));
  return isTaken ? `${name}_` : name;
}
