/**
 * Everything that comes from a translation unit holds on to the unit: it lives as long as one of its cursors is
 * reachable.
 */
import type { Pointer } from "ctypes-js";
import { LibclangError } from "./config.ts";
import type { CXTranslationUnitImpl } from "./structures.ts";

/** What the parts of a translation unit know of it. */
export interface Unit {
  /** The handle. @throws LibclangError when the unit was disposed of. */
  readonly pointer: Pointer<CXTranslationUnitImpl>;
}

/** Runs `release` once: at `dispose()`, or when the collector finds the owner gone. */
export class Ownership<P extends object> {
  readonly #what: string;
  #pointer: P | null;
  readonly #release: (pointer: P) => void;

  constructor(owner: object, what: string, pointer: P, release: (pointer: P) => void) {
    this.#what = what;
    this.#pointer = pointer;
    this.#release = release;
    registry.register(owner, () => release(pointer), this);
  }

  get pointer(): P {
    if (this.#pointer === null) throw new LibclangError(`${this.#what} was disposed of`);
    return this.#pointer;
  }

  dispose(): void {
    if (this.#pointer === null) return;
    registry.unregister(this);
    this.#release(this.#pointer);
    this.#pointer = null;
  }
}

const registry = new FinalizationRegistry<() => void>((release) => release());
