/** What a source gives: its formats, its data, and what it says of itself. */

/** How samples lie in memory: the channels of a moment after each other, of 8 bits unsigned or 16 bits signed. */
export class AudioFormat {
  /** 1 or 2. */
  readonly channels: number;
  /** Bits of a sample: 8 or 16. */
  readonly sample_size: number;
  /** Samples a second, of each channel. */
  readonly sample_rate: number;
  readonly bytes_per_frame: number;
  readonly bytes_per_second: number;

  constructor(channels: number, sample_size: number, sample_rate: number) {
    this.channels = channels;
    this.sample_size = sample_size;
    this.sample_rate = sample_rate;
    this.bytes_per_frame = (sample_size >> 3) * channels;
    this.bytes_per_second = this.bytes_per_frame * sample_rate;
  }

  /** How many bytes of whole frames there are up to a time, at most `limit`. */
  bytesUntil(seconds: number, limit = Number.POSITIVE_INFINITY): number {
    return Math.min(limit, Math.max(0, Math.round(seconds * this.sample_rate)) * this.bytes_per_frame);
  }

  /** So many bytes, or fewer, so that the last frame is whole. */
  align(bytes: number): number {
    return bytes - (bytes % this.bytes_per_frame);
  }

  equals(other: AudioFormat): boolean {
    const { channels, sample_size, sample_rate } = this;
    return channels === other.channels && sample_size === other.sample_size && sample_rate === other.sample_rate;
  }

  toString(): string {
    const { channels, sample_size, sample_rate } = this;
    return `AudioFormat(channels=${channels}, sample_size=${sample_size}, sample_rate=${sample_rate})`;
  }
}

/** The size of a film's frames. */
export class VideoFormat {
  readonly width: number;
  readonly height: number;
  /** How wide a pixel is to be shown, where 1 is as wide as it is high. */
  readonly sample_aspect: number;
  /** Frames a second; null where the film does not say. */
  readonly frame_rate: number | null;

  constructor(width: number, height: number, sample_aspect = 1, frame_rate: number | null = null) {
    this.width = width;
    this.height = height;
    this.sample_aspect = sample_aspect;
    this.frame_rate = frame_rate;
  }
}

/** An event of a player that a source wants dispatched when its sound has come to a time. */
export class MediaEvent {
  /** Seconds from the start of the data that it comes with. */
  readonly timestamp: number;
  readonly event: string;
  readonly args: readonly unknown[];

  constructor(timestamp: number, event: string, ...args: unknown[]) {
    this.timestamp = timestamp;
    this.event = event;
    this.args = args;
  }
}

/** A piece of sound. */
export class AudioData {
  /** The samples; valid as long as the object is. */
  data: Uint8Array;
  /** Seconds from the start of the source to the first sample. */
  timestamp: number;
  duration: number;
  readonly events: readonly MediaEvent[];

  constructor(data: Uint8Array, timestamp: number, duration: number, events: readonly MediaEvent[] = []) {
    this.data = data;
    this.timestamp = timestamp;
    this.duration = duration;
    this.events = events;
  }

  /** Bytes. */
  get length(): number {
    return this.data.length;
  }

  /** Drops the first `num_bytes`. */
  consume(num_bytes: number, audio_format: AudioFormat): void {
    const dropped = Math.min(num_bytes, this.data.length);
    this.data = this.data.subarray(dropped);
    this.timestamp += dropped / audio_format.bytes_per_second;
    this.duration -= dropped / audio_format.bytes_per_second;
  }

  get_string_data(): Uint8Array {
    return this.data;
  }
}

/** What a file says of itself. */
export class SourceInfo {
  title = "";
  author = "";
  copyright = "";
  comment = "";
  album = "";
  genre = "";
  year = 0;
  track = 0;
}
