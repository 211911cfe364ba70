/** Addresses at which nothing is: in C, and through our own accessors. */
import type { Row } from "../row.ts";

/** The line that names the foreign function; another runtime's own report may follow. */
export function fatal(number: number, signal: string, address: string, name: string): RegExp {
  return new RegExp(`^rawffi: fatal signal ${number} \\(${signal}${address}\\) inside foreign function '${name}'`, "m");
}

const READ =
  "const lib = open({ read_at: CFUNCTYPE(c_int, c_void_p), divide: CFUNCTYPE(c_int, c_int, c_int), recurse: CFUNCTYPE(c_int, c_int) });";
const GUARDED = `const lib = open({ read_at: CFUNCTYPE(c_int, c_void_p, { guarded: true }), divide: CFUNCTYPE(c_int, c_int, c_int, { guarded: true }),
  recurse: CFUNCTYPE(c_int, c_int, { guarded: true }), call: CFUNCTYPE(c_int, Callback, c_int, { guarded: true }), add: CFUNCTYPE(c_int, c_int, c_int) });`;

const nullLine = fatal(11, "SIGSEGV", ", address 0x0", "read_at");
const wildLine = fatal(11, "SIGSEGV", ", address 0x123456789000", "read_at");
const divideLine = fatal(8, "SIGFPE", ", address 0x[0-9a-f]+", "divide");
const recurseLine = fatal(11, "SIGSEGV", ", address 0x[0-9a-f]+", "recurse");

