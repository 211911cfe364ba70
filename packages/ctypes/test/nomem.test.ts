/**
 * A system that has no memory left, or gives none that is executable, or no threads: what fails is an exception, or
 * another way is taken.
 *
 * `fixtures/nomem.c` refuses one request of rawffi's after the other, each in a process of its own: for pages, memory,
 * threads. (V8 itself, and the C++ library where it makes small things, end the process; so does everything in Node.)
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { compileLibrary, functionsPath, isUnderAsan, threadsPath } from "./support.ts";

const PROGRAM = `
  const { CDLL, CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_int, c_size_t, c_void_p, create_string_buffer, resize } = await import("ctypes-js");
  const attempt = async (name, expected, act) => {
    try {
      const got = await act();
      if (got !== expected) console.log(name, "gave", got);
    } catch (error) {
      const isRight = error instanceof RangeError || /no executable memory|no memory/.test(error.message);
      if (!isRight) console.log(name, "threw", String(error.stack));
    }
  };
  const Callback = CFUNCTYPE(c_int, c_int);
  class point extends Structure({ x: c_int, y: c_int, z: c_double }) {}
  const lib = new CDLL(${JSON.stringify(functionsPath)}, { add: CFUNCTYPE(c_int, c_int, c_int), call_counted: CFUNCTYPE(c_int, Callback, c_int) });
  const threads = new CDLL(${JSON.stringify(threadsPath)}, {
    add: CFUNCTYPE(c_int, c_int, c_int),
    on_thread: CFUNCTYPE(c_int, Callback, c_int, { pumped: true }),
    slow_mirror: CFUNCTYPE(point, point),
  });
  const { snprintf, strlen, abs } = new CDLL(null, {
    snprintf: CFUNCTYPE(c_int, c_void_p, c_size_t, c_char_p, "..."), strlen: CFUNCTYPE(c_size_t, c_char_p), abs: CFUNCTYPE(c_int, c_int, { use_errno: true }),
  });
  const room = create_string_buffer(100);
  for (let round = 0; round < 2; round++) {
    await attempt("a call", 5, () => lib.add(2, 3));
    await attempt("a call with errno", 5, () => abs(-5));
    await attempt("a call with text", 3, () => strlen("abc"));
    await attempt("a variadic call", 2, () => snprintf(room, 100, "%d", new c_int(42)));
    await attempt("a callback", 8, () => lib.call_counted(new Callback((n) => n + 1), 7));
    await attempt("an async call", 5, () => threads.add.async(2, 3));
    await attempt("a structure, async", 2, () => threads.slow_mirror.async(new point({ x: 2, y: 3, z: 4 })).then(({ y }) => y));
    await attempt("a pumped call", 8, () => threads.on_thread(new Callback((n) => n + 1), 7));
    await attempt("memory", 200, () => { const made = create_string_buffer(10); resize(made, 200); return made.raw.length > 0 ? 200 : 0; });
  }
  console.log("end");
`;

const isElsewhere = process.platform !== "linux" && "what is refused is Linux's";
const skip = isElsewhere || (isUnderAsan && "the sanitizer has an allocator of its own");

for (const tier of ["", "libffi"]) {
  test(`nothing crashes for a request that is refused${tier === "" ? "" : `, by ${tier}`}`, { skip }, () => {
    const source = readFileSync(new URL("fixtures/nomem.c", import.meta.url), "utf8");
    const preload = compileLibrary("nomem", source, ["-ldl"]);
    const refused: string[] = [];
    for (let at = 1; ; at++) {
      const env = { ...process.env, LD_PRELOAD: preload, NOMEM_AT: `${at}`, RAWFFI_TIER: tier };
      const ended = spawnSync(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
        cwd: fileURLToPath(new URL(".", import.meta.url)),
        encoding: "utf8",
        env,
      });
      const [, name] = /^refused: (\w+)\n/m.exec(ended.stderr) ?? [];
      if (name === undefined) break;
      refused.push(name);
      const what = `request ${at}, ${name}: ${ended.stdout}${ended.stderr}`;
      assert.equal(ended.signal, null, what);
      // Without a frame nothing is loaded, and that is said.
      if (ended.status !== 0) assert.match(ended.stderr, /RangeError: rawffi: out of memory for the call frame/, what);
      else assert.equal(ended.stdout, "end\n", what);
    }
    const kinds = new Set(refused);
    for (const name of ["aligned_alloc", "mmap", "pthread_create"]) assert.ok(kinds.has(name), `${[...kinds]}`);
  });
}
