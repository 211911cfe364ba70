/**
 * How a structure or union is defined: the class for a record of members, and what it answers as a C type.
 */

import type { Leaf } from "rawffi";
import { own } from "rawffi";
import { disown, expected, locate, locateInner } from "../memory/errors.ts";
import { hasMemory } from "../memory/keep.ts";
import { loadAddress } from "../memory/memory.ts";
import { reserve, reserved } from "../memory/slab.ts";
import { address } from "./address.ts";
import { asParameter, CArgObject } from "./arguments.ts";
import { CData, isInstance } from "./cdata.ts";
import { storeCopy, viewMaker } from "./construct.ts";
import { ownConstructor } from "./constructor.ts";
import { copyWhole } from "./copies.ts";
import {
  type AggregateOptions,
  checkFields,
  type Declared,
  layOutMembers,
  type Member,
  type MemberList,
} from "./memberlist.ts";
import { accessOf, defineMembers, type Initialiser, makeInitialiser } from "./members.ts";
import { isReal, loadedInForm, shownOr, shownWithoutMemory } from "./plain.ts";
import {
  Argument,
  type CType,
  DESCRIBE,
  INSPECT,
  type Inspect,
  MEMORY,
  OFFSET,
  PLAIN,
  type PlainForm,
  plainInspect,
  SWAPPED,
  type Traits,
  traitsOf,
  typeOfInstance,
} from "./protocol.ts";

/** What {@link Traits} of a structure or union know besides. */
export interface AggregateTraits extends Traits {
  readonly members: readonly Member[];
  readonly promoted: ReadonlyMap<string, number>;
  /** The members whose own members are reached without naming them. */
  readonly anonymous: readonly string[];
  readonly isUnion: boolean;
  readonly initialise: Initialiser;
}

const LAID_OUT: unique symbol = Symbol("laid out");
interface LaidOut {
  [LAID_OUT](): AggregateTraits;
}

type AggregateSettings = AggregateOptions & { readonly isUnion: boolean; readonly isBigEndian: boolean };

/** The class for these members, or for those that come later. */
export function aggregate(where: string, given: object | undefined, settings: AggregateSettings, Base: CType): unknown {
  const { isUnion, isBigEndian, ...others } = settings;
  const options = own(others);
  const kind = isUnion ? "union" : "structure";
  const base = Base === (CData as unknown) ? null : Base;
  let fields = given as Record<string, Declared> | undefined;
  let list: MemberList | "under way" | undefined;
  if (fields !== undefined) checkFields(where, fields, options);

  class AggregateData extends (Base as unknown as typeof CData) {
    constructor(init?: unknown) {
      super();
      if (init !== undefined) fill(this, init, traitsOf(new.target as unknown as CType));
    }
    static override [DESCRIBE](): Traits {
      if (isAbstract(this)) throw new TypeError(`${this.name} is an abstract class: it has no size and no instances`);
      return this[LAID_OUT]();
    }
    static [LAID_OUT](): AggregateTraits {
      return aggregateTraits(this as unknown as CType, finalise(this.name), base, options.anonymous ?? [], isUnion);
    }
    // A nested structure keeps its own byte order.
    static override [SWAPPED](): CType | undefined {
      return this as unknown as CType;
    }
    static get _fields_(): object | undefined {
      return fields;
    }
    static set _fields_(later: Record<string, Declared>) {
      if (fields !== undefined) throw new TypeError(`${this.name}._fields_ is final`);
      if (this !== Made && Object.getPrototypeOf(this) !== Made) {
        const parent = (Object.getPrototypeOf(this) as CType).name;
        throw new TypeError(
          `${this.name}._fields_: it has the members of ${parent}; use ${parent}.extend() to add more`,
        );
      }
      checkFields(`${this.name}._fields_`, later, options);
      fields = later;
    }
    static extend(more?: object, moreOptions: AggregateOptions = {}): unknown {
      return aggregate(
        `${this.name}.extend()`,
        more,
        { ...moreOptions, isUnion, isBigEndian },
        this as unknown as CType,
      );
    }
    override [PLAIN](form: PlainForm): unknown {
      const { members } = traitsOf(typeOfInstance(this)) as AggregateTraits;
      return form.object(() => members.map((member) => [member.name, memberInForm(this, member, form)]));
    }
    override [INSPECT](depth: number | null, options: object, inspect: Inspect = plainInspect): string {
      if (!isReal(this)) return shownWithoutMemory(this);
      const { members, name } = traitsOf(typeOfInstance(this)) as AggregateTraits;
      if (depth !== null && depth < 0) return `[${name}]`;
      const values = this as unknown as Record<string, unknown>;
      const read = (member: Member) =>
        shownOr(
          member.traits,
          () => values[member.name],
          () => loadAddress(this[MEMORY], this[OFFSET] + member.offset),
        );
      const shown = Object.fromEntries(members.map((member) => [member.name, read(member)]));
      return `${name} ${inspect(shown, { ...options, depth })}`;
    }
  }

  /** Lays the members out and gives the prototype its properties; once, before there is any instance. */
  function finalise(name: string): MemberList {
    if (typeof list === "object") return list;
    if (fields === undefined) throw new TypeError(`${kind} '${name}' is incomplete: its _fields_ were never given`);
    if (list === "under way")
      throw new TypeError(`${kind} '${name}' cannot contain itself; a pointer to it can be a member`);
    list = "under way";
    let laidOut: MemberList;
    try {
      laidOut = layOutMembers(name, fields, { ...options, isUnion, isBigEndian }, base === null ? null : baseOf(base));
    } finally {
      list = undefined;
    }
    list = laidOut;
    const own = list.members.slice(base === null ? 0 : baseOf(base).members.length);
    defineMembers(AggregateData.prototype, name, own);
    for (const [inner, outer] of promotions(list.members, options.anonymous ?? [])) {
      definePromoted(AggregateData.prototype, name, inner, outer.name);
    }
    return list;
  }

  Object.defineProperty(AggregateData, "name", { value: isUnion ? "Union" : "Structure" });
  // What extends a user's class must run that class's constructor.
  const Made: unknown = base === null ? ownConstructor(AggregateData, fill) : AggregateData;
  return Made;
}

