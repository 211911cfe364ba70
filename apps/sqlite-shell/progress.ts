/**
 * A progress bar: `[######----]  60 %`.
 */
const WIDTH = 40;

/** Shows how much of `total` is done, over itself, and takes itself away at the end. */
export class ProgressBar {
  readonly #write: ((text: string) => void) | null;
  readonly #title: string;
  readonly #total: number;
  #shown = -1;

  constructor(write: ((text: string) => void) | null, title: string, total: number) {
    this.#write = write;
    this.#title = title;
    this.#total = total;
  }

  show(done: number): void {
    const share = this.#total === 0 ? 1 : Math.min(1, done / this.#total);
    const percent = Math.floor(100 * share);
    if (this.#write === null || percent === this.#shown) return;
    this.#shown = percent;
    const bar = "#".repeat(Math.round(WIDTH * share)).padEnd(WIDTH, "-");
    this.#write(`\r${this.#title} [${bar}] ${String(percent).padStart(3)} %`);
  }

  end(): void {
    if (this.#write !== null && this.#shown >= 0) this.#write("\r\x1b[K");
  }
}
