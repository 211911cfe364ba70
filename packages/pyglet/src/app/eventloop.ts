/**
 * The event loop: takes events of the window system, ticks the clock, has windows drawn, and waits for what comes next.
 * It is a loop of JavaScript that awaits, so that timers, promises and workers of the program go on beside it.
 */
import { get_default } from "../clock/default.ts";
import { EventDispatcher } from "../event/dispatcher.ts";
import { Waiter } from "./wait.ts";

/** What events come from, such as a connection to a display. */
export interface EventSource {
  /** A descriptor that has something to read when there may be events. */
  readonly fd: number;
  /** Takes all events that are there, and hands them on. */
  dispatch(): void;
}

/** What the loop draws and closes; windows are. */
export interface Drawn {
  /** Whether it wants to be drawn though nothing was scheduled. */
  readonly needs_drawing: boolean;
  draw(dt: number): void;
  close(): void;
}

/** The open windows; the loop ends with the last. */
export const windows = new Set<Drawn>();
/** Where events come from while the loop runs. */
export const sources = new Set<EventSource>();

interface LoopEvents {
  readonly [name: string]: (...args: never[]) => unknown;
  /** A window was closed. */
  readonly on_window_close: (window: Drawn) => unknown;
  /** The loop begins. */
  readonly on_enter: () => unknown;
  /** The loop has ended. */
  readonly on_exit: () => unknown;
}

export class EventLoop extends EventDispatcher<LoopEvents> {
  static {
    for (const name of ["on_window_close", "on_enter", "on_exit"]) this.register_event_type(name);
  }

  /** Whether `run` is under way. */
  is_running = false;
  /** Whether `exit` was called, or the last window was closed. */
  has_exit = false;

  #waiter: Waiter | null = null;

  /**
   * Runs until the last window is closed or `exit` is called; the promise is fulfilled then. What a handler or a
   * scheduled function throws ends the loop, and rejects the promise.
   *
   * @throws Error when it runs already.
   */
  async run(): Promise<void> {
    if (this.is_running) throw new Error("run(): the event loop runs already");
    this.is_running = true;
    this.has_exit = false;
    const waiter = new Waiter();
    this.#waiter = waiter;
    const clock = get_default();
    clock.on_change = () => this.notify();
    try {
      // What follows the call of `run` in the program comes first, as its scheduled functions may need it.
      await null;
      this.dispatch_event("on_enter");
      while (!this.has_exit) {
        this.#takeEvents();
        const seconds = this.has_exit ? 0 : this.idle();
        // Replies that were waited for while drawing may have brought events, which no descriptor tells of.
        if (!this.has_exit) this.#takeEvents();
        if (this.has_exit) break;
        await (seconds === 0
          ? new Promise(setImmediate)
          : waiter.wait(
              [...sources].map(({ fd }) => fd),
              seconds,
            ));
      }
    } finally {
      clock.on_change = null;
      this.is_running = false;
      this.#waiter = null;
      waiter.close();
      this.dispatch_event("on_exit");
    }
  }

  /** Ends `run` after what is under way. */
  exit(): void {
    this.has_exit = true;
    this.notify();
  }

  /** Has the loop look again at once: something is to be drawn, or called, earlier than it knew. */
  notify(): void {
    this.#waiter?.notify();
  }

  /** Ticks the clock and draws what is to be drawn; returns the seconds to wait, null for ever. */
  idle(): number | null {
    const clock = get_default();
    const dt = clock.update_time();
    const isDue = clock.call_scheduled_functions(dt);
    for (const window of [...windows]) {
      if (windows.has(window) && (isDue || window.needs_drawing)) window.draw(dt);
    }
    return clock.get_sleep_time();
  }

  /** The last window ends the loop. */
  on_window_close(_window: Drawn): void {
    if (windows.size === 0) this.exit();
  }

  #takeEvents(): void {
    for (const source of [...sources]) source.dispatch();
  }
}

/** The loop of the program. */
export const event_loop = new EventLoop();
