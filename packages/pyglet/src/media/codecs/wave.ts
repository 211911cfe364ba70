/**
 * WAVE files, read. Samples may be integers of 8, 16, 24 and 32 bits and floating-point numbers of 32
 * and 64; those of more than 16 bits become 16. What else a WAVE file may hold (ADPCM, µ-law) is FFmpeg's to read.
 */
import type { Decoder, Input } from "../contract.ts";
import { MediaFormatException } from "../exceptions.ts";
import { AudioData, AudioFormat, SourceInfo } from "../format.ts";
import { StreamingSource } from "../source.ts";

/** The format of `fmt ` chunks (RFC 2361). */
const WAVE_FORMAT_PCM = 1;
const WAVE_FORMAT_IEEE_FLOAT = 3;
const WAVE_FORMAT_EXTENSIBLE = 0xfffe;
/** A length that a writer did not know. */
const UNKNOWN_LENGTH = 0xffffffff;

/** Bytes of a sample in the file, and how it is read as one from -32768 to 32767; null where it is copied. */
interface Encoding {
  readonly width: number;
  readonly read: ((view: DataView, at: number) => number) | null;
}

export class WaveSource extends StreamingSource {
  readonly #bytes: Uint8Array;
  readonly #encoding: Encoding;
  #at = 0;

  /** @throws MediaFormatException for what is no WAVE file, or one that is broken. */
  constructor({ name, read }: Input) {
    super();
    const { format, encoding, data, info } = chunksOf(name, read());
    this.audio_format = format;
    this.info = info;
    this.#encoding = encoding;
    const frame = encoding.width * format.channels;
    this.#bytes = data.subarray(0, data.length - (data.length % frame));
    this._duration = this.#bytes.length / frame / format.sample_rate;
  }

  override seek(timestamp: number): void {
    const { channels, sample_rate } = this.audio_format as AudioFormat;
    const frame = Math.max(0, Math.round(timestamp * sample_rate));
    this.#at = Math.min(this.#bytes.length, frame * channels * this.#encoding.width);
  }

  override get_audio_data(num_bytes: number): AudioData | null {
    const format = this.audio_format as AudioFormat;
    const { width, read } = this.#encoding;
    const size = width * format.channels;
    const frames = Math.max(1, Math.trunc(num_bytes / format.bytes_per_frame));
    const piece = this.#bytes.subarray(this.#at, this.#at + frames * size);
    if (piece.length === 0) return null;
    const first = this.#at / size;
    this.#at += piece.length;
    const duration = piece.length / size / format.sample_rate;
    return new AudioData(read === null ? piece : reduced(piece, width, read), first / format.sample_rate, duration);
  }
}

export class WaveDecoder implements Decoder<WaveSource> {
  readonly name = "WAVE";

  get_file_extensions(): readonly string[] {
    return [".wav", ".wave", ".riff"];
  }

  decode(input: Input): WaveSource {
    return new WaveSource(input);
  }
}

// -- Private ---------------------------------------------------------------------------------------

interface Chunks {
  format: AudioFormat;
  encoding: Encoding;
  data: Uint8Array;
  info: SourceInfo;
}

function chunksOf(name: string, file: Uint8Array): Chunks {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const fail = (reason: string) => new MediaFormatException(`${name}: ${reason}`);
  if (file.length < 12 || tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") throw fail("it is no WAVE file");
  let header: { format: AudioFormat; encoding: Encoding } | null = null;
  const info = new SourceInfo();
  for (let at = 12; at + 8 <= file.length; ) {
    const kind = tag(view, at);
    const given = view.getUint32(at + 4, true);
    const start = at + 8;
    const length = Math.min(given, file.length - start);
    if (kind === "fmt ") header = headerOf(name, view, start, length);
    else if (kind === "LIST") readInfo(file, start, length, info);
    else if (kind === "data") {
      if (header === null) throw fail("the WAVE file has samples before it says what they are");
      if (length < given && given !== UNKNOWN_LENGTH && length === 0)
        throw fail("the WAVE file ends before its samples");
      return { ...header, data: file.subarray(start, start + length), info };
    }
    // Chunks begin at even places.
    at = start + given + (given & 1);
  }
  throw fail(header === null ? "the WAVE file does not say what its samples are" : "the WAVE file has no samples");
}

function headerOf(
  name: string,
  view: DataView,
  at: number,
  length: number,
): { format: AudioFormat; encoding: Encoding } {
  const fail = (reason: string) => new MediaFormatException(`${name}: ${reason}`);
  if (length < 16) throw fail(`the format of the WAVE file has ${length} bytes, expected 16 or more`);
  let code = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (code === WAVE_FORMAT_EXTENSIBLE && length >= 26) code = view.getUint16(at + 24, true);
  const encoding = ENCODINGS[`${code} ${bits}`];
  if (encoding === undefined) throw fail(`the WAVE file has samples of format ${code} with ${bits} bits`);
  if (channels !== 1 && channels !== 2) throw fail(`the WAVE file has ${channels} channels, expected 1 or 2`);
  if (rate === 0 || rate > MAX_RATE) throw fail(`the WAVE file has ${rate} samples a second`);
  return { format: new AudioFormat(channels, bits === 8 ? 8 : 16, rate), encoding };
}

const MAX_RATE = 1_000_000;

const ENCODINGS: Record<string, Encoding> = {
  [`${WAVE_FORMAT_PCM} 8`]: { width: 1, read: null },
  [`${WAVE_FORMAT_PCM} 16`]: { width: 2, read: null },
  [`${WAVE_FORMAT_PCM} 24`]: { width: 3, read: (view, at) => view.getInt16(at + 1, true) },
  [`${WAVE_FORMAT_PCM} 32`]: { width: 4, read: (view, at) => view.getInt16(at + 2, true) },
  [`${WAVE_FORMAT_IEEE_FLOAT} 32`]: { width: 4, read: (view, at) => whole(view.getFloat32(at, true)) },
  [`${WAVE_FORMAT_IEEE_FLOAT} 64`]: { width: 8, read: (view, at) => whole(view.getFloat64(at, true)) },
};

function whole(level: number): number {
  return Math.max(-0x8000, Math.min(0x7fff, Math.round(level * 0x8000)));
}

function reduced(piece: Uint8Array, width: number, read: (view: DataView, at: number) => number): Uint8Array {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  const samples = new Int16Array(piece.length / width);
  for (let index = 0; index < samples.length; index++) samples[index] = read(view, index * width);
  return new Uint8Array(samples.buffer);
}

const INFO_FIELDS: Record<string, "title" | "author" | "copyright" | "comment" | "album" | "genre"> = {
  INAM: "title",
  IART: "author",
  ICOP: "copyright",
  ICMT: "comment",
  IPRD: "album",
  IGNR: "genre",
};

function readInfo(file: Uint8Array, start: number, length: number, info: SourceInfo): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (length < 4 || tag(view, start) !== "INFO") return;
  for (let at = start + 4; at + 8 <= start + length; ) {
    const size = Math.min(view.getUint32(at + 4, true), start + length - at - 8);
    const text = new TextDecoder().decode(file.subarray(at + 8, at + 8 + size)).replace(/\0.*$/s, "");
    const kind = tag(view, at);
    const field = INFO_FIELDS[kind];
    if (field !== undefined) info[field] = text;
    if (kind === "ICRD") info.year = Number.parseInt(text, 10) || 0;
    if (kind === "ITRK" || kind === "IPRT") info.track = Number.parseInt(text, 10) || 0;
    at += 8 + size + (size & 1);
  }
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
