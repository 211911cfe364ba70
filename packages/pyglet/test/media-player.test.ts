/** Players: what OpenAL renders into memory, events, and the silent driver. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, describe, test } from "node:test";
import { clock } from "ctypes-pyglet";
import * as media from "ctypes-pyglet/media";
import { amplitude, loopback, noLoopback } from "./films.ts";

const { Player, synthesis } = media;
const RATE = { sample_rate: 44100 };

function near(found: number, expected: number, what = ""): void {
  const limit = Math.max(0.01 * Math.abs(expected), 0.0005);
  assert.ok(Math.abs(found - expected) <= limit, `${what} expected ${expected}, got ${found}`);
}

function playing(source: media.Source, settings: Partial<InstanceType<typeof Player>> = {}) {
  const player = new Player();
  const log: string[] = [];
  for (const name of ["on_eos", "on_player_eos", "on_player_next_source"]) {
    player.push_handlers({ [name]: () => void log.push(name) });
  }
  player.queue(source);
  Object.assign(player, settings);
  player.play();
  return { player, log };
}

describe("OpenAL, rendered into memory", { skip: noLoopback }, () => {
  after(() => media.delete_audio_driver());

  test("a tone has its frequency and its amplitude, within 1 %", () => {
    const driver = loopback(44100, 1);
    const { player } = playing(new synthesis.Sine(2, 440, RATE), { volume: 0.5 });
    driver.render(1000);
    const heard = driver.render(44100);
    near(amplitude(heard, 440, 0, 44100, 1), 0.5);
    for (const other of [220, 436, 444, 880, 1320]) assert.ok(amplitude(heard, other, 0, 44100, 1) < 0.005, `${other}`);
    player.delete();
  });

  test("a sound at a place is louder on its side, and less loud with the distance", () => {
    const driver = loopback();
    for (const [x, left, right] of [
      [-3, 1 / 3, 0],
      [3, 0, 1 / 3],
      [-10, 0.1, 0],
      [-0.5, 1, 0],
    ] as const) {
      const { player } = playing(new synthesis.Sine(2, 440, RATE), { position: [x, 0, 0] });
      driver.render(4410);
      const heard = driver.render(44100);
      near(amplitude(heard, 440, 0), left, `${x} left`);
      near(amplitude(heard, 440, 1), right, `${x} right`);
      player.delete();
    }
  });

  test("the listener moves and turns", () => {
    const driver = loopback();
    const listener = driver.get_listener();
    const { player } = playing(new synthesis.Sine(9, 440, RATE), { position: [2, 0, 0] });
    const heard = () => {
      driver.render(4410);
      const samples = driver.render(44100);
      return [amplitude(samples, 440, 0), amplitude(samples, 440, 1)] as const;
    };
    listener.position = [4, 0, 0];
    let [left, right] = heard();
    near(left, 0.5);
    near(right, 0);
    // Looking back, left is right.
    listener.forward_orientation = [0, 0, 1];
    [left, right] = heard();
    near(left, 0);
    near(right, 0.5);
    listener.volume = 0.25;
    [, right] = heard();
    near(right, 0.125);
    player.delete();
  });

  test("distances, cones and pitch", () => {
    const driver = loopback(44100, 1);
    const level = (frequency: number, settings: Partial<InstanceType<typeof Player>>) => {
      const { player } = playing(new synthesis.Sine(3, 440, RATE), settings);
      driver.render(4410);
      const heard = amplitude(driver.render(44100), frequency, 0, 44100, 1);
      player.delete();
      return heard;
    };
    near(level(440, { position: [0, 0, -8], min_distance: 4 }), 0.5);
    near(level(440, { position: [0, 0, -80], max_distance: 8 }), 1 / 8);
    near(level(660, { pitch: 1.5 }), 1);
    near(level(440, { pitch: 1.5 }), 0);
    const cone = { position: [0, 0, -1], cone_inner_angle: 60, cone_outer_angle: 120, cone_outer_gain: 0.25 } as const;
    near(level(440, { ...cone, cone_orientation: [0, 0, 1] }), 1);
    near(level(440, { ...cone, cone_orientation: [0, 0, -1] }), 0.25);
  });

  test("channels stay apart, of 8 bits as of 16", () => {
    const driver = loopback();
    const frames = 44100;
    for (const sample_size of [8, 16]) {
      const samples = sample_size === 8 ? new Uint8Array(2 * frames) : new Int16Array(2 * frames);
      for (let at = 0; at < frames; at++) {
        for (const [channel, frequency] of [330, 550].entries()) {
          const level = 0.5 * Math.sin((2 * Math.PI * frequency * at) / 44100);
          samples[2 * at + channel] = sample_size === 8 ? Math.round(0x80 + 0x7f * level) : Math.round(0x7fff * level);
        }
      }
      const format = new media.AudioFormat(2, sample_size, 44100);
      const { player } = playing(new media.StaticMemorySource(new Uint8Array(samples.buffer), format));
      const heard = driver.render(frames);
      const levels = [330, 550].flatMap((frequency) => [0, 1].map((channel) => amplitude(heard, frequency, channel)));
      for (const [at, expected] of [0.5, 0, 0, 0.5].entries()) {
        assert.ok(Math.abs(levels[at]! - expected) < 0.005, `${sample_size} bits: ${levels}`);
      }
      player.delete();
    }
  });

  test("time is that of the sound that was rendered, paused or not", () => {
    const driver = loopback();
    const { player } = playing(new synthesis.Sine(3, 440, RATE));
    driver.render(44100);
    near(player.time, 1);
    player.pause();
    assert.equal(player.playing, false);
    assert.ok(
      driver
        .render(22050)
        .slice(1000)
        .every((value) => value === 0),
    );
    near(player.time, 1);
    player.play();
    driver.render(22050);
    near(player.time, 1.5);
    player.delete();
  });

  test("a seek goes to the sample", () => {
    const driver = loopback(44100, 1);
    // Each sample says where it is.
    const samples = Int16Array.from({ length: 30_000 }, (_, at) => at);
    const format = new media.AudioFormat(1, 16, 44100);
    const { player } = playing(new media.StaticMemorySource(new Uint8Array(samples.buffer), format));
    driver.render(5000);
    player.seek(20_000 / 44100);
    assert.equal(player.time, 20_000 / 44100);
    const heard = driver.render(4000);
    // OpenAL fades the first samples in.
    const place = Math.round(heard[3000]! * 0x8000);
    assert.ok(Math.abs(place - 23_000) < 200, `${place}`);
    near(player.time, 24_000 / 44100);
    player.delete();
  });

  test("events come at the ends, and sources follow each other", () => {
    const driver = loopback();
    const { player, log } = playing(new synthesis.Sine(0.5, 440, RATE));
    player.queue([new synthesis.Sine(0.5, 660, RATE), new synthesis.Sine(0.5, 880, RATE)]);
    driver.render(22050 - 512);
    assert.deepEqual(log, []);
    driver.render(2048);
    assert.deepEqual(log, ["on_eos", "on_player_next_source"]);
    const heard = driver.render(8820);
    assert.ok(amplitude(heard, 660) > 0.2);
    player.next_source();
    assert.deepEqual(log.slice(2), ["on_player_next_source"]);
    driver.render(22050 + 2048);
    assert.deepEqual(log.slice(3), ["on_eos", "on_player_eos"]);
    assert.equal(player.playing, false);
    assert.equal(player.source, null);
    player.delete();
  });

  test("loop begins again, and a source that is queued to a playing player begins at once", () => {
    const driver = loopback(44100, 1);
    const player = new Player();
    player.play();
    player.loop = true;
    player.queue(new synthesis.Sine(0.25, 440, RATE));
    let ends = 0;
    player.push_handlers({ on_eos: () => void ends++ });
    const heard = driver.render(44100);
    assert.ok(ends === 3 || ends === 4, `${ends}`);
    const power = heard.reduce((sum, value) => sum + value * value, 0) / heard.length;
    // Between two turns there may be a step of the renderer, 512 frames of 11,025.
    assert.ok(power > 0.94 / 2 && power <= 0.505, `${power}`);
    player.delete();
  });

  test("a group begins with the same sample", () => {
    const driver = loopback(44100, 1);
    const tone = new media.StaticSource(new synthesis.Sine(1, 440, RATE));
    const [one, other] = [new Player(), new Player()];
    for (const player of [one, other]) {
      player.queue(tone);
      player.volume = 0.5;
    }
    const group = new media.PlayerGroup([one, other]);
    group.play();
    near(amplitude(driver.render(22050), 440, 0, 44100, 1), 1);
    assert.equal(one.time, other.time);
    group.pause();
    assert.deepEqual([one.playing, other.playing], [false, false]);
    for (const player of group.players) player.delete();
  });

  test("a static source plays on several players, and play() gives one that ends itself", () => {
    const driver = loopback(44100, 1);
    const tone = new media.StaticSource(
      new synthesis.Sine(0.5, 440, { ...RATE, envelope: new synthesis.FlatEnvelope(0.25) }),
    );
    const players = [tone.play(), tone.play(), tone.play()];
    near(amplitude(driver.render(17640), 440, 0, 44100, 1), 0.75);
    driver.render(8820);
    assert.deepEqual(
      players.map(({ playing: isPlaying, source }) => [isPlaying, source]),
      [
        ...[
          [false, null],
          [false, null],
          [false, null],
        ],
      ],
    );
  });

  test("events of a source come at their time", () => {
    const driver = loopback();
    class Marked extends synthesis.Sine {
      override get_audio_data(bytes: number) {
        const data = super.get_audio_data(bytes);
        if (data === null || data.timestamp > 0) return data;
        return new media.AudioData(data.data, 0, data.duration, [new media.MediaEvent(0.05, "on_mark", "here")]);
      }
    }
    class Marking extends Player {
      static {
        this.register_event_type("on_mark");
      }
    }
    const player = new Marking();
    const marks: [string, number][] = [];
    player.push_handlers({ on_mark: (text: string) => void marks.push([text, player.time]) });
    player.queue(new Marked(1, 440, RATE));
    player.play();
    driver.render(44100);
    assert.equal(marks.length, 1);
    assert.equal(marks[0]![0], "here");
    assert.ok(marks[0]![1] >= 0.05 && marks[0]![1] < 0.07, `${marks[0]![1]}`);
    player.delete();
  });

  test("what is wrong is an exception", () => {
    const driver = loopback();
    const player = new Player();
    assert.throws(
      () => (player.position = [1, 2] as never),
      /^MediaException: Player.position: expected three numbers, got 1,2/,
    );
    assert.throws(() => (player.pitch = Number.NaN), /Player.pitch: expected a number, got NaN/);
    player.queue(new synthesis.Sine(1));
    player.play();
    assert.throws(() => (player.pitch = -1), /^MediaException: OpenAL: pitch = -1: Invalid Value/);
    assert.throws(() => player.queue(5 as never), /^TypeError: queue\(\): expected a source, or several of them/);
    assert.throws(() => driver.render(-1), /^MediaException: render\(\): expected a number of frames, got -1/);
    player.volume = -1;
    assert.equal(player.volume, 0);
    player.delete();
    media.delete_audio_driver();
    media.options.loopback = { frequency: 44100, channels: 3 };
    assert.match((media.get_audio_driver() as media.SilentDriver).reason ?? "", /renders no 3 channels of 44100/);
  });

  test("a player of a driver that is gone is silent, and OpenAL's names are given back", () => {
    loopback();
    const { player } = playing(new synthesis.Sine(1, 440, RATE));
    const driver = loopback();
    assert.ok(player.time >= 0);
    player.volume = 0.5;
    player.seek(0.5);
    player.delete();
    // OpenAL has 256 sources; of more than that, each was given back.
    for (let round = 0; round < 600; round++) {
      const { player: other } = playing(new synthesis.Sine(0.05, 440, RATE));
      other.delete();
    }
    const { player: last } = playing(new synthesis.Sine(1, 440, RATE));
    assert.ok(amplitude(driver.render(22050), 440) > 0.5);
    last.delete();
  });
});

describe("without sound", () => {
  test("the silent driver takes the time of the clock, and sources end", () => {
    media.delete_audio_driver();
    media.options.audio = ["silent"];
    const usual = clock.get_default();
    let now = 0;
    clock.set_default(new clock.Clock(() => now));
    try {
      const driver = media.get_audio_driver();
      assert.ok(driver instanceof media.SilentDriver);
      assert.equal(driver.reason, null);
      const { player, log } = playing(new synthesis.Sine(2, 440, RATE));
      const at = (seconds: number) => {
        now = seconds;
        driver.update();
        return player.time;
      };
      assert.equal(at(0.5), 0.5);
      player.pitch = 2;
      assert.equal(at(1), 1.5);
      player.seek(0.25);
      assert.equal(at(1.25), 0.75);
      player.pause();
      assert.equal(at(5), 0.75);
      player.play();
      assert.equal(at(5.5), 1.75);
      assert.deepEqual(log, []);
      at(6);
      assert.deepEqual(log, ["on_eos", "on_player_eos"]);
    } finally {
      clock.set_default(usual);
      media.delete_audio_driver();
    }
  });

  test("without a device, it is silent, and a warning says why", () => {
    const program = `
      import * as media from "ctypes-pyglet/media";
      new media.synthesis.Sine(0.1).play();
      const driver = media.get_audio_driver();
      console.log(driver instanceof media.SilentDriver, driver.reason);
    `;
    // OpenAL is told of a backend that cannot open anything here.
    const env = { ...process.env, ALSOFT_DRIVERS: "solaris", NODE_NO_WARNINGS: "" };
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      env,
      encoding: "utf8",
      cwd: import.meta.dirname,
    });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^true sound is silent: OpenAL (finds no device|is missing)/);
    assert.match(run.stderr, /MediaWarning: sound is silent: OpenAL/);
  });

  test("a driver that does not exist is an exception", () => {
    media.delete_audio_driver();
    media.options.audio = ["directsound"];
    assert.throws(() => media.get_audio_driver(), /^MediaException: options.audio: there is no driver "directsound"/);
    media.options.audio = ["openal", "silent"];
  });
});
