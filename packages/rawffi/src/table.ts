/**
 * The numbers that TypeScript, C++ and machine code share: with those of `frame.ts` they make the table that
 * `header.ts` has.
 *
 * A row adds a number to all three. Offsets of members, which C++ knows by itself, are here for machine code;
 * `static_assert` compares them.
 */
/** Kinds of V8's fast calls: `v8/fast-call.h`; a word is one of ours, and a double to V8. */
export const HANDOVER_CODES = { void: 0, int32: 3, uint32: 4, float: 7, double: 8, word: 64 } as const;

/** The numbers of the scalars for `peek`, `poke` and `plan`. */
export const SCALAR_CODES = {
  void: 0,
  sint8: 1,
  uint8: 2,
  sint16: 3,
  uint16: 4,
  sint32: 5,
  uint32: 6,
  sint64: 7,
  uint64: 8,
  pointer: 9,
  float: 10,
  double: 11,
  longdouble: 12,
  cfloat: 13,
  cdouble: 14,
  clongdouble: 15,
} as const;

/** The code of an aggregate in a plan's description: its size, alignment, number of elements and elements follow. */
export const AGGREGATE_CODE = 16;

/** Offsets of members that machine code reads, in bytes. */
export const OFFSET = {
  /** In a thunk's data: where the thunk jumps to, and by what the stub there finds the closure. */
  THUNK_STUB: 0,
  THUNK_CLOSURE: 8,
  /** The function that a closure's stub calls. */
  CLOSURE_HANDLE: 0,
} as const;

/**
 * What the stub of a throwing call leaves in its stack frame for `native/callsite.cc`, in bytes from the frame pointer.
 */
export const THROWING_STUB = {
  x64: { GOES_ON: -8, CALL_SITE: -16 },
  arm64: { GOES_ON: 24, CALL_SITE: 32, SIZE: 48 },
} as const;
