/**
 * The parameters of a statement, as far as they were asked for. Once it has run some times, their values are bound
 * together, by the kinds that they had.
 */
import { calls, lib } from "../library/library.ts";
import { every } from "./lists.ts";
import { type Kind, kindsOf } from "./plan.ts";
import type { Prepared } from "./prepared.ts";
import { printBinding, type Run } from "./print.ts";
import { Specialiser } from "./specialiser.ts";

export class Parameters {
  readonly #statement: { readonly handle: number };
  #names: readonly (string | null)[] | null = null;
  #positions: readonly number[] | null = null;
  /** Null where there are none, and where some have names and others have not. */
  #special: Specialiser<Run> | null = null;
  /** How many there are, and whether none has a name, or all have one; known once {@link look} was called. */
  count = -1;
  areUnnamed = false;
  areNamed = false;
  /** The kinds of values that are bound together; null while they are bound one by one. */
  kinds: readonly Kind[] | null = null;

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

  /** Counts them, once. */
  look(): void {
    if (this.count >= 0) return;
    const { names } = this;
    this.count = names.length;
    this.areUnnamed = every(names, (name) => name === null);
    this.areNamed = names.length > 0 && every(names, (name) => name !== null && name[0] !== "?");
    if (names.length === 0) this.kinds = NONE;
    else if (this.areUnnamed || this.areNamed) this.#special = new Specialiser();
  }

  /** Binds these values, in the order of the parameters, together; false when they are to be bound one by one. */
  bindAll(handle: number, values: readonly unknown[], { texts }: Prepared): boolean {
    const special = this.#special;
    if (special === null || values.length !== this.count || texts === null) return false;
    if (special.made?.(handle, 0, values, texts)) return true;
    special.count(() => {
      const kinds = kindsOf(values);
      const run = kinds && printBinding(kinds);
      this.kinds = run === null ? null : kinds;
      return run;
    });
    return false;
  }

  clear(): void {
    const { handle } = this.#statement;
    if (handle !== 0) calls.clearBindings(handle);
  }
}

// -- Private ---------------------------------------------------------------------------------------

const NONE: readonly Kind[] = [];
