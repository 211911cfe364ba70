/**
 * How good ctypes has to be: the figures of `npm run bench -- --check`, one entry for each clause of the table they
 * were agreed in.
 *
 * `times` faster means the peer's nanoseconds divided by ours; `within` is ours divided by the peer's.
 */
export interface Requirement {
  /** What it is about, for the list. */
  readonly what: string;
  readonly cases: readonly string[];
  /** The contender that is us: ctypes when it is not said. */
  readonly ours?: string;
  readonly peer: string;
  readonly times?: number;
  readonly within?: number;
}

const LIVE = "ctypes, a callback alive";
const FRAME = "ctypes, no V8 part";
/** Where no buffer can be C's memory: our own objects are as fast as elsewhere, and calls nearly so. */
const CAGED = "ctypes, caged";
const CAGED_FRAME = "ctypes, caged, no V8 part";
const FIELDS = ["field read", "field write", "nested field"];
const INTEGERS = ["add i32", "6 arguments"];
const OTHERS = ["add f64", "6 doubles", "mixed arguments", "16 arguments"];
const STRUCTURES = ["pair in", "pair out", "triple in", "triple out", "nested in", "nested out"];

export const REQUIREMENTS: readonly Requirement[] = [
  { what: "integers, leaf", cases: INTEGERS, peer: "koffi", times: 7 },
  { what: "integers, leaf", cases: INTEGERS, peer: "node:ffi", times: 7 },
  { what: "integers, leaf", cases: INTEGERS, peer: "Deno", within: 1.3 },
  { what: "integers, leaf", cases: INTEGERS, peer: "LuaJIT", within: 3.5 },
  // What an empty call of V8's takes decides here: docs/decisions/fast-calls.md.
  { what: "noop, leaf", cases: ["noop"], peer: "koffi", times: 4 },
  { what: "noop, leaf", cases: ["noop"], peer: "Deno", within: 1.3 },
  { what: "noop, leaf", cases: ["noop"], peer: "node:ffi", within: 1.3 },
  { what: "doubles, mixed, 16 arguments", cases: OTHERS, peer: "koffi", times: 4 },
  { what: "a callback alive", cases: ["noop", ...INTEGERS], ours: LIVE, peer: "koffi", times: 4 },
  { what: "no V8 part", cases: ["noop"], ours: FRAME, peer: "koffi", times: 1.35 },
  { what: "no V8 part", cases: [...INTEGERS, ...OTHERS], ours: FRAME, peer: "koffi", times: 1.6 },
  { what: "64 bits as a number", cases: ["add size_t"], peer: "koffi", times: 2.5 },
  { what: "errno", cases: ["errno"], peer: "koffi", times: 3.5 },
  { what: "narrow integers and booleans", cases: ["4 narrow"], peer: "koffi", times: 6 },
  { what: "strings", cases: ["strlen 11"], peer: "koffi", times: 2 },
  { what: "strings", cases: ["strlen 11"], peer: "Bun", times: 1 },
  { what: "buffers", cases: ["Uint8Array"], peer: "koffi", times: 3 },
  { what: "addresses", cases: ["pointer"], peer: "koffi", times: 2.5 },
  { what: "addresses", cases: ["out-parameter"], peer: "koffi", times: 2.7 },
  { what: "arguments after '...'", cases: ["snprintf"], peer: "koffi", times: 1.15 },
  { what: "structures by value", cases: STRUCTURES, peer: "koffi", times: 5 },
  { what: "structures by value", cases: STRUCTURES, peer: "LuaJIT", times: 1 },
  { what: "callback round trip", cases: ["callback"], peer: "Bun", times: 1 },
  { what: "callback round trip", cases: ["callback"], peer: "Deno", times: 1 },
  { what: "callback round trip", cases: ["callback"], peer: "koffi", times: 1 },
  { what: "callback round trip", cases: ["callback"], peer: "node:ffi", times: 1 },
  { what: "fields", cases: ["field read", "field write"], peer: "DataView", within: 1.5 },
  { what: "fields, caged", cases: FIELDS, ours: CAGED, peer: "ctypes", within: 1.1 },
  { what: "calls, caged", cases: ["noop", ...INTEGERS, ...OTHERS], ours: CAGED, peer: "ctypes", within: 1.2 },
  { what: "calls, caged", cases: ["noop", ...INTEGERS, ...OTHERS], ours: CAGED_FRAME, peer: FRAME, within: 1.2 },
  { what: "new structure", cases: ["new structure"], peer: "CPython", times: 5 },
  { what: "callbacks from C", cases: ["qsort"], peer: "koffi", times: 2 },
  { what: "start", cases: ["import"], peer: "koffi", within: 1.6 },
  { what: "start, with the compile cache", cases: ["import, cached"], peer: "koffi", within: 1 },
];

/**
 * What one more integer argument may cost: the slope of the line of least squares through the calls with 2, 6, 9
 * and 16.
 */
export const SLOPE = {
  what: "each further integer argument",
  points: { "add i32": 2, "6 arguments": 6, "9 arguments": 9, "16 arguments": 16 } as Readonly<Record<string, number>>,
  below: 1.5,
};

export function isRequired(contender: string, name: string): boolean {
  const isInRow = REQUIREMENTS.some(
    ({ cases, ours = "ctypes", peer }) => cases.includes(name) && (ours === contender || peer === contender),
  );
  return isInRow || (contender === "ctypes" && name in SLOPE.points);
}
