/**
 * ctypes' own copy of `errno`, one for each thread of JavaScript.
 *
 * Between a C call and the next line of JavaScript the runtime makes many system calls; the real `errno` is gone by
 * then. A library opened with `use_errno` swaps it with this copy right before and right after each call.
 */
import { describe } from "../memory/errors.ts";
import { ownErrno, setOwnErrno } from "./interrupted.ts";

/** The `errno` that the last call of a function with `use_errno` left behind, or {@link set_errno} did. */
export function get_errno(): number {
  return ownErrno();
}

/**
 * Sets the copy that the next such call starts with; gives the old one.
 *
 *     set_errno(2);
 *     get_errno();   // 2
 *
 * @throws TypeError for what is no integer.
 */
export function set_errno(value: number): number {
  if (!Number.isInteger(value)) throw new TypeError(`set_errno(): expected an integer, got ${describe(value)}`);
  const old = ownErrno();
  setOwnErrno(value);
  return old;
}
