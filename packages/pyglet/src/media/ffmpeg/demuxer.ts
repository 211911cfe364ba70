/** A file that FFmpeg has opened: its streams, and their packets in turn. */
import { existsSync } from "node:fs";
import { byref, POINTER, type Pointer } from "ctypes-js";
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AVFormatContext,
  type AVStream,
} from "../../native/media/generated/av/avformat.types.ts";
import { AV_NOPTS_VALUE, AV_TIME_BASE, AVMediaType } from "../../native/media/generated/av/avutil.types.ts";
import { AVDiscard } from "../../native/media/generated/av/defs.types.ts";
import type { AVDictionary } from "../../native/media/generated/av/dict.types.ts";
import { libavcodec, libavformat, libavutil } from "../../native/media/generated/av/libraries.ts";
import type { Input } from "../contract.ts";
import { CannotSeekException, MediaFormatException } from "../exceptions.ts";
import { SourceInfo } from "../format.ts";
import { MemoryFile } from "./memory.ts";
import { END, errorText, Held, Holding } from "./native.ts";
import { PacketQueue } from "./packets.ts";

const FIRST = -(2n ** 63n);

/** One stream of the file. */
export interface Stream {
  readonly index: number;
  readonly stream: AVStream;
  readonly packets: PacketQueue;
  /** Seconds of a unit of its timestamps. */
  readonly unit: number;
}

export class Demuxer {
  readonly name: string;
  readonly context: Pointer<AVFormatContext>;
  readonly video: Stream | null;
  readonly audio: Stream | null;
  /** Seconds; null where the file does not say. */
  readonly duration: number | null;
  /** The time, in seconds, at which the file begins, by its own timestamps. */
  readonly origin: number;
  /** What FFmpeg said when it could read no further though the file had not ended. */
  damage: string | null = null;

  readonly #holding = new Holding();
  readonly #packet;
  #isAtEnd = false;

  /** @throws MediaFormatException for what FFmpeg cannot read. */
  constructor(input: Input) {
    this.name = input.name;
    try {
      this.context = this.#open(input);
      this.#check(libavformat.avformat_find_stream_info(this.context, null));
      const { start_time, duration } = this.context.contents;
      this.origin = start_time === AV_NOPTS_VALUE ? 0 : Number(start_time) / AV_TIME_BASE;
      this.duration = duration === AV_NOPTS_VALUE ? null : Number(duration) / AV_TIME_BASE;
      this.audio = this.#best(AVMediaType.AVMEDIA_TYPE_AUDIO);
      this.video = this.#best(AVMediaType.AVMEDIA_TYPE_VIDEO);
      if (this.audio === null && this.video === null) {
        throw new MediaFormatException(`${this.name}: there is neither sound nor film in it`);
      }
      this.#discardOthers();
      this.#packet = this.#holding.add(new Held(libavcodec.av_packet_alloc(), libavcodec.av_packet_free)).pointer;
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Reads until there is a packet for the stream; false when the file has ended. */
  read({ index }: Stream): boolean {
    while (!this.#isAtEnd) {
      const code = libavformat.av_read_frame(this.context, this.#packet);
      if (code < 0) {
        if (code !== END) this.damage = errorText(code);
        this.#isAtEnd = true;
        return false;
      }
      const found = this.#packet.contents.stream_index;
      const to = found === this.video?.index ? this.video : found === this.audio?.index ? this.audio : null;
      if (to === null) libavcodec.av_packet_unref(this.#packet);
      else to.packets.add(this.#packet);
      if (found === index) return true;
    }
    return false;
  }

  /** Goes to a place at or before a time, in seconds of the source. @throws CannotSeekException when it cannot. */
  seek(seconds: number): void {
    const at = BigInt(Math.round((seconds + this.origin) * AV_TIME_BASE));
    let code = libavformat.avformat_seek_file(this.context, -1, FIRST, at, at, 0);
    // Before the first key frame there is nothing to go to; the start is the best there is.
    if (code < 0) code = libavformat.avformat_seek_file(this.context, -1, FIRST, at, -FIRST - 1n, 0);
    if (code < 0) throw new CannotSeekException(`${this.name}: FFmpeg cannot go to ${seconds} s: ${errorText(code)}`);
    this.#isAtEnd = false;
    this.video?.packets.clear();
    this.audio?.packets.clear();
  }

  /** What the file says of itself. */
  info(): SourceInfo {
    const info = new SourceInfo();
    // Ogg has it with the stream, others with the file.
    const places = [this.audio?.stream.metadata, this.context.contents.metadata];
    const entry = (key: string) =>
      places.map((place) => textOf(place ?? null, key)).find((text) => text !== null) ?? "";
    info.title = entry("title");
    info.author = entry("artist") || entry("author");
    info.copyright = entry("copyright");
    info.comment = entry("comment");
    info.album = entry("album");
    info.genre = entry("genre");
    info.year = Number.parseInt(entry("date") || entry("year"), 10) || 0;
    info.track = Number.parseInt(entry("track"), 10) || 0;
    return info;
  }

  release(): void {
    this.#holding.release();
  }

  #open({ path, read }: Input): Pointer<AVFormatContext> {
    const cell = new (POINTER(AVFormatContext))();
    if (path === null) {
      const file = this.#holding.add(new MemoryFile(read()));
      const empty = libavformat.avformat_alloc_context();
      if (empty === null) throw new MediaFormatException(`${this.name}: FFmpeg has no memory left`);
      empty.contents.pb = file.context;
      this.#check(libavformat.avformat_open_input(byref(empty), null, null, null));
      return this.#holding.add(new Held(empty, libavformat.avformat_close_input)).pointer;
    }
    // A name with a colon would be taken for one with a protocol.
    const url = existsSync(path) ? `file:${path}` : path;
    this.#check(libavformat.avformat_open_input(byref(cell), url, null, null));
    return this.#holding.add(new Held(cell as Pointer<AVFormatContext>, libavformat.avformat_close_input)).pointer;
  }

  #best(type: AVMediaType): Stream | null {
    const index = libavformat.av_find_best_stream(this.context, type, -1, -1, null, 0);
    if (index < 0) return null;
    const stream = this.context.contents.streams?.at(index)?.contents;
    // The picture of an album is no film.
    if (stream === undefined || (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0) return null;
    const { num, den } = stream.time_base;
    return { index, stream, packets: this.#holding.add(new PacketQueue()), unit: num / den };
  }

  #discardOthers(): void {
    const { nb_streams, streams } = this.context.contents;
    for (let index = 0; index < nb_streams; index++) {
      if (index === this.audio?.index || index === this.video?.index) continue;
      const stream = streams?.at(index)?.contents;
      if (stream !== undefined) stream.discard = AVDiscard.AVDISCARD_ALL;
    }
  }

  #check(code: number): void {
    if (code < 0) throw new MediaFormatException(`${this.name}: FFmpeg cannot read it: ${errorText(code)}`);
  }
}

// -- Private ---------------------------------------------------------------------------------------

function textOf(metadata: Pointer<AVDictionary> | null, key: string): string | null {
  if (metadata === null) return null;
  return libavutil.av_dict_get(metadata, key, null, 0)?.contents.value ?? null;
}