export const memoryRows: readonly Row[] = [
  {
    id: "callee-null",
    when: "C reads through NULL: a line names the function, then the process ends as ever",
    program: `${READ} lib.read_at(null);`,
    stderr: nullLine,
    signal: "SIGSEGV",
  },
  {
    id: "callee-wild",
    when: "C reads through a wild pointer",
    program: `${READ} lib.read_at(0x123456789000);`,
    stderr: wildLine,
    signal: "SIGSEGV",
  },
  {
    id: "callee-hot",
    when: "C reads through NULL in a call from optimised code",
    program: `${READ} const n = new c_int(3); const at = addressof(n); let sum = 0;
      const hot = (where) => lib.read_at(where);
      for (let i = 0; i < 200_000; i++) sum += hot(at);
      console.log(sum); hot(null);`,
    stdout: "600000",
    stderr: nullLine,
    signal: "SIGSEGV",
  },
  {
    id: "callee-after-nested",
    when: "the line names the function that failed, also after a callback called another",
    program: `const lib = open({ call: CFUNCTYPE(c_int, Callback, c_int), add: CFUNCTYPE(c_int, c_int, c_int), call_bad: CFUNCTYPE(c_int, Callback, c_int) });
      const callback = new Callback((v) => lib.add(v, 1));
      lib.call_bad(callback, 1); console.log(typeof callback);`,
    stderr: fatal(11, "SIGSEGV", ", address 0x8", "call_bad"),
    signal: "SIGSEGV",
  },
  {
    id: "callee-divides",
    when: "C divides by zero",
    program: `${READ} lib.divide(1, 0);`,
    stderr: divideLine,
    signal: "SIGFPE",
  },
  {
    id: "callee-recurses",
    when: "C recurses without end",
    program: `${READ} lib.recurse(0);`,
    stderr: recurseLine,
    signal: "SIGSEGV",
    // Rust has a handler of its own for that.
    elsewhere: { deno: { stderr: recurseLine, signal: "SIGABRT" } },
  },
  {
    id: "callee-recurses-in-callback",
    when: "C recurses without end while another C function waits for the callback that called it",
    program: `${READ} const other = open({ call: CFUNCTYPE(c_int, Callback, c_int) }); other.call(new Callback((v) => lib.recurse(v)), 0);`,
    stderr: recurseLine,
    signal: "SIGSEGV",
    elsewhere: { deno: { stderr: recurseLine, signal: "SIGABRT" } },
  },
  {
    id: "callee-aborts",
    when: "C calls abort()",
    program: "open({ abort_now: CFUNCTYPE(null) }).abort_now();",
    stderr: fatal(6, "SIGABRT", "", "abort_now"),
    signal: "SIGABRT",
  },
  {
    id: "guarded-null",
    when: "C declared { guarded: true } reads through NULL, a thousand times",
    program: `${GUARDED} let count = 0;
      for (let i = 0; i < 1000; i++) try { lib.read_at(null); } catch (error) { count += error.code === "ERR_MEMORY_FAULT" && error.address === 0; }
      console.log(count, lib.add(1, 2)); attempt(() => lib.read_at(0x123456789000));`,
    stdout:
      "1000 3\nMemoryFaultError: signal 11 (SIGSEGV, address 0x123456789000) inside foreign function 'read_at', which was left where it was: what it " +
      "held or changed stays so, and the process should be restarted",
  },
  {
    id: "guarded-divides",
    when: "C declared { guarded: true } divides by zero",
    program: `${GUARDED} attempt(() => lib.divide(1, 0)); attempt(() => lib.divide(6, 2));`,
    stdout: /^MemoryFaultError: signal 8 \(SIGFPE, address 0x[0-9a-f]+\) inside foreign function 'divide', .*\ngave 3$/,
  },
  {
    id: "guarded-recurses",
    when: "C declared { guarded: true } recurses without end, twice",
    program: `${GUARDED} attempt(() => lib.recurse(0)); attempt(() => lib.recurse(0)); attempt(() => lib.divide(6, 2));`,
    stdout:
      /^(MemoryFaultError: signal 11 \(SIGSEGV, address 0x[0-9a-f]+\) inside foreign function 'recurse', .*\n){2}gave 3$/,
  },
  {
    id: "guarded-callback",
    when: "a fault in an unguarded call below a callback of a guarded one jumps over no JavaScript",
    program: `${GUARDED} const bad = open({ read_at: CFUNCTYPE(c_int, c_void_p) });
      attempt(() => lib.call(new Callback(() => bad.read_at(null)), 1));`,
    stderr: nullLine,
    signal: "SIGSEGV",
  },
  {
    id: "accessor-text",
    when: "our own accessors on a bad address",
    program: `const wild = 0x123456789000, room = create_string_buffer(16);
      attempt(() => string_at(wild, 4)); attempt(() => string_at(wild)); attempt(() => wstring_at(wild)); attempt(() => wstring_at(wild, 4));
      attempt(() => memmove(room, wild, 16)); attempt(() => memmove(wild, room, 16)); attempt(() => memset(wild, 0, 1));
      attempt(() => cast(wild, c_char_p).value);`,
    stdout: [
      "MemoryFaultError: string_at(): 0x123456789000 cannot be read",
      "MemoryFaultError: string_at(): 0x123456789000 cannot be read",
      "MemoryFaultError: wstring_at(): 0x123456789000 cannot be read",
      "MemoryFaultError: wstring_at(): 0x123456789000 cannot be read",
      "MemoryFaultError: memmove(): 0x123456789000 cannot be read",
      "MemoryFaultError: memmove(): 0x123456789000 cannot be written",
      "MemoryFaultError: memset(): 0x123456789000 cannot be written",
      "MemoryFaultError: 0x123456789000 cannot be read",
    ].join("\n"),
  },
  {
    id: "read-only",
    when: "writing over the text of a program",
    program: `const libc = new CDLL(null); attempt(() => memset(Number(addressof(libc.strlen) && cast(libc.strlen, c_void_p).value), 0, 1));`,
    stdout: /^MemoryFaultError: memset\(\): 0x[0-9a-f]+ cannot be written$/,
  },
  {
    id: "checked-access",
    when: "CTYPES_CHECKED=1: a pointer to nowhere is followed",
    env: { CTYPES_CHECKED: "1" },
    program: `class Point extends Structure({ x: c_int, y: c_int }) {}
      const wild = 0x123456789000;
      attempt(() => c_int.from_address(wild).value); attempt(() => { c_int.from_address(wild).value = 5; });
      attempt(() => cast(wild, POINTER(Point)).contents.y); attempt(() => cast(wild, POINTER(c_int))[3]);
      const n = new c_int(7); attempt(() => c_int.from_address(addressof(n)).value);`,
    stdout: [
      "MemoryFaultError: 0x123456789000 cannot be read",
      "MemoryFaultError: 0x123456789000 cannot be written",
      "MemoryFaultError: 0x123456789004 cannot be read",
      "MemoryFaultError: 0x12345678900c cannot be read",
      "gave 7",
    ].join("\n"),
  },
  {
    id: "checked-argument",
    when: "{ checked: true }: a wild pointer is given to C",
    program: `const lib = open({ read_at: CFUNCTYPE(c_int, c_void_p), length_of: CFUNCTYPE(c_long, c_char_p), write_at: CFUNCTYPE(null, POINTER(c_int), c_int) }, { checked: true });
      attempt(() => lib.read_at(0x123456789000)); attempt(() => lib.length_of(cast(0x123456789000, c_char_p)));
      attempt(() => lib.write_at(cast(0x123456789000, POINTER(c_int)), 1));
      const n = new c_int(7); lib.write_at(n, 8); attempt(() => lib.read_at(addressof(n))); attempt(() => lib.length_of("four")); attempt(() => lib.length_of(null));`,
    stdout: [
      "MemoryFaultError: read_at(): argument 1: 0x123456789000 cannot be read",
      "MemoryFaultError: length_of(): argument 1: 0x123456789000 cannot be read",
      "MemoryFaultError: write_at(): argument 1: 0x123456789000 cannot be read",
      "gave 8",
      "gave 4",
      "gave -1",
    ].join("\n"),
  },
  {
    id: "checked-mark",
    when: "{ checked: true }: C is given what stands for no pointer, as SQLITE_TRANSIENT and SIG_IGN do, and a tagged pointer",
    program: `const Handler = CFUNCTYPE(c_int, c_int);
      const lib = new CDLL(null, { llabs: CFUNCTYPE(c_longlong, c_void_p), labs: CFUNCTYPE(c_long, Handler) }, { checked: true });
      attempt(() => lib.llabs(-1)); attempt(() => lib.labs(new Handler(-1))); attempt(() => lib.labs(new Handler(1)));
      attempt(() => lib.llabs(1)); attempt(() => lib.llabs(0x01007fff12345671n));`,
    stdout: [
      "gave 1n",
      "gave 1",
      "gave 1",
      "MemoryFaultError: llabs(): argument 1: 0x1 cannot be read",
      "MemoryFaultError: llabs(): argument 1: 0x1007fff12345671 cannot be read",
    ].join("\n"),
  },
  {
    id: "mark-followed",
    when: "a pointer that is MAP_FAILED or tagged is followed, or its text is read",
    program: `for (const at of [-1, 0x01007fff12345671n]) {
        const p = cast(at, POINTER(c_int)); attempt(() => p.contents); attempt(() => p.at(-1)); attempt(() => string_at(p)); attempt(() => cast(p, c_char_p).value); }`,
    stdout: ["0xffffffffffffffff", "0x1007fff12345671"]
      .flatMap((at) => [
        `RangeError: POINTER(c_int).contents: ${at} is not an address of user space`,
        `RangeError: POINTER(c_int)[-1]: ${at} is not an address of user space`,
        `RangeError: string_at(): argument 1: ${at} is not an address of user space`,
        `MemoryFaultError: ${at} cannot be read`,
      ])
      .join("\n"),
  },
  {
    id: "mark-called",
    when: "a function pointer that is SIG_ERR or tagged is called",
    program: `for (const at of [-1, 0x01007fff12345671n]) {
        const f = new (CFUNCTYPE(c_int, c_int))(at); attempt(() => f(1)); await f.async(1).catch((error) => console.log(String(error))); }`,
    stdout: ["0xffffffffffffffff", "0x1007fff12345671"]
      .flatMap((at) =>
        Array<string>(2).fill(`RangeError: *${at}(): ${at} is not an address of user space, so no function is there`),
      )
      .join("\n"),
  },
  {
    id: "result-text",
    when: "C gives text that is not there",
    program: `const { call_pointer } = open({ call_pointer: CFUNCTYPE(c_char_p, CFUNCTYPE(c_void_p), c_int) }); const wild = new (CFUNCTYPE(c_void_p))(() => 0x123456789000);
      attempt(() => call_pointer(wild, 1)); attempt(() => call_pointer(wild, 1)); wild.dispose();`,
    stdout: "MemoryFaultError: 0x123456789000 cannot be read\nMemoryFaultError: 0x123456789000 cannot be read",
  },
  {
    id: "checked-result",
    when: "CTYPES_CHECKED=1: C gives text of an object that was collected",
    env: { CTYPES_CHECKED: "1" },
    program: `const made = () => addressof(create_string_buffer("text")); const at = made(); new c_int(); await collect(); await collect();
      const { call_pointer } = open({ call_pointer: CFUNCTYPE(c_char_p, CFUNCTYPE(c_void_p), c_int) });
      attempt(() => call_pointer(new (CFUNCTYPE(c_void_p))(() => at), 1));`,
    stdout: /^MemoryFaultError: 0x[0-9a-f]+ was freed: /,
  },
  {
    id: "async-detached",
    when: "a buffer is transferred away while an async call works on it",
    program: `const lib = open({ hold_on: CFUNCTYPE(c_int, c_void_p), let_go: CFUNCTYPE(null) }); const words = new Int32Array(4); const call = lib.hold_on.async(words);
      const moved = structuredClone(words.buffer, { transfer: [words.buffer] }); lib.let_go(); try { await call; } catch (error) { console.log(String(error), moved.byteLength); }`,
    stdout: /^ArgumentError: hold_on\(\): argument 1: .*it is detached: its memory was transferred 16$/,
  },
  {
    id: "async-detached-gone",
    when: "a buffer is transferred away, and collected there, while an async call works on it",
    program: `const lib = open({ hold_on: CFUNCTYPE(c_int, c_void_p), let_go: CFUNCTYPE(null) }); const words = new Int32Array(2 ** 24); const call = lib.hold_on.async(words);
      structuredClone(words.buffer, { transfer: [words.buffer] }); await collect(); lib.let_go(); try { await call; } catch (error) { console.log(String(error)); }`,
    stdout: /^ArgumentError: hold_on\(\): argument 1: .*it is detached: its memory was transferred$/,
    // Node-API has no hold on memory.
    elsewhere: { bun: null, deno: null },
  },
  {
    id: "checked-after-free",
    when: "CTYPES_CHECKED=1: memory of an object that was collected is used by its address",
    env: { CTYPES_CHECKED: "1" },
    program: `const made = () => addressof(new c_int(77));
      const at = made(); attempt(() => c_int.from_address(at).value); new c_int(); await collect(); await collect(); attempt(() => c_int.from_address(at).value);
      attempt(() => open({ read_at: CFUNCTYPE(c_int, c_void_p) }).read_at(at));`,
    stdout:
      /^gave 77\nMemoryFaultError: 0x[0-9a-f]+ was freed: .*\nMemoryFaultError: read_at\(\): argument 1: 0x[0-9a-f]+ was freed: .*$/,
  },
  {
    id: "misaligned",
    when: "misaligned memory is read and written",
    program: `const room = create_string_buffer(16); const at = addressof(room) + 1; c_double.from_address(at).value = 1.5;
      console.log(c_double.from_address(at).value, c_int.from_address(at + 4).value);`,
    stdout: "1.5 1073217536",
  },
  {
    id: "no-memory",
    when: "more memory than there is",
    program: `attempt(() => create_string_buffer(2 ** 40)); attempt(() => resize(new c_int(), 2 ** 45)); attempt(() => new (ARRAY(c_int, 2 ** 50))());`,
    stdout: /^(RangeError: .*\n){2}RangeError: .*$/,
  },
  {
    id: "detached",
    when: "a buffer is detached in the middle of a call's arguments",
    program: `const lib = open({ add: CFUNCTYPE(c_int, POINTER(c_int), c_void_p) });
      const words = new Int32Array(4); const evil = { get _as_parameter_() { structuredClone(words, { transfer: [words.buffer] }); return 0; } };
      attempt(() => lib.add(words, evil)); attempt(() => lib.add(words, 0));`,
    stdout:
      /^ArgumentError: add\(\): .* detached.*\nArgumentError: add\(\): argument 1: expected a buffer with memory, got an Int32Array; it is detached: its memory was transferred$/,
  },
  {
    id: "resizable",
    when: "a resizable buffer, a view of one or an object in one is given to C: refused, for it can be made smaller in the middle",
    program: `const lib = open({ hold_on: CFUNCTYPE(c_int, c_void_p), length_of: CFUNCTYPE(c_size_t, c_char_p) }); const buffer = new ArrayBuffer(65536, { maxByteLength: 65536 });
      const inside = ARRAY(c_int, 4).from_buffer(buffer); inside[3] = 7;
      for (const given of [buffer, new Uint8Array(buffer), new DataView(buffer), inside, byref(inside)]) attempt(() => lib.hold_on(given));
      attempt(() => lib.length_of(new Uint8Array(buffer))); attempt(() => addressof(inside)); try { await lib.hold_on.async(buffer); } catch (error) { console.log(String(error)); }
      buffer.resize(0); attempt(() => inside[3]); console.log("alive");`,
    stdout:
      /^((Argument|Type)Error: .*resizable, and its memory could be freed while C uses it.*\n){8}RangeError: .*\nalive$/,
  },
  {
    id: "webassembly",
    when: "WebAssembly leaves its memory, and JavaScript its stack: errors, as ever, also in a callback",
    program: `const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 102, 0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11);
      const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports; const kind = (act) => { try { return act(); } catch (error) { return error.constructor.name; } };
      const endless = () => endless() + 1;
      const lib = open({ call: CFUNCTYPE(c_int, Callback, c_int) });
      for (let i = 0; i < 3; i++) console.log(kind(() => f(0)), kind(() => f(1 << 28)), kind(endless));
      const callback = new Callback(() => { console.log(kind(() => f(1 << 28)), kind(endless)); return 1; });
      console.log(lib.call(callback, 1));`,
    stdout: `${"0 RuntimeError RangeError\n".repeat(3)}RuntimeError RangeError\n1`,
  },
  {
    id: "own-handler",
    when: "C has a handler of its own for SIGSEGV: it has the word",
    program: `const lib = open({ handle_segv: CFUNCTYPE(null), read_at: CFUNCTYPE(c_int, c_void_p) }); lib.handle_segv(); lib.read_at(null);`,
    stderr: "handled by C",
    code: 9,
  },
  {
    id: "signal-in-c",
    when: "C handles a signal of its own",
    program: "attempt(() => open({ count_signal: CFUNCTYPE(c_int) }).count_signal());",
    stdout: "gave 1",
  },
];
