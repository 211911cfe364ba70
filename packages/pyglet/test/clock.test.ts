/** Clocks, with a time that the tests set. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clock as module } from "ctypes-pyglet";

function made() {
  const time = { now: 100 };
  const clock = new module.Clock(() => time.now);
  const calls: [string, number][] = [];
  const called = (name: string) => (dt: number) => void calls.push([name, Math.round(dt * 1000) / 1000]);
  clock.tick();
  const tickAt = (now: number) => {
    time.now = now;
    clock.tick();
    return calls.splice(0);
  };
  return { time, clock, called, tickAt };
}

describe("a clock", () => {
  test("calls what is scheduled with each tick, with the time between, and what was given", () => {
    const { clock, tickAt } = made();
    const got: unknown[] = [];
    clock.schedule((dt, a: string, b: number) => got.push([dt, a, b]), "x", 2);
    tickAt(100.5);
    tickAt(100.75);
    assert.deepEqual(got, [
      [0.5, "x", 2],
      [0.25, "x", 2],
    ]);
    assert.equal(clock.get_sleep_time(), 0);
  });

  test("calls at intervals, in step, and makes up for no missed call", () => {
    const { clock, called, tickAt } = made();
    clock.schedule_interval(called("i"), 1);
    assert.deepEqual(tickAt(100.9), []);
    assert.deepEqual(tickAt(101.1), [["i", 1.1]]);
    assert.equal(Math.round((clock.get_sleep_time() ?? 0) * 1000), 900);
    assert.deepEqual(tickAt(102), [["i", 0.9]]);
    assert.deepEqual(tickAt(105.5), [["i", 3.5]]);
    assert.deepEqual(tickAt(105.9), []);
    assert.deepEqual(tickAt(106), [["i", 0.5]]);
  });

  test("calls once what schedule_once was given", () => {
    const { clock, called, tickAt } = made();
    clock.schedule_once(called("once"), 0.5);
    assert.equal(clock.get_sleep_time(), 0.5);
    assert.deepEqual(tickAt(100.6), [["once", 0.6]]);
    assert.deepEqual(tickAt(110), []);
    assert.equal(clock.get_sleep_time(), null);
  });

  test("calls no more what was unscheduled, also by another function of the same tick", () => {
    const { clock, called, tickAt } = made();
    const second = called("second");
    clock.schedule(() => clock.unschedule(second));
    clock.schedule(second);
    assert.deepEqual(tickAt(101), []);
  });

  test("an interval of 0 is each tick", () => {
    const { clock, called, tickAt } = made();
    clock.schedule_interval(called("each"), 0);
    assert.deepEqual(tickAt(101), [["each", 1]]);
    assert.deepEqual(tickAt(101.5), [["each", 0.5]]);
  });

  test("spreads soft intervals", () => {
    const { clock, tickAt } = made();
    const times: number[] = [];
    let now = 100;
    for (let n = 0; n < 4; n++) clock.schedule_interval_soft(() => times.push(now), 1);
    for (let step = 1; step <= 64; step++) {
      now = 100 + step / 64;
      tickAt(now);
    }
    assert.equal(new Set(times).size, 4, times.join());
  });

  test("counts frames a second", () => {
    const { clock, tickAt } = made();
    assert.equal(clock.get_fps(), 0);
    for (let frame = 1; frame <= 40; frame++) tickAt(100 + frame / 50);
    assert.equal(Math.round(clock.get_fps()), 50);
  });

  test("refuses what it cannot call or wait for", () => {
    const { clock } = made();
    assert.throws(() => clock.schedule_once(() => {}, -1), /waits for a time of 0 or more, got -1/);
    assert.throws(() => clock.schedule_interval(() => {}, Number.NaN), RangeError);
    assert.throws(() => clock.schedule(5 as never), /calls functions/);
  });
});
