/** Loading: a source from a file or its bytes. */
import { readFileSync } from "node:fs";
import { decode } from "./codecs/decoders.ts";
import type { Decoder, Input } from "./contract.ts";
import { MediaException } from "./exceptions.ts";
import { type Source, StaticSource } from "./source.ts";

/**
 * A sound or a film from a file. With `streaming` it is read while it plays, by one player; without, its sound is read
 * now, and any number of players play it at the same time.
 *
 *     media.load("explosion.wav", null, false).play();
 *
 * @param file the bytes of the file, where it is no file; `filename` then says of which kind they are.
 * @throws MediaException for a file that cannot be read, MediaDecodeException for one that no decoder knows.
 */
export function load(
  filename: string,
  file: Uint8Array | null = null,
  streaming = true,
  decoder: Decoder<Source> | null = null,
): Source {
  const source = decode(
    file === null ? fileInput(filename) : { name: filename, path: null, read: () => file },
    decoder,
  );
  return streaming ? source : new StaticSource(source);
}

function fileInput(filename: string): Input {
  const read = () => {
    try {
      return new Uint8Array(readFileSync(filename));
    } catch (error) {
      throw new MediaException(`${filename}: ${(error as Error).message}`, { cause: error });
    }
  };
  return { name: filename, path: filename, read };
}
