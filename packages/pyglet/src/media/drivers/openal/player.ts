/** Plays a source through OpenAL: buffers are filled ahead, and those that were heard are filled again. */
import { byref, c_int } from "ctypes-js";
import * as al from "../../../native/media/generated/al/al.types.ts";
import { libopenal } from "../../../native/media/generated/al/libraries.ts";
import type { Playable } from "../../contract.ts";
import { MediaException } from "../../exceptions.ts";
import type { AudioFormat } from "../../format.ts";
import { type AbstractAudioDriver, AbstractAudioPlayer, type Attributes, type Told, type Vector } from "../driver.ts";
import type { Device } from "./device.ts";

/** Seconds of sound in a buffer, and how many buffers are filled ahead. */
const PIECE = 0.1;
const AHEAD = 8;

/** A buffer that is queued. */
interface Queued {
  readonly buffer: number;
  readonly timestamp: number;
  readonly frames: number;
}

export class OpenALAudioPlayer extends AbstractAudioPlayer {
  readonly #driver: AbstractAudioDriver;
  readonly #names: Names;
  #queued: Queued[] = [];
  #isPlaying = false;
  /** Whether the source has no more data. */
  #isRead = false;
  /** The time at the end of what was heard last, or where a seek has led to. */
  #heard = 0;

