/** The pictures of a film, in the order in which they are shown. */
import { libavformat } from "../../native/media/generated/av/libraries.ts";
import type { FrameImage } from "../contract.ts";
import { MediaFormatException } from "../exceptions.ts";
import { VideoFormat } from "../format.ts";
import { type Frame, StreamDecoder } from "./decoder.ts";
import type { Demuxer, Stream } from "./demuxer.ts";
import { PictureConverter } from "./picture.ts";

/** Timestamps are rounded; closer ones are the same. In seconds. */
const SAME = 1e-6;
/** As many threads as there are processors. */
const ALL_THREADS = 0;
const MAX_PIXELS = 1 << 27;
/** Frames a second of a film that does not say. */
const USUAL_RATE = 25;

export class PictureTrack {
  readonly format: VideoFormat;
  readonly #decoder: StreamDecoder;
  readonly #converter: PictureConverter;
  /** The frame that is shown next, and the one after it, when they are decoded. */
  #next: Frame;
  #after: Frame;
  #time: number | null = null;
  #timeAfter: number | null = null;
  #last: number | null = null;

  /** @throws MediaFormatException for a codec that FFmpeg has not, or a film without a size. */
  constructor(demuxer: Demuxer, stream: Stream) {
    this.#decoder = new StreamDecoder(demuxer, stream, ALL_THREADS);
    const { width, height } = this.#decoder.context.contents;
    if (!(width > 0 && height > 0 && width * height <= MAX_PIXELS)) {
      this.#decoder.release();
      throw new MediaFormatException(`${demuxer.name}: its film has a size of ${width} × ${height}`);
    }
    const at = demuxer.context.contents.streams?.at(stream.index) ?? null;
    const aspect = libavformat.av_guess_sample_aspect_ratio(demuxer.context, at, null);
    const rate = libavformat.av_guess_frame_rate(demuxer.context, at, null);
    const shape = aspect.num > 0 && aspect.den > 0 ? aspect.num / aspect.den : 1;
    const speed = rate.num > 0 && rate.den > 0 ? rate.num / rate.den : null;
    this.format = new VideoFormat(width, height, shape, speed);
    this.#converter = new PictureConverter(demuxer.name, this.format);
    this.#next = this.#decoder.makeFrame();
    this.#after = this.#decoder.makeFrame();
  }

  /** When the next frame is to be shown; null at the end. */
  time(): number | null {
    if (this.#time === null && this.#timeAfter !== null) this.#step();
    this.#time ??= this.#decode(this.#next);
    return this.#time;
  }

  /** The next frame; null at the end. */
  read(): FrameImage | null {
    const time = this.time();
    if (time === null) return null;
    const image = this.#converter.convert(this.#next);
    this.#time = null;
    return image;
  }

  /**
   * After a seek of the demuxer: goes on with the frame that is shown at a time. Returns whether there is a frame from
   * before it.
   */
  seek(seconds: number): boolean {
    this.#decoder.flush();
    this.#timeAfter = this.#last = null;
    this.#time = this.#decode(this.#next);
    if (this.#time === null || this.#time > seconds + SAME) return false;
    this.skip(seconds);
    return true;
  }

  /** Drops frames after which another one is to be shown at a time. */
  skip(seconds: number): void {
    if (this.time() === null) return;
    for (;;) {
      this.#timeAfter ??= this.#decode(this.#after);
      if (this.#timeAfter === null || this.#timeAfter > seconds + SAME) return;
      this.#step();
    }
  }

  release(): void {
    this.#converter.release();
    this.#decoder.release();
  }

  #step(): void {
    [this.#next, this.#after] = [this.#after, this.#next];
    this.#time = this.#timeAfter;
    this.#timeAfter = null;
  }

  #decode(frame: Frame): number | null {
    if (!this.#decoder.next(frame)) return null;
    const step = 1 / (this.format.frame_rate ?? USUAL_RATE);
    this.#last = this.#decoder.timeOf(frame) ?? (this.#last === null ? 0 : this.#last + step);
    return this.#last;
  }
}
