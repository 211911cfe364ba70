/** What the parts of `media` know of each other: what a player asks of a source, and what codecs are. */
import type { AudioData, AudioFormat, SourceInfo, VideoFormat } from "./format.ts";

/** A frame of a film: what an image in memory has. */
export interface FrameImage {
  readonly width: number;
  readonly height: number;
  /** `RGB`, or `RGBA` where the film has an alpha. */
  readonly format: string;
  /** Bytes from a row to the next; negative, since the first row is the top one. */
  readonly pitch: number;
  readonly data: Uint8Array;
}

/** What gives sound and pictures; `Source` says more of each member. */
export interface Playable {
  readonly audio_format: AudioFormat | null;
  readonly video_format: VideoFormat | null;
  readonly info: SourceInfo | null;
  readonly duration: number | null;
  is_player_source: boolean;
  get_queue_source(): Playable;
  seek(timestamp: number): void;
  get_audio_data(num_bytes: number): AudioData | null;
  get_next_video_timestamp(): number | null;
  get_next_video_frame(): FrameImage | null;
  skip_video_frames(timestamp: number): void;
  delete(): void;
}

/** A file, or the bytes of one. */
export interface Input {
  /** What messages call it. */
  readonly name: string;
  /** Where it is; null where only its bytes are there. */
  readonly path: string | null;
  /** All its bytes. @throws MediaException when they cannot be read. */
  read(): Uint8Array;
}

/** What reads a kind of file. */
export interface Decoder<S extends Playable = Playable> {
  readonly name: string;
  /** With their dots, in lower case. */
  get_file_extensions(): readonly string[];
  /** @throws MediaException when it cannot. */
  decode(input: Input): S;
}

/** What writes a kind of file. */
export interface Encoder {
  /** With their dots, in lower case. */
  get_file_extensions(): readonly string[];
  /** The bytes of the file. @throws MediaEncodeException for what it cannot write. */
  encode(source: Playable, filename: string): Uint8Array;
}
