/**
 * Clocks: functions that are called with each frame, after a time, or at an interval, and how many frames there are a
 * second, as pyglet has them. All times are in seconds.
 */

/** What a clock calls: with the seconds since it was called last, and what was given with it. */
export type Scheduled<A extends readonly unknown[] = readonly unknown[]> = (dt: number, ...args: A) => void;

interface Item {
  readonly call: Scheduled<never>;
  readonly args: readonly unknown[];
  /** Null: with each tick. Zero: once. */
  readonly interval: number | null;
  last: number;
  next: number;
  isGone: boolean;
}

/** A clock with functions of its own. */
export class Clock {
  /** Called when something is to be called earlier than it was: the event loop has to wait less. */
  on_change: (() => void) | null = null;

  readonly #now: () => number;
  #items: Item[] = [];
  #last: number | null = null;
  /** When the last frames were, for `get_fps`. */
  readonly #frames: number[] = [];

  /** A clock that reads the time, in seconds, of `time_function`; by default that of the system, from any start. */
  constructor(time_function: () => number = () => performance.now() / 1000) {
    this.#now = time_function;
  }

  /** Has a function called with each tick. */
  schedule<A extends readonly unknown[]>(call: Scheduled<A>, ...args: A): void {
    this.#add(call, args, null, 0);
  }

  /** Has a function called every `interval` seconds. Calls that were missed are not made up for. */
  schedule_interval<A extends readonly unknown[]>(call: Scheduled<A>, interval: number, ...args: A): void {
    this.#add(call, args, interval === 0 ? null : interval, interval);
  }

  /** The same, but the first call comes at a time when no other function of this interval is called. */
  schedule_interval_soft<A extends readonly unknown[]>(call: Scheduled<A>, interval: number, ...args: A): void {
    this.#add(call, args, interval === 0 ? null : interval, interval === 0 ? 0 : this.#quietest(interval));
  }

  /** Has a function called once, after `delay` seconds. */
  schedule_once<A extends readonly unknown[]>(call: Scheduled<A>, delay: number, ...args: A): void {
    this.#add(call, args, 0, delay);
  }

  /** Has a function called no more, however often it was scheduled. */
  unschedule(call: Scheduled<never>): void {
    for (const item of this.#items) if (item.call === call) item.isGone = true;
    this.#items = this.#items.filter((item) => !item.isGone);
  }

  /** Notes a frame; returns the seconds since the last one, and 0 for the first. */
  update_time(): number {
    const now = this.#now();
    const dt = this.#last === null ? 0 : now - this.#last;
    this.#last = now;
    this.#frames.push(now);
    if (this.#frames.length > FRAMES) this.#frames.shift();
    return dt;
  }

  /** Calls what is due; returns whether anything was. `dt` is what functions of each tick receive. */
  call_scheduled_functions(dt: number): boolean {
    const now = this.#last ?? this.#now();
    const due = this.#items.filter((item) => item.interval === null || item.next <= now);
    for (const item of due) {
      if (item.isGone) continue;
      const passed = item.interval === null ? dt : now - item.last;
      item.last = now;
      if (item.interval === 0) this.#drop(item);
      else if (item.interval !== null) item.next = following(item.next, item.interval, now);
      (item.call as Scheduled)(passed, ...item.args);
    }
    return due.length > 0;
  }

  /** Notes a frame and calls what is due; returns the seconds since the last frame. */
  tick(): number {
    const dt = this.update_time();
    this.call_scheduled_functions(dt);
    return dt;
  }

  /** The seconds until something is due: 0 when something is called with each tick, null when nothing will be. */
  get_sleep_time(): number | null {
    if (this.#items.length === 0) return null;
    if (this.#items.some((item) => item.interval === null)) return 0;
    return Math.max(0, Math.min(...this.#items.map((item) => item.next)) - this.#now());
  }

  /** How many frames there were a second lately; 0 before the second. */
  get_fps(): number {
    const [first, last] = [this.#frames[0], this.#frames.at(-1)];
    return first === undefined || last === undefined || last === first ? 0 : (this.#frames.length - 1) / (last - first);
  }

  /** The time of this clock now. */
  time(): number {
    return this.#now();
  }

  #add(call: Scheduled<never>, args: readonly unknown[], interval: number | null, delay: number): void {
    if (typeof call !== "function") throw new TypeError("a clock calls functions, and this is none");
    if (!(delay >= 0) || !(interval === null || interval >= 0)) {
      throw new RangeError(`a clock waits for a time of 0 or more, got ${delay}`);
    }
    const now = this.#now();
    this.#items.push({ call, args, interval, last: now, next: now + delay, isGone: false });
    this.on_change?.();
  }

  #drop(item: Item): void {
    item.isGone = true;
    this.#items = this.#items.filter((each) => each !== item);
  }

  /** The delay, from half an interval up, whose time is farthest from that of others with this interval. */
  #quietest(interval: number): number {
    const now = this.#now();
    const phases = this.#items
      .filter((item) => item.interval === interval)
      .map((item) => (((item.next - now) % interval) + interval) % interval);
    let best = interval;
    let distance = -1;
    for (let step = SOFT_STEPS; step > 0; step--) {
      const delay = (interval * step) / SOFT_STEPS;
      const nearest = Math.min(interval, ...phases.map((phase) => apart(phase, delay % interval, interval)));
      if (nearest > distance + 1e-9) [best, distance] = [delay, nearest];
    }
    return best;
  }
}

const FRAMES = 30;
const SOFT_STEPS = 16;

/** The next time of an interval after `now`, in step with `time`. */
function following(time: number, interval: number, now: number): number {
  const next = time + interval;
  return next > now ? next : now + interval - ((now - time) % interval);
}

/** How far two phases of an interval are apart. */
function apart(a: number, b: number, interval: number): number {
  const distance = Math.abs(a - b);
  return Math.min(distance, interval - distance);
}
