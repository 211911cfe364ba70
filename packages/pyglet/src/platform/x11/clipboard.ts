/** The clipboard: text that one program holds and others ask it for, as X has selections. */
import {
  CurrentTime,
  libX11,
  SelectionClear,
  SelectionNotify,
  SelectionRequest,
  XEvent,
  type XSelectionRequestEvent,
} from "../../native/generated/Xlib.ts";
import { type Link, readProperty, writeBytes, writeNumbers } from "./link.ts";

/** How long another program may take to answer. */
const PATIENCE_MS = 2000;
const XA_ATOM = 4;

export class Clipboard {
  readonly #link: Link;
  #window: number | null = null;
  #text: string | null = null;
  #waiting: ((text: string) => void)[] = [];

  constructor(link: Link) {
    this.#link = link;
  }

  /** Offers text to all programs, until another one does. */
  set(text: string): void {
    this.#text = text;
    libX11.XSetSelectionOwner(this.#link.display, this.#selection, this.#owner(), CurrentTime);
    libX11.XFlush(this.#link.display);
  }

  /** The text that is offered, empty where there is none. Its owner must answer, so the event loop must run. */
  get(): Promise<string> {
    const { display } = this.#link;
    if (this.#text !== null) return Promise.resolve(this.#text);
    if (libX11.XGetSelectionOwner(display, this.#selection) === 0) return Promise.resolve("");
    const property = this.#link.atom("CTYPES_PYGLET_CLIPBOARD");
    const asked = new Promise<string>((resolve) => this.#waiting.push(resolve));
    libX11.XConvertSelection(display, this.#selection, this.#utf8, property, this.#owner(), CurrentTime);
    libX11.XFlush(display);
    const timer = setTimeout(() => this.#answer(""), PATIENCE_MS);
    return asked.finally(() => clearTimeout(timer));
  }

  /** Takes an event about selections. */
  handle(event: XEvent): void {
    if (event.type === SelectionClear) this.#text = null;
    else if (event.type === SelectionRequest) this.#give(event.xselectionrequest);
    else if (event.type === SelectionNotify) {
      const { property, requestor } = event.xselection;
      const bytes = property === 0 ? null : readProperty(this.#link, requestor, property, true);
      this.#answer(bytes === null ? "" : new TextDecoder().decode(bytes));
    }
  }

  #give({ requestor, selection, target, property, time }: XSelectionRequestEvent): void {
    const place = property === 0 ? target : property;
    const targets = this.#link.atom("TARGETS");
    const isKnown = target === this.#utf8 || target === targets;
    if (target === targets) writeNumbers(this.#link, requestor, place, XA_ATOM, [targets, this.#utf8]);
    else if (isKnown) writeBytes(this.#link, requestor, place, target, new TextEncoder().encode(this.#text ?? ""));
    const reply = new XEvent();
    Object.assign(reply.xselection, {
      type: SelectionNotify,
      requestor,
      selection,
      target,
      property: isKnown ? place : 0,
      time,
    });
    libX11.XSendEvent(this.#link.display, requestor, 0, 0, reply);
  }

  #answer(text: string): void {
    for (const resolve of this.#waiting.splice(0)) resolve(text);
  }

  /** A window that is never shown. */
  #owner(): number {
    const { display, root } = this.#link;
    return (this.#window ??= libX11.XCreateSimpleWindow(display, root, 0, 0, 1, 1, 0, 0, 0));
  }

  get #selection(): number {
    return this.#link.atom("CLIPBOARD");
  }

  get #utf8(): number {
    return this.#link.atom("UTF8_STRING");
  }
}
