/** Films and sounds decoded by FFmpeg's libraries: their frames and samples are those of the program ffmpeg. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as media from "ctypes-pyglet/media";
import { ffmpeg, film, folder, noFilms, samplesOf, sound } from "./films.ts";

const [WIDTH, HEIGHT, RATE] = [160, 120, 25];
const FRAME = WIDTH * HEIGHT * 3;

/** What the program decodes, frame after frame. */
function framesOf(path: string): Buffer {
  return ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-vsync", "0", "-");
}

/** The first bytes that differ, or -1. */
function firstDifference(one: Uint8Array, other: Uint8Array): number {
  return Buffer.compare(one, other) === 0 ? -1 : one.findIndex((byte, i) => byte !== other[i]);
}

describe("a film", { skip: noFilms }, () => {
  for (const [name, ...options] of [
    ["lossless.mkv", "-c:v", "ffv1", "-c:a", "pcm_s16le"],
    ["mpeg4.avi", "-c:v", "mpeg4", "-c:a", "mp2"],
  ] as const) {
    test(`${name}: each frame is the program's, byte by byte, at its time`, () => {
      const path = film(name, 2, ...options);
      const wanted = framesOf(path);
      const source = media.load(path) as media.FFmpegSource;
      assert.deepEqual([source.video_format?.width, source.video_format?.height], [WIDTH, HEIGHT]);
      let count = 0;
      for (let time = source.get_next_video_timestamp(); time !== null; time = source.get_next_video_timestamp()) {
        assert.ok(Math.abs(time - count / RATE) < 0.02, `frame ${count} is at ${time}`);
        const frame = source.get_next_video_frame();
        assert.ok(frame !== null);
        const seen = firstDifference(frame.data as Uint8Array, wanted.subarray(count * FRAME, (count + 1) * FRAME));
        assert.equal(seen, -1, `frame ${count} differs at byte ${seen}`);
        count++;
      }
      assert.equal(count * FRAME, wanted.length);
      source.delete();
    });
  }

  test("is sought exactly", () => {
    const path = film("sought.mkv", 2, "-c:v", "mpeg4", "-g", "12", "-c:a", "pcm_s16le");
    const wanted = framesOf(path);
    const source = media.load(path);
    for (const at of [1.2, 0.4, 1.88, 0]) {
      source.seek(at);
      const time = source.get_next_video_timestamp() as number;
      assert.ok(Math.abs(time - at) < 1 / RATE, `after seek(${at}) the next frame is at ${time}`);
      const frame = source.get_next_video_frame();
      const first = Math.round(time * RATE) * FRAME;
      assert.equal(firstDifference(frame?.data as Uint8Array, wanted.subarray(first, first + FRAME)), -1, `at ${time}`);
    }
    source.delete();
  });

  test("has the sound of the program", () => {
    const path = sound("tones.flac", 1);
    const wanted = ffmpeg("-i", path, "-f", "s16le", "-");
    const source = media.load(path);
    const { channels, sample_rate } = source.audio_format as media.AudioFormat;
    assert.deepEqual([channels, sample_rate], [2, 44100]);
    assert.deepEqual(Buffer.from(samplesOf(source).buffer), wanted);
    source.delete();
  });

  test("that is broken is an exception or is shorter, and never a crash", () => {
    const whole = readFileSync(film("whole.mkv", 1, "-c:v", "mpeg4", "-c:a", "mp2"));
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(whole.subarray(0, round % 3 === 0 ? (whole.length * round) / 60 : whole.length));
      for (let i = 0; i < round && bytes.length > 0; i++)
        bytes[(i * 7919 + round * 104729) % bytes.length]! ^= 1 << (i % 8);
      const path = join(folder, `broken-${round}.mkv`);
      writeFileSync(path, bytes);
      try {
        const source = media.load(path);
        while (source.video_format !== null && source.get_next_video_timestamp() !== null)
          source.get_next_video_frame();
        if (source.audio_format !== null) while (source.get_audio_data(50_000) !== null);
        source.delete();
      } catch (error) {
        if (!(error instanceof media.MediaException)) throw error;
        assert.ok(error.message.includes(`broken-${round}.mkv`), error.message);
        refused++;
      }
    }
    assert.ok(refused > 0);
  });
});
