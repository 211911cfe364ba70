/** Blocks of memory that are found by an address in them. */

export interface Block {
  readonly address: number;
  readonly byteLength: number;
}

export class Blocks<B extends Block> {
  /** Those that touch a page, by the page's number. */
  readonly #byPage = new Map<number, Set<B>>();
  readonly #pageBytes: number;

  /** Pages about as large as the blocks are the best. */
  constructor(pageBytes: number) {
    this.#pageBytes = pageBytes;
  }

  add(block: B): void {
    for (const page of this.#pagesOf(block)) {
      const blocks = this.#byPage.get(page);
      if (blocks === undefined) this.#byPage.set(page, new Set([block]));
      else blocks.add(block);
    }
  }

  delete(block: B): void {
    for (const page of this.#pagesOf(block)) {
      const blocks = this.#byPage.get(page);
      blocks?.delete(block);
      if (blocks?.size === 0) this.#byPage.delete(page);
    }
  }

  /** The block that has the byte at `address`. */
  at(address: number): B | undefined {
    for (const block of this.#byPage.get(Math.floor(address / this.#pageBytes)) ?? [])
      if (address >= block.address && address < block.address + block.byteLength) return block;
    return undefined;
  }

  *#pagesOf({ address, byteLength }: Block): Iterable<number> {
    const last = Math.floor((address + byteLength - 1) / this.#pageBytes);
    for (let page = Math.floor(address / this.#pageBytes); page <= last; page++) yield page;
  }
}
