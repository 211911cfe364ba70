/**
 * Another thread: what its calls leave in its own copy of errno, first of a library without use_errno, then with it.
 */
import { parentPort, workerData } from "node:worker_threads";
import { CDLL, c_char_p, c_int, get_errno, set_errno } from "ctypes-js";

function openNothing(use_errno) {
  const open = new CDLL(workerData, null, { use_errno })[process.platform === "win32" ? "_open" : "open"];
  open.argtypes = [c_char_p, c_int];
  return open("", 0);
}

set_errno(0);
const opened = openNothing(false);
const withoutErrno = get_errno();
const openedAgain = openNothing(true);
const withErrno = get_errno();
parentPort.postMessage({ opened, withoutErrno, openedAgain, withErrno });
