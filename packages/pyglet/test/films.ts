/** Sounds and films for tests, made by the program ffmpeg, and what tests measure in sound. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delete_audio_driver, get_audio_driver, have_ffmpeg, type LoopbackDriver, options } from "ctypes-pyglet/media";

/** Why there can be no films here, or false. */
export const noFilms: string | false = (() => {
  if (spawnSync("ffmpeg", ["-version"]).status !== 0) return "the program ffmpeg is not installed (Debian: ffmpeg)";
  return have_ffmpeg() ? false : "FFmpeg's libraries are not installed (Debian: libavformat59 and its kin)";
})();

/** Why sound cannot be rendered here, or false. */
export const noLoopback: string | false = (() => {
  try {
    loopback();
    return false;
  } catch (error) {
    return (error as Error).message;
  } finally {
    delete_audio_driver();
  }
})();

/** A folder for files, which goes with the process. */
export const folder: string = mkdtempSync(join(tmpdir(), "pyglet-media-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Runs ffmpeg; gives what it wrote to standard output. */
export function ffmpeg(...args: string[]): Buffer {
  const made = spawnSync("ffmpeg", ["-v", "error", "-y", ...args], { maxBuffer: 1 << 30 });
  if (made.status !== 0) throw new Error(`ffmpeg ${args.join(" ")}: ${made.stderr}`);
  return made.stdout;
}

/** Makes a file of a moving test picture and two tones, 330 Hz left and 550 Hz right; gives its path. */
export function film(name: string, seconds: number, ...args: string[]): string {
  const path = join(folder, name);
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=160x120:rate=25:duration=${seconds}`];
  ffmpeg(...picture, ...tones(seconds), ...args, path);
  return path;
}

/** Makes a file of two tones. */
export function sound(name: string, seconds: number, ...args: string[]): string {
  const path = join(folder, name);
  ffmpeg(...tones(seconds), ...args, path);
  return path;
}

function tones(seconds: number): string[] {
  const expression = `0.5*sin(2*PI*330*t)|0.5*sin(2*PI*550*t)`;
  return ["-f", "lavfi", "-i", `aevalsrc=exprs=${expression}:s=44100:d=${seconds}`];
}

/** A driver that renders into memory, 44,100 frames of two channels a second, in place of the one that was. */
export function loopback(frequency = 44100, channels = 2): LoopbackDriver {
  delete_audio_driver();
  options.audio = ["loopback"];
  options.loopback = { frequency, channels };
  return get_audio_driver() as LoopbackDriver;
}

/** The amplitude of a frequency in one channel, by one term of Fourier's series. */
export function amplitude(
  samples: ArrayLike<number>,
  frequency: number,
  channel = 0,
  rate = 44100,
  channels = 2,
): number {
  // Whole periods, so that other tones leave nothing behind.
  const count = Math.floor(samples.length / channels / rate) * rate || Math.floor(samples.length / channels);
  let [cosine, sine] = [0, 0];
  for (let at = 0; at < count; at++) {
    const value = samples[at * channels + channel] as number;
    const angle = (2 * Math.PI * frequency * at) / rate;
    cosine += value * Math.cos(angle);
    sine += value * Math.sin(angle);
  }
  return (2 * Math.hypot(cosine, sine)) / count;
}

/** All samples that a source of 16 bits has left. */
export function samplesOf(source: { get_audio_data(bytes: number): { data: Uint8Array } | null }): Int16Array {
  const pieces: Buffer[] = [];
  for (let data = source.get_audio_data(50_000); data !== null; data = source.get_audio_data(50_000)) {
    pieces.push(Buffer.from(data.data));
  }
  const all = Buffer.concat(pieces);
  return new Int16Array(all.buffer.slice(all.byteOffset, all.byteOffset + all.length));
}
