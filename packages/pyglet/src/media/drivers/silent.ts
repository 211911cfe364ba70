/** A driver that plays nothing: time passes, events come, and sources end, as if there were sound. */
import type { Playable } from "../contract.ts";
import { PlaybackTimer } from "../timer.ts";
import { AbstractAudioDriver, AbstractAudioPlayer, AbstractListener, type Attributes, type Told } from "./driver.ts";

/** How much is read at once, and how far ahead; seconds. */
const PIECE = 0.25;

export class SilentDriver extends AbstractAudioDriver {
  /** Why there is no sound; null when a program wanted none. */
  readonly reason: string | null;
  readonly #listener = new SilentListener();

  constructor(reason: string | null = null) {
    super();
    this.reason = reason;
  }

  create_audio_player(source: Playable, told: Told): SilentAudioPlayer {
    return new SilentAudioPlayer(this, source, told);
  }

  get_listener(): SilentListener {
    return this.#listener;
  }
}

class SilentListener extends AbstractListener {
  protected override apply(): void {}
}

class SilentAudioPlayer extends AbstractAudioPlayer {
  readonly #driver: SilentDriver;
  readonly #timer = new PlaybackTimer();
  /** The time up to which was read; null before the first data. */
  #readUntil: number | null = null;
  #isRead = false;

  constructor(driver: SilentDriver, source: Playable, told: Told) {
    super(source, told);
    this.#driver = driver;
  }

  override play(): void {
    this.#read();
    this.#timer.start();
    this.#driver.began(this);
  }

  override stop(): void {
    this.#timer.pause();
    this.#driver.ended(this);
  }

  override clear(): void {
    this.#readUntil = null;
    this.#isRead = false;
    this.forgetEvents();
  }

  override delete(): void {
    this.stop();
    this.clear();
  }

  override get_time(): number {
    const time = this.#timer.get_time();
    return this.#readUntil === null ? time : Math.min(time, this.#readUntil);
  }

  override update(): void {
    this.#read();
    const time = this.#timer.get_time();
    this.tellEvents(time);
    if (!this.#isRead || time < (this.#readUntil ?? 0)) return;
    this.stop();
    this.told.soundEnded();
  }

  override set<N extends keyof Attributes>(name: N, value: Attributes[N]): void {
    if (name === "pitch") this.#timer.set_speed(value as number);
  }

  /** Reads past the present time. */
  #read(): void {
    const { bytes_per_second } = this.format;
    while (!this.#isRead && (this.#readUntil ?? 0) <= this.#timer.get_time() + PIECE) {
      const data = this.source.get_audio_data(this.format.align(bytes_per_second * PIECE));
      if (data === null) {
        this.#isRead = true;
        this.#readUntil ??= this.#timer.get_time();
        return;
      }
      if (this.#readUntil === null) this.#timer.set_time(data.timestamp);
      this.#readUntil = data.timestamp + data.duration;
      for (const event of data.events) this.expect(event, data.timestamp);
    }
  }
}
