/** The bytes of a file as what FFmpeg reads from. */
import { byref, CFUNCTYPE, c_int, c_int64, c_ubyte, c_void_p, cast, offsetof, POINTER, type Pointer } from "ctypes-js";
import { AVIOContext, AVSEEK_SIZE } from "../../native/media/generated/av/avio.types.ts";
import { libavformat, libavutil } from "../../native/media/generated/av/libraries.ts";
import { END, Held } from "./native.ts";

/** What C may ask for at once. */
const BUFFER_SIZE = 1 << 16;
const SEEK_CURRENT = 1;
const SEEK_END = 2;

class Read extends CFUNCTYPE(c_int, c_void_p, POINTER(c_ubyte), c_int) {}
class Seek extends CFUNCTYPE(c_int64, c_void_p, c_int64, c_int) {}

/** An AVIOContext over bytes of JavaScript. */
export class MemoryFile {
  readonly context: Pointer<AVIOContext>;
  readonly #held: Held<AVIOContext>;
  /** C has their addresses. */
  readonly #read: Read;
  readonly #seek: Seek;

  constructor(bytes: Uint8Array) {
    let at = 0;
    this.#read = new Read((_opaque, to, size) => {
      const count = Math.min(size, bytes.length - at);
      if (count <= 0 || to === null) return END;
      to.view(count).set(bytes.subarray(at, at + count));
      at += count;
      return count;
    });
    this.#seek = new Seek((_opaque, offset, whence) => {
      if (whence === AVSEEK_SIZE) return BigInt(bytes.length);
      const from = whence === SEEK_CURRENT ? at : whence === SEEK_END ? bytes.length : 0;
      const to = from + Number(offset);
      if (!(to >= 0 && to <= bytes.length)) return -1n;
      at = to;
      return BigInt(at);
    });
    const buffer = libavutil.av_malloc(BUFFER_SIZE);
    const context = libavformat.avio_alloc_context(
      cast(buffer, POINTER(c_ubyte)),
      BUFFER_SIZE,
      0,
      null,
      this.#read as never,
      null,
      this.#seek as never,
    );
    if (context === null) libavutil.av_free(buffer);
    this.#held = new Held(context, libavformat.avio_context_free);
    this.context = this.#held.pointer;
  }

  release(): void {
    // FFmpeg may have put another buffer in place of ours, and frees neither.
    if (!this.#held.isReleased) libavutil.av_freep(byref(this.context.contents, offsetof(AVIOContext, "buffer")));
    this.#held.release();
  }
}
