/** Decoded sound as samples of 8 or 16 bits, the channels of a moment after each other. */
import { ARRAY, type ArrayOf, byref, c_ubyte, cast, POINTER, type Pointer } from "ctypes-js";
import { AVChannelLayout, AVChannelOrder } from "../../native/media/generated/av/channel_layout.types.ts";
import { libavutil, libswresample } from "../../native/media/generated/av/libraries.ts";
import { AVSampleFormat } from "../../native/media/generated/av/samplefmt.types.ts";
import { SwrContext } from "../../native/media/generated/av/swresample.types.ts";
import { MediaFormatException } from "../exceptions.ts";
import type { AudioFormat } from "../format.ts";
import type { Frame } from "./decoder.ts";
import { errorText, Held } from "./native.ts";

const { AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_U8, AV_SAMPLE_FMT_U8P } = AVSampleFormat;

/** Bits of the samples that sound of a format becomes. */
export function bitsFor(format: number): number {
  return format === AV_SAMPLE_FMT_U8 || format === AV_SAMPLE_FMT_U8P ? 8 : 16;
}

export class SoundConverter {
  readonly #format: AudioFormat;
  readonly #name: string;
  #context: Held<SwrContext> | null = null;
  /** What `#context` converts from. */
  #from = "";
  #memory: ArrayOf<c_ubyte, number> = new (ARRAY(c_ubyte, 0))();
  readonly #planes = new (ARRAY(POINTER(c_ubyte), 1))();

  constructor(name: string, format: AudioFormat) {
    this.#name = name;
    this.#format = format;
  }

  /** The samples of a frame; valid until the next call. @throws MediaFormatException for what cannot be converted. */
  convert(frame: Frame): Uint8Array {
    const { fields } = frame;
    const context = this.#contextFor(frame);
    const room = libswresample.swr_get_out_samples(context, fields.nb_samples);
    const size = this.#format.bytes_per_frame;
    if (this.#memory.length < room * size) {
      this.#memory = new (ARRAY(c_ubyte, room * size))();
      this.#planes.put(0, cast(this.#memory, POINTER(c_ubyte)));
    }
    const count = libswresample.swr_convert(context, this.#planes, room, fields.extended_data, fields.nb_samples);
    if (count < 0) throw this.#failure(count);
    return this.#memory.view.subarray(0, count * size);
  }

  release(): void {
    this.#context?.release();
    this.#context = null;
    this.#from = "";
  }

  #contextFor({ fields }: Frame): Pointer<SwrContext> {
    const from = `${fields.format} ${fields.sample_rate} ${fields.ch_layout.nb_channels} ${fields.ch_layout.u.mask}`;
    if (this.#context !== null && from === this.#from) return this.#context.pointer;
    this.release();
    const to = new AVChannelLayout();
    libavutil.av_channel_layout_default(byref(to), this.#format.channels);
    const given = fields.ch_layout;
    if (given.order === AVChannelOrder.AV_CHANNEL_ORDER_UNSPEC) {
      libavutil.av_channel_layout_default(byref(given), given.nb_channels);
    }
    const cell = new (POINTER(SwrContext))();
    const wanted = this.#format.sample_size === 8 ? AV_SAMPLE_FMT_U8 : AV_SAMPLE_FMT_S16;
    const { sample_rate } = this.#format;
    let code = libswresample.swr_alloc_set_opts2(
      byref(cell),
      byref(to),
      wanted,
      sample_rate,
      byref(given),
      fields.format as AVSampleFormat,
      fields.sample_rate,
      0,
      null,
    );
    if (code < 0) throw this.#failure(code);
    this.#context = new Held(cell as Pointer<SwrContext>, libswresample.swr_free);
    code = libswresample.swr_init(this.#context.pointer);
    if (code < 0) throw this.#failure(code);
    this.#from = from;
    return this.#context.pointer;
  }

  #failure(code: number): MediaFormatException {
    return new MediaFormatException(`${this.#name}: its sound cannot be converted: ${errorText(code)}`);
  }
}
