/** Which decoders there are, and which of them reads a file. */
import { extname } from "node:path";
import type { Decoder, Input } from "../contract.ts";
import { MediaDecodeException, MediaException } from "../exceptions.ts";
import { FFmpegDecoder } from "../ffmpeg/film.ts";
import type { Source } from "../source.ts";
import { WaveDecoder } from "./wave.ts";

/** FFmpeg, which knows most kinds, comes last: its word on a file that nobody reads is the best. */
const decoders: Decoder<Source>[] = [new WaveDecoder(), new FFmpegDecoder()];

/** The decoders for a file name: those of its extension, then those that read any. */
export function get_decoders(filename = ""): Decoder<Source>[] {
  const extension = extname(filename).toLowerCase();
  const isNamed = (each: Decoder<Source>) => each.get_file_extensions().includes(extension);
  return [...decoders.filter(isNamed), ...decoders.filter((each) => !isNamed(each))];
}

/** Has files read by these, too, before those that are there. */
export function add_decoders(...added: readonly Decoder<Source>[]): void {
  decoders.unshift(...added);
}

/** Has a decoder read a file, or the first that can. @throws MediaException when none can. */
export function decode(input: Input, decoder: Decoder<Source> | null): Source {
  if (decoder !== null) return decoder.decode(input);
  const failures: MediaException[] = [];
  for (const each of get_decoders(input.name)) {
    try {
      return each.decode(input);
    } catch (error) {
      if (!(error instanceof MediaException)) throw error;
      failures.push(error);
    }
  }
  const last = failures.at(-1);
  throw new MediaDecodeException(last?.message ?? `${input.name}: there is no decoder`, { cause: last });
}
