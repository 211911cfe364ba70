/**
 * What is made once and found again, as long as somebody holds it: types by what they are made of, compiled calls by
 * their shape.
 *
 * A program that keeps making new ones (an array type for each length that a file has) would keep all of them.
 */
import { rawffi } from "rawffi";

const ended = new FinalizationRegistry<{ readonly place: Weakly<object>; readonly reference: number }>(
  ({ place, reference }) => place.end(reference),
);

/** A place for one object. */
export class Weakly<V extends object> {
  #reference = 0;

  get(): V | undefined {
    return this.#reference === 0 ? undefined : (rawffi.weakValue(this.#reference) as V | undefined);
  }

  set(value: V): V {
    const reference = rawffi.weak(value);
    this.#reference = reference;
    ended.register(value, { place: this as never, reference });
    return value;
  }

  /** Of a reference whose object was collected. */
  end(reference: number): void {
    if (this.#reference === reference) this.#reference = 0;
    rawffi.endWeak(reference);
  }
}

/** Places by key; that of an object that was collected goes after it. */
export class WeaklyBy<K, V extends object> {
  readonly #places = new Map<K, Weakly<V>>();
  readonly #gone = new FinalizationRegistry<K>((key) => {
    // It may have been made again meanwhile.
    if (this.#places.get(key)?.get() === undefined) this.#places.delete(key);
  });

  get(key: K): V | undefined {
    return this.#places.get(key)?.get();
  }

  set(key: K, value: V): V {
    const place = new Weakly<V>();
    this.#places.set(key, place);
    this.#gone.register(value, key);
    return place.set(value);
  }
}
