/**
 * The properties of a structure: one getter and one setter a member, and the function that fills a new instance.
 *
 * Each is evaluated anew for its class, so that an access in a loop becomes the one `DataView` access it stands for.
 */
import { anew, compile } from "../memory/compile.ts";
import { disown, expected, locate } from "../memory/errors.ts";
import { type Keys, keep, keys } from "../memory/keep.ts";
import type { Memory } from "../memory/memory.ts";
import { type Access, bitAccess } from "./bitfields.ts";
import type { CData } from "./cdata.ts";
import type { Member } from "./memberlist.ts";
import { type DirectStore, type MaybeDirect, MEMORY, NO_DIRECT, OFFSET, type Traits } from "./protocol.ts";

/** Fills an instance from a record of member values. @throws TypeError naming the member. */
export type Initialiser = (self: CData, init: object) => void;

/** Gives `prototype` the properties of `members`. `owner` is the name in messages. */
export function defineMembers(prototype: object, owner: string, members: readonly Member[]): void {
  for (const member of members) {
    const { load, store, at, direct } = accessOf(member);
    const { index, name } = member;
    const failed = (error: unknown) => locate(error, `${owner}.${name}`);
    const { get, set } = anew(makeProperty, { keys, keep, load, store, at, index, ...(direct ?? NO_DIRECT), failed });
    Object.defineProperty(prototype, name, { get, set, enumerable: true, configurable: true });
  }
}

/**
 * Makes the initialiser of a class with these members; `promoted` names are members of anonymous members. `isSame`
 * tells an instance of the class, which `copyWhole` copies. It is asked only about what is no record of members:
 * records are what comes in most.
 */
export function makeInitialiser(
  owner: string,
  members: readonly Member[],
  promoted: readonly string[],
  isSame: (init: object) => init is CData,
  copyWhole: (self: CData, from: CData) => void,
): Initialiser {
  /** @throws TypeError unless the name is an instance's own, which is no member: a property of the user's class. */
  const unknown = (name: string, init: object): boolean => {
    if (isSame(init)) return true;
    const names = [...members.map((member) => member.name), ...promoted];
    const near = names.find((known) => known.toLowerCase() === name.toLowerCase());
    throw new TypeError(
      `${owner} has no member '${name}'; ${near === undefined ? `its members are ${names.join(", ")}` : `did you mean '${near}'?`}`,
    );
  };
  const isPromoted = new Set(promoted);
  // The place begins with the member; who calls knows what stands in front of it.
  const locateMember = (error: unknown, name: string) => (isPromoted.has(name) ? disown(error) : locate(error, name));
  // Of several members of one name, as an extended structure may have, the last one is meant.
  const visible = [...new Map(members.map((member) => [member.name, member])).values()];
  const storeNamed = printedStore(visible, promoted) ?? interpretedStore(visible, promoted);
  const initialise = anew(makeNamedInitialiser, { keys, hasOwn, storeNamed, unknown, locateMember });
  const initialiseInOrder = visible.length === members.length ? printedInOrder(members, locateMember) : null;
  return (self, init) => {
    if (initialiseInOrder !== null && Array.isArray(init) && init.length <= members.length) {
      initialiseInOrder(self, init);
      return;
    }
    const accepted = `${owner} or an object of its members`;
    if (typeof init !== "object" || init === null) throw expected(accepted, init);
    const isNamed = initialise(self, Array.isArray(init) ? inOrder(owner, members, init) : init);
    if (isNamed || mayBeEmpty(init)) return;
    if (!isSame(init)) throw expected(accepted, init);
    copyWhole(self, init);
  };
}

// -- Private ---------------------------------------------------------------------------------------

interface PropertyParts extends MaybeDirect {
  readonly keys: Keys;
  readonly keep: typeof keep;
  readonly load: Traits["load"];
  readonly store: Traits["store"];
  readonly at: number;
  readonly index: number;
  readonly failed: (error: unknown) => unknown;
}

interface Property {
  get(this: CData): unknown;
  set(this: CData, value: unknown): void;
}

// Evaluated anew for each member.
function makeProperty(parts: PropertyParts): Property {
  const { keys, keep, load, store, at, index, accepts, method, failed } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  function setAny(this: CData, value: unknown): void {
    try {
      const kept = store(this[MEMORY], this[OFFSET] + at, value);
      if (kept !== undefined) keep(this, index, kept);
    } catch (error) {
      throw failed(error);
    }
  }
  return {
    get() {
      return load(this[MEMORY], this[OFFSET] + at, this, index);
    },
    set:
      accepts === null
        ? setAny
        : function (value) {
            if (accepts(value)) this[MEMORY][method as "setInt16"](this[OFFSET] + at, value as number, true);
            else setAny.call(this, value);
          },
  };
}

// In a loop over the names of the same object V8 leaves the question out where its map has the answer.
const hasOwn = Object.prototype.hasOwnProperty;

/**
 * Plain objects and arrays may name no members. What else does is another thing: a Map, a Date, an instance of another
 * C type.
 */
function mayBeEmpty(init: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(init);
  return Array.isArray(init) || prototype === null || prototype === Object.prototype;
}

