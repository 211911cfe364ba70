/** The sound of a file: samples by their number from the start, whatever packets and frames they come in. */
import { AudioData, AudioFormat } from "../format.ts";
import { type Frame, StreamDecoder } from "./decoder.ts";
import type { Demuxer, Stream } from "./demuxer.ts";
import { bitsFor, SoundConverter } from "./sound.ts";

/** How far timestamps, which may be rounded, can be from counted samples before they are believed; seconds. */
const TOLERANCE = 0.05;
/** A longer gap, in seconds, is left out instead of filled. */
const LONGEST_SILENCE = 10;
const MAX_CHANNELS = 2;

export class SoundTrack {
  readonly format: AudioFormat;
  readonly #decoder: StreamDecoder;
  readonly #converter: SoundConverter;
  readonly #frame: Frame;
  /** Samples that are decoded and not given yet. They lie in the converter's memory. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes of silence that come before them. */
  #silence = 0;
  /** The number of the sample that is given next. */
  #position = 0;
  /** That of the sample that is decoded next, by counting; null when only a timestamp can tell. */
  #decoded: number | null = null;

  /** @throws MediaFormatException for a codec that FFmpeg has not. */
  constructor(demuxer: Demuxer, stream: Stream) {
    this.#decoder = new StreamDecoder(demuxer, stream, 1);
    const { sample_rate, sample_fmt, ch_layout } = this.#decoder.context.contents;
    const channels = Math.min(MAX_CHANNELS, Math.max(1, ch_layout.nb_channels));
    this.format = new AudioFormat(channels, bitsFor(sample_fmt), sample_rate);
    this.#converter = new SoundConverter(demuxer.name, this.format);
    this.#frame = this.#decoder.makeFrame();
  }

  read(num_bytes: number): AudioData | null {
    const { bytes_per_frame, sample_rate, sample_size } = this.format;
    const wanted = Math.max(bytes_per_frame, this.format.align(num_bytes));
    const out = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      if (this.#silence > 0) {
        const count = Math.min(this.#silence, wanted - filled);
        if (sample_size === 8) out.fill(0x80, filled, filled + count);
        this.#silence -= count;
        filled += count;
      } else if (this.#rest.length > 0) {
        const piece = this.#rest.subarray(0, wanted - filled);
        out.set(piece, filled);
        this.#rest = this.#rest.subarray(piece.length);
        filled += piece.length;
      } else if (!this.#decode(this.#position + filled / bytes_per_frame)) break;
    }
    if (filled === 0) return null;
    const timestamp = this.#position / sample_rate;
    this.#position += filled / bytes_per_frame;
    return new AudioData(out.subarray(0, filled), timestamp, filled / this.format.bytes_per_second);
  }

  /** After a seek of the demuxer: goes on at a time. Returns whether there is sound from before it. */
  seek(seconds: number): boolean {
    this.#decoder.flush();
    this.#converter.release();
    this.#rest = this.#rest.subarray(0, 0);
    this.#silence = 0;
    this.#decoded = null;
    this.#position = Math.round(seconds * this.format.sample_rate);
    // At the end there is none, wherever the file went.
    return !this.#decode(this.#position) || this.#silence === 0;
  }

  release(): void {
    this.#converter.release();
    this.#decoder.release();
  }

  /** Decodes until there are samples at or after `position`; false at the end. */
  #decode(position: number): boolean {
    const { bytes_per_frame, sample_rate } = this.format;
    while (this.#decoder.next(this.#frame)) {
      const samples = this.#converter.convert(this.#frame);
      const count = samples.length / bytes_per_frame;
      const first = this.#place(this.#decoder.timeOf(this.#frame), position);
      this.#decoded = first + count;
      const late = position - first;
      if (late >= count) continue;
      this.#rest = late > 0 ? samples.subarray(late * bytes_per_frame) : samples;
      if (-late > LONGEST_SILENCE * sample_rate) this.#position -= late;
      else if (late < 0) this.#silence = -late * bytes_per_frame;
      return true;
    }
    return false;
  }

  /** The number of the first sample of what was decoded. */
  #place(seconds: number | null, position: number): number {
    if (seconds === null) return this.#decoded ?? position;
    const said = Math.round(seconds * this.format.sample_rate);
    const counted = this.#decoded;
    return counted !== null && Math.abs(said - counted) <= TOLERANCE * this.format.sample_rate ? counted : said;
  }
}
