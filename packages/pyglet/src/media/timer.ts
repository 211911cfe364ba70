/** A stopwatch that counts the seconds of a source, by the default clock's time. */
import { get_default } from "../clock/default.ts";

export class PlaybackTimer {
  #elapsed = 0;
  #started: number | null = null;
  #speed = 1;

  start(): void {
    this.#started ??= get_default().time();
  }

  pause(): void {
    this.#elapsed = this.get_time();
    this.#started = null;
  }

  reset(): void {
    this.set_time(0);
  }

  get_time(): number {
    if (this.#started === null) return this.#elapsed;
    return this.#elapsed + (get_default().time() - this.#started) * this.#speed;
  }

  set_time(seconds: number): void {
    this.#elapsed = seconds;
    if (this.#started !== null) this.#started = get_default().time();
  }

  /** How many seconds of the source pass in one of the clock. */
  set_speed(speed: number): void {
    this.set_time(this.get_time());
    this.#speed = speed;
  }
}