function memberInForm(data: CData, member: Member, form: PlainForm): unknown {
  const { load, at } = accessOf(member);
  return loadedInForm(
    form,
    member.traits.raw,
    () => load(data[MEMORY], data[OFFSET] + at, data, member.index),
    () => loadAddress(data[MEMORY], data[OFFSET] + at),
  );
}

function fill(self: CData, init: unknown, traits: Traits): void {
  try {
    (traits as AggregateTraits).initialise(self, init as object);
  } catch (error) {
    throw locate(error, traits.name);
  }
}

function aggregateTraits(
  self: CType,
  { layout, members, leaves }: MemberList,
  base: CType | null,
  anonymous: readonly PropertyKey[],
  isUnion: boolean,
): AggregateTraits {
  const { size, align, memberAlign } = layout;
  const { name } = self;
  const view = viewMaker(self);
  const inherited = base === null ? [] : traitsOfBase(base).promoted;
  const own = promotions(members, anonymous).map(
    ([inner, outer]) => [inner, outer.offset + offsetIn(outer, inner)] as const,
  );
  const promoted = new Map<string, number>([...inherited, ...own]);
  const initialise = makeInitialiser(
    name,
    members,
    [...promoted.keys()],
    (init): init is CData => hasMemory(init) && isInstance(init, self),
    (data, from) => copyWhole(data, from, size),
  );
  const make = (value: unknown): CData => {
    if (value instanceof CData || value instanceof CArgObject) {
      throw expected(`${name} or an object of its members`, value);
    }
    const offset = reserve(size, align);
    const data = view(reserved.memory, offset, null, 0);
    initialise(data, value as object);
    return data;
  };
  return {
    type: self,
    name,
    size,
    align,
    raw: { size, align, memberAlign, leaves },
    slot: "wide",
    usesScratch: false,
    load: view,
    store: storeCopy({ type: self, name, size }, make),
    pass(value) {
      if (value instanceof self) return address(value);
      // As in ctypes, an array initialises members but is no argument; what something else stands for has no members of
      // its own.
      if (Array.isArray(value) || asParameter(value) !== value) {
        throw expected(`${name} or an object of its members`, value);
      }
      try {
        const data = make(value);
        return new Argument(address(data), data);
      } catch (error) {
        throw locateInner(error, name);
      }
    },
    receive(at: number) {
      return (self as unknown as { from_address(at: number): CData }).from_address(at);
    },
    view,
    members,
    promoted,
    anonymous: [...(base === null ? [] : traitsOfBase(base).anonymous), ...anonymous.map(String)],
    isUnion,
    initialise,
  };
}

// -- Private ---------------------------------------------------------------------------------------

/** What a base is laid out as; also of an abstract one, which for anybody else has no layout. */
function traitsOfBase(base: CType): AggregateTraits {
  return isAbstract(base) ? (base as unknown as LaidOut)[LAID_OUT]() : (traitsOf(base) as AggregateTraits);
}

/** A class says of itself that it has no instances by a property `_abstract_`; its subclasses may have some. */
function isAbstract(type: object): boolean {
  return Object.hasOwn(type, "_abstract_");
}

function baseOf(base: CType): { size: number; align: number; members: readonly Member[]; leaves: readonly Leaf[] } {
  const { size, align, members, raw } = traitsOfBase(base);
  return { size, align, members, leaves: (raw as { leaves: readonly Leaf[] }).leaves };
}

/**
 * The names that anonymous members bring, and which brings each. A member's own name stands before one that is brought.
 */
function promotions(members: readonly Member[], anonymous: readonly PropertyKey[]): [inner: string, outer: Member][] {
  const outers = members.filter((member) => anonymous.includes(member.name));
  return outers.flatMap((outer) => {
    const { members: inner, promoted, name } = outer.traits as AggregateTraits;
    if (inner === undefined) throw new TypeError(`'${outer.name}' is anonymous, but ${name} has no members`);
    return [...inner.map((member) => member.name), ...promoted.keys()]
      .filter((found) => !members.some((member) => member.name === found))
      .map((found): [string, Member] => [found, outer]);
  });
}

function offsetIn(outer: Member, name: string): number {
  const { members, promoted } = outer.traits as AggregateTraits;
  return members.findLast((member) => member.name === name)?.offset ?? promoted.get(name) ?? 0;
}

function definePromoted(prototype: object, owner: string, inner: string, outer: string): void {
  type Record_ = Record<string, Record<string, unknown>>;
  Object.defineProperty(prototype, inner, {
    configurable: true,
    get(this: Record_) {
      return this[outer]?.[inner];
    },
    set(this: Record_, value: unknown) {
      try {
        (this[outer] as Record<string, unknown>)[inner] = value;
      } catch (error) {
        throw locate(disown(error), owner);
      }
    },
  });
}
