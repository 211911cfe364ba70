/**
 * Objects that are made once and reused as long as they are alive: types by their parts, compiled calls by their shape.
 *
 * Strong references would keep them all, in a program that keeps making new ones (an array type for each length in a
 * file).
 */
import { rawffi } from "rawffi";

interface Entry {
  readonly references: Map<unknown, number>;
  readonly key: unknown;
  readonly reference: number;
}

const ended = new FinalizationRegistry<Entry>(({ references, key, reference }) => {
  // The object may have been made again meanwhile.
  if (references.get(key) === reference) references.delete(key);
  rawffi.endWeak(reference);
});

/** Objects by key; the key of a collected object is removed. */
export class WeaklyBy<K, V extends object> {
  readonly #references = new Map<K, number>();

  get(key: K): V | undefined {
    const reference = this.#references.get(key);
    return reference === undefined ? undefined : (rawffi.weakValue(reference) as V | undefined);
  }

  set(key: K, value: V): V {
    const reference = rawffi.weak(value);
    this.#references.set(key, reference);
    ended.register(value, { references: this.#references as Map<unknown, number>, key, reference });
    return value;
  }
}
