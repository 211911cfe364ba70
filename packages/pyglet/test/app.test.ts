/** The event loop without windows: what goes on beside it, and how it ends. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { app, clock } from "ctypes-pyglet";

describe("the event loop", () => {
  const scheduled: ((dt: number) => void)[] = [];
  const later = (call: () => void, delay: number) => {
    scheduled.push(call);
    clock.schedule_once(call, delay);
  };
  afterEach(() => {
    for (const call of scheduled.splice(0)) clock.unschedule(call);
  });

  test("runs until exit, with timers, immediates and promises beside it", async () => {
    const log: string[] = [];
    // However late the loop begins, it goes on until each of them has run.
    const note = (what: string) => log.push(what) === 3 && app.exit();
    setTimeout(() => note("timer"), 5);
    setImmediate(() => note("immediate"));
    later(() => Promise.resolve().then(() => note("promise")), 0);
    await app.run();
    assert.deepEqual(log.sort(), ["immediate", "promise", "timer"]);
    assert.equal(app.event_loop.is_running, false);
  });

  test("looks again when something is scheduled, or it is ended, while it waits for nothing", async () => {
    // Nothing is due: without being told, the wait would last for ever.
    setTimeout(() => later(() => app.exit(), 0), 5);
    await app.run();
    setTimeout(() => app.exit(), 5);
    await app.run();
  });

  test("tells when it begins and ends", async () => {
    const log: string[] = [];
    app.event_loop.push_handlers({ on_enter: () => void log.push("enter"), on_exit: () => void log.push("exit") });
    later(() => app.exit(), 0);
    const run = app.run();
    await assert.rejects(app.run(), /runs already/);
    await run;
    app.event_loop.pop_handlers();
    assert.deepEqual(log, ["enter", "exit"]);
  });

  test("is ended by what a scheduled function throws, which its promise is rejected with", async () => {
    later(() => {
      throw new RangeError("mine");
    }, 0);
    await assert.rejects(app.run(), /mine/);
    assert.equal(app.event_loop.is_running, false);
    later(() => app.exit(), 0);
    await app.run();
  });

  test("calls each tick what is scheduled so, and still lets timers run", async () => {
    let ticks = 0;
    const each = () => void ticks++;
    clock.schedule(each);
    scheduled.push(each);
    setTimeout(() => app.exit(), 20);
    await app.run();
    assert.ok(ticks > 1, `${ticks} ticks`);
  });
});
