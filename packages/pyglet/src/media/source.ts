/** Sources: where sound and pictures come from, read piece by piece or held in memory. */
import { saveSource } from "./codecs/encoders.ts";
import type { Encoder, FrameImage, Playable } from "./contract.ts";
import { CannotSeekException, MediaException } from "./exceptions.ts";
import { AudioData, type AudioFormat, type SourceInfo, type VideoFormat } from "./format.ts";
import { Player } from "./player.ts";

/** Where sound and pictures come from. */
export class Source implements Playable {
  /** Null for a film without sound. */
  audio_format: AudioFormat | null = null;
  /** Null for a sound without pictures. */
  video_format: VideoFormat | null = null;
  info: SourceInfo | null = null;
  /** Whether a player has it. */
  is_player_source = false;
  protected _duration: number | null = null;

  /** Seconds; null where the source does not know. */
  get duration(): number | null {
    return this._duration;
  }

  /** Plays it on a player of its own, which is returned, and ends with it. */
  play(): Player {
    const player = new Player();
    player.queue(this);
    player.push_handlers({ on_player_eos: () => player.delete() });
    player.play();
    return player;
  }

  /** Writes the sound to a file, whose name says the format: `.wav`. @throws MediaEncodeException when it cannot. */
  save(filename: string, encoder: Encoder | null = null): void {
    saveSource(this, filename, encoder);
  }

  /** Goes on from another time. @throws CannotSeekException where that cannot be. */
  seek(_timestamp: number): void {
    throw new CannotSeekException(`seek(): a ${this.constructor.name} cannot be sought in`);
  }

  /**
   * The next samples: at most `num_bytes`, but a whole frame at least; null at the end.
   */
  get_audio_data(_num_bytes: number): AudioData | null {
    return null;
  }

  /** When the next frame is to be shown; null when there is none. */
  get_next_video_timestamp(): number | null {
    return null;
  }

  /** The next frame of the film; null when there is none. */
  get_next_video_frame(): FrameImage | null {
    return null;
  }

  /** Drops frames after which another one is to be shown at a time, so that the next frame is the one of that time. */
  skip_video_frames(_timestamp: number): void {}

  /** What a player takes the data from. */
  get_queue_source(): Playable {
    return this;
  }

  /** Gives back what it holds of C. It can be called again. */
  delete(): void {}

  [Symbol.dispose](): void {
    this.delete();
  }
}

/** A source that is read while it plays: one player has it, once. */
export class StreamingSource extends Source {
  override get_queue_source(): this {
    if (this.is_player_source) {
      throw new MediaException(
        "this source is queued on a player already: a streaming source plays once; load it with streaming = false",
      );
    }
    this.is_player_source = true;
    return this;
  }
}

/** A source whose sound was read as a whole: any number of players play it at the same time. It has no pictures. */
export class StaticSource extends Source {
  #data: Uint8Array = new Uint8Array(0);

  /** Reads all of `source`, which is used up by it. @throws MediaException for a source without sound. */
  constructor(source: Playable) {
    super();
    const from = source.get_queue_source();
    if (from.audio_format === null) {
      throw new MediaException("a static source holds sound, and this source has none");
    }
    this.audio_format = from.audio_format;
    this.info = from.info;
    const pieces: Uint8Array[] = [];
    for (let data = from.get_audio_data(PIECE); data !== null; data = from.get_audio_data(PIECE)) {
      // A source may give the same memory again.
      if (data.length > 0) pieces.push(data.data.slice());
    }
    this.#data = joined(pieces);
    this._duration = this.#data.length / this.audio_format.bytes_per_second;
    from.delete();
  }

  override get_queue_source(): StaticMemorySource {
    return new StaticMemorySource(this.#data, this.audio_format as AudioFormat);
  }

  override get_audio_data(_num_bytes: number): AudioData | null {
    throw new MediaException("a static source gives its data through get_queue_source()");
  }
}

/** Samples in memory, with a place in them. */
export class StaticMemorySource extends Source {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(data: Uint8Array, audio_format: AudioFormat) {
    super();
    this.audio_format = audio_format;
    this.#bytes = data.subarray(0, audio_format.align(data.length));
    this._duration = this.#bytes.length / audio_format.bytes_per_second;
  }

  override seek(timestamp: number): void {
    this.#at = (this.audio_format as AudioFormat).bytesUntil(timestamp, this.#bytes.length);
  }

  override get_audio_data(num_bytes: number): AudioData | null {
    const format = this.audio_format as AudioFormat;
    const data = this.#bytes.subarray(this.#at, this.#at + Math.max(format.bytes_per_frame, format.align(num_bytes)));
    if (data.length === 0) return null;
    const timestamp = this.#at / format.bytes_per_second;
    this.#at += data.length;
    return new AudioData(data, timestamp, data.length / format.bytes_per_second);
  }
}

// -- Private ---------------------------------------------------------------------------------------

const PIECE = 1 << 18;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
