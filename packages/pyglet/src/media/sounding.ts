/** How a player sounds: its volume, its place, and the cone of its sound. */
import { EventDispatcher } from "../event/dispatcher.ts";
import { type AbstractAudioPlayer, ATTRIBUTES, type Attributes, type Vector } from "./drivers/driver.ts";
import { MediaException } from "./exceptions.ts";

interface PlayerEvents {
  readonly [name: string]: (...args: never[]) => unknown;
  /** The source has come to its end. The player then goes on to the next one, or begins it again with `loop`. */
  readonly on_eos: () => unknown;
  /** There is no source left. */
  readonly on_player_eos: () => unknown;
  /** The next source begins. */
  readonly on_player_next_source: () => unknown;
}

/** The part of a player that says how it sounds; `ATTRIBUTES` says what each attribute is. */
export abstract class Sounding extends EventDispatcher<PlayerEvents> {
  readonly #values: Attributes = { ...ATTRIBUTES };

  get volume(): number {
    return this.#values.volume;
  }
  set volume(volume: number) {
    this.#set("volume", Math.max(0, volume));
  }

  get position(): Vector {
    return this.#values.position;
  }
  set position(position: Vector) {
    this.#set("position", position);
  }

  get pitch(): number {
    return this.#values.pitch;
  }
  set pitch(pitch: number) {
    this.#set("pitch", pitch);
  }

  get min_distance(): number {
    return this.#values.min_distance;
  }
  set min_distance(distance: number) {
    this.#set("min_distance", distance);
  }

  get max_distance(): number {
    return this.#values.max_distance;
  }
  set max_distance(distance: number) {
    this.#set("max_distance", distance);
  }

  get cone_orientation(): Vector {
    return this.#values.cone_orientation;
  }
  set cone_orientation(orientation: Vector) {
    this.#set("cone_orientation", orientation);
  }

  get cone_inner_angle(): number {
    return this.#values.cone_inner_angle;
  }
  set cone_inner_angle(degrees: number) {
    this.#set("cone_inner_angle", degrees);
  }

  get cone_outer_angle(): number {
    return this.#values.cone_outer_angle;
  }
  set cone_outer_angle(degrees: number) {
    this.#set("cone_outer_angle", degrees);
  }

  get cone_outer_gain(): number {
    return this.#values.cone_outer_gain;
  }
  set cone_outer_gain(gain: number) {
    this.#set("cone_outer_gain", gain);
  }

  /** Has what plays the sound take over an attribute. */
  protected abstract applied<N extends keyof Attributes>(name: N, value: Attributes[N]): void;

  protected applyAll(audio: AbstractAudioPlayer): void {
    for (const name of Object.keys(ATTRIBUTES) as (keyof Attributes)[]) audio.set(name, this.#values[name]);
  }

  #set<N extends keyof Attributes>(name: N, value: Attributes[N]): void {
    const isRight = typeof ATTRIBUTES[name] === "number" ? Number.isFinite(value) : isVector(value);
    if (!isRight) {
      const expected = typeof ATTRIBUTES[name] === "number" ? "a number" : "three numbers";
      throw new MediaException(`Player.${name}: expected ${expected}, got ${String(value)}`);
    }
    this.#values[name] = value;
    this.applied(name, value);
  }
}

// -- Private ---------------------------------------------------------------------------------------

function isVector(value: unknown): value is Vector {
  return Array.isArray(value) && value.length === 3 && value.every((each) => Number.isFinite(each));
}
