/** All examples in order, each in a process of its own: `npm run demo`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const examples = {
  "libc.ts": "the C library: text, a callback, a structure by value, variadics, errno",
  "libm.ts": "the mathematics library: results through pointers, complex numbers, the dynamic form",
  "zlib.ts": "zlib: a file through z_stream, compared with node:zlib",
  "sqlite.ts": "SQLite: 10,000 rows, and SQL that calls JavaScript",
  "glib.ts": "glib, by a module made of its header: callbacks, text that C frees, an enumeration, an error",
  "binding.ts": "a binding made of a header on the spot, and a call of one of its functions",
};

const hasColors = process.stdout.isTTY && process.stdout.hasColors();
const paint = (code: number, text: string) => (hasColors ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = (text: string) => paint(1, text);
const green = (text: string) => paint(32, text);
const red = (text: string) => paint(31, text);

/** Runs one example the way this program was run; what it prints goes straight through. */
function passes(file: string): boolean {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const start = performance.now();
  const { status, signal, error } = spawnSync(process.execPath, [...process.execArgv, path], { stdio: "inherit" });
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  if (status === 0) {
    console.log(green(`ok, ${seconds} s`));
    return true;
  }
  console.log(
    red(`failed after ${seconds} s: ${error?.message ?? (signal ? `ended by ${signal}` : `exit code ${status}`)}`),
  );
  return false;
}

let passed = 0;
for (const [file, title] of Object.entries(examples)) {
  console.log(`\n${bold(`== examples/${file}`)}  ${title}`);
  if (passes(file)) passed++;
}

const count = Object.keys(examples).length;
const line = `demo: ${passed} of ${count} examples passed`;
console.log(`\n${passed === count ? green(line) : red(line)}`);
process.exitCode = passed === count ? 0 : 1;
