/** `app`: the event loop of the program, and how it is run and ended. */
import { event_loop } from "./eventloop.ts";

export { EventLoop, event_loop, windows } from "./eventloop.ts";

/**
 * Runs the event loop until the last window is closed or `exit` is called. It does not hold up the program: `await` it
 * to go on after it.
 */
export function run(): Promise<void> {
  return event_loop.run();
}

/** Ends the event loop. */
export function exit(): void {
  event_loop.exit();
}
