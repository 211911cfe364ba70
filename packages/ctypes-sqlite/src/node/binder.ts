/**
 * Binding as node:sqlite does it: values in order, behind at most one object of values by name; what is not given stays NULL.
 */
import { bindValue, TOO_LARGE } from "../core/bind.ts";
import { every } from "../core/lists.ts";
import { type InOrder, inOrder } from "../core/named.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { SQLITE_OK } from "../library/constants.ts";
import { lib } from "../library/library.ts";
import { invalidState, invalidType, invalidValue } from "./errors.ts";

/** Binds the parameters of one statement. */
export class ParameterBinder {
  readonly #statement: PreparedStatement;
  #allowsBareNames: boolean;
  #allowsUnknownNames: boolean;
  /** Indices of parameters by name without prefix; null until asked for. */
  #bareNames: Map<string, number> | null = null;
  /** The keys of the objects that were given last, each once and for all parameters; and what reads their values. */
  #keys: readonly string[] = [];
  #uses = 0;
  #inOrder: InOrder | null = null;

  constructor(statement: PreparedStatement, allowsBareNames: boolean, allowsUnknownNames: boolean) {
    this.#statement = statement;
    this.#allowsBareNames = allowsBareNames;
    this.#allowsUnknownNames = allowsUnknownNames;
  }

  /** Whether `{ a: 1 }` may mean `$a`, and names that are none may be there; null leaves that as it is. */
  allow(bareNames: boolean | null, unknownNames: boolean | null): void {
    this.#allowsBareNames = bareNames ?? this.#allowsBareNames;
    this.#allowsUnknownNames = unknownNames ?? this.#allowsUnknownNames;
    this.#forget();
  }

  /** The values of all parameters in their order; null where they are not known to be just these. Getters may end the statement meanwhile. */
  inOrder(given: readonly unknown[]): readonly unknown[] | null {
    const { parameters } = this.#statement;
    parameters.look();
    if (parameters.areUnnamed) return given;
    const values = given[0];
    if (this.#inOrder === null || given.length !== 1 || !isRecord(values)) return null;
    const keys = Object.keys(values);
    if (keys.length !== this.#keys.length) return null;
    for (let i = 0; i < keys.length; i++) if (keys[i] !== this.#keys[i]) return null;
    return this.#inOrder(values);
  }

  /** Binds parameters for an execution; `values` are the same in order, where they are known. Gives the handle. */
  bind(given: readonly unknown[], values: readonly unknown[] | null): number {
    const statement = this.#statement;
    const { parameters, prepared } = statement;
    const handle = statement.begin();
    if (values !== null && parameters.bindAll(handle, values, prepared)) return handle;
    const { positions, names } = parameters;
    const { length } = given;
    const first = given[0];
    let start = 0;
    if (length > 0 && isRecord(first)) {
      start = 1;
      if (names.length > 0) parameters.clear();
      this.#bindNames(handle, first);
    } else if (length < names.length) parameters.clear();
    for (let i = start; i < length; i++) {
      const place = i - start;
      const index = place < positions.length ? (positions[place] as number) : names.length + 1;
      const status = bindValue(handle, index, given[i], prepared);
      if (status !== SQLITE_OK) this.#bindOther(handle, index, given[i], status);
    }
    this.#requireSame(handle);
    return handle;
  }

  // -- Private -------------------------------------------------------------------------------------

  /** A getter that is read for a value may end the statement. */
  #requireSame(handle: number): void {
    if (this.#statement.handle !== handle) throw invalidState("statement has been finalized");
  }

  #bindNames(handle: number, values: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(values);
    const indices: number[] = [];
    for (const name of keys) {
      const index = this.#indexOf(name);
      if (index > 0) {
        const value = values[name];
        this.#requireSame(handle);
        const status = bindValue(handle, index, value, this.#statement.prepared);
        if (status !== SQLITE_OK) this.#bindOther(handle, index, value, status);
        indices.push(index);
      } else if (!this.#allowsUnknownNames) throw invalidState(`Unknown named parameter '${name}'`);
    }
    this.#learn(keys, indices);
  }

  /** Objects with the same keys over and over are read by a function compiled for these. */
  #learn(keys: readonly string[], indices: readonly number[]): void {
    const { count, areNamed } = this.#statement.parameters;
    if (!areNamed || keys.length !== count || new Set(indices).size !== count || this.#uses > MOST_USES) return;
    const isSame = keys.length === this.#keys.length && every(keys, (key, i) => key === this.#keys[i]);
    if (!isSame) this.#forget();
    this.#keys = keys;
    if (++this.#uses % USES_BEFORE === 0) this.#inOrder = inOrder(keys, indices);
  }

  #forget(): void {
    this.#keys = [];
    this.#inOrder = null;
  }

  /** The index of a parameter by its name; 0 when there is none. */
  #indexOf(name: string): number {
    const index = this.#statement.parameters.names.indexOf(name) + 1;
    return index > 0 || !this.#allowsBareNames ? index : this.#bareName(name);
  }

  #bareName(name: string): number {
    if (this.#bareNames === null) {
      const names = new Map<string, number>();
      const all = this.#statement.parameters.names;
      all.forEach((full, i) => {
        if (full === null) return;
        const bare = full.slice(1);
        const other = names.get(bare);
        if (other !== undefined) {
          const both = `'${all[other - 1]}' and '${full}'`;
          throw invalidState(`Cannot create bare named parameter '${bare}' because of conflicting names ${both}.`);
        }
        names.set(bare, i + 1);
      });
      this.#bareNames = names;
    }
    return this.#bareNames.get(name) ?? 0;
  }

  // What node:sqlite takes besides, and what goes wrong.
  #bindOther(handle: number, index: number, value: unknown, status: number): void {
    const { connection, prepared } = this.#statement;
    if (status > 0) connection.fail(status);
    if (status === TOO_LARGE) throw invalidValue("BigInt value is too large to bind.");
    const other = otherValue(value);
    if (other === undefined) throw invalidType(`Provided value cannot be bound to SQLite parameter ${index}.`);
    if (typeof other === "boolean") connection.check(lib.sqlite3_bind_int(handle, index, +other));
    else connection.check(bindValue(handle, index, other, prepared));
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** So many objects with the same keys are read name by name before it is worth while to compile a reader for them. */
const USES_BEFORE = 20;
/** A statement that has been given as many that were not read so stays with that. */
const MOST_USES = 1000;

/** What a value that is none of SQLite's stands for; undefined when for none. */
function otherValue(value: unknown): null | boolean | Uint8Array | undefined {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value;
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer ? new Uint8Array(value) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  return !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer) && !(value instanceof SharedArrayBuffer);
}
