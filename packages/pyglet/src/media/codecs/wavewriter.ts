/** WAVE files, written: the samples as they are, of 8 or 16 bits. */
import type { Encoder, Playable } from "../contract.ts";
import { MediaEncodeException } from "../exceptions.ts";
import type { AudioFormat } from "../format.ts";

export class WaveEncoder implements Encoder {
  get_file_extensions(): readonly string[] {
    return [".wav", ".wave", ".riff"];
  }

  encode(source: Playable, filename: string): Uint8Array {
    const from = source.get_queue_source();
    const format = from.audio_format;
    if (format === null) throw new MediaEncodeException(`${filename}: a WAVE file holds sound; the source has none`);
    const pieces: Uint8Array[] = [];
    let length = 0;
    for (let data = from.get_audio_data(PIECE); data !== null; data = from.get_audio_data(PIECE)) {
      pieces.push(data.data.slice());
      length += data.length;
    }
    if (length + HEADER > MAX_LENGTH) throw new MediaEncodeException(`${filename}: the sound is over 4 GiB long`);
    const file = new Uint8Array(HEADER + length + (length & 1));
    writeHeader(new DataView(file.buffer), format, length);
    let at = HEADER;
    for (const piece of pieces) {
      file.set(piece, at);
      at += piece.length;
    }
    return file;
  }
}

// -- Private ---------------------------------------------------------------------------------------

const PIECE = 1 << 18;
const HEADER = 44;
const MAX_LENGTH = 0xfffffffe;
/** The format of samples that are integers (RFC 2361). */
const PCM = 1;

function writeHeader(view: DataView, format: AudioFormat, length: number): void {
  const text = (at: number, word: string) => {
    for (let index = 0; index < word.length; index++) view.setUint8(at + index, word.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, HEADER - 8 + length + (length & 1), true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, format.channels, true);
  view.setUint32(24, format.sample_rate, true);
  view.setUint32(28, format.bytes_per_second, true);
  view.setUint16(32, format.bytes_per_frame, true);
  view.setUint16(34, format.sample_size, true);
  text(36, "data");
  view.setUint32(40, length, true);
}
