/**
 * What is made once and found again, as long as somebody holds it: types by what they are made of, compiled calls by
 * their shape.
 *
 * A program that keeps making new ones (an array type for each length that a file has) would keep all of them.
 */
import { rawffi } from "rawffi";

interface Entry {
  readonly references: Map<unknown, number>;
  readonly key: unknown;
  readonly reference: number;
}

const ended = new FinalizationRegistry<Entry>(({ references, key, reference }) => {
  // It may have been made again meanwhile.
  if (references.get(key) === reference) references.delete(key);
  rawffi.endWeak(reference);
});

/** Objects by key; the key goes after an object that was collected. */
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
