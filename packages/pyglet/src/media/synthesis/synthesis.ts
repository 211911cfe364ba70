/**
 * Sounds that are calculated: waves, noise and a plucked string, each with an envelope. Their samples are calculated as
 * they are asked for.
 */
import { AudioData, AudioFormat } from "../format.ts";
import { Source } from "../source.ts";
import { type Envelope, FlatEnvelope } from "./envelope.ts";

export interface SynthesisOptions {
  /** Samples a second. */
  readonly sample_rate?: number;
  /** Bits of a sample: 8 or 16. */
  readonly sample_size?: number;
  readonly envelope?: Envelope | null;
}

/** A sound of one channel, so that it can have a position. */
export abstract class SynthesisSource extends Source {
  readonly #envelope: Envelope;
  readonly #count: number;
  #at = 0;

  constructor(duration: number, { sample_rate = 44800, sample_size = 16, envelope = null }: SynthesisOptions = {}) {
    super();
    if (!(duration >= 0 && Number.isFinite(duration))) {
      throw new RangeError(`${new.target.name}: duration: expected seconds, 0 or more, got ${duration}`);
    }
    if (sample_size !== 8 && sample_size !== 16) {
      throw new RangeError(`${new.target.name}: sample_size: expected 8 or 16 bits, got ${sample_size}`);
    }
    if (!(Number.isInteger(sample_rate) && sample_rate > 0)) {
      throw new RangeError(`${new.target.name}: sample_rate: expected samples a second, got ${sample_rate}`);
    }
    this.audio_format = new AudioFormat(1, sample_size, sample_rate);
    this._duration = duration;
    this.#count = Math.trunc(duration * sample_rate);
    this.#envelope = envelope ?? new FlatEnvelope(1);
  }

  /** The value, from -1 to 1, of sample `index`. */
  protected abstract value(index: number, sample_rate: number): number;

  override seek(timestamp: number): void {
    this.#at = Math.min(this.#count, Math.max(0, Math.round(timestamp * this.#format.sample_rate)));
  }

  override get_audio_data(num_bytes: number): AudioData | null {
    const format = this.#format;
    const first = this.#at;
    const count = Math.min(this.#count - first, Math.max(1, Math.trunc(num_bytes / format.bytes_per_frame)));
    if (count <= 0) return null;
    this.#at += count;
    const { sample_rate } = format;
    const samples = format.sample_size === 16 ? new Int16Array(count) : new Uint8Array(count);
    const [zero, peak] = format.sample_size === 16 ? [0, 0x7fff] : [0x80, 0x7f];
    for (let at = 0; at < count; at++) {
      const index = first + at;
      const level = this.value(index, sample_rate) * this.#envelope.amplitude(index, sample_rate, this.#count);
      samples[at] = zero + Math.trunc(level * peak);
    }
    return new AudioData(new Uint8Array(samples.buffer), first / sample_rate, count / sample_rate);
  }

  get #format(): AudioFormat {
    return this.audio_format as AudioFormat;
  }
}

/** A sound without any. */
export class Silence extends SynthesisSource {
  protected override value(): number {
    return 0;
  }
}

export class WhiteNoise extends SynthesisSource {
  protected override value(): number {
    return 2 * Math.random() - 1;
  }
}

/** What repeats itself, `frequency` times a second. */
abstract class Wave extends SynthesisSource {
  readonly #frequency: number;

  constructor(duration: number, frequency = 440, options: SynthesisOptions = {}) {
    super(duration, options);
    this.#frequency = positive(new.target.name, frequency);
  }

  /** The value at a part, from 0 up to 1, of the period. */
  protected abstract shape(phase: number): number;

  protected override value(index: number, sample_rate: number): number {
    const turns = (index * this.#frequency) / sample_rate;
    return this.shape(turns - Math.floor(turns));
  }
}

export class Sine extends Wave {
  protected override shape(phase: number): number {
    return Math.sin(2 * Math.PI * phase);
  }
}

/** From 0 up, down, and up to 0 again. */
export class Triangle extends Wave {
  protected override shape(phase: number): number {
    if (phase < 0.25) return 4 * phase;
    return phase < 0.75 ? 2 - 4 * phase : 4 * phase - 4;
  }
}

export class Square extends Wave {
  protected override shape(phase: number): number {
    return phase < 0.5 ? 1 : -1;
  }
}

/** From 0 up, and from the bottom up to 0. */
export class Sawtooth extends Wave {
  protected override shape(phase: number): number {
    return phase < 0.5 ? 2 * phase : 2 * phase - 2;
  }
}

/** A sine, the carrier, whose phase another one, the modulator, moves by `mod_index`. */
export class FM extends SynthesisSource {
  readonly #carrier: number;
  readonly #modulator: number;
  readonly #index: number;

  constructor(duration: number, carrier = 440, modulator = 440, mod_index = 1, options: SynthesisOptions = {}) {
    super(duration, options);
    this.#carrier = positive("FM", carrier);
    this.#modulator = positive("FM", modulator);
    this.#index = mod_index;
  }

  protected override value(index: number, sample_rate: number): number {
    const turn = (2 * Math.PI * index) / sample_rate;
    return Math.sin(this.#carrier * turn + this.#index * Math.sin(this.#modulator * turn));
  }
}

/** A plucked string: noise of one period that is averaged with each repetition (Karplus and Strong, 1983). */
export class Digitar extends SynthesisSource {
  readonly #period: Float64Array;
  readonly #decay: number;
  /** The sample that comes next; a seek backwards plucks the string anew. */
  #next = 0;

  constructor(duration: number, frequency = 440, decay = 0.996, options: SynthesisOptions = {}) {
    super(duration, options);
    const rate = this.audio_format?.sample_rate ?? 0;
    this.#period = new Float64Array(Math.max(1, Math.trunc(rate / positive("Digitar", frequency))));
    this.#decay = decay;
  }

  protected override value(index: number): number {
    const period = this.#period;
    if (index < this.#next || index === 0) {
      this.#next = 0;
      for (let at = 0; at < period.length; at++) period[at] = 2 * Math.random() - 1;
    }
    let value = 0;
    while (this.#next <= index) {
      const at = this.#next++ % period.length;
      value = period[at] as number;
      period[at] = ((value + (period[(at + 1) % period.length] as number)) / 2) * this.#decay;
    }
    return value;
  }
}

// -- Private ---------------------------------------------------------------------------------------

function positive(what: string, frequency: number): number {
  if (frequency > 0 && Number.isFinite(frequency)) return frequency;
  throw new RangeError(`${what}: expected a frequency above 0, got ${frequency}`);
}
