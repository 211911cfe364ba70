/** Calls that C makes at the end of an environment: real resources of workers, given back however these end. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import {
  ArgumentError,
  atEnd,
  byref,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_double,
  c_int,
  c_void_p,
  EndList,
  LibraryError,
  POINTER,
  Structure,
} from "ctypes-js";
import { find_library } from "ctypes-js/util";
import { functionsPath, runTypeScript, throws } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "ctypes-end-"));
after(() => rmSync(folder, { recursive: true }));
const libc = new CDLL(null, {
  close: CFUNCTYPE(c_int, c_int),
  puts: CFUNCTYPE(c_int, c_char_p),
  printf: CFUNCTYPE(c_int, c_char_p, "..."),
});

/** How a worker can end. */
const ENDS = ["return", "exit", "throw", "wait", "loop", "call", "callback", "async"] as const;

async function runWorker(end: string, workerData: object): Promise<void> {
  const worker = new Worker(new URL("fixtures/ending.mjs", import.meta.url), { workerData: { ...workerData, end } });
  worker.on("error", () => {});
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  await new Promise((resolve) => worker.once("message", resolve));
  if (!["return", "exit", "throw"].includes(end)) await worker.terminate();
  await ended;
}

function descriptorsOf(path: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;
}

test("descriptors that a worker has open are closed, however it ends", async () => {
  const path = join(folder, "descriptors");
  for (const end of ENDS) {
    await runWorker(end, { what: "descriptors", path, functions: functionsPath });
    assert.equal(descriptorsOf(path), 0, end);
  }
});

const sqlite = find_library("sqlite3");
test("a transaction that a terminated worker has begun locks nobody", {
  skip: sqlite === null && "no libsqlite3",
}, async () => {
  const path = join(folder, "locked.db");
  const db = new c_void_p();
  const lib = new CDLL(sqlite, {
    sqlite3_open: CFUNCTYPE(c_int, c_char_p, POINTER(c_void_p)),
    sqlite3_exec: CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p),
    sqlite3_close: CFUNCTYPE(c_int, c_void_p),
  });
  assert.equal(lib.sqlite3_open(path, byref(db)), 0);
  const exec = (sql: string) => lib.sqlite3_exec(db, sql, null, null, null);
  exec("CREATE TABLE t (a)");
  for (const end of ENDS) {
    await runWorker(end, { what: "sqlite", path, sqlite, functions: functionsPath });
    // The worker had it open, with a statement that is in the middle of its rows.
    assert.equal(exec("BEGIN IMMEDIATE"), 0, end);
    assert.equal(exec("ROLLBACK"), 0);
    assert.equal(descriptorsOf(path), 1, end);
  }
  assert.equal(lib.sqlite3_close(db), 0);
});

test("a process ends with its calls, the last first; not with those that were cancelled, and not by exit()", () => {
  const program = (end: string) => `
    import { atEnd, byref, CDLL, CFUNCTYPE, c_char_p, c_int, c_double, c_size_t, EndList, Structure } from "ctypes-js";
    const libc = new CDLL(null, { write: CFUNCTYPE(c_int, c_int, c_char_p, c_size_t), close: CFUNCTYPE(c_int, c_int) });
    atEnd(libc.write, 1, "last\\n", 5);
    atEnd(libc.write, 1, "never\\n", 6)[Symbol.dispose]();
    const text = new TextEncoder().encode("first\\n");
    const call = atEnd(libc.write, 1, text, 6);
    structuredClone(text, { transfer: [text.buffer] });
    const twice = atEnd(libc.write, 1, "twice", 5);
    console.log(twice.cancel(), twice.cancel(), typeof call);
    ${end}`;
  const ended = runTypeScript(program(""));
  assert.deepEqual([ended.stdout, ended.stderr, ended.status], ["true false object\nfirst\nlast", "", 0]);
  assert.equal(runTypeScript(program("process.exit()")).stdout, "true false object");
});

test("a library that is closed stays loaded for the call, and no longer", () => {
  const ended = runTypeScript(`
    import { atEnd, byref, CDLL, CFUNCTYPE, c_int, c_void_p, EndList, cast } from "ctypes-js";
    import { readFileSync } from "node:fs";
    const path = ${JSON.stringify(functionsPath)};
    const isLoaded = () => readFileSync("/proc/self/maps", "utf8").includes("functions.so");
    const open = () => new CDLL(path, { add: CFUNCTYPE(c_int, c_int, c_int) });
    let lib = open();
    const calls = [atEnd(lib.add, 1, 2), atEnd(lib.add, 3, 4)];
    lib.close();
    const held = isLoaded();
    for (const call of calls) call.cancel();
    lib = open();
    lib.close();
    console.log(held, isLoaded());
  `);
  assert.deepEqual([ended.stdout, ended.stderr], ["true false", ""]);
});

test("what cannot be left is an error, and nothing is left", () => {
  class Pair extends Structure({ a: c_int, b: c_double }) {}
  const lib = new CDLL(functionsPath, { add: CFUNCTYPE(c_int, c_int, c_int) });
  const callback = new (CFUNCTYPE(c_int, c_int))((v) => v);
  throws(() => atEnd(Math.max, 1), TypeError, "atEnd(): argument 1: expected a C function, got a function");
  throws(() => atEnd(callback, 1), TypeError, /^atEnd\(\): .* is a callback, and no JavaScript can run at the end$/);
  throws(
    () => atEnd(libc.printf, "x"),
    TypeError,
    'atEnd(): printf: only functions whose parameters and result are C types, and are no "..."',
  );
  throws(() => atEnd(lib.add as never, 1), ArgumentError, "add(): expected 2 arguments, got 1");
  throws(() => atEnd(lib.add, 1, "2" as never), ArgumentError, /^add\(\): argument 2: expected/);
  throws(
    () => new EndList(lib.add as never),
    TypeError,
    "EndList(): add: expected a function of one integer or pointer",
  );
  throws(
    () => new EndList(new (CFUNCTYPE(null, Pair))(4096)),
    TypeError,
    /expected a function of one integer or pointer$/,
  );
  lib.close();
  throws(() => atEnd(lib.add, 1, 2), LibraryError, "add(): its library was closed");
});

test("places of a list are used again, and there is no end of them", () => {
  const list = new EndList(libc.close);
  const places = Array.from({ length: 1000 }, (_, i) => list.add(1_000_000 + i));
  assert.deepEqual(places, [...places.keys()]);
  for (const place of places) list.remove(place);
  assert.ok(list.add(-1) < 1000);
  assert.ok(list.add(2n ** 64n - 1n) < 1000);
  throws(() => list.remove(5), RangeError, "EndList.remove(): there is nothing at the number 5");
  throws(() => list.remove(12345), RangeError, "EndList.remove(): there is nothing at the number 12345");
  for (const wrong of [0, 0n, 1.5, "1", null, 2 ** 60]) {
    throws(() => list.add(wrong as number), TypeError, /^EndList.add\(\): expected an integer other than 0, got /);
  }
});
