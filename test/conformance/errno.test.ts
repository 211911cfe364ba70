/**
 * ctypes' copy of errno: what a call left in it stays, and each thread has its own.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { constants } from "node:os";
import { Worker } from "node:worker_threads";
import { CDLL, c_char_p, c_int, get_errno, set_errno } from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { row } from "./row.ts";
import { isWindows } from "./support.ts";

const { ENOENT } = constants.errno;

row("test_errno.py", "Test", "test_open", async () => {
  const libc = find_library("c") as string;
  const open = new CDLL(libc, null, { use_errno: true })[isWindows ? "_open" : "open"];
  assert.ok(open !== undefined);
  open.argtypes = [c_char_p, c_int];
  assert.equal(open("", 0), -1);
  assert.equal(get_errno(), ENOENT);
  assert.equal(set_errno(32), ENOENT);
  assert.equal(get_errno(), 32);

  const worker = new Worker(new URL("errno-worker.mjs", import.meta.url), { workerData: libc });
  const [seen] = await once(worker, "message");
  assert.deepEqual(seen, { opened: -1, withoutErrno: 0, openedAgain: -1, withErrno: ENOENT }, "of the other thread");
  assert.equal(get_errno(), 32, "what another thread does is not seen here");
});
