/** Sound through OpenAL. */
import { AL_GAIN, AL_ORIENTATION, AL_POSITION } from "../../../native/media/generated/al/al.types.ts";
import { libopenal } from "../../../native/media/generated/al/libraries.ts";
import type { Playable } from "../../contract.ts";
import { MediaException } from "../../exceptions.ts";
import { AbstractAudioDriver, type AbstractAudioPlayer, AbstractListener, type Told } from "../driver.ts";
import { Device, type LoopbackFormat } from "./device.ts";
import { OpenALAudioPlayer } from "./player.ts";

export class OpenALDriver extends AbstractAudioDriver {
  protected readonly device: Device;
  readonly #listener = new OpenALListener();

  /** @throws MediaException when there is no OpenAL, or no device. */
  constructor(device: Device = Device.open(null)) {
    super();
    this.device = device;
  }

  override create_audio_player(source: Playable, told: Told): OpenALAudioPlayer {
    return new OpenALAudioPlayer(this, this.device, source, told);
  }

  override get_listener(): OpenALListener {
    return this.#listener;
  }

  override playTogether(players: readonly AbstractAudioPlayer[]): void {
    OpenALAudioPlayer.playTogether(players.filter((player) => player instanceof OpenALAudioPlayer));
  }

  override delete(): void {
    super.delete();
    this.device.close();
  }
}

/** OpenAL's loopback device: what would be heard is rendered into memory, and time passes as it is. */
export class LoopbackDriver extends OpenALDriver {
  readonly format: LoopbackFormat;

  /** @throws MediaException when there is no OpenAL, or it does not render in that format. */
  constructor(format: LoopbackFormat) {
    super(Device.loopback(format));
    this.format = format;
  }

  protected override get isRealTime(): boolean {
    return false;
  }

  /** Renders `frames` frames, from -1 to 1, the channels of a moment after each other. Players read on meanwhile. */
  render(frames: number): Float32Array {
    if (!(Number.isInteger(frames) && frames >= 0)) {
      throw new MediaException(`render(): expected a number of frames, got ${frames}`);
    }
    const { channels } = this.format;
    const samples = new Float32Array(frames * channels);
    for (let at = 0; at < frames; at += STEP) {
      const count = Math.min(STEP, frames - at);
      this.update();
      this.device.render(samples.subarray(at * channels, (at + count) * channels), count);
    }
    this.update();
    return samples;
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Frames between updates. */
const STEP = 512;

class OpenALListener extends AbstractListener {
  readonly #orientation = new Float32Array(6);

  protected override apply(): void {
    libopenal.alListenerf(AL_GAIN, Math.max(0, this.volume));
    libopenal.alListener3f(AL_POSITION, ...this.position);
    this.#orientation.set(this.forward_orientation, 0);
    this.#orientation.set(this.up_orientation, 3);
    libopenal.alListenerfv(AL_ORIENTATION, this.#orientation);
  }
}
