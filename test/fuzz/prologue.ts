/** What the lines of a random program use. This text comes before them, also in the script to which a bug is shrunk. */
import { fileURLToPath } from "node:url";

const functions = fileURLToPath(new URL("../../packages/ctypes/test/fixtures/build/functions.so", import.meta.url));
const faults = fileURLToPath(new URL("../fixtures/build/faults.so", import.meta.url));

export const PROLOGUE = `import * as ctypes from "ctypes-js";
import { inspect } from "node:util";
const { CDLL, CFUNCTYPE, POINTER, ARRAY, CData, Structure, Union, bits, byref, cast, pointer, addressof, sizeof, alignment, offsetof, resize, assign,
  string_at, memmove, memset, create_string_buffer, c_byte, c_ubyte, c_short, c_ushort, c_int, c_uint, c_long, c_ulong, c_longlong, c_ulonglong, c_float,
  c_double, c_longdouble, c_bool, c_char, c_wchar, c_int128, c_double_complex, c_char_p, c_wchar_p, c_void_p, c_size_t } = ctypes;
const Callback = CFUNCTYPE(c_int, c_int);
class Point extends Structure({ x: c_int, y: c_int }) {}
class Big extends Structure({ a: c_long, b: c_long, c: c_long, d: c_long }) {}
class Mixed extends Structure({ text: c_char_p, numbers: ARRAY(c_int, 4), point: Point, next: POINTER(Point), f: Callback, flag: bits(c_uint, 3), at: c_void_p }) {}
class Number_ extends Union({ x: c_int, y: c_float }) {}
const TakesPointer = CFUNCTYPE(c_void_p, c_void_p), ByValue = CFUNCTYPE(Point, Point);
const declared = () => ({
  same_int: CFUNCTYPE(c_int, c_int), same_double: CFUNCTYPE(c_double, c_double), same_longlong: CFUNCTYPE(c_longlong, c_longlong), same_text: CFUNCTYPE(c_char_p, c_char_p),
  length_of: CFUNCTYPE(c_size_t, c_char_p), address_of: CFUNCTYPE(c_size_t, c_void_p), same_Point: CFUNCTYPE(Point, Point), same_Big: CFUNCTYPE(Big, Big),
  second_Point: CFUNCTYPE(Point, Point, Point), second_Big: CFUNCTYPE(Big, Big, Big), same_longdouble: CFUNCTYPE(c_longdouble, c_longdouble), same_int128: CFUNCTYPE(c_int128, c_int128),
  sum_ints: CFUNCTYPE(c_long, POINTER(c_int), c_size_t), double_ints: CFUNCTYPE(null, POINTER(c_int), c_size_t), double_bytes: CFUNCTYPE(null, c_void_p, c_size_t),
  sum_point: CFUNCTYPE(c_long, POINTER(Point)), divide: CFUNCTYPE(null, c_int, c_int, POINTER(c_int), POINTER(c_int)), add: CFUNCTYPE(c_int, c_int, c_int),
  call_int: CFUNCTYPE(c_int, Callback, c_int), call_pointer: CFUNCTYPE(c_void_p, TakesPointer, c_void_p), call_Point: CFUNCTYPE(Point, ByValue, Point),
  sum_of_longs: CFUNCTYPE(c_long, c_int, "..."),
});
const open = () => new CDLL(${JSON.stringify(functions)}, declared());
const library = new CDLL(${JSON.stringify(faults)});
let p = [], f = open(), closing = open();
const g = open(), addsOne = new Callback((v) => v + 1), givesPointer = new TakesPointer((a) => a), givesPoint = new ByValue((a) => a);
// Functions that exist: one that was read from memory, or made from a number, may be anywhere.
const known = new WeakSet(), own = (f) => { known.add(f); return f; };
const isElsewhere = (x) => (x instanceof CData && !known.has(x)) || (!(x instanceof CData) && typeof x !== "string" && "_as_parameter_" in Object(x));
const callee = (x, other) => (x === null || isElsewhere(x) ? other : x);
const run = (x, args) => (x instanceof CData && !known.has(x) ? undefined : x(...args));
const cyclic = {}; cyclic.x = cyclic;
const { proxy: revoked, revoke } = Proxy.revocable({}, {}); revoke();
const detached = new Int32Array(4); structuredClone(detached, { transfer: [detached.buffer] });
// Pointers to detached memory would dangle, so it is kept, except for memory that a line has made and frees itself.
const moved = [];
const bufferOf = (x) => (ArrayBuffer.isView(x) ? x.buffer : x);
const detach = (x) => { const b = bufferOf(x); if (b instanceof ArrayBuffer && b.byteLength < 2 ** 24) moved.push(structuredClone(b, { transfer: [b] })); };
const free = (x) => { const b = x.buffer; if (b.resizable) b.resize(0); structuredClone(b, { transfer: [b] }); gc(); gc(); };
const resizable = (n) => new ArrayBuffer(n, { maxByteLength: 2 * n });
const with_ = (b, act) => act(b);
// No functions: a write through a pointer to one would overwrite code.
const object = (x) => (typeof x !== "function" && (x instanceof CData || ArrayBuffer.isView(x)) ? x : new c_int(1));
const ints = (x) => ((x instanceof Int32Array && x.length >= 4) || x?.constructor === ARRAY(c_int, 4) ? x : new Int32Array(4));
const bytes = (x) => (x instanceof Uint8Array && x.length >= 4 ? x : new Uint8Array(8));
const isPointer = (x) => typeof x === "object" && x !== null && "contents" in x;
const item = (x, i) => (isPointer(x) ? x[0] : x[i]);
const put = (x, i, v) => { if (isPointer(x)) x[0] = v; else x[i] = v; };
// Names that options and our own records may lack; one at a time, for a moment or longer.
const lies = ["handle", "mode", "checked", "pack", "align", "layout", "anonymous", "width", "ready", "direct", "pass", "passString", "receiveResult", "symbol", "target",
  "rawArgument", "slot", "size", "fixed", "errno", "leaf", "pumped", "throws", "guarded", "nowait", "memberAlign", "count", "isReference", "signal", "promotes", "view"];
let lie;
const pollute = (i, value) => {
  if (lie !== undefined) delete Object.prototype[lie];
  lie = lies[i % lies.length];
  Object.defineProperty(Object.prototype, lie, { value, configurable: true, writable: true });
};
class Liar extends Uint8Array { get byteLength() { return 2 ** 20; } get length() { return 2 ** 20; } }
const liar = (x) => Object.defineProperty(x, "byteLength", { value: 2 ** 20 });
const pretend = (x, type) => { if (typeof x === "object" && x !== null && !Object.isFrozen(x)) Object.setPrototypeOf(x, type); };
const use = (x) => inspect(x);
const is = (got, wanted) => { if (got !== wanted) { console.error("WRONG: expected", wanted, "got", got); process.exit(3); } };
const overwrite = (x) => {
  const type = typeof x === "function" ? x : x?.constructor;
  if (typeof type !== "function" || !(type.prototype instanceof CData)) return;
  for (const [key, value] of [["_length_", 2 ** 20], ["_type_", Big], ["_fields_", [["z", ARRAY(c_int, 2 ** 20)]]], ["_pack_", 1], ["_align_", 64], ["name", {}]])
    for (const act of [() => { type[key] = value; }, () => Object.defineProperty(type, key, { value, configurable: true })]) try { act(); } catch {}
};
`;
