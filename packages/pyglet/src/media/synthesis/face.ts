/** `synthesis`: sounds that are calculated, and their envelopes. */
export * from "./envelope.ts";
export * from "./synthesis.ts";
