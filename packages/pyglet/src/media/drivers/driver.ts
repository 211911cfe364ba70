/** What plays sound: the interface of drivers, and what they have in common. */
import { clearInterval, setInterval } from "node:timers";
import type { Playable } from "../contract.ts";
import type { AudioFormat, MediaEvent } from "../format.ts";

export type Vector = readonly [x: number, y: number, z: number];

/** How a player sounds, under pyglet's names, with what they are at first. */
export const ATTRIBUTES = {
  /** 0 is silent, 1 as it was recorded. */
  volume: 1,
  /** Where the sound comes from: only sounds of one channel have a place. */
  position: [0, 0, 0] as Vector,
  /** How much faster, and higher, than it was recorded. */
  pitch: 1,
  /** Nearer than this it does not become louder. */
  min_distance: 1,
  /** Farther away than this it does not become less loud. */
  max_distance: 100_000_000,
  /** Where the cone points, in which the sound is as loud as `volume` says. */
  cone_orientation: [0, 0, 1] as Vector,
  /** Degrees: inside of it the sound is loudest. */
  cone_inner_angle: 360,
  /** Degrees: outside of it the sound has `cone_outer_gain`. */
  cone_outer_angle: 360,
  cone_outer_gain: 1,
};
export type Attributes = typeof ATTRIBUTES;

/** What an audio player tells its player. */
export interface Told {
  /** The sound is over, and all of it was heard. */
  soundEnded(): void;
  /** The sound has come to an event that its source wanted. */
  soundReached(event: MediaEvent): void;
}

/** What is heard, and from where. */
export abstract class AbstractListener {
  #volume = 1;
  #position: Vector = [0, 0, 0];
  #forward: Vector = [0, 0, -1];
  #up: Vector = [0, 1, 0];

  /** Of everything. */
  get volume(): number {
    return this.#volume;
  }
  set volume(volume: number) {
    this.#volume = volume;
    this.apply();
  }

  get position(): Vector {
    return this.#position;
  }
  set position(position: Vector) {
    this.#position = position;
    this.apply();
  }

  /** Where the listener looks. */
  get forward_orientation(): Vector {
    return this.#forward;
  }
  set forward_orientation(forward: Vector) {
    this.#forward = forward;
    this.apply();
  }

  get up_orientation(): Vector {
    return this.#up;
  }
  set up_orientation(up: Vector) {
    this.#up = up;
    this.apply();
  }

  /** Has what is here hold. */
  protected abstract apply(): void;
}

/** Plays the sound of one source. */
export abstract class AbstractAudioPlayer {
  readonly source: Playable;
  readonly format: AudioFormat;
  protected readonly told: Told;
  /** Events that were read with the data, and not reached yet, with the times of their data added. */
  #events: { readonly time: number; readonly event: MediaEvent }[] = [];

  constructor(source: Playable, told: Told) {
    if (source.audio_format === null) throw new TypeError("an audio player plays sources with sound");
    this.source = source;
    this.format = source.audio_format;
    this.told = told;
  }

  abstract play(): void;
  /** Stops where it is; `play` goes on. */
  abstract stop(): void;
  /** Forgets what was read of the source, as after a seek; the time is that of what is read next. */
  abstract clear(): void;
  abstract delete(): void;
  /** Seconds from the start of the source to what is heard now. */
  abstract get_time(): number;
  /** Reads ahead, plays on, and tells what has come to pass. */
  abstract update(): void;
  abstract set<N extends keyof Attributes>(name: N, value: Attributes[N]): void;

  protected expect(event: MediaEvent, dataTime: number): void {
    this.#events.push({ time: dataTime + event.timestamp, event });
  }

  protected forgetEvents(): void {
    this.#events = [];
  }

  protected tellEvents(time: number): void {
    if (this.#events.length === 0) return;
    const due = this.#events.filter((each) => each.time <= time);
    this.#events = this.#events.filter((each) => each.time > time);
    for (const { event } of due) this.told.soundReached(event);
  }
}

/** What makes audio players. */
export abstract class AbstractAudioDriver {
  /** Those that play. They are held here, so that a player that nobody else holds plays to its end. */
  readonly #playing = new Set<AbstractAudioPlayer>();
  #timer: ReturnType<typeof setInterval> | null = null;

  abstract create_audio_player(source: Playable, told: Told): AbstractAudioPlayer;
  abstract get_listener(): AbstractListener;

  /** Whether time passes by itself. */
  protected get isRealTime(): boolean {
    return true;
  }

  /** Has all that play go on; a timer calls it while any do. */
  update(): void {
    for (const player of [...this.#playing]) if (this.#playing.has(player)) player.update();
  }

  /** Starts several at the same moment. */
  playTogether(players: readonly AbstractAudioPlayer[]): void {
    for (const player of players) player.play();
  }

  delete(): void {
    for (const player of [...this.#playing]) player.stop();
  }

  /** What an audio player says when it begins to play. */
  began(player: AbstractAudioPlayer): void {
    this.#playing.add(player);
    if (this.#timer !== null || !this.isRealTime) return;
    this.#timer = setInterval(() => this.update(), PERIOD);
    // Sound keeps no program running, as it does not in pyglet; an event loop does.
    this.#timer.unref();
  }

  /** What an audio player says when it plays no longer. */
  ended(player: AbstractAudioPlayer): void {
    this.#playing.delete(player);
    if (this.#playing.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Milliseconds between updates: far less than is read ahead. */
const PERIOD = 30;
