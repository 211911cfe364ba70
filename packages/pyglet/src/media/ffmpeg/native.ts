/**
 * FFmpeg's libraries: their errors as exceptions, and what they allocate as objects that are released once, on every
 * path: by their owner, when their owner was dropped, or when this environment ends.
 */
import { constants } from "node:os";
import { atEnd, byref, create_string_buffer, type EndCall, LibraryError, type Pointer } from "ctypes-js";
import { AVERROR, AVERROR_EOF } from "../../native/media/generated/av/error.types.ts";
import { libavformat, libavutil } from "../../native/media/generated/av/libraries.ts";
import { AV_LOG_QUIET } from "../../native/media/generated/av/log.types.ts";
import { MediaException } from "../exceptions.ts";

/** What a decoder says that has no frame yet. */
export const AGAIN = AVERROR(constants.errno.EAGAIN);
export const END = AVERROR_EOF;

/** Memory of FFmpeg's that a function frees, given the address of the pointer to it. */
export class Held<T> {
  readonly pointer: Pointer<T>;
  readonly #free: (cell: Pointer<Pointer<T>>) => unknown;
  readonly #end: EndCall;
  isReleased = false;

  /** @throws MediaException for NULL: there is no memory. */
  constructor(pointer: Pointer<T> | null, free: (cell: Pointer<Pointer<T>>) => unknown) {
    if (pointer === null) throw new MediaException("FFmpeg has no memory left");
    this.pointer = pointer;
    this.#free = free;
    this.#end = atEnd(free, byref(pointer) as never);
  }

  /** Frees it; the second time nothing happens. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.#end.cancel();
    this.#free(byref(this.pointer) as never);
  }
}

/** What was made in turn, and is released in the opposite order. */
export class Holding {
  #releases: (() => void)[] = [];

  add<R extends { release(): void }>(resource: R): R {
    this.#releases.push(() => resource.release());
    return resource;
  }

  release(): void {
    const releases = this.#releases;
    this.#releases = [];
    while (releases.length > 0) releases.pop()?.();
  }
}

/** What FFmpeg calls an error. */
export function errorText(code: number): string {
  const text = create_string_buffer(ERROR_LENGTH);
  libavutil.av_strerror(code, text as never, ERROR_LENGTH);
  return text.value;
}

/** Whether FFmpeg's libraries are there, of the version whose structures are known. */
export function have_ffmpeg(): boolean {
  try {
    ready();
    return true;
  } catch (error) {
    if (error instanceof MediaException) return false;
    throw error;
  }
}

/** Opens the libraries, at the first call. @throws MediaException that names what is missing. */
export function ready(): void {
  if (isReady) return;
  try {
    // What is wrong with a file is said by exceptions, not on stderr.
    libavutil.av_log_set_level(AV_LOG_QUIET);
    libavformat.avformat_version();
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    const packages = "Debian has them in libavformat59, libavcodec59, libavutil57, libswscale6 and libswresample4";
    throw new MediaException(`the libraries of FFmpeg 5 are missing (${error.message}); ${packages}`, { cause: error });
  }
  isReady = true;
}

// -- Private ---------------------------------------------------------------------------------------

const ERROR_LENGTH = 128;
let isReady = false;
