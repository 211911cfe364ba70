/** The clock that the event loop ticks, and its methods as functions. */
import { Clock, type Scheduled } from "./clock.ts";

let clock = new Clock();

/** The clock that the event loop ticks. */
export function get_default(): Clock {
  return clock;
}

/** Has the event loop tick another clock. */
export function set_default(other: Clock): void {
  other.on_change = clock.on_change;
  clock.on_change = null;
  clock = other;
  clock.on_change?.();
}

/** Has a function called with each tick. */
export function schedule<A extends readonly unknown[]>(call: Scheduled<A>, ...args: A): void {
  clock.schedule(call, ...args);
}

/** Has a function called every `interval` seconds. Calls that were missed are not made up for. */
export function schedule_interval<A extends readonly unknown[]>(
  call: Scheduled<A>,
  interval: number,
  ...args: A
): void {
  clock.schedule_interval(call, interval, ...args);
}

/** The same, but the first call comes at a time when no other function of this interval is called. */
export function schedule_interval_soft<A extends readonly unknown[]>(
  call: Scheduled<A>,
  interval: number,
  ...args: A
): void {
  clock.schedule_interval_soft(call, interval, ...args);
}

/** Has a function called once, after `delay` seconds. */
export function schedule_once<A extends readonly unknown[]>(call: Scheduled<A>, delay: number, ...args: A): void {
  clock.schedule_once(call, delay, ...args);
}

/** Has a function called no more, however often it was scheduled. */
export function unschedule(call: Scheduled<never>): void {
  clock.unschedule(call);
}

/** Notes a frame and calls what is due; returns the seconds since the last frame. */
export function tick(): number {
  return clock.tick();
}

/** The seconds until something is due: 0 when something is called with each tick, null when nothing will be. */
export function get_sleep_time(): number | null {
  return clock.get_sleep_time();
}

/** How many frames there were a second lately; 0 before the second. */
export function get_fps(): number {
  return clock.get_fps();
}
