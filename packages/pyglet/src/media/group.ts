/** Several sources as one, without a gap between them. */
import type { FrameImage, Playable } from "./contract.ts";
import { MediaException } from "./exceptions.ts";
import type { AudioData } from "./format.ts";
import { Source } from "./source.ts";

/** Sources of one format, one after the other as if they were one. */
export class SourceGroup extends Source {
  readonly #sources: Playable[] = [];
  /** What the sources that are over lasted: timestamps go on. */
  #passed = 0;

  /** Adds one to the end. @throws MediaException for one whose formats are not those of the first. */
  add(source: Playable): void {
    const next = source.get_queue_source();
    const isFirst = this.audio_format === null && this.video_format === null;
    if (!isFirst && !isSameFormat(this, next)) {
      throw new MediaException(`a group has sources of one format: expected ${formatOf(this)}, got ${formatOf(next)}`);
    }
    if (isFirst) {
      this.audio_format = next.audio_format;
      this.video_format = next.video_format;
      this.info = next.info;
    }
    this._duration = this.#sources.length === 0 ? next.duration : plus(this._duration, next.duration);
    this.#sources.push(next);
  }

  /** Whether there is a source after the one that is playing. */
  has_next(): boolean {
    return this.#sources.length > 1;
  }

  /** Goes to a time of the source that is playing. */
  override seek(timestamp: number): void {
    this.#sources[0]?.seek(Math.max(0, timestamp - this.#passed));
  }

  override get_audio_data(num_bytes: number): AudioData | null {
    for (;;) {
      const source = this.#sources[0];
      const data = source?.get_audio_data(num_bytes) ?? null;
      if (data !== null) {
        data.timestamp += this.#passed;
        return data;
      }
      if (!this.#advance()) return null;
    }
  }

  override get_next_video_timestamp(): number | null {
    const timestamp = this.#sources[0]?.get_next_video_timestamp() ?? null;
    return timestamp === null ? null : timestamp + this.#passed;
  }

  override get_next_video_frame(): FrameImage | null {
    return this.#sources[0]?.get_next_video_frame() ?? null;
  }

  override skip_video_frames(timestamp: number): void {
    this.#sources[0]?.skip_video_frames(timestamp - this.#passed);
  }

  override delete(): void {
    for (const source of this.#sources) source.delete();
  }

  #advance(): boolean {
    if (!this.has_next()) return false;
    const over = this.#sources.shift() as Playable;
    this.#passed += over.duration ?? 0;
    over.delete();
    return true;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function isSameFormat(one: Playable, other: Playable): boolean {
  const [a, b] = [one.audio_format, other.audio_format];
  const [v, w] = [one.video_format, other.video_format];
  const isSameSound = a === b || (a !== null && b !== null && a.equals(b));
  return isSameSound && v?.width === w?.width && v?.height === w?.height;
}

function formatOf({ audio_format, video_format }: Playable): string {
  const film = video_format === null ? "" : `, frames of ${video_format.width} × ${video_format.height}`;
  return `${audio_format ?? "no sound"}${film}`;
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
