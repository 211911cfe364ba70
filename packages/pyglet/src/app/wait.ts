/**
 * Waiting for several descriptors without holding up JavaScript: one `ppoll` on a thread of the pool, which an eventfd
 * ends early. Timers, promises and workers go on meanwhile.
 */
import {
  ARRAY,
  CDLL,
  CFUNCTYPE,
  c_int,
  c_long,
  c_short,
  c_size_t,
  c_ssize_t,
  c_uint,
  c_ulong,
  c_void_p,
  POINTER,
  Structure,
} from "ctypes-js";

class pollfd extends Structure({ fd: c_int, events: c_short, revents: c_short }) {}
class timespec extends Structure({ tv_sec: c_long, tv_nsec: c_long }) {}

const libc = new CDLL(null, {
  ppoll: () => CFUNCTYPE(c_int, POINTER(pollfd), c_ulong, POINTER(timespec), c_void_p),
  eventfd: () => CFUNCTYPE(c_int, c_uint, c_int),
  read: () => CFUNCTYPE(c_ssize_t, c_int, c_void_p, c_size_t),
  write: () => CFUNCTYPE(c_ssize_t, c_int, c_void_p, c_size_t),
  close: () => CFUNCTYPE(c_int, c_int),
});

const POLLIN = 1;
const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;
const NANOSECONDS = 1e9;

/** A wait that another part of the program can end. */
export class Waiter {
  readonly #event: number;
  readonly #one = new BigUint64Array([1n]);
  readonly #count = new BigUint64Array(1);
  readonly #time = new timespec();
  #isWaiting = false;
  #isNotified = false;

  constructor() {
    this.#event = libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (this.#event < 0) throw new Error("the event loop got no eventfd: the process has too many files open");
  }

  /** Waits until one of the descriptors has something to read, `seconds` are over (null: for ever), or `notify`. */
  async wait(descriptors: readonly number[], seconds: number | null): Promise<void> {
    const all = [this.#event, ...descriptors];
    const list = new (ARRAY(pollfd, all.length))(...all.map((fd) => ({ fd, events: POLLIN, revents: 0 })));
    if (seconds !== null) {
      this.#time.tv_sec = Math.floor(seconds);
      this.#time.tv_nsec = Math.floor((seconds % 1) * NANOSECONDS);
    }
    this.#isWaiting = true;
    try {
      if (!this.#isNotified) await libc.ppoll.async(list, all.length, seconds === null ? null : this.#time, null);
    } finally {
      this.#isWaiting = this.#isNotified = false;
      // Not blocking: where nobody wrote, there is nothing to read.
      libc.read(this.#event, this.#count, this.#count.byteLength);
    }
  }

  /** Ends the wait that is under way, or the next one at once. */
  notify(): void {
    if (this.#isNotified) return;
    this.#isNotified = true;
    if (this.#isWaiting) libc.write(this.#event, this.#one, this.#one.byteLength);
  }

  /** Gives the eventfd back; there must be no wait under way. */
  close(): void {
    libc.close(this.#event);
  }
}
