/**
 * The properties of a structure: one getter and one setter a member, and the function that fills a new instance.
 *
 * Each is compiled for its class, so that an access in a loop becomes the one `DataView` access it stands for.
 */
import { compile } from "../memory/compile.ts";
import { disown, expected, locate } from "../memory/errors.ts";
import { keep } from "../memory/keep.ts";
import { type Access, bitAccess } from "./bitfields.ts";
import type { CData } from "./cdata.ts";
import type { Member } from "./fields.ts";
import { type DirectStore, MEMORY, OFFSET } from "./protocol.ts";

/** Fills an instance from a record of member values. @throws TypeError naming the member. */
export type Initialiser = (self: CData, init: object) => void;

/** Gives `prototype` the properties of `members`. `owner` is the name in messages. */
export function defineMembers(prototype: object, owner: string, members: readonly Member[]): void {
  for (const member of members) {
    const { load, store, at, direct } = accessOf(member);
    const place = `${owner}.${member.name}`;
    const setAny = function (this: CData, value: unknown) {
      try {
        const kept = store(this[MEMORY], this[OFFSET] + at, value);
        if (kept !== undefined) keep(this, member.index, kept);
      } catch (error) {
        throw locate(error, place);
      }
    };
    const scope = { MEMORY, OFFSET, load, store, keep, locate, place, setAny, accepts: direct?.accepts };
    const get =
      compile<() => unknown>(
        `function () { return load(this[MEMORY], this[OFFSET] + ${at}, this, ${member.index}); }`,
        scope,
      ) ??
      function (this: CData) {
        return load(this[MEMORY], this[OFFSET] + at, this, member.index);
      };
    const set =
      compile<(value: unknown) => void>(
        direct === undefined
          ? `function (value) {
              try {
                const kept = store(this[MEMORY], this[OFFSET] + ${at}, value);
                if (kept !== undefined) keep(this, ${member.index}, kept);
              } catch (error) { throw locate(error, place); }
            }`
          : `function (value) {
              if (accepts(value)) this[MEMORY].${direct.method}(this[OFFSET] + ${at}, value, true);
              else setAny.call(this, value);
            }`,
        scope,
      ) ?? setAny;
    Object.defineProperty(prototype, member.name, { get, set, enumerable: true, configurable: true });
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
  /** @throws TypeError unless the name is an instance's own, which is no member: a field of the user's class. */
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
  const scope: Record<string, unknown> = { MEMORY, OFFSET, keep, locateMember, unknown, hasOwn };
  // Of several members of one name, as an extended structure may have, the last one is meant.
  const visible = [...new Map(members.map((member) => [member.name, member])).values()];
  const cases = visible.map((member, i) => {
    const name = JSON.stringify(member.name);
    return `case ${name}: ${storing(member, i, `init[${name}]`, scope)} break;`;
  });
  const promotedCases = promoted.map((name) => `case ${JSON.stringify(name)}: self[name] = init[name]; break;`);
  const compiled = compile<NamedInitialiser>(
    `function (self, init) {
      const memory = self[MEMORY], offset = self[OFFSET];
      let kept, value, isNamed = false;
      for (const name in init) {
        if (!hasOwn.call(init, name)) continue;
        isNamed = true;
        try {
          switch (name) { ${cases.join("\n")} ${promotedCases.join("\n")} default: if (unknown(name, init)) return false; }
        } catch (error) { throw locateMember(error, name); }
      }
      return isNamed;
    }`,
    scope,
  );
  const byName = new Map(members.map((member) => [member.name, { ...accessOf(member), index: member.index }]));
  const plain: NamedInitialiser = (self, init) => {
    let isNamed = false;
    for (const name of Object.keys(init)) {
      isNamed = true;
      const value = (init as Record<string, unknown>)[name];
      const member = byName.get(name);
      if (member === undefined && !isPromoted.has(name) && unknown(name, init)) return false;
      try {
        if (member === undefined) (self as unknown as Record<string, unknown>)[name] = value;
        else {
          const kept = member.store(self[MEMORY], self[OFFSET] + member.at, value);
          if (kept !== undefined) keep(self, member.index, kept);
        }
      } catch (error) {
        throw locateMember(error, name);
      }
    }
    return isNamed;
  };
  const initialise = compiled ?? plain;
  const scopeInOrder = { MEMORY, OFFSET, keep, locateMember };
  const initialiseInOrder = visible.length === members.length ? compileInOrder(members, scopeInOrder) : null;
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

/** The same for values in the order of the members, as C's `{ 1, 2 }`: no more of them than there are members. */
function compileInOrder(members: readonly Member[], shared: object): ((self: CData, values: unknown[]) => void) | null {
  const scope: Record<string, unknown> = { ...shared };
  const stores = members.map((member, i) => {
    return `if (count > ${i}) { name = ${JSON.stringify(member.name)}; ${storing(member, i, `values[${i}]`, scope)} }`;
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

/** What stores a value in member `i` of `self`; the source finds `memory`, `offset`, `value` and `kept` declared. */
function storing(member: Member, i: number, value: string, scope: Record<string, unknown>): string {
  const { store, at, direct } = accessOf(member);
  scope[`store${i}`] = store;
  const any = `{ kept = store${i}(memory, offset + ${at}, value); if (kept !== undefined) keep(self, ${member.index}, kept); }`;
  if (direct === undefined) return `value = ${value}; ${any}`;
  scope[`accepts${i}`] = direct.accepts;
  return `value = ${value}; if (accepts${i}(value)) memory.${direct.method}(offset + ${at}, value, true); else ${any}`;
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