/** The same, saying whether there was any member. */
type NamedInitialiser = (self: CData, init: object) => boolean;

interface InitialiserParts {
  readonly keys: Keys;
  readonly hasOwn: typeof hasOwn;
  readonly storeNamed: NamedStore;
  /** Throws, or says that what has this name is no record of members. */
  readonly unknown: (name: string, init: object) => boolean;
  readonly locateMember: (error: unknown, name: string) => unknown;
}

// Evaluated anew for each class.
function makeNamedInitialiser(parts: InitialiserParts): NamedInitialiser {
  const { keys, hasOwn, storeNamed, unknown, locateMember } = parts;
  const MEMORY: Keys["MEMORY"] = keys.MEMORY;
  const OFFSET: Keys["OFFSET"] = keys.OFFSET;
  return (self, init) => {
    const memory = self[MEMORY];
    const offset = self[OFFSET];
    let isNamed = false;
    for (const name in init) {
      if (!hasOwn.call(init, name)) continue;
      isNamed = true;
      try {
        if (!storeNamed(self, memory, offset, init, name) && unknown(name, init)) return false;
      } catch (error) {
        throw locateMember(error, name);
      }
    }
    return isNamed;
  };
}

// -- Stores of all members -------------------------------------------------------------------------

/**
 * Stores what `init` has for the member of this name in `self`, which lies there; says whether there is such a member.
 */
type NamedStore = (self: CData, memory: Memory, offset: number, init: object, name: string) => boolean;

function interpretedStore(members: readonly Member[], promoted: readonly string[]): NamedStore {
  const byName = new Map(members.map((member) => [member.name, { ...accessOf(member), index: member.index }]));
  return (self, memory, offset, init, name) => {
    const value = (init as Record<string, unknown>)[name];
    const member = byName.get(name);
    if (member !== undefined) {
      const kept = member.store(memory, offset + member.at, value);
      if (kept !== undefined) keep(self, member.index, kept);
      return true;
    }
    if (!promoted.includes(name)) return false;
    (self as unknown as Record<string, unknown>)[name] = value;
    return true;
  };
}

/** The same as source; null where code may not be made of strings. */
function printedStore(members: readonly Member[], promoted: readonly string[]): NamedStore | null {
  const scope: Record<string, unknown> = { keep };
  const cases = members.map((member, i) => {
    const name = JSON.stringify(member.name);
    return `case ${name}: value = init[${name}]; ${storing(member, i, scope)} return true;`;
  });
  const promotedCases = promoted.map((name) => JSON.stringify(name));
  return compile(
    `function (self, memory, offset, init, name) {
      let kept, value;
      switch (name) {
        ${cases.join("\n")}
        ${promotedCases.map((name) => `case ${name}: self[${name}] = init[${name}]; return true;`).join("\n")}
        default: return false;
      }
    }`,
    scope,
  );
}

/**
 * A store of values in the order of the members, as C's `{ 1, 2 }`: no more of them than there are members. Null as
 * above.
 */
function printedInOrder(
  members: readonly Member[],
  locateMember: (error: unknown, name: string) => unknown,
): ((self: CData, values: unknown[]) => void) | null {
  const scope: Record<string, unknown> = { MEMORY, OFFSET, keep, locateMember };
  const stores = members.map((member, i) => {
    const name = JSON.stringify(member.name);
    return `if (count > ${i}) { name = ${name}; value = values[${i}]; ${storing(member, i, scope)} }`;
  });
  return compile(
    `function (self, values) {
      const memory = self[MEMORY], offset = self[OFFSET], count = values.length;
      let kept, value, name;
      try { ${stores.join("\n")} } catch (error) { throw locateMember(error, name); }
    }`,
    scope,
  );
}

/** What stores `value` in member `i` of `self`; the source finds `memory`, `offset`, and `kept` declared, too. */
function storing(member: Member, i: number, scope: Record<string, unknown>): string {
  const { store, at, direct } = accessOf(member);
  scope[`store${i}`] = store;
  const any = `{ kept = store${i}(memory, offset + ${at}, value); if (kept !== undefined) keep(self, ${member.index}, kept); }`;
  if (direct === undefined) return any;
  scope[`accepts${i}`] = direct.accepts;
  return `if (accepts${i}(value)) memory.${direct.method}(offset + ${at}, value, true); else ${any}`;
}

/** Values in the order of the members, as C's `{ 1, 2 }`, by name. */
function inOrder(owner: string, members: readonly Member[], values: readonly unknown[]): object {
  if (values.length > members.length) {
    throw new TypeError(`${owner}: too many initializers: ${values.length} for ${members.length} members`);
  }
  return Object.fromEntries(values.map((value, i) => [(members[i] as Member).name, value]));
}

/**
 * How a member is read and written. A bit-field's access counts from the start of the structure, another member's from
 * its own.
 */
export function accessOf(member: Member): Access & { readonly at: number; readonly direct: DirectStore | undefined } {
  if (member.isBitField) return { ...bitAccess(member), at: 0, direct: undefined };
  const { load, store, direct } = member.traits;
  return { load, store, at: member.offset, direct };
}
