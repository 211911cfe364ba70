/** Which encoders there are, and which of them writes a file. */
import { writeFileSync } from "node:fs";
import { extname } from "node:path";
import type { Encoder, Playable } from "../contract.ts";
import { MediaEncodeException } from "../exceptions.ts";
import { WaveEncoder } from "./wavewriter.ts";

const encoders: Encoder[] = [new WaveEncoder()];

/** The encoders for a file name, or all. */
export function get_encoders(filename = ""): Encoder[] {
  const extension = extname(filename).toLowerCase();
  return encoders.filter((each) => filename === "" || each.get_file_extensions().includes(extension));
}

/** Has sounds written by these, too. */
export function add_encoders(...added: readonly Encoder[]): void {
  encoders.push(...added);
}

/** Writes a sound by the encoder, or by that of the file's name. @throws MediaEncodeException when there is none. */
export function saveSource(source: Playable, filename: string, encoder: Encoder | null): void {
  const chosen = encoder ?? get_encoders(filename)[0];
  if (chosen === undefined) {
    const known = encoders.flatMap((each) => each.get_file_extensions()).join(", ");
    throw new MediaEncodeException(`${filename}: there is no encoder for it; there are encoders for ${known}`);
  }
  writeFileSync(filename, chosen.encode(source, filename));
}
