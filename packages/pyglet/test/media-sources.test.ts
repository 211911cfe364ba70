/** Sources without FFmpeg: calculated sounds, WAVE files, static sources and groups. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as pyglet from "ctypes-pyglet";
import * as media from "ctypes-pyglet/media";
import { amplitude, folder, samplesOf } from "./films.ts";

const { synthesis } = media;
const RATE = { sample_rate: 44100 };

describe("calculated sounds", () => {
  const waves: [string, media.Source, number][] = [
    ["Sine", new synthesis.Sine(1, 440, RATE), 1],
    // The first term of Fourier's series of each.
    ["Triangle", new synthesis.Triangle(1, 440, RATE), 8 / Math.PI ** 2],
    ["Square", new synthesis.Square(1, 441, RATE), 4 / Math.PI],
    ["Sawtooth", new synthesis.Sawtooth(1, 440, RATE), 2 / Math.PI],
  ];
  for (const [name, source, expected] of waves) {
    test(`${name} has the amplitude of its frequency`, () => {
      const samples = samplesOf(source);
      assert.equal(samples.length, 44100);
      const frequency = name === "Square" ? 441 : 440;
      const found = amplitude(samples, frequency, 0, 44100, 1) / 0x7fff;
      assert.ok(Math.abs(found - expected) < 0.01 * expected, `expected ${expected}, got ${found}`);
      assert.ok(amplitude(samples, frequency / 2, 0, 44100, 1) / 0x7fff < 0.01);
    });
  }

  test("FM is a sine whose phase a sine moves", () => {
    const samples = samplesOf(new synthesis.FM(0.1, 50, 10, 2, { sample_rate: 1000 }));
    const expected = (t: number) => Math.sin(2 * Math.PI * 50 * t + 2 * Math.sin(2 * Math.PI * 10 * t));
    for (const [at, sample] of samples.entries()) assert.ok(Math.abs(sample - expected(at / 1000) * 0x7fff) < 1);
  });

  test("noise is as loud at each frequency, a plucked string fades, silence is silent", () => {
    const noise = samplesOf(new synthesis.WhiteNoise(1, RATE));
    const power = noise.reduce((sum, value) => sum + (value / 0x7fff) ** 2, 0) / noise.length;
    assert.ok(Math.abs(power - 1 / 3) < 0.02, `${power}`);
    const string = samplesOf(new synthesis.Digitar(2, 441, 0.99, RATE));
    const loudness = (from: number) => string.slice(from, from + 4410).reduce((sum, value) => sum + Math.abs(value), 0);
    assert.ok(loudness(0) > 20 * loudness(80_000));
    assert.ok(samplesOf(new synthesis.Silence(0.1, RATE)).every((value) => value === 0));
    const bytes = new synthesis.Silence(0.1, { sample_size: 8 }).get_audio_data(1000)!.data;
    assert.ok(bytes.every((value) => value === 0x80));
  });

  test("data comes in pieces, with times, and again after a seek", () => {
    const source = new synthesis.Sine(0.1, 50, { sample_rate: 1000 });
    const pieces = [70, 70, 70].map((bytes) => source.get_audio_data(bytes)!);
    assert.deepEqual(
      pieces.map(({ length }) => length),
      [70, 70, 60],
    );
    assert.deepEqual(
      pieces.map(({ timestamp }) => timestamp),
      [0, 0.035, 0.07],
    );
    assert.equal(source.get_audio_data(70), null);
    source.seek(0.05);
    const again = source.get_audio_data(40)!;
    assert.equal(again.timestamp, 0.05);
    assert.deepEqual(again.data, pieces[1]!.data.subarray(30, 70));
  });

  test("envelopes have the amplitudes that pyglet's have", () => {
    const rounded = (envelope: InstanceType<typeof synthesis.ADSREnvelope>, duration: number) =>
      [...envelope.get_generator(100, duration)].map((value) => Math.round(value * 1000) / 1000);
    assert.deepEqual(rounded(new synthesis.ADSREnvelope(0.02, 0.03, 0.02), 0.1), [
      ...[0.5, 1, 0.833, 0.667, 0.5, 0.5, 0.5, 0.5, 0.25, 0],
    ]);
    const decay = new synthesis.LinearDecayEnvelope(0.8);
    assert.deepEqual([...decay.get_generator(10, 0.4)], [0.8, 0.8 * 0.75, 0.4, 0.2]);
    assert.deepEqual([...new synthesis.FlatEnvelope(0.25).get_generator(10, 0.2)], [0.25, 0.25]);
    const tremolo = [...new synthesis.TremoloEnvelope(0.5, 1, 1).get_generator(4, 1)];
    assert.deepEqual(
      tremolo.map((value) => Math.round(value * 100)),
      [50, 75, 100, 75],
    );
    const shaped = samplesOf(new synthesis.Square(0.1, 10, { sample_rate: 100, envelope: decay }));
    assert.deepEqual([shaped[0], shaped[1]], [Math.trunc(0.8 * 0x7fff), Math.trunc(0.72 * 0x7fff)]);
  });

  const python = "/usr/bin/python3";
  const library = "/usr/lib/python3/dist-packages";
  const noPython = existsSync(join(library, "pyglet")) ? false : "pyglet is not installed (Debian: python3-pyglet)";
  test("a sine and its envelope are pyglet's, sample by sample", { skip: noPython }, () => {
    const code = [
      `import sys; sys.path.insert(0, ${JSON.stringify(library)})`,
      "import pyglet; pyglet.options['audio'] = ('silent',)",
      "from pyglet.media import synthesis as s",
      "e = s.ADSREnvelope(0.02, 0.03, 0.02, 0.4)",
      "sys.stdout.buffer.write(bytes(s.Sine(0.2, frequency=330, sample_rate=8000, envelope=e).get_audio_data(1 << 20).data))",
    ].join("\n");
    const run = spawnSync(python, ["-c", code]);
    assert.equal(run.status, 0, String(run.stderr));
    const theirs = new Int16Array(
      run.stdout.buffer.slice(run.stdout.byteOffset, run.stdout.byteOffset + run.stdout.length),
    );
    const envelope = new synthesis.ADSREnvelope(0.02, 0.03, 0.02, 0.4);
    const ours = samplesOf(new synthesis.Sine(0.2, 330, { sample_rate: 8000, envelope }));
    assert.equal(ours.length, theirs.length);
    assert.ok(ours.every((value, at) => Math.abs(value - theirs[at]!) <= 1));
  });

  test("what makes no sense is an error that says what", () => {
    assert.throws(() => new synthesis.Sine(-1), /^RangeError: Sine: duration: expected seconds, 0 or more, got -1$/);
    assert.throws(() => new synthesis.Sine(1, 0), /^RangeError: Sine: expected a frequency above 0, got 0$/);
    assert.throws(() => new synthesis.Sine(1, 1, { sample_size: 24 }), /expected 8 or 16 bits, got 24/);
    assert.throws(() => new synthesis.FlatEnvelope(2), /expected a number from 0 to 1, got 2/);
  });
});

describe("WAVE files", () => {
  const path = join(folder, "tone.wav");

  test("are written and read back, byte by byte", () => {
    for (const sample_size of [8, 16]) {
      const source = new synthesis.Sine(0.5, 440, { sample_rate: 22050, sample_size });
      source.save(path);
      const read = media.load(path);
      assert.ok(read instanceof media.WaveSource);
      assert.equal(String(read.audio_format), `AudioFormat(channels=1, sample_size=${sample_size}, sample_rate=22050)`);
      assert.equal(read.duration, 0.5);
      source.seek(0);
      assert.deepEqual(
        Buffer.from(read.get_audio_data(1 << 20)!.data),
        Buffer.from(source.get_audio_data(1 << 20)!.data),
      );
      assert.equal(read.get_audio_data(100), null);
      read.seek(0.25);
      assert.deepEqual([read.get_audio_data(10)!.timestamp], [Math.round(0.25 * 22050) / 22050]);
    }
  });

  test("of 24 and 32 bits and of floating-point numbers become 16 bits", () => {
    const encode = (format: number, bits: number, write: (view: DataView, at: number, level: number) => void) => {
      const levels = [0, 0.5, -0.5, 0.999, -1];
      const file = Buffer.alloc(44 + levels.length * (bits / 8));
      file.write("RIFF", 0).toString();
      file.writeUInt32LE(file.length - 8, 4);
      file.write("WAVEfmt ", 8);
      for (const [at, value] of [
        [16, 16],
        [24, 8000],
        [28, 8000 * (bits / 8)],
      ] as const)
        file.writeUInt32LE(value, at);
      for (const [at, value] of [
        [20, format],
        [22, 1],
        [32, bits / 8],
        [34, bits],
      ] as const)
        file.writeUInt16LE(value, at);
      file.write("data", 36);
      file.writeUInt32LE(file.length - 44, 40);
      const view = new DataView(file.buffer, file.byteOffset);
      for (const [index, level] of levels.entries()) write(view, 44 + index * (bits / 8), level);
      return [...samplesOf(media.load("memory.wav", file))];
    };
    const expected = [0, 0x4000, -0x4000, Math.floor(0.999 * 0x8000), -0x8000];
    const near = (got: number[]) =>
      assert.ok(
        got.every((value, at) => Math.abs(value - expected[at]!) <= 1),
        `${got}`,
      );
    near(
      encode(1, 24, (view, at, level) => {
        const value = Math.floor(level * 0x800000);
        view.setUint8(at, value & 0xff);
        view.setInt16(at + 1, value >> 8, true);
      }),
    );
    near(encode(1, 32, (view, at, level) => view.setInt32(at, level * 0x80000000, true)));
    near(encode(3, 32, (view, at, level) => view.setFloat32(at, level, true)));
    near(encode(3, 64, (view, at, level) => view.setFloat64(at, level, true)));
  });

  test("say what they are called", () => {
    new synthesis.Sine(0.01).save(path);
    const text = Buffer.from("INFOINAM\x06\0\0\0Waves\0IART\x04\0\0\0Ada\0ICRD\x04\0\0\x001843");
    const list = Buffer.concat([Buffer.from("LIST"), Buffer.alloc(4), text]);
    list.writeUInt32LE(text.length, 4);
    const file = readFileSync(path);
    const info = media.load("x.wav", Buffer.concat([file.subarray(0, 36), list, file.subarray(36)])).info!;
    assert.deepEqual([info.title, info.author, info.year], ["Waves", "Ada", 1843]);
  });

  test("that are broken are exceptions that say how", () => {
    new synthesis.Sine(0.01).save(path);
    const file = readFileSync(path);
    const decoder = new media.WaveDecoder();
    const load = (bytes: Uint8Array) => media.load("broken.wav", bytes, true, decoder);
    const changed = (at: number, value: number) => Buffer.from(file).fill(value, at, at + 1);
    assert.throws(() => load(file.subarray(0, 10)), /^MediaFormatException: broken.wav: it is no WAVE file$/);
    assert.throws(() => load(file.subarray(0, 40)), /broken.wav: the WAVE file has no samples/);
    assert.throws(() => load(file.subarray(0, 44)), /the WAVE file ends before its samples/);
    assert.throws(() => load(changed(22, 9)), /the WAVE file has 9 channels, expected 1 or 2/);
    assert.throws(() => load(changed(34, 9)), /samples of format 1 with 9 bits/);
    assert.equal(load(file.subarray(0, 60)).duration, 8 / 44800);
    for (let at = 0; at < 44; at++) {
      for (const value of [0, 0x7f, 0xff]) {
        try {
          samplesOf(load(changed(at, value)));
        } catch (error) {
          assert.ok(error instanceof media.MediaException, `${at}: ${error}`);
        }
      }
    }
  });

  test("a file that is not there, and an encoder that is not there", () => {
    assert.throws(
      () => media.load(join(folder, "none.wav")),
      (error: Error) => {
        assert.ok(error instanceof media.MediaException);
        assert.match(error.message, /none\.wav: .*[Nn]o such file/);
        return true;
      },
    );
    assert.throws(() => new synthesis.Sine(0.01).save("x.mp3"), /x.mp3: there is no encoder for it; .* \.wav/);
  });
});

describe("sources", () => {
  test("the options are those of ctypes-pyglet", () => assert.equal(media.options, pyglet.options));

  test("a static source gives its sound to any number of players", () => {
    const source = new media.StaticSource(new synthesis.Sine(0.1, 440, RATE));
    const [one, other] = [source.get_queue_source(), source.get_queue_source()];
    assert.equal(source.duration, 0.1);
    assert.deepEqual(samplesOf(one), samplesOf(other));
    other.seek(0.05);
    assert.equal(other.get_audio_data(2)!.timestamp, 0.05);
    assert.throws(() => source.get_audio_data(1), /^MediaException: a static source gives its data through/);
  });

  test("a streaming source plays once", () => {
    new synthesis.Sine(0.01).save(join(folder, "once.wav"));
    const source = media.load(join(folder, "once.wav"));
    source.get_queue_source();
    assert.throws(() => source.get_queue_source(), /^MediaException: this source is queued on a player already/);
  });

  test("a group is its sources without a gap", () => {
    const group = new media.SourceGroup();
    group.add(new synthesis.Sine(0.1, 440, RATE));
    group.add(new synthesis.Square(0.2, 441, RATE));
    assert.ok(group.has_next());
    assert.ok(Math.abs(group.duration! - 0.3) < 1e-9);
    const times: number[] = [];
    for (let data = group.get_audio_data(4410); data !== null; data = group.get_audio_data(4410)) {
      times.push(Math.round(data.timestamp * 1000) / 1000);
    }
    assert.deepEqual(times, [0, 0.05, 0.1, 0.15, 0.2, 0.25]);
    assert.throws(
      () => group.add(new synthesis.Sine(0.1, 440, { sample_rate: 8000 })),
      /sources of one format: expected .*44100.*, got .*8000/,
    );
  });

  test("decoders and encoders of a program's own", () => {
    const calls: string[] = [];
    media.add_decoders({
      name: "own",
      get_file_extensions: () => [".own"],
      decode(input) {
        calls.push(input.name);
        return new synthesis.Silence(input.read()[0]!);
      },
    });
    const written = join(folder, "x.own");
    media.add_encoders({ get_file_extensions: () => [".own"], encode: () => new Uint8Array([3]) });
    new synthesis.Sine(1).save(written);
    assert.equal(media.load(written).duration, 3);
    assert.deepEqual(calls, [written]);
    assert.equal(media.get_decoders("a.own")[0]!.name, "own");
    assert.equal(media.get_encoders("a.wav").length, 1);
    writeFileSync(join(folder, "empty.own2"), "");
    assert.throws(() => media.load(join(folder, "empty.own2"), null, true, new media.WaveDecoder()), /no WAVE file/);
  });
});
