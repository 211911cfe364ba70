/** Text from the keyboard, through X's input method: dead keys, compose sequences, and whatever the user has. */
import {
  byref,
  CDLL,
  CFUNCTYPE,
  c_char_p,
  c_int,
  c_long,
  c_ulong,
  c_void_p,
  create_string_buffer,
  type Pointer,
} from "ctypes-js";
import {
  type Display,
  libX11,
  type XIC,
  type XIM,
  XIMPreeditNothing,
  XIMStatusNothing,
  type XKeyEvent,
  XNClientWindow,
  XNFocusWindow,
  XNInputStyle,
} from "../../native/generated/Xlib.ts";

const libc = new CDLL(null, { setlocale: () => CFUNCTYPE(c_char_p, c_int, c_char_p) });
const LC_CTYPE = 0;
const BYTES = 256;

/** The input method of a display; null where there is none, and Xlib's own table serves. */
export function openInputMethod(display: Pointer<Display>): XIM | null {
  // The letters of the user's language; a program without a language still types UTF-8.
  const locale = libc.setlocale(LC_CTYPE, "");
  if (locale === null || locale === "C" || locale === "POSIX") libc.setlocale(LC_CTYPE, "C.UTF-8");
  libX11.XSetLocaleModifiers("");
  return libX11.XOpenIM(display, null, null, null);
}

/** The text input of one window. */
export class TextInput {
  readonly #context: XIC | null;
  readonly #buffer = create_string_buffer(BYTES);
  readonly #bytes = new Uint8Array(this.#buffer.view.buffer, this.#buffer.view.byteOffset, BYTES);
  readonly #keysym = new c_ulong();
  readonly #status = new c_int();

  constructor(method: XIM | null, window: number) {
    this.#context =
      method === null
        ? null
        : libX11.XCreateIC(
            method,
            new c_char_p(XNInputStyle),
            new c_long(XIMPreeditNothing | XIMStatusNothing),
            new c_char_p(XNClientWindow),
            new c_ulong(window),
            new c_char_p(XNFocusWindow),
            new c_ulong(window),
            new c_void_p(null),
          );
  }

  /** The text that a key press types, empty where it types none. */
  textOf(event: XKeyEvent): string {
    const length =
      this.#context === null
        ? libX11.XLookupString(event, this.#buffer, BYTES, byref(this.#keysym), null)
        : libX11.Xutf8LookupString(this.#context, event, this.#buffer, BYTES, byref(this.#keysym), byref(this.#status));
    return length > 0 ? decoder.decode(this.#bytes.subarray(0, Math.min(length, BYTES))) : "";
  }

  setFocus(hasFocus: boolean): void {
    if (this.#context === null) return;
    if (hasFocus) libX11.XSetICFocus(this.#context);
    else libX11.XUnsetICFocus(this.#context);
  }

  close(): void {
    if (this.#context !== null) libX11.XDestroyIC(this.#context);
  }
}

const decoder = new TextDecoder();
