/**
 * Files that are dropped on a window, by the protocol XDND: the other program tells when a drag enters, where it is,
 * and when it is dropped; then it is asked for the list of files, as it would be for a selection.
 */
import * as X from "../../native/generated/Xlib.ts";
import { type Link, readNumbers, readProperty, sendMessage, writeNumbers } from "./link.ts";

const { libX11 } = X;
const VERSION = 5;
const XA_ATOM = 4;

/** Receives what was dropped: where, in X's coordinates of the window, and which files. */
type Drop = (x: number, y: number, paths: string[]) => void;

export class FileDrop {
  readonly #link: Link;
  readonly #window: number;
  readonly #drop: Drop;
  #source = 0;
  #hasFiles = false;
  #place: readonly [number, number] = [0, 0];

  /** Says to all programs that files may be dropped on the window. */
  constructor(link: Link, window: number, drop: Drop) {
    this.#link = link;
    this.#window = window;
    this.#drop = drop;
    writeNumbers(link, window, link.atom("XdndAware"), XA_ATOM, [VERSION]);
  }

  /** Takes a message; returns whether it is of this protocol. */
  message(message: X.XClientMessageEvent): boolean {
    const { message_type, data } = message;
    const take = this.#messages.get(message_type);
    take?.(Array.from({ length: 5 }, (_, at) => Number(data.l.at(at))));
    return take !== undefined;
  }

  /** Takes what the other program gave. */
  selection({ property, requestor }: X.XSelectionEvent): void {
    const bytes = property === 0 ? null : readProperty(this.#link, requestor, property, true);
    const paths = bytes === null ? [] : pathsOf(new TextDecoder().decode(bytes));
    this.#finish(paths.length > 0);
    if (paths.length > 0) this.#drop(...this.#place, paths);
  }

  get #messages(): ReadonlyMap<number, (data: readonly number[]) => void> {
    const { atom } = { atom: (name: string) => this.#link.atom(name) };
    return new Map<number, (data: readonly number[]) => void>([
      [atom("XdndEnter"), (data) => this.#enter(data)],
      [atom("XdndPosition"), (data) => this.#move(data)],
      [atom("XdndDrop"), (data) => this.#take(data)],
      [atom("XdndLeave"), () => this.#forget()],
    ]);
  }

  #enter([source = 0, flags = 0, ...types]: readonly number[]): void {
    this.#source = source;
    const isLong = (flags & 1) !== 0;
    const offered = isLong ? readNumbers(this.#link, source, this.#link.atom("XdndTypeList")) : types;
    this.#hasFiles = flags >>> 24 <= VERSION && offered.includes(this.#link.atom("text/uri-list"));
  }

  #move([, , place = 0]: readonly number[]): void {
    this.#place = this.#link.within(this.#window, (place >>> 16) & 0xffff, place & 0xffff);
    const action = this.#hasFiles ? this.#link.atom("XdndActionCopy") : 0;
    sendMessage(this.#link, this.#source, "XdndStatus", [this.#window, this.#hasFiles ? 1 : 0, 0, 0, action]);
  }

  #take([, , time = 0]: readonly number[]): void {
    if (!this.#hasFiles) {
      this.#finish(false);
      return;
    }
    const { display } = this.#link;
    const selection = this.#link.atom("XdndSelection");
    const type = this.#link.atom("text/uri-list");
    libX11.XConvertSelection(display, selection, type, selection, this.#window, time);
    libX11.XFlush(display);
  }

  #finish(isTaken: boolean): void {
    const action = isTaken ? this.#link.atom("XdndActionCopy") : 0;
    if (this.#source !== 0) {
      sendMessage(this.#link, this.#source, "XdndFinished", [this.#window, isTaken ? 1 : 0, action]);
    }
    this.#forget();
  }

  #forget(): void {
    this.#source = 0;
    this.#hasFiles = false;
  }
}

/** The files of a list of addresses, a line each; those of other machines and kinds are left out. */
function pathsOf(list: string): string[] {
  const lines = list.split(/[\r\n\0]+/).filter((line) => line.startsWith("file:"));
  return lines.map((line) => decodeURIComponent(line.replace(/^file:(\/\/[^/]*)?/, "")));
}
