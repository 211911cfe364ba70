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
  XBufferOverflow,
  type XIC,
  type XIM,
  XIMPreeditNothing,
  XIMStatusNothing,
  type XKeyEvent,
  XLookupBoth,
  XLookupChars,
  XNClientWindow,
  XNFocusWindow,
  XNInputStyle,
} from "../../native/generated/Xlib.ts";

const libc = new CDLL(null, { setlocale: () => CFUNCTYPE(c_char_p, c_int, c_char_p) });
const LC_CTYPE = 0;
const BYTES = 256;
/** An input method may hand over whole paragraphs. */
const LONGEST = 65536;

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

  /** The keysym of a key, with the modifiers that are held; 0 for none. */
  keysymOf(event: XKeyEvent): number {
    this.#keysym.value = 0;
    libX11.XLookupString(event, this.#buffer, BYTES, byref(this.#keysym), null);
    return Number(this.#keysym.value);
  }

  /** The text that a key press types, empty where it types none, and its keysym. */
  read(event: XKeyEvent): { text: string; keysym: number } {
    const keysym = this.keysymOf(event);
    if (this.#context === null) return { text: "", keysym };
    const { text, status } = this.#lookup(event, this.#buffer);
    if (status !== XBufferOverflow) return { text, keysym: Number(this.#keysym.value) };
    return { text: this.#lookup(event, create_string_buffer(LONGEST)).text, keysym: Number(this.#keysym.value) };
  }

  setFocus(hasFocus: boolean): void {
    if (this.#context === null) return;
    if (hasFocus) libX11.XSetICFocus(this.#context);
    else libX11.XUnsetICFocus(this.#context);
  }

  #lookup(event: XKeyEvent, buffer: ReturnType<typeof create_string_buffer>): { text: string; status: number } {
    const [keysym, status] = [byref(this.#keysym), byref(this.#status)];
    const length = libX11.Xutf8LookupString(this.#context, event, buffer, buffer.length, keysym, status);
    const kind = this.#status.value;
    const bytes = new Uint8Array(buffer.view.buffer, buffer.view.byteOffset, Math.min(length, buffer.length));
    const hasText = kind === XLookupChars || kind === XLookupBoth;
    return { text: hasText ? decoder.decode(bytes) : "", status: kind };
  }

  close(): void {
    if (this.#context !== null) libX11.XDestroyIC(this.#context);
  }
}

const decoder = new TextDecoder();
