/**
 * What ctypes has on Windows alone: libraries under the names of its conventions, the last-error code, and the system's
 * texts about errors.
 *
 * On x64 there is one calling convention, so `WinDLL` and `WINFUNCTYPE` are `CDLL` and `CFUNCTYPE`.
 */
import { rawffi } from "rawffi";
import { CFUNCTYPE } from "../calls/function.ts";
import { frameLastError, setFrameLastError } from "../calls/slots.ts";
import { describe } from "../memory/errors.ts";
import type { CData } from "../types/cdata.ts";
import { plain } from "../types/simple.ts";
import { c_uint32, c_void_p, c_wchar_p } from "../types/types.ts";
import { CDLL, type CDLLConstructor, type DynamicLibrary, type LibraryName } from "./cdll.ts";
import { comError } from "./com.ts";
import type { LibraryOptions } from "./open.ts";
import type { DeclaredSymbol } from "./symbol.ts";

export { CDLL as WinDLL, CFUNCTYPE as WINFUNCTYPE };

// -- Errors ----------------------------------------------------------------------------------------

/** An error that Windows has a number for: what Python's `OSError` is there. */
export class WindowsError extends Error {
  readonly code = "ERR_CTYPES_WINDOWS";
  override readonly name = "WindowsError";
  /** The number: a last-error code, or an `HRESULT`. */
  readonly winerror: number;
  constructor(message: string, winerror: number) {
    super(message);
    this.winerror = winerror;
  }
}

/**
 * The last-error code that the last call of a function with `use_last_error` left behind, or {@link set_last_error}
 * did. Like {@link get_errno}, it is a copy of ctypes' own for each thread of JavaScript.
 */
export function get_last_error(): number {
  return frameLastError();
}

/** Sets the copy that the next such call starts with; gives the old one. @throws TypeError for what is no integer. */
export function set_last_error(value: number): number {
  if (!Number.isInteger(value)) throw new TypeError(`set_last_error(): expected an integer, got ${describe(value)}`);
  const old = frameLastError();
  setFrameLastError(value);
  return old;
}

/**
 * The thread's last-error code itself. The runtime makes system calls between a call of C and this one, so the code of
 * that call is {@link get_last_error}, of a function with `use_last_error`.
 */
export function GetLastError(): number {
  requireWindows("GetLastError");
  return kernel().GetLastError();
}

/** Windows' text about an error: a last-error code, by default the thread's, or an `HRESULT`. */
export function FormatError(code: number = GetLastError()): string {
  requireWindows("FormatError");
  if (!Number.isInteger(code)) throw new TypeError(`FormatError(): expected an integer, got ${describe(code)}`);
  const text = new Uint16Array(512);
  const length = kernel().FormatMessageW(FROM_SYSTEM | IGNORE_INSERTS, null, code >>> 0, 0, text, text.length, null);
  const found = String.fromCharCode(...text.subarray(0, length)).trimEnd();
  return found === "" ? "<no description>" : found;
}

/**
 * The error for a code, by default the thread's, with the system's text about it. It is returned, to be thrown: after a
 * failed call of a library with `use_last_error`, `throw WinError(get_last_error())`.
 *
 *     WinError(6, "The handle is invalid.").message;   // "[WinError 6] The handle is invalid."
 */
export function WinError(code: number = GetLastError(), description: string = FormatError(code).trim()): WindowsError {
  return new WindowsError(`[WinError ${code}] ${description}`, code);
}

/**
 * The result of functions of COM: a 32-bit integer, which is an error when it is negative. A call throws a {@link
 * WindowsError} then; of a method whose interface was given, a `COMError`.
 */
export class HRESULT extends plain<"l", number>("l") {
  static _check_retval_(result: number | HRESULT): number {
    const code = typeof result === "number" ? result : (result.value as number);
    if (code < 0) throw WinError(code);
    return code;
  }
  /** What a method gives whose interface is known. @throws COMError */
  static _check_method_(code: number, self: CData, iid: CData): number {
    if (code < 0) throw comError(code, FormatError(code), self, iid);
    return code;
  }
}

// -- Libraries -------------------------------------------------------------------------------------

/** Libraries whose functions return an {@link HRESULT}, unless they are declared otherwise. */
export const OleDLL = function OleDLL(
  name: LibraryName,
  symbols?: Record<string, DeclaredSymbol> | null,
  options?: LibraryOptions,
): unknown {
  if (symbols !== undefined && symbols !== null) return new CDLL(name, symbols, options);
  const known = new Set<unknown>();
  return new Proxy(new CDLL(name, null, options), {
    get(library, key) {
      const value = Reflect.get(library, key) as unknown;
      if (typeof value === "function" && "restype" in value && !known.has(value)) {
        known.add(value);
        value.restype = HRESULT;
      }
      return value;
    },
  });
} as unknown as CDLLConstructor;

/** Libraries by their names, opened at the first use: `windll.user32.MessageBeep(0)`. */
export const windll = loader(CDLL as new (name: string) => DynamicLibrary);
export const oledll = loader(OleDLL as new (name: string) => DynamicLibrary);

// -- Private ---------------------------------------------------------------------------------------

const FROM_SYSTEM = 0x1000;
const IGNORE_INSERTS = 0x200;

function requireWindows(name: string): void {
  if (rawffi.platform.os !== "win32")
    throw new TypeError(`${name}(): only Windows has it, and this is ${process.platform}`);
}

let opened: ReturnType<typeof openKernel> | undefined;
function kernel(): ReturnType<typeof openKernel> {
  return (opened ??= openKernel());
}

function openKernel() {
  return new CDLL("kernel32.dll", {
    GetLastError: CFUNCTYPE(c_uint32),
    FormatMessageW: CFUNCTYPE(c_uint32, c_uint32, c_void_p, c_uint32, c_uint32, c_wchar_p, c_uint32, c_void_p),
  });
}

interface LibraryLoader {
  readonly LoadLibrary: (name: string) => DynamicLibrary;
  readonly [name: string]: DynamicLibrary | ((name: string) => DynamicLibrary);
}

function loader(Opened: new (name: string) => DynamicLibrary): LibraryLoader & { [name: string]: DynamicLibrary } {
  const known = new Map<string, DynamicLibrary>();
  const LoadLibrary = (name: string) => new Opened(name);
  return new Proxy({ LoadLibrary } as never, {
    get(target, key) {
      if (typeof key === "symbol" || key in target) return target[key as never];
      let library = known.get(key);
      if (library === undefined) known.set(key, (library = LoadLibrary(key)));
      return library;
    },
  });
}
