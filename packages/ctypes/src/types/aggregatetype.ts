/**
 * Structures and unions as the compiler sees them; `structure.ts` makes them. Types only.
 */
import type { LayoutRule } from "../memory/layout.ts";
import type {
  AnyData,
  Data,
  Initial,
  InstanceOf,
  Read,
  Self,
  Tagged,
  TypeOf,
  UnionToIntersection,
  WithoutPhantom,
  Write,
} from "./inference.ts";
import type { BitField } from "./memberlist.ts";
import type { Statics } from "./statics.ts";

/**
 * A record of member name → type. A type that does not exist yet, above all the structure's own, is given as a
 * function: `next: () => POINTER(Node)`.
 */
// biome-ignore lint/suspicious/noExplicitAny: with `any` the compiler need not look inside the function while it still resolves the class
export type Fields = Record<string, TypeOf | BitField<any> | (() => any)>;

type MemberOf<T> =
  T extends TypeOf<infer I>
    ? I
    : T extends BitField<infer I>
      ? I
      : T extends () => infer Later
        ? InstanceOf<Later>
        : never;

type Members<F> = { -readonly [K in keyof F]: Read<MemberOf<F[K]>> };
type Init<F> = { readonly [K in keyof F]?: Write<MemberOf<F[K]>> };

/** The members of the anonymous members `A`, made members of the whole. */
type Promoted<F, A> = [A] extends [never]
  ? unknown
  : UnionToIntersection<A extends keyof F ? WithoutPhantom<MemberOf<F[A]>> : never>;
type PromotedInit<F, A> = [A] extends [never]
  ? unknown
  : UnionToIntersection<A extends keyof F ? Initial<MemberOf<F[A]>> : never>;

export interface Options<A> {
  /** The largest alignment a member may have, a power of two: `#pragma pack(n)`. */
  readonly pack?: number;
  /** The least alignment of the whole, a power of two: `_Alignas`. */
  readonly align?: number;
  /** How bit-fields are laid out: as gcc does on Unix, or as Microsoft's compiler does; by default as is usual here. */
  readonly layout?: LayoutRule;
  /** Members whose own members are reached without naming them: C11's unnamed structures and unions. */
  readonly anonymous?: readonly A[];
}

/**
 * A structure or union class. `Base` is what `extend` builds upon. A class that has a static property `_abstract_` has
 * no size and no instances; what extends it may.
 */
export interface AggregateType<F, A, Base = unknown> extends Statics, Extensible<F, A> {
  /**
   * Zeroed memory, with the members given: by name, or as an array in their order, as C's `{ 1, 2 }`; or a copy of an
   * object of this type. @throws TypeError naming the member that is unknown or of the wrong kind.
   */
  new (
    init?: (Init<F> & PromotedInit<F, A>) | readonly unknown[],
  ): Base &
    Members<F> &
    Promoted<F, A> &
    Data<Self, Self | (Init<F> & PromotedInit<F, A>), Self | (Init<F> & PromotedInit<F, A>)>;
  readonly _fields_: F;
}

// biome-ignore lint/suspicious/noExplicitAny: the constructor's parameters do not matter
type AnyClass = abstract new (...args: any) => any;

export interface Extensible<F, A> {
  /** A structure that begins with this one: Python's `class Point3D(Point)`. */
  extend<This extends AnyClass, G extends Fields, const B extends keyof G = never>(
    this: This,
    fields: G,
    options?: Options<B>,
  ): AggregateType<F & G, A | B, InstanceType<This>>;
  /**
   * The same with members given later: `class Point3D extends Point.extend() {}`, then
   * `Point3D._fields_ = { z: c_int }`.
   */
  extend<This extends AnyClass>(this: This): LateType<InstanceType<This>>;
}

/**
 * A structure that begins with an `I`, and whose further members are given later; what extends it may `declare` them.
 */
export interface LateType<I> extends Statics, Extensible<unknown, never> {
  new (init?: object): I;
  get _fields_(): Fields;
  set _fields_(fields: Fields);
}

/** A structure whose members are given later: `Node._fields_ = { … }`. `M` names the member *instances*. */
export interface IncompleteType<M> extends Statics, Extensible<unknown, never> {
  new (
    init?: { readonly [K in keyof M]?: Write<M[K]> },
  ): { -readonly [K in keyof M]: Read<M[K]> } & Data<Self, Self | { readonly [K in keyof M]?: Write<M[K]> }, Self>;
  set _fields_(fields: { readonly [K in keyof M]: M[K] extends AnyData ? TypeOf<M[K]> | (() => TypeOf<M[K]>) : never });
}

/** A type of which only pointers exist. */
export interface OpaqueType<Name extends string> extends Statics {
  new (hasNoInstances: Self): Data<Self, Self, Self> & Tagged<Name>;
}
