/**
 * The trials, run with one driver in a process of its own; prints one line of JSON: microseconds for each.
 *
 *     node trials.mjs <driver> <module> <file or :memory:>
 *
 * The first five are better-sqlite3's standard ones, with its table and its pragmas. Plain JavaScript: it runs on every
 * Node as it stands.
 */
import { createRequire } from "node:module";

const [driver, module, file] = process.argv.slice(2);
const ROWS = 100_000;
/** Short loops, and many: on a busy machine some of them run undisturbed. */
const LOOPS = 25;
const LOOP_MS = 6;
const LARGE_LOOPS = { insert: 10, read: 30 };
const WARM_UP_MS = 200;

const db = await open();
// The last is what the SQLite of the others has from the start; Debian's overwrites all that is deleted.
const pragmas = ["journal_mode = WAL", "synchronous = NORMAL", "cache_size = -16000", "secure_delete = OFF"];
for (const pragma of pragmas) db.exec(`PRAGMA ${pragma}`);
db.exec(
  "CREATE TABLE small (nul, integer INTEGER, real REAL, text TEXT); CREATE TABLE large (a INTEGER, b REAL, c TEXT)",
);
const insert = db.prepare("INSERT INTO small VALUES (@nul, @integer, @real, @text)");
const row = { nul: null, integer: 0x7fffffff, real: 1 / 3, text: "the quick brown fox jumps" };
const COUNT = 10_000;
db.exec("BEGIN");
for (let i = 0; i < COUNT; i++) insert.run({ ...row, integer: i, real: i / 3, text: `this is the text of row ${i}` });
db.exec("COMMIT");

const columns = "nul, integer, real, text";
const one = db.prepare(`SELECT ${columns} FROM small WHERE rowid = ?`);
const hundred = db.prepare(`SELECT ${columns} FROM small WHERE rowid >= ? LIMIT 100`);
const [begin, commit] = [db.prepare("BEGIN"), db.prepare("COMMIT")];
const insertLarge = db.prepare("INSERT INTO large VALUES (?, ?, ?)");
const all = db.prepare("SELECT a, b, c FROM large");
const texts = Array.from({ length: ROWS }, (_, i) => `text number ${i}`);
let at = 0;

const trials = {
  "get one row": () => {
    at = (at + 1) % COUNT;
    return one.get(at + 1);
  },
  "100 rows into an array": () => {
    at = (at + 100) % COUNT;
    return hundred.all(at + 1);
  },
  "iterate over 100 rows": () => {
    at = (at + 100) % COUNT;
    let last;
    for (const found of hundred.iterate(at + 1)) last = found;
    return last;
  },
  "insert one row": () => insert.run(row),
  "100 inserts in a transaction": () => {
    begin.run();
    for (let i = 0; i < 100; i++) insert.run(row);
    commit.run();
  },
  "insert 100,000 rows": () => {
    begin.run();
    for (let i = 0; i < ROWS; i++) insertLarge.run(i, i / 3, texts[i]);
    commit.run();
  },
  "read 100,000 rows": () => {
    const rows = all.all();
    if (rows.length !== ROWS) throw new Error(`${rows.length} rows`);
  },
};

const figures = {};
for (const [name, run] of Object.entries(trials)) figures[name] = measure(name, run);
db.close();
console.log(JSON.stringify(figures));

async function open() {
  if (driver === "ctypes-sqlite") return new (await import("ctypes-sqlite")).DatabaseSync(file);
  if (driver === "ctypes-sqlite/better") return new (await import("ctypes-sqlite/better")).Database(file);
  if (driver === "node:sqlite") return new (await import("node:sqlite")).DatabaseSync(file);
  return new (createRequire(import.meta.url)(module))(file);
}

/** The best of several loops: what disturbs a loop only ever makes it slower. */
function measure(name, run) {
  const isLarge = name.includes("100,000");
  if (isLarge) {
    let best = Infinity;
    for (let i = 0; i < LARGE_LOOPS[name.split(" ")[0]]; i++) {
      // With an empty log: how full the trials before have left it would decide in which insert it is written back.
      if (name.startsWith("insert")) db.exec("DELETE FROM large; PRAGMA wal_checkpoint(TRUNCATE)");
      best = Math.min(best, time(run, 1));
    }
    return best;
  }
  // Compilers of JavaScript have warmed up by then; better-sqlite3's own benchmark gives each trial a second.
  const once = warmUp(run, WARM_UP_MS);
  const count = Math.max(10, Math.ceil((LOOP_MS * 1000) / once));
  if (name.includes("insert")) db.exec("DELETE FROM small WHERE rowid > 10000");
  let best = Infinity;
  for (let i = 0; i < LOOPS; i++) {
    best = Math.min(best, time(run, count));
    if (name.includes("insert")) db.exec("DELETE FROM small WHERE rowid > 10000");
  }
  return best;
}

/** Runs for a while; gives the microseconds that one run takes in the end. */
function warmUp(run, milliseconds) {
  const end = performance.now() + milliseconds;
  let once;
  do once = time(run, 100);
  while (performance.now() < end);
  return once;
}

/** Microseconds for one run. */
function time(run, count) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) run();
  return Number(process.hrtime.bigint() - start) / 1000 / count;
}
