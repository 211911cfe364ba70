/**
 * The parameters of a statement, as far as they were asked for.
 */
import { calls, lib } from "../library/library.ts";
import type { TextPlace } from "./bind.ts";
import { Binder, type Kind } from "./binding.ts";
import { every } from "./lists.ts";

export class Parameters {
  readonly #statement: { readonly handle: number };
  #names: readonly (string | null)[] | null = null;
  #positions: readonly number[] | null = null;
  #binder: Binder | null = null;
  /** How many there are, and whether none has a name, or all have one; known once {@link look} was called. */
  count = -1;
  areUnnamed = false;
  areNamed = false;

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
    return this.#binder === null ? null : this.#binder.kinds;
  }

  /** The same, and no kinds where there are no parameters. */
  get kinds(): readonly Kind[] | null {
    return this.names.length === 0 ? [] : this.togetherKinds;
  }

  /** Counts them, once. */
  look(): void {
    if (this.count >= 0) return;
    const { names } = this;
    this.count = names.length;
    this.areUnnamed = every(names, (name) => name === null);
    this.areNamed = names.length > 0 && every(names, (name) => name !== null && name[0] !== "?");
    if (names.length > 0 && (this.areUnnamed || this.areNamed)) this.#binder = new Binder();
  }

  /** Binds these values, in the order of the parameters, together; false when they are to be bound one by one. */
  bindAll(handle: number, values: readonly unknown[], place: TextPlace): boolean {
    if (this.#binder === null || values.length !== this.count) return false;
    return this.#binder.bind(handle, values, place);
  }

  clear(): void {
    const { handle } = this.#statement;
    if (handle !== 0) calls.clearBindings(handle);
  }
}
