/** Players: what plays sources, one after the other, with their sound and their pictures at the same time. */
import * as clock from "../clock/default.ts";
import type { FrameImage, Playable } from "./contract.ts";
import { get_audio_driver } from "./drivers/choose.ts";
import type { AbstractAudioPlayer, Attributes } from "./drivers/driver.ts";
import { Sounding } from "./sounding.ts";
import { PlaybackTimer } from "./timer.ts";

/** Plays sources that are queued. */
export class Player extends Sounding {
  static {
    for (const name of ["on_eos", "on_player_eos", "on_player_next_source"]) this.register_event_type(name);
  }

  /** Whether the source that plays begins again at its end. */
  loop = false;

  readonly #playlists: Iterator<Playable>[] = [];
  #source: Playable | null = null;
  #audio: AbstractAudioPlayer | null = null;
  #isPlaying = false;
  /** Whether the sound is over; the pictures then go by the timer. */
  #isSoundOver = false;
  readonly #timer = new PlaybackTimer();
  #texture: FrameImage | null = null;
  readonly #show = (dt: number) => this.update_texture(dt);

  /** Adds a source, or several, to be played after those that are queued. @throws MediaException for one that plays. */
  queue(source: Playable | Iterable<Playable>): void {
    const list = isPlayable(source) ? [source] : source;
    if (typeof list?.[Symbol.iterator] !== "function") {
      throw new TypeError("queue(): expected a source, or several of them");
    }
    this.#playlists.push(list[Symbol.iterator]());
    if (this.#source !== null) return;
    this.#source = this.#take();
    if (this.#isPlaying && this.#source !== null) this.#start();
  }

  get playing(): boolean {
    return this.#isPlaying;
  }

  /** Plays, or goes on. Without a source it begins when one is queued. */
  play(): void {
    if (this.#isPlaying) return;
    this.#isPlaying = true;
    if (this.#source !== null) this.#start();
  }

  /** Stops where it is; `play` goes on. */
  pause(): void {
    if (!this.#isPlaying) return;
    this.#isPlaying = false;
    this.#stop();
  }

  /** Ends the source, and gives back what it and the player hold. The player can be used anew. */
  delete(): void {
    this.pause();
    this.#drop();
    this.#playlists.length = 0;
    this.#texture = null;
  }

  /** Goes on with the next source at once. Without one the player stops, and dispatches `on_player_eos`. */
  next_source(): void {
    this.#stop();
    this.#drop();
    this.#texture = null;
    this.#source = this.#take();
    if (this.#source === null) {
      this.#isPlaying = false;
      this.dispatch_event("on_player_eos");
      return;
    }
    if (this.#isPlaying) this.#start();
    this.dispatch_event("on_player_next_source");
  }

  /** Goes to a time of the source, in seconds: to that sample, and the frame that is shown then. */
  seek(timestamp: number): void {
    const source = this.#source;
    if (source === null) return;
    const time = Math.max(0, timestamp);
    this.#stop();
    source.seek(time);
    this.#isSoundOver = false;
    this.#timer.set_time(time);
    if (this.#audio !== null) this.#audio.clear();
    this.#showFrame(time);
    if (this.#isPlaying) this.#start();
  }

  /** The source that plays, as it was given by `get_queue_source`. */
  get source(): Playable | null {
    return this.#source;
  }

  /** Seconds from the start of the source: by its sound, where it has any. */
  get time(): number {
    return this.#audio === null || this.#isSoundOver ? this.#timer.get_time() : this.#audio.get_time();
  }

  /** The frame that is shown; null before the first one, and for sound alone. */
  get texture(): FrameImage | null {
    return this.#texture;
  }

  get_texture(): FrameImage | null {
    return this.#texture;
  }

  /** Shows the frame that comes next, whatever its time; for a player that is paused. */
  seek_next_frame(): void {
    const time = this.#source?.get_next_video_timestamp() ?? null;
    if (time !== null) this.seek(time);
  }

  /** Shows the frame of the present time. The default clock calls it when the next one is due. */
  update_texture(_dt?: number): void {
    const source = this.#source;
    if (source === null || source.video_format === null) return;
    const time = this.time;
    this.#showFrame(time);
    if (!this.#isPlaying) return;
    clock.unschedule(this.#show);
    const next = source.get_next_video_timestamp();
    const isLast = next === null;
    if (isLast && this.#audio !== null && !this.#isSoundOver) return;
    const end = isLast ? this.#endOfPictures : next;
    if (isLast && time >= end) this.#end();
    else clock.schedule_once(this.#show, Math.max(SHORTEST_WAIT, (end - time) / this.pitch));
  }

  protected override applied<N extends keyof Attributes>(name: N, value: Attributes[N]): void {
    if (name === "pitch") this.#timer.set_speed(value as number);
    this.#audio?.set(name, value);
  }

  on_eos(): void {
    if (this.loop) this.seek(0);
    else this.next_source();
  }

  /** For several players that begin at the same moment: gets ready, and gives what plays the sound. */
  static together(players: readonly Player[]): void {
    const sounds = players.filter((player) => !player.#isPlaying).flatMap((player) => player.#prepare() ?? []);
    get_audio_driver().playTogether(sounds);
  }

  #prepare(): AbstractAudioPlayer | null {
    this.#isPlaying = true;
    if (this.#source === null) return null;
    const audio = this.#sound();
    this.#startPictures();
    return audio;
  }

  #start(): void {
    this.#sound()?.play();
    this.#startPictures();
  }

  /** What plays the sound of the source; null when it has none, or none any more. */
  #sound(): AbstractAudioPlayer | null {
    const source = this.#source as Playable;
    if (source.audio_format !== null && this.#audio === null) this.#audio = this.#makeAudio(source);
    return this.#isSoundOver ? null : this.#audio;
  }

  /** Without sound, the timer says what time it is. */
  #startPictures(): void {
    if (this.#audio === null || this.#isSoundOver) this.#timer.start();
    if (this.#source?.video_format != null) this.update_texture();
  }

  #stop(): void {
    clock.unschedule(this.#show);
    this.#timer.pause();
    this.#audio?.stop();
  }

  #makeAudio(source: Playable): AbstractAudioPlayer {
    const audio = get_audio_driver().create_audio_player(source, {
      soundEnded: () => this.#endSound(),
      soundReached: ({ event, args }) => Reflect.apply(this.dispatch_event, this, [event, ...args]),
    });
    this.applyAll(audio);
    return audio;
  }

  #endSound(): void {
    const time = this.#audio?.get_time() ?? 0;
    this.#isSoundOver = true;
    this.#timer.set_time(time);
    this.#showFrame(time);
    const isFilmOver = this.#source?.video_format == null || this.#source.get_next_video_timestamp() === null;
    if (isFilmOver) this.#end();
    else this.#startPictures();
  }

  #end(): void {
    this.dispatch_event("on_eos");
  }

  /** When the last frame was shown as long as the others. */
  #lastShown = 0;
  get #endOfPictures(): number {
    const rate = this.#source?.video_format?.frame_rate ?? null;
    return this.#lastShown + (rate === null ? 0 : 1 / rate);
  }

  #showFrame(time: number): void {
    const source = this.#source;
    if (source === null || source.video_format === null) return;
    source.skip_video_frames(time);
    const next = source.get_next_video_timestamp();
    if (next === null || next > time + SAME) return;
    this.#lastShown = next;
    this.#texture = source.get_next_video_frame();
  }

  #take(): Playable | null {
    while (this.#playlists.length > 0) {
      const { value, done } = (this.#playlists[0] as Iterator<Playable>).next();
      if (!done) {
        if (!isPlayable(value)) throw new TypeError("a list of sources has something that is none");
        return value.get_queue_source();
      }
      this.#playlists.shift();
    }
    return null;
  }

  #drop(): void {
    this.#audio?.delete();
    this.#audio = null;
    const source = this.#source;
    this.#source = null;
    this.#isSoundOver = false;
    this.#lastShown = 0;
    this.#timer.reset();
    if (source?.is_player_source) source.delete();
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** Timestamps that differ by less are the same; seconds. */
const SAME = 1e-6;
/** Seconds: the clock of the sound moves in steps, and asking more often than this helps nobody. */
const SHORTEST_WAIT = 0.001;

function isPlayable(value: unknown): value is Playable {
  return typeof value === "object" && value !== null && "get_queue_source" in value;
}
