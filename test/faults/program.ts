/** Runs the program of a row in a process of its own. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outcome, Row } from "./row.ts";
import type { Runtime } from "./runtimes.ts";

const library = fileURLToPath(new URL("../fixtures/build/faults.so", import.meta.url));
const folder = fileURLToPath(new URL("build/", import.meta.url));

/**
 * A program that hangs is ended after this many milliseconds, and has not kept its promise. Against hangs alone:
 * machines may be slow.
 */
const PATIENCE = 900_000;

// What a program may use without saying so: ctypes' names, the fixture, its callback type, and how an error is shown.
const PROLOGUE = `
import * as ctypes from "ctypes-js";
const { CDLL, CFUNCTYPE, POINTER, ARRAY, Structure, byref, cast, pointer, addressof, sizeof, resize, string_at, wstring_at, memmove, memset,
  c_byte, c_ubyte, c_int, c_long, c_longlong, c_double, c_char_p, c_void_p, c_size_t, create_string_buffer } = ctypes;
const path = ${JSON.stringify(library)};
const open = (symbols, options) => new CDLL(path, symbols, options);
const Callback = CFUNCTYPE(c_int, c_int);
const attempt = (act) => { try { console.log("gave", act()); } catch (error) { console.log(String(error)); } };
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const until = async (isSo) => { while (!isSo()) await pause(1); };
const collect = async () => { for (let i = 0; i < 4; i++) { gc(); await pause(1); } };
`;

/** How `row` ends on `runtime`. */
export function runRow(row: Row, runtime: Runtime): Promise<Outcome> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${row.id}.mjs`);
  writeFileSync(file, PROLOGUE + row.program);
  const options = typeof row.options === "function" ? row.options(runtime.major) : (row.options ?? []);
  const command = runtime.command(file, options);
  return new Promise((resolve, reject) => {
    const child = spawn(command[0] as string, command.slice(1), {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", ...row.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: PATIENCE,
      killSignal: "SIGKILL",
    });
    const printed = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        printed[name] += text;
        if (name === "stderr" && row.endsOn?.test(printed.stderr)) child.kill("SIGKILL");
      });
    }
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ stdout: printed.stdout.trimEnd(), stderr: printed.stderr.trimEnd(), code, signal });
    });
  });
}
