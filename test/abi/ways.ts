/**
 * The ways in which a signature is called: each is other machine code, or another way into it.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CFUNCTYPE, c_void_p, cast } from "ctypes-js";

/** Options of a function type, and how the calls end: by returning, or by a function that leaves in another way. */
export interface Way {
  readonly name: string;
  readonly options: { readonly throws?: boolean; readonly guarded?: boolean };
  readonly leave?: "throw_now" | "fail_now";
  /** What the calls throw then. */
  readonly error?: RegExp;
}

export const WAYS: readonly Way[] = [
  { name: "", options: {} },
  { name: "throws", options: { throws: true } },
  { name: "throws, leaving", options: { throws: true }, leave: "throw_now", error: /^int: 7$/ },
  { name: "guarded", options: { guarded: true } },
  { name: "guarded, leaving", options: { guarded: true }, leave: "fail_now", error: /^signal 11 .* 0x5000\)/ },
];

/** Compiles what throws into `folder`. */
export function compileThrower(folder: string): string {
  const source = join(folder, "throw.cc");
  const library = join(folder, "throw.so");
  writeFileSync(source, 'extern "C" void throw_now() { throw 7; }');
  execFileSync("g++", ["-O1", "-shared", "-fPIC", "-o", library, source], { stdio: ["ignore", "pipe", "pipe"] });
  return library;
}

export const Leave = CFUNCTYPE(null);

/** Has the functions of `batch` end as `way` says from now on. */
export function setLeave(batch: any, thrower: any, { leave }: Way): void {
  const of = leave === "throw_now" ? thrower : batch;
  const address = leave === undefined ? null : cast(of[leave], c_void_p).value;
  c_void_p.in_dll(batch, "leave").value = address;
}

// -- Refusals --------------------------------------------------------------------------------------

/** Begins what is said of a signature that is not called, since libffi would do it wrongly. */
export const REFUSED = "refused: ";

export function isRefusal(error: unknown): error is Error {
  return error instanceof TypeError && /^.*libffi .* calls this signature wrongly/.test(error.message);
}
