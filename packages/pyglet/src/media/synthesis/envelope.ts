/** Envelopes: how loud a made sound is from sample to sample. */

/** An amplitude for each sample. */
export abstract class Envelope {
  /** The amplitude, from 0 to 1, of sample `index` of `count`. */
  abstract amplitude(index: number, sample_rate: number, count: number): number;

  /** The amplitudes of all samples. */
  *get_generator(sample_rate: number, duration: number): Generator<number, void> {
    const count = Math.trunc(sample_rate * duration);
    for (let index = 0; index < count; index++) yield this.amplitude(index, sample_rate, count);
  }
}

/** The same amplitude throughout. */
export class FlatEnvelope extends Envelope {
  readonly #amplitude: number;

  constructor(amplitude = 0.5) {
    super();
    this.#amplitude = unit("FlatEnvelope: amplitude", amplitude);
  }

  override amplitude(): number {
    return this.#amplitude;
  }
}

/** From a peak to nothing, in a straight line. */
export class LinearDecayEnvelope extends Envelope {
  readonly #peak: number;

  constructor(peak = 1) {
    super();
    this.#peak = unit("LinearDecayEnvelope: peak", peak);
  }

  override amplitude(index: number, _sample_rate: number, count: number): number {
    return this.#peak * (1 - index / count);
  }
}

/** Attack, decay, sustain, release: up to 1, down to what lasts, and down to nothing. Times are seconds. */
export class ADSREnvelope extends Envelope {
  readonly #attack: number;
  readonly #decay: number;
  readonly #release: number;
  readonly #sustain: number;

  constructor(attack: number, decay: number, release: number, sustain_amplitude = 0.5) {
    super();
    this.#attack = time("attack", attack);
    this.#decay = time("decay", decay);
    this.#release = time("release", release);
    this.#sustain = unit("ADSREnvelope: sustain_amplitude", sustain_amplitude);
  }

  override amplitude(index: number, sample_rate: number, count: number): number {
    const attack = Math.trunc(this.#attack * sample_rate);
    const decay = Math.trunc(this.#decay * sample_rate);
    const release = Math.trunc(this.#release * sample_rate);
    // What comes after attack and decay ends with the release, which a short sound cuts.
    const released = Math.max(attack + decay, count - release);
    if (index < attack) return (index + 1) / attack;
    if (index < attack + decay) return 1 - ((1 - this.#sustain) * (index - attack + 1)) / decay;
    if (index < released) return this.#sustain;
    return Math.max(0, this.#sustain * (1 - (index - released + 1) / release));
  }
}

/** An amplitude that falls and rises again, `rate` times a second, by a part of it, `depth`. */
export class TremoloEnvelope extends Envelope {
  readonly #depth: number;
  readonly #rate: number;
  readonly #amplitude: number;

  constructor(depth: number, rate: number, amplitude = 0.5) {
    super();
    this.#depth = unit("TremoloEnvelope: depth", depth);
    this.#rate = rate;
    this.#amplitude = unit("TremoloEnvelope: amplitude", amplitude);
  }

  override amplitude(index: number, sample_rate: number): number {
    const fall = (1 + Math.cos((2 * Math.PI * this.#rate * index) / sample_rate)) / 2;
    return this.#amplitude * (1 - this.#depth * fall);
  }
}

// -- Private ---------------------------------------------------------------------------------------

function unit(what: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new RangeError(`${what}: expected a number from 0 to 1, got ${value}`);
}

function time(what: string, value: number): number {
  if (value >= 0) return value;
  throw new RangeError(`ADSREnvelope: ${what}: expected seconds, 0 or more, got ${value}`);
}
