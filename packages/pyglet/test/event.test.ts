/** Events: which handlers an event reaches, and in which order. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { event } from "ctypes-pyglet";

const { EVENT_HANDLED, EventDispatcher, EventException } = event;

type Ev = { on_a: (value: number) => unknown; on_b: () => unknown };
class Thing extends EventDispatcher<Ev> {
  static {
    for (const name of ["on_a", "on_b"]) this.register_event_type(name);
  }
}

describe("a dispatcher", () => {
  test("asks the frames from the top, and its own method last, until one has handled the event", () => {
    const log: string[] = [];
    class Own extends Thing {
      on_a(value: number) {
        log.push(`own ${value}`);
      }
    }
    const thing = new Own();
    thing.push_handlers({ on_a: (value: number) => void log.push(`first ${value}`) });
    thing.push_handlers({ on_a: (value: number) => void log.push(`second ${value}`) });
    assert.equal(thing.dispatch_event("on_a", 1), false);
    assert.deepEqual(log.splice(0), ["second 1", "first 1", "own 1"]);
    thing.push_handlers(function on_a() {
      log.push("third");
      return EVENT_HANDLED;
    });
    assert.equal(thing.dispatch_event("on_a", 2), true);
    assert.deepEqual(log.splice(0), ["third"]);
    thing.pop_handlers();
    thing.dispatch_event("on_a", 3);
    assert.deepEqual(log, ["second 3", "first 3", "own 3"]);
  });

  test("calls methods of an object on it, and leaves its other members alone", () => {
    class Player {
      score = 0;
      on_a(value: number) {
        this.score += value;
      }
      on_other() {
        throw new Error("never");
      }
    }
    const thing = new Thing();
    const player = new Player();
    thing.push_handlers(player);
    thing.dispatch_event("on_a", 5);
    assert.equal(player.score, 5);
    thing.remove_handlers(player);
    thing.dispatch_event("on_a", 5);
    assert.equal(player.score, 5);
    assert.throws(() => thing.pop_handlers(), EventException);
  });

  test("has one handler set by event() and set_handler(), in the top frame", () => {
    const thing = new Thing();
    const log: string[] = [];
    const first = thing.event(function on_b() {
      log.push("first");
    });
    assert.equal(first.name, "on_b");
    thing.event("on_b", () => log.push("second"));
    thing.dispatch_event("on_b");
    assert.deepEqual(log.splice(0), ["second"]);
    thing.set_handler("on_b", first as () => void);
    thing.dispatch_event("on_b");
    assert.deepEqual(log.splice(0), ["first"]);
    thing.remove_handler("on_b", first as () => void);
    thing.dispatch_event("on_b");
    assert.deepEqual(log, []);
  });

  test("goes by the stack as it was when the event began", () => {
    const thing = new Thing();
    const log: string[] = [];
    thing.push_handlers({ on_b: () => void log.push("below") });
    thing.push_handlers({
      on_b: () => {
        log.push("above");
        thing.pop_handlers();
        thing.push_handlers({ on_b: () => void log.push("new") });
      },
    });
    thing.dispatch_event("on_b");
    assert.deepEqual(log.splice(0), ["above", "below"]);
    thing.dispatch_event("on_b");
    assert.deepEqual(log, ["new", "below"]);
  });

  test("names what is no event of its", () => {
    const thing = new Thing();
    assert.throws(() => thing.dispatch_event("on_c" as "on_b"), /Thing has no event "on_c"/);
    assert.throws(() => thing.push_handlers(function on_d() {}), /Thing has no event "on_d"/);
    assert.throws(() => thing.pop_handlers(), /there are no handlers to take off/);
  });

  test("keeps the events of a class to it and to those that extend it", () => {
    class More extends Thing {
      static {
        this.register_event_type("on_more");
      }
    }
    assert.deepEqual(Thing.event_types, ["on_a", "on_b"]);
    assert.deepEqual(More.event_types, ["on_a", "on_b", "on_more"]);
  });

  test("throws what a handler throws", () => {
    const thing = new Thing();
    thing.push_handlers({
      on_b: () => {
        throw new RangeError("mine");
      },
    });
    assert.throws(() => thing.dispatch_event("on_b"), /mine/);
  });
});
