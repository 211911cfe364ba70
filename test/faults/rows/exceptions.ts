/** C and C++ that leave a function in other ways than by returning. */
import type { Row } from "../row.ts";
import { fatal } from "./memory.ts";

const THROWS = `const T = { throws: true };
  const lib = open({ throw_runtime_error: CFUNCTYPE(null, c_char_p, T), throw_number: CFUNCTYPE(null, c_int, T), throw_text: CFUNCTYPE(null, c_char_p, T),
    throw_string: CFUNCTYPE(null, c_char_p, T), throw_if: CFUNCTYPE(c_int, c_int, T), throw_broken: CFUNCTYPE(null, T), guards_alive: CFUNCTYPE(c_int),
    throw_from_callback: CFUNCTYPE(c_int, Callback, c_int, T) });`;

export const exceptionRows: readonly Row[] = [
  {
    id: "cpp-exception",
    when: "C++ declared { throws: true } throws: an error with its type and its what()",
    program: `${THROWS} attempt(() => lib.throw_runtime_error("no such shape")); attempt(() => lib.throw_number(5)); attempt(() => lib.throw_text("words"));
      attempt(() => lib.throw_string("more words")); attempt(() => lib.throw_broken()); attempt(() => lib.throw_if(1)); attempt(() => lib.throw_if(0));
      try { lib.throw_if(1); } catch (error) { console.log(error.code, error.type, lib.guards_alive()); }`,
    stdout: [
      "CppError: std::runtime_error: no such shape",
      "CppError: int: 5",
      "CppError: char const*: words",
      "CppError: std::string: more words",
      "CppError: shapes::Broken",
      "CppError: std::invalid_argument: the condition holds",
      "gave 7",
      "ERR_CPP_EXCEPTION std::invalid_argument 0",
    ].join("\n"),
  },
  {
    id: "cpp-exceptions-many",
    when: "C++ throws ten thousand times",
    program: `${THROWS} let count = 0; for (let i = 0; i < 10_000; i++) try { lib.throw_if(i + 1); } catch (error) { count += error.code === "ERR_CPP_EXCEPTION"; }
      console.log(count);`,
    stdout: "10000",
  },
  {
    id: "cpp-through-callback",
    when: "C++ throws after a callback ran, and after one threw",
    program: `${THROWS} attempt(() => lib.throw_from_callback(new Callback(() => 0), 1)); attempt(() => lib.throw_from_callback(new Callback((v) => v), 1));
      attempt(() => lib.throw_from_callback(new Callback(() => { throw new Error("from JavaScript"); }), 1));
      attempt(() => lib.throw_from_callback(new Callback((v) => { attempt(() => lib.throw_if(1)); return v; }), 3));
      attempt(() => lib.throw_from_callback(new Callback(() => lib.throw_if(1)), 3));`,
    stdout: [
      "CppError: std::logic_error: the callback gave zero",
      "gave 1",
      "Error: from JavaScript",
      "CppError: std::invalid_argument: the condition holds",
      "gave 3",
      // The exception became one of JavaScript, which is what the callback throws.
      "CppError: std::invalid_argument: the condition holds",
    ].join("\n"),
  },
  {
    id: "cpp-below-callback",
    when: "C++ throws out of an undeclared function that a callback of a declared one calls: it does not cross the callback",
    program: `${THROWS} const bad = open({ throw_if: CFUNCTYPE(c_int, c_int) });
      attempt(() => lib.throw_from_callback(new Callback(() => bad.throw_if(1)), 1));`,
    stderr: fatal(6, "SIGABRT", "", "throw_if"),
    signal: "SIGABRT",
  },
  {
    id: "cpp-undeclared",
    when: "C++ throws out of a function that is not declared so: the process ends, and a line says in what",
    program: `open({ throw_if: CFUNCTYPE(c_int, c_int) }).throw_if(1);`,
    stderr: fatal(6, "SIGABRT", "", "throw_if"),
    signal: "SIGABRT",
  },
  {
    id: "longjmp-inside",
    when: "C jumps back to a place of its own",
    program: "attempt(() => open({ jump_inside: CFUNCTYPE(c_int, c_int) }).jump_inside(1));",
    stdout: "gave 2",
  },
  {
    id: "fork",
    when: "C forks, and the child leaves by _exit()",
    program: "attempt(() => open({ child_status: CFUNCTYPE(c_int) }).child_status());",
    stdout: "gave 42",
  },
  {
    id: "atexit",
    when: "C calls back when the process ends: zero",
    program: `const lib = open({ keep_till_exit: CFUNCTYPE(null, Callback) }); globalThis.callback = new Callback((v) => v + 1); lib.keep_till_exit(globalThis.callback);`,
    stderr: /atexit: 0$/,
    elsewhere: { bun: { stderr: /^(.*atexit: 0)?$/ }, deno: { stderr: /^(.*atexit: 0)?$/ } },
  },
];
