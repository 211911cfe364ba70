/**
 * What the X server refuses. Its errors come later than the requests, so the handler, which may not call the server,
 * notes them; they are thrown where events are taken, and where one waits for the server.
 */
import { byref, c_int, create_string_buffer, type Pointer, string_at } from "ctypes-js";
import { type Display, libX11, XErrorHandler, XIOErrorExitHandler } from "../../native/generated/Xlib.ts";

/** A request that the X server refused. */
export class XError extends Error {
  override readonly name = "XError";
  /** Such as "X_ConfigureWindow". */
  readonly request: string;
  readonly error_code: number;
  /** The window, pixmap or other thing that the request was about. */
  readonly resource: number;

  constructor(message: string, request: string, error_code: number, resource: number) {
    super(message);
    this.request = request;
    this.error_code = error_code;
    this.resource = resource;
  }
}

/** The connection to the X server broke: it ended, or closed it. */
export class DisplayLostError extends Error {
  override readonly name = "DisplayLostError";
}

interface Refusal {
  readonly error: number;
  readonly request: number;
  readonly minor: number;
  readonly resource: number;
  readonly display: Pointer<Display>;
}

const refusals: Refusal[] = [];
const LENGTH = 256;

/** Xlib keeps it for ever. */
let errorHandler: XErrorHandler | null = null;

/** Has errors noted, from the first connection on. */
export function noteErrors(): void {
  if (errorHandler !== null) return;
  errorHandler = new XErrorHandler((display, event) => {
    if (display === null || event === null) return 0;
    const { error_code: error, request_code: request, minor_code: minor, resourceid: resource } = event.contents;
    refusals.push({ display, error, request, minor, resource });
    return 0;
  });
  libX11.XSetErrorHandler(errorHandler);
}

/** Has `lost` called when the connection breaks, where Xlib would end the process. Returns what must be kept. */
export function noteLoss(display: Pointer<Display>, lost: () => void): unknown {
  const handler = new XIOErrorExitHandler(lost);
  libX11.XSetIOErrorExitHandler(display, handler, null);
  return handler;
}

/** Throws the first error that came since the last time, with the number of those after it. @throws XError */
export function throwErrors(): void {
  if (refusals.length === 0) return;
  const [first, ...others] = refusals.splice(0) as [Refusal, ...Refusal[]];
  const name = requestName(first);
  const text = create_string_buffer(LENGTH);
  libX11.XGetErrorText(first.display, first.error, text, LENGTH);
  const more = others.length === 0 ? "" : `; ${others.length} more followed`;
  const message = `${name}: the X server refused the request: ${text.value}, resource 0x${first.resource.toString(16)}${more}`;
  throw new XError(message, name, first.error, first.resource);
}

/** Core requests have their names in Xlib's database; those of extensions are numbers there. */
function requestName({ display, request, minor }: Refusal): string {
  const text = create_string_buffer(LENGTH);
  libX11.XGetErrorDatabaseText(display, "XRequest", String(request), "", text, LENGTH);
  if (text.value.length > 0) return String(text.value);
  const count = new c_int();
  const names = libX11.XListExtensions(display, byref(count));
  for (let at = 0; names !== null && at < count.value; at++) {
    const name = new TextDecoder().decode(string_at(names.at(at) as never));
    const [major, event, error] = [new c_int(), new c_int(), new c_int()];
    libX11.XQueryExtension(display, name, byref(major), byref(event), byref(error));
    if (major.value === request) return `request ${minor} of the extension ${name}`;
  }
  return `request ${request}.${minor}`;
}
