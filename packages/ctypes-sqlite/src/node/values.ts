/**
 * Values for parameters, as a method of node:sqlite's statements takes them: in order, after at most one object of
 * values by name. A parameter without a value is NULL.
 */
import { types } from "node:util";
import { bindValue, isInt64 } from "../core/giving.ts";
import { includes } from "../core/lists.ts";
import { type InOrder, inOrder } from "../core/named.ts";
import { Specialiser } from "../core/specialiser.ts";
import type { PreparedStatement } from "../core/statement.ts";
import { SQLITE_OK } from "../library/constants.ts";
import { invalidState, invalidType, invalidValue } from "./errors.ts";

/** The values for the parameters of one statement. */
export class ParameterValues {
  readonly #statement: PreparedStatement;
  #allowsBareNames: boolean;
  #allowsUnknownNames: boolean;
  /** Indices of parameters by name without prefix; null until asked for. */
  #bareNames: Map<string, number> | null = null;
  /** Reads objects with the same keys over and over, each once and for all parameters. */
  #named = new Specialiser<NamedReader>();

  constructor(statement: PreparedStatement, allowsBareNames: boolean, allowsUnknownNames: boolean) {
    this.#statement = statement;
    this.#allowsBareNames = allowsBareNames;
    this.#allowsUnknownNames = allowsUnknownNames;
  }

  /** Whether `{ a: 1 }` may mean `$a`, and names that are none may be there; null leaves that as it is. */
  allow(bareNames: boolean | null, unknownNames: boolean | null): void {
    this.#allowsBareNames = bareNames ?? this.#allowsBareNames;
    this.#allowsUnknownNames = unknownNames ?? this.#allowsUnknownNames;
    this.#named = new Specialiser();
  }

  /**
   * The values of all parameters in their order; null where they are not known to be just these. Getters may end
   * the statement meanwhile.
   */
  inOrder(given: readonly unknown[]): readonly unknown[] | null {
    const { parameters } = this.#statement;
    parameters.look();
    if (parameters.areUnnamed) return given;
    const { made } = this.#named;
    if (made === null || given.length !== 1 || this.#statement.isRunning) return null;
    const values = given[0];
    if (!isRecord(values)) return null;
    const { prepared } = this.#statement;
    prepared.isRunning = true;
    try {
      return valuesOf(values, made);
    } finally {
      prepared.isRunning = false;
    }
  }

  /** Binds parameters for an execution; `values` are the same in order, where they are known. Gives the handle. */
  bind(given: readonly unknown[], values: readonly unknown[] | null): number {
    const statement = this.#statement;
    const { parameters } = statement;
    const handle = statement.begin();
    if (values !== null && parameters.bindAll(handle, values, statement.prepared)) return handle;
    const all = this.#valuesFor(given, values);
    if (statement.handle !== handle) throw invalidState("statement has been finalized");
    if (all.length < parameters.count || includes(all, undefined)) parameters.clear();
    for (let i = 0; i < all.length; i++) if (all[i] !== undefined) this.#bindOne(handle, i + 1, all[i]);
    return handle;
  }

  // -- Private -------------------------------------------------------------------------------------

  /**
   * All values by the places of parameters, as in {@link #read}; only objects of the program's are looked into, and
   * each is once.
   */
  #valuesFor(given: readonly unknown[], values: readonly unknown[] | null): readonly unknown[] {
    const isPlain = this.#statement.parameters.areUnnamed && !isRecord(given[0]);
    const known = isPlain ? given : values;
    if (known === null || (values === given && !isPlain)) return this.#statement.reading(() => this.#read(given));
    return includes(known, undefined) ? known.map((value) => value ?? null) : known;
  }

  #bindOne(handle: number, index: number, value: unknown): void {
    const { connection, prepared } = this.#statement;
    let status = bindValue(handle, index, value, prepared);
    if (status < 0) status = bindValue(handle, index, bindable(value, index), prepared);
    if (status !== SQLITE_OK) connection.fail(status);
  }

  /** What is to be bound, by the places of parameters; undefined where nothing was given, which is NULL. */
  #read(given: readonly unknown[]): unknown[] {
    const { positions, names } = this.#statement.parameters;
    const all: unknown[] = [];
    const put = (index: number, value: unknown) => {
      while (all.length < index) all.push(undefined);
      all[index - 1] = bindable(value, index);
    };
    const first = given[0];
    const start = isRecord(first) ? 1 : 0;
    if (isRecord(first)) this.#readNames(first, put);
    for (let i = start; i < given.length; i++) put(positions[i - start] ?? names.length + 1, given[i]);
    return all;
  }

  #readNames(values: Readonly<Record<string, unknown>>, put: (index: number, value: unknown) => void): void {
    // Names that conflict are refused whatever is given.
    if (this.#allowsBareNames) this.#bareName("");
    const keys = Object.keys(values);
    const indices: number[] = [];
    for (const name of keys) {
      const index = this.#indexOf(name);
      if (index > 0) {
        put(index, values[name]);
        indices.push(index);
      } else if (!this.#allowsUnknownNames) throw invalidState(`Unknown named parameter '${name}'`);
    }
    this.#learn(keys, indices);
  }

  #learn(keys: readonly string[], indices: readonly number[]): void {
    const { count, areNamed } = this.#statement.parameters;
    if (!areNamed || keys.length !== count || new Set(indices).size !== count) return;
    this.#named.count(() => {
      const read = inOrder(keys.map((name, i) => ({ name, index: indices[i] as number })));
      return read && { keys, read };
    });
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
}

// -- Private ---------------------------------------------------------------------------------------

/** Reads the values of objects with these keys. */
interface NamedReader {
  readonly keys: readonly string[];
  readonly read: InOrder;
}

/** The values of an object with those keys, in the order of the parameters; null where it has others. */
function valuesOf(values: Readonly<Record<string, unknown>>, { keys, read }: NamedReader): readonly unknown[] | null {
  const given = Object.keys(values);
  if (given.length !== keys.length) return null;
  for (let i = 0; i < keys.length; i++) if (given[i] !== keys[i]) return null;
  return read(values);
}

/**
 * A value of SQLite that stands for `value`, which is of parameter `index`.
 *
 * @throws ERR_INVALID_ARG_TYPE when there is none.
 */
function bindable(value: unknown, index: number): unknown {
  switch (typeof value) {
    case "number":
    case "string":
      return value;
    case "undefined":
      return null;
    case "boolean":
      return BigInt(value);
    case "bigint":
      if (isInt64(value)) return value;
      throw invalidValue("BigInt value is too large to bind.");
    case "object":
      if (value === null || ArrayBuffer.isView(value)) return value;
      if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
  }
  throw invalidType(`Provided value cannot be bound to SQLite parameter ${index}.`);
}

/** An object of values by name: neither bytes nor null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && !types.isAnyArrayBuffer(value);
}
