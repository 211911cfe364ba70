/**
 * What an entry is: something to ask of C, and what the answer is for the compiler of TypeScript. Types only.
 */
import type { AggregateType, AnyData, ArrayType, BitField, InstanceOf, TypeOf } from "ctypes-js";
import type { StructFact } from "./facts.ts";
import type { Where } from "./where.ts";

declare const FACT: unique symbol;
declare const VALUE: unique symbol;

/** Something to ask. `F` is what `measure` gives for it, `V` what `configure` does. */
export interface Entry<F = unknown, V = unknown> {
  readonly [FACT]?: F;
  readonly [VALUE]?: V;
  readonly kind: Kind;
  /** What is asked for, as C spells it. */
  readonly name: string;
  readonly where: Where | null;
  readonly ifdef: string | null;
  readonly hint?: Hint;
  /** Whether the typedef is meant, and no macro of its name. */
  readonly hides?: boolean;
  /** Whether the alignment of a simple type is asked for. */
  readonly aligned?: boolean;
  /** A member, an integer of several bytes, whose byte order is asked for: `scalar_storage_order` may change it. */
  readonly ordered?: string;
  readonly names?: readonly string[];
  readonly args?: readonly (number | bigint)[];
}

export type Kind =
  | "Struct"
  | "Union"
  | "SimpleType"
  | "ConstantInteger"
  | "ConstantDouble"
  | "ConstantString"
  | "ConstantBytes"
  | "DefinedConstantInteger"
  | "DefinedConstantString"
  | "DefinedConstantDouble"
  | "Defined"
  | "SizeOf"
  | "Has"
  | "Works"
  | "Enum"
  | "IntegerFunctionResult"
  | "InLibrary";

/** A structure or union of which some members are of interest; it is itself a hint, for members of that type. */
export interface StructEntry<F extends Record<string, Hint> = Record<string, Hint>, N = never>
  extends Entry<StructFact | N, AggregateType<FieldsOf<F>, never> | N> {
  readonly fields: F;
}

/** The record of a structure's members that a record of hints stands for. */
export type FieldsOf<F> = { [K in keyof F]: FieldOf<F[K]> };
type FieldOf<H> =
  H extends StructEntry<infer G, infer _N>
    ? AggregateType<FieldsOf<G>, never>
    : H extends readonly [infer I, infer L extends number]
      ? ArrayType<ItemOf<FieldOf<I>>, L>
      : // biome-ignore lint/suspicious/noExplicitAny: any bit-field
        H extends TypeOf | BitField<any>
        ? H
        : never;

type ItemOf<T> = InstanceOf<T> extends infer I extends AnyData ? I : never;

export type FactOf<E> = E extends Entry<infer F, infer _V> ? F : never;
export type ValueOf<E> = E extends Entry<infer _F, infer V> ? V : never;

/** `ifdef` makes an entry conditional. */
export interface Conditional {
  readonly ifdef: string;
}

/** A C type, a bit-field, another `Struct` entry, or an array of one of them: `[entry, 4]`. */
// biome-ignore lint/suspicious/noExplicitAny: any structure entry, whatever its members
export type Hint = TypeOf | BitField<any> | StructEntry<any> | readonly [TypeOf | StructEntry<any>, number];
