/** The version of libclang, and its functions. */
import { lib, text } from "./config.ts";
import type { functions as declared } from "./functions.ts";

/** As libclang reports it: "Debian clang version 14.0.6". */
export function clang_version(): string {
  return text(lib().clang_getClangVersion());
}

/** The C functions themselves; structures are passed and returned by value. */
export function functions(): { readonly [K in keyof typeof declared]: InstanceType<(typeof declared)[K]> } {
  return lib();
}
