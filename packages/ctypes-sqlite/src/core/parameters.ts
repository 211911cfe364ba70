/**
 * The parameters of a statement, as far as they were asked for.
 */
import { lib } from "../library/library.ts";
import type { TextPlace } from "./bind.ts";
import { Binder, type Kind } from "./binding.ts";

export class Parameters {
  readonly #statement: { readonly handle: number };
  #names: readonly (string | null)[] | null = null;
  #positions: readonly number[] | null = null;
  #binder: Binder | null | undefined = undefined;
  /** How many there are, once {@link bindAll} was called. */
  count = 0;

  constructor(statement: { readonly handle: number }) {
    this.#statement = statement;
  }

  /** Their names, with their prefix; null for `?`. */
  get names(): readonly (string | null)[] {
    if (this.#names === null) {
      const { handle } = this.#statement;
      const count = lib.sqlite3_bind_parameter_count(handle);
      this.#names = Array.from({ length: count }, (_, i) => lib.sqlite3_bind_parameter_name(handle, i + 1));
    }
    return this.#names;
  }

  /** The indices of those that values without a name go to: `?` and `?5`. */
  get positions(): readonly number[] {
    this.#positions ??= this.names.flatMap((name, i) => (name === null || name[0] === "?" ? i + 1 : []));
    return this.#positions;
  }

  /** The kinds of values that all are bound to together; null while they are bound one by one, and where there are none. */
  get togetherKinds(): readonly Kind[] | null {
    return this.#binder?.kinds ?? null;
  }

  /** The same, and no kinds where there are no parameters. */
  get kinds(): readonly Kind[] | null {
    return this.names.length === 0 ? [] : this.togetherKinds;
  }

  /** Binds all together, if all are `?` and there are so many values; false when they are to be bound one by one. */
  bindAll(handle: number, values: readonly unknown[], place: TextPlace): boolean {
    if (this.#binder === undefined) {
      const { names } = this;
      this.#binder = names.length > 0 && names.every((name) => name === null) ? new Binder() : null;
      this.count = names.length;
    }
    if (this.#binder === null || values.length !== this.count) return false;
    return this.#binder.bind(handle, values, place);
  }

  clear(): void {
    sqlite3_clear_bindings(this.#statement.handle);
  }
}

// -- Private ---------------------------------------------------------------------------------------

const { sqlite3_clear_bindings } = lib;
