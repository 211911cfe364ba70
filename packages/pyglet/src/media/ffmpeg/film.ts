/** Sounds and films that FFmpeg reads, as sources. */
import type { Decoder, FrameImage, Input } from "../contract.ts";
import { MediaException } from "../exceptions.ts";
import type { AudioData } from "../format.ts";
import { StreamingSource } from "../source.ts";
import { Demuxer } from "./demuxer.ts";
import { Holding, ready } from "./native.ts";
import { PictureTrack } from "./picturetrack.ts";
import { SoundTrack } from "./soundtrack.ts";

/** How far before the wanted time decoders begin, so that what they know of earlier sound is right; seconds. */
const PREROLL = 0.25;
/** How much earlier a seek begins when the file went to a later place than it was told to; seconds. */
const RETRIES = [0, 1, 5, 30, Number.POSITIVE_INFINITY];

/** A file that FFmpeg reads while it plays. */
export class FFmpegSource extends StreamingSource {
  #film: Film | null;

  /** @throws MediaFormatException for what FFmpeg cannot read, MediaException where there is no FFmpeg. */
  constructor(input: Input) {
    super();
    ready();
    const film = new Film(input);
    this.#film = film;
    this.audio_format = film.sound?.format ?? null;
    this.video_format = film.picture?.format ?? null;
    this.info = film.demuxer.info();
    this._duration = film.demuxer.duration;
    dropped.register(this, film, this);
  }

  /** What FFmpeg said of a damaged place, which it left out; null when there was none so far. */
  get damage(): string | null {
    return this.#open.demuxer.damage;
  }

  override seek(timestamp: number): void {
    this.#open.seek(Math.max(0, timestamp));
  }

  override get_audio_data(num_bytes: number): AudioData | null {
    return this.#open.sound?.read(num_bytes) ?? null;
  }

  override get_next_video_timestamp(): number | null {
    return this.#open.picture?.time() ?? null;
  }

  override get_next_video_frame(): FrameImage | null {
    return this.#open.picture?.read() ?? null;
  }

  override skip_video_frames(timestamp: number): void {
    this.#open.picture?.skip(timestamp);
  }

  override delete(): void {
    dropped.unregister(this);
    this.#film?.release();
    this.#film = null;
  }

  get #open(): Film {
    if (this.#film === null) throw new MediaException("this source was deleted");
    return this.#film;
  }
}

/** Reads whatever FFmpeg reads. */
export class FFmpegDecoder implements Decoder<FFmpegSource> {
  readonly name = "FFmpeg";

  get_file_extensions(): readonly string[] {
    return EXTENSIONS;
  }

  decode(input: Input): FFmpegSource {
    return new FFmpegSource(input);
  }
}

// -- Private ---------------------------------------------------------------------------------------

const EXTENSIONS = [
  ...[".aac", ".ac3", ".aif", ".aiff", ".flac", ".m4a", ".mka", ".mp2", ".mp3", ".oga", ".ogg", ".opus", ".wma"],
  ...[".avi", ".flv", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".ts", ".webm", ".wmv"],
];

/** What a source holds of C. It knows nothing of the source, so that the source can be dropped. */
class Film {
  readonly demuxer: Demuxer;
  readonly sound: SoundTrack | null;
  readonly picture: PictureTrack | null;
  readonly #holding = new Holding();

  constructor(input: Input) {
    try {
      this.demuxer = this.#holding.add(new Demuxer(input));
      const { audio, video } = this.demuxer;
      this.sound = audio === null ? null : this.#holding.add(new SoundTrack(this.demuxer, audio));
      this.picture = video === null ? null : this.#holding.add(new PictureTrack(this.demuxer, video));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  seek(seconds: number): void {
    for (const back of RETRIES) {
      const from = Math.max(0, seconds - PREROLL - back);
      this.demuxer.seek(from);
      const isSoundThere = this.sound?.seek(seconds) ?? true;
      const isPictureThere = this.picture?.seek(seconds) ?? true;
      if (from === 0 || (isSoundThere && isPictureThere)) return;
    }
  }

  release(): void {
    this.#holding.release();
  }
}

const dropped = new FinalizationRegistry((film: Film) => film.release());
