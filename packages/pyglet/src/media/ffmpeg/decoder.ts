/** The decoder of one stream: packets in, frames out. */
import type { Pointer } from "ctypes-js";
import type { AVCodecContext } from "../../native/media/generated/av/avcodec.types.ts";
import { AV_NOPTS_VALUE } from "../../native/media/generated/av/avutil.types.ts";
import type { AVFrame } from "../../native/media/generated/av/frame.types.ts";
import { libavcodec, libavutil } from "../../native/media/generated/av/libraries.ts";
import { MediaFormatException } from "../exceptions.ts";
import type { Demuxer, Stream } from "./demuxer.ts";
import { AGAIN, END, errorText, Held, Holding } from "./native.ts";

/** A frame of the decoder's, which it fills again and again. */
export interface Frame {
  readonly pointer: Pointer<AVFrame>;
  /** The structure itself: `pointer.contents` would be a new object each time. */
  readonly fields: AVFrame;
}

export class StreamDecoder {
  readonly context: Pointer<AVCodecContext>;
  readonly stream: Stream;
  readonly #demuxer: Demuxer;
  readonly #holding = new Holding();
  #isDraining = false;
  #frames = 0;

  /** @throws MediaFormatException for a codec that FFmpeg has not. */
  constructor(demuxer: Demuxer, stream: Stream, threads: number) {
    this.#demuxer = demuxer;
    this.stream = stream;
    const parameters = stream.stream.codecpar;
    const id = parameters?.contents.codec_id ?? 0;
    const codec = libavcodec.avcodec_find_decoder(id);
    const fail = (reason: string) => new MediaFormatException(`${demuxer.name}: ${reason}`);
    if (parameters === null || codec === null)
      throw fail(`FFmpeg has no decoder for ${libavcodec.avcodec_get_name(id)}`);
    try {
      const context = libavcodec.avcodec_alloc_context3(codec);
      this.context = this.#holding.add(new Held(context, libavcodec.avcodec_free_context)).pointer;
      let code = libavcodec.avcodec_parameters_to_context(this.context, parameters);
      this.context.contents.thread_count = threads;
      if (code >= 0) code = libavcodec.avcodec_open2(this.context, codec, null);
      if (code < 0) throw fail(`FFmpeg cannot decode its ${libavcodec.avcodec_get_name(id)}: ${errorText(code)}`);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** A frame to decode into. It is released with the decoder. */
  makeFrame(): Frame {
    const { pointer } = this.#holding.add(new Held(libavutil.av_frame_alloc(), libavutil.av_frame_free));
    return { pointer, fields: pointer.contents };
  }

  /**
   * Decodes the next frame into `frame`; false at the end. What is damaged is left out.
   *
   * @throws MediaFormatException when there is damage, and not a single frame.
   */
  next({ pointer }: Frame): boolean {
    for (;;) {
      const code = libavcodec.avcodec_receive_frame(this.context, pointer);
      if (code === 0) {
        this.#frames++;
        return true;
      }
      if (code === END) {
        this.#checkForFrames();
        return false;
      }
      if (code === AGAIN) this.#feed();
      else this.#demuxer.damage = errorText(code);
    }
  }

  /** When a frame is to be shown or heard, in seconds of the source; null where it does not say. */
  timeOf({ fields }: Frame): number | null {
    const timestamp = fields.best_effort_timestamp;
    return timestamp === AV_NOPTS_VALUE ? null : Number(timestamp) * this.stream.unit - this.#demuxer.origin;
  }

  /** Forgets what it knows of earlier packets, after a seek. */
  flush(): void {
    libavcodec.avcodec_flush_buffers(this.context);
    this.#isDraining = false;
  }

  release(): void {
    this.#holding.release();
  }

  #feed(): void {
    const { packets } = this.stream;
    for (;;) {
      if (packets.hasDropped) {
        packets.hasDropped = false;
        this.flush();
      }
      if (packets.take((packet) => this.#send(packet))) return;
      if (!this.#demuxer.read(this.stream)) break;
    }
    if (this.#isDraining) return;
    this.#isDraining = true;
    libavcodec.avcodec_send_packet(this.context, null);
  }

  #send(packet: Parameters<typeof libavcodec.avcodec_send_packet>[1]): void {
    const code = libavcodec.avcodec_send_packet(this.context, packet);
    if (code < 0) this.#demuxer.damage = errorText(code);
  }

  #checkForFrames(): void {
    const { damage, name } = this.#demuxer;
    if (this.#frames === 0 && damage !== null) {
      throw new MediaFormatException(`${name}: FFmpeg could decode nothing of it: ${damage}`);
    }
  }
}