  constructor(driver: AbstractAudioDriver, device: Device, source: Playable, told: Told) {
    super(source, told);
    this.#driver = driver;
    this.#names = new Names(device);
    dropped.register(this, this.#names, this);
  }

  /** Starts several in one call of OpenAL's, so that they begin with the same sample. */
  static playTogether(players: readonly OpenALAudioPlayer[]): void {
    for (const player of players) player.#begin();
    if (!players.every((player) => player.#names.isOpen)) return;
    libopenal.alSourcePlayv(
      players.length,
      Uint32Array.from(players, (player) => player.#names.source),
    );
    check("alSourcePlayv");
  }

  override play(): void {
    if (!this.#names.isOpen) return;
    this.#begin();
    libopenal.alSourcePlay(this.#names.source);
    check("alSourcePlay");
  }

  override stop(): void {
    if (!this.#isPlaying) return;
    this.#isPlaying = false;
    this.#driver.ended(this);
    if (this.#names.isOpen) libopenal.alSourcePause(this.#names.source);
  }

  override clear(): void {
    const { source, isOpen } = this.#names;
    if (!isOpen) return;
    libopenal.alSourceStop(source);
    // Without a buffer the queue is empty, whether it was heard or not.
    libopenal.alSourcei(source, al.AL_BUFFER, 0);
    check("alSourcei(AL_BUFFER)");
    for (const { buffer } of this.#queued) this.#names.giveBack(buffer);
    this.#queued = [];
    this.#isRead = false;
    this.forgetEvents();
    this.#fill();
    this.#heard = this.#queued[0]?.timestamp ?? this.#heard;
  }

  override delete(): void {
    this.stop();
    dropped.unregister(this);
    this.#names.delete();
  }

  override get_time(): number {
    const first = this.#queued[0];
    if (first === undefined || !this.#names.isOpen) return this.#heard;
    if (this.#get(al.AL_SOURCE_STATE) === al.AL_STOPPED) return endOf(this.#queued.at(-1) as Queued, this.format);
    // From the start of the first buffer that is queued, heard or not.
    let frames = this.#get(al.AL_SAMPLE_OFFSET);
    for (const each of this.#queued) {
      if (frames < each.frames) return each.timestamp + frames / this.format.sample_rate;
      frames -= each.frames;
    }
    return endOf(this.#queued.at(-1) as Queued, this.format);
  }

  override update(): void {
    if (!this.#names.isOpen) return;
    this.#takeHeard();
    this.#fill();
    this.tellEvents(this.get_time());
    if (!this.#isPlaying || this.#get(al.AL_SOURCE_STATE) === al.AL_PLAYING) return;
    if (this.#queued.length > 0) {
      // It had nothing to play for a moment.
      libopenal.alSourcePlay(this.#names.source);
      return;
    }
    if (!this.#isRead) return;
    this.stop();
    this.told.soundEnded();
  }

  override set<N extends keyof Attributes>(name: N, value: Attributes[N]): void {
    const { source, isOpen } = this.#names;
    if (!isOpen) return;
    const parameter = PARAMETERS[name];
    if (typeof value === "number") libopenal.alSourcef(source, parameter, value);
    else libopenal.alSource3f(source, parameter, ...(value as Vector));
    check(`${name} = ${String(value)}`);
  }

  #begin(): void {
    this.#fill();
    this.#isPlaying = true;
    this.#driver.began(this);
  }

  /** Takes back the buffers that were heard. */
  #takeHeard(): void {
    const count = this.#get(al.AL_BUFFERS_PROCESSED);
    if (count === 0) return;
    const names = new Uint32Array(count);
    libopenal.alSourceUnqueueBuffers(this.#names.source, count, names);
    check("alSourceUnqueueBuffers");
    for (const name of names) this.#names.giveBack(name);
    const gone = this.#queued.splice(0, count).at(-1);
    if (gone !== undefined) this.#heard = endOf(gone, this.format);
  }

  #fill(): void {
    const { channels, sample_size, sample_rate, bytes_per_second, bytes_per_frame } = this.format;
    const format = FORMATS[`${channels} ${sample_size}`];
    if (format === undefined) throw new MediaException(`OpenAL plays no ${this.format}`);
    while (!this.#isRead && this.#queued.length < AHEAD) {
      const data = this.source.get_audio_data(Math.trunc(bytes_per_second * PIECE));
      if (data === null || data.length === 0) {
        this.#isRead = true;
        return;
      }
      const buffer = this.#names.take();
      libopenal.alBufferData(buffer, format, data.data, data.length, sample_rate);
      check("alBufferData");
      libopenal.alSourceQueueBuffers(this.#names.source, 1, new Uint32Array([buffer]));
      check("alSourceQueueBuffers");
      this.#queued.push({ buffer, timestamp: data.timestamp, frames: data.length / bytes_per_frame });
      for (const event of data.events) this.expect(event, data.timestamp);
    }
  }

  #get(parameter: number): number {
    libopenal.alGetSourcei(this.#names.source, parameter, byref(value));
    return value.value;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const value = new c_int();

const FORMATS: Record<string, number> = {
  "1 8": al.AL_FORMAT_MONO8,
  "1 16": al.AL_FORMAT_MONO16,
  "2 8": al.AL_FORMAT_STEREO8,
  "2 16": al.AL_FORMAT_STEREO16,
};

const PARAMETERS: Record<keyof Attributes, number> = {
  volume: al.AL_GAIN,
  position: al.AL_POSITION,
  pitch: al.AL_PITCH,
  min_distance: al.AL_REFERENCE_DISTANCE,
  max_distance: al.AL_MAX_DISTANCE,
  cone_orientation: al.AL_DIRECTION,
  cone_inner_angle: al.AL_CONE_INNER_ANGLE,
  cone_outer_angle: al.AL_CONE_OUTER_ANGLE,
  cone_outer_gain: al.AL_CONE_OUTER_GAIN,
};

/** A source of OpenAL's and its buffers. They know nothing of the player, so that it can be dropped. */
class Names {
  readonly source: number;
  readonly #spare: number[] = [];
  readonly #all: number[] = [];
  readonly #device: Device;

  constructor(device: Device) {
    this.#device = device;
    const one = new Uint32Array(1);
    libopenal.alGenSources(1, one);
    check("alGenSources");
    this.source = one[0] as number;
  }

  /** Whether the device is there still: names of another device mean other things. */
  get isOpen(): boolean {
    return this.#device.isOpen;
  }

  take(): number {
    const spare = this.#spare.pop();
    if (spare !== undefined) return spare;
    const one = new Uint32Array(1);
    libopenal.alGenBuffers(1, one);
    check("alGenBuffers");
    this.#all.push(one[0] as number);
    return one[0] as number;
  }

  giveBack(buffer: number): void {
    this.#spare.push(buffer);
  }

  delete(): void {
    if (!this.isOpen || !libopenal.alIsSource(this.source)) return;
    libopenal.alSourceStop(this.source);
    libopenal.alSourcei(this.source, al.AL_BUFFER, 0);
    libopenal.alDeleteSources(1, new Uint32Array([this.source]));
    libopenal.alDeleteBuffers(this.#all.length, Uint32Array.from(this.#all));
    check("alDeleteBuffers");
  }
}

const dropped = new FinalizationRegistry((names: Names) => names.delete());

function endOf({ timestamp, frames }: Queued, { sample_rate }: AudioFormat): number {
  return timestamp + frames / sample_rate;
}

/** @throws MediaException when OpenAL says that something was wrong. */
function check(what: string): void {
  const code = libopenal.alGetError();
  if (code === al.AL_NO_ERROR) return;
  throw new MediaException(`OpenAL: ${what}: ${libopenal.alGetString(code) ?? `error ${code}`}`);
}
