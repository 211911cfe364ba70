/**
 * Imported before all tests: checks that pages with our machine code are executable and not writable, whatever the
 * tests do. It checks now and then, and at the end of each test process, which fails if a page breaks the rule.
 *
 * (The rule is about our pages: V8's own are both, where the processor cannot switch them cheaply.)
 */
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { rawffi } from "rawffi";

/** How many new pieces of code are checked together. */
const OFTEN = 64;

const addresses = new Set();
let isBroken = false;

// The runner itself tests nothing, and workers share their process's pages. The double has none.
if (
  process.env.NODE_TEST_CONTEXT !== undefined &&
  isMainThread &&
  process.platform === "linux" &&
  rawffi.name === "node-api"
)
  watch();

function watch() {
  const { prepare, closure } = rawffi;
  rawffi.prepare = (...args) => {
    const made = prepare(...args);
    remember(made.entry);
    return made;
  };
  rawffi.closure = (...args) => {
    const made = closure(...args);
    remember(made.address);
    return made;
  };
  process.on("exit", look);
}

function remember(address) {
  if (address === 0) return;
  // Once per page.
  const page = Math.floor(address / 4096);
  if (addresses.has(page)) return;
  addresses.add(page);
  if (addresses.size % OFTEN === 0) look();
}

function look() {
  const pages = [...addresses].map((page) => page * 4096);
  for (const line of readFileSync("/proc/self/maps", "utf8").split("\n")) {
    const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (....)/.exec(line) ?? [];
    if (from === undefined || !pages.some((page) => page >= parseInt(from, 16) && page < parseInt(to, 16))) continue;
    if (rights.includes("x") && !rights.includes("w")) continue;
    if (!isBroken) console.error(`pages: machine code of rawffi lies in ${line}`);
    isBroken = true;
    process.exitCode = 1;
  }
}
