/** Packets that were read for a stream, and wait for its decoder. */
import type { Pointer } from "ctypes-js";
import { libavcodec } from "../../native/media/generated/av/libraries.ts";
import { AV_PKT_FLAG_KEY, type AVPacket } from "../../native/media/generated/av/packet.types.ts";
import { Held } from "./native.ts";

/** How much may wait: of a film of which only the sound is taken, the pictures are dropped. */
const MAX_PACKETS = 4096;
const MAX_BYTES = 1 << 25;

/** A queue whose packets are used again. */
export class PacketQueue {
  #waiting: Held<AVPacket>[] = [];
  #first = 0;
  #bytes = 0;
  readonly #spare: Held<AVPacket>[] = [];
  /** Whether packets were dropped: the decoder must begin anew, with the key frame that comes first. */
  hasDropped = false;

  /** Takes over what `packet` refers to. */
  add(packet: Pointer<AVPacket>): void {
    if (this.#waiting.length - this.#first >= MAX_PACKETS || this.#bytes > MAX_BYTES) {
      this.clear();
      this.hasDropped = true;
    }
    if (this.hasDropped && this.#isEmpty && (packet.contents.flags & AV_PKT_FLAG_KEY) === 0) {
      libavcodec.av_packet_unref(packet);
      return;
    }
    const own = this.#spare.pop() ?? new Held(libavcodec.av_packet_alloc(), libavcodec.av_packet_free);
    libavcodec.av_packet_move_ref(own.pointer, packet);
    this.#bytes += own.pointer.contents.size;
    this.#waiting.push(own);
  }

  /** Hands the first packet to `use`, and takes it back after that; false when there is none. */
  take(use: (packet: Pointer<AVPacket>) => void): boolean {
    const packet = this.#waiting[this.#first];
    if (packet === undefined) return false;
    this.#first++;
    if (this.#first === this.#waiting.length || this.#first > MAX_PACKETS) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    this.#bytes -= packet.pointer.contents.size;
    try {
      use(packet.pointer);
    } finally {
      libavcodec.av_packet_unref(packet.pointer);
      this.#spare.push(packet);
    }
    return true;
  }

  clear(): void {
    while (this.take(() => {}));
    this.hasDropped = false;
  }

  release(): void {
    this.clear();
    for (const packet of this.#spare.splice(0)) packet.release();
  }

  get #isEmpty(): boolean {
    return this.#waiting.length === this.#first;
  }
}
