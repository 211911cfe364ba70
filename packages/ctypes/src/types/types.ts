/**
 * The simple types by name. Where C has two names for one type, so have we: `c_int32` *is* `c_int`.
 *
 * 64 bits read as `number` where programs mean sizes, counts and addresses (`c_long`, `c_size_t`), and as `bigint`
 * where they mean 64 bits (`c_int64`, `c_longlong`); both accept both.
 */

import { rawffi } from "rawffi";
import { describe } from "../memory/errors.ts";
import { nameClasses } from "../memory/naming.ts";
import { CData } from "./cdata.ts";
import { type Code, type Complex, codes, sizes } from "./codes.ts";
import type { AnyPointer, ArrayOf, Pointer, Ref } from "./inference.ts";
import { charPointer, voidPointer, widePointer } from "./pointerkinds.ts";
import { type CType, IS_SIMPLE, TEXT } from "./protocol.ts";
import { type Kind, plain, type SimpleType, simple } from "./simple.ts";

type Integer = number | bigint;

/** C's `signed char`, a number. */
export class c_byte extends plain<"b", number, Integer>("b") {}
/** C's `unsigned char`, a number. */
export class c_ubyte extends plain<"B", number, Integer>("B") {}
/** C's `short`, a number. */
export class c_short extends plain<"h", number, Integer>("h") {}
/** C's `unsigned short`, a number. */
export class c_ushort extends plain<"H", number, Integer>("H") {}
/**
 * C's `int`, a number. What does not fit 32 bits wraps, as in C.
 *
 *     new c_int(2 ** 31).value;   // -2147483648
 */
export class c_int extends plain<"i", number, Integer>("i") {}
/** C's `unsigned int`, a number. */
export class c_uint extends plain<"I", number, Integer>("I") {}
/** C's `long`: a number, or a bigint where a number would not be exact. */
export class c_long extends plain<"l", number, Integer>("l") {}
/** C's `unsigned long`: a number, or a bigint where a number would not be exact. */
export class c_ulong extends plain<"L", number, Integer>("L") {}
/** C's `long long`, always a bigint; numbers are accepted. */
export class c_longlong extends plain<"q", bigint, Integer>("q") {}
/** C's `unsigned long long`, always a bigint; numbers are accepted. */
export class c_ulonglong extends plain<"Q", bigint, Integer>("Q") {}
/** gcc's `__int128`, always a bigint. */
export class c_int128 extends plain<"w", bigint, Integer>("w") {}
/** gcc's `unsigned __int128`, always a bigint. */
export class c_uint128 extends plain<"W", bigint, Integer>("W") {}
/** C's `float`; reading gives the exact value of the 32 bits. */
export class c_float extends plain<"f", number>("f") {}
/** C's `double`. */
export class c_double extends plain<"d", number>("d") {}
/** C's `long double`; reading rounds to the nearest double. */
export class c_longdouble extends plain<"g", number>("g") {}
/** C's `float _Complex`, as `{ re, im }`. */
export class c_float_complex extends plain<"F", Complex, Complex | number>("F") {}
/** C's `double _Complex`, as `{ re, im }`. */
export class c_double_complex extends plain<"D", Complex, Complex | number>("D") {}
/** C's `long double _Complex`, as `{ re, im }`. */
export class c_longdouble_complex extends plain<"G", Complex, Complex | number>("G") {}
/** C's `_Bool`, a boolean. */
export class c_bool extends plain<"?", boolean, boolean | number>("?") {}
/** C's `char`, a string of one character up to U+00FF. */
export class c_char extends plain<"c", string, string | number>("c") {}
/** C's `wchar_t`, a string of one character. */
export class c_wchar extends plain<"u", string>("u") {}
/**
 * C11's `char16_t`, a string of one UTF-16 unit: what ICU, Windows and Java call a character. Stores integers up to
 * 0xFFFF as well.
 */
export class c_char16 extends plain<"s", string, string | number>("s") {}
/**
 * C11's `char32_t`, a string of one character. Stores code points up to 0x10FFFF as well; what C stores beyond them
 * reads as U+FFFD.
 */
export class c_char32 extends plain<"S", string, string | number>("S") {}

const pointers: Readonly<Record<"z" | "Z" | "P" | "t" | "T", Kind>> = {
  z: charPointer(() => c_char as unknown as CType),
  Z: widePointer("c_wchar_p", rawffi.platform.wcharSize, () => c_wchar as unknown as CType),
  t: widePointer("c_char16_p", 2, () => c_char16 as unknown as CType),
  T: widePointer("c_char32_p", 4, () => c_char32 as unknown as CType),
  P: voidPointer,
};

/** What a `char *` takes. */
export type CharPointerValue = string | Uint8Array | null | ArrayOf<c_char> | Pointer<c_char> | Ref<c_char>;
/** What a `wchar_t *` takes. */
export type WidePointerValue =
  | string
  | Uint16Array
  | Uint32Array
  | null
  | ArrayOf<c_wchar>
  | Pointer<c_wchar>
  | Ref<c_wchar>;
/** What a `char16_t *` takes. */
export type Char16PointerValue = string | Uint16Array | null | ArrayOf<c_char16> | Pointer<c_char16> | Ref<c_char16>;
/** What a `char32_t *` takes. */
export type Char32PointerValue = string | Uint32Array | null | ArrayOf<c_char32> | Pointer<c_char32> | Ref<c_char32>;
/** What a `void *` takes. */
export type VoidPointerValue = number | bigint | null | AnyPointer | c_char_p | c_wchar_p;

/**
 * C's `char *` to text: a string (UTF-8) or null. Bytes that need not be text: `string_at`, or an array of `c_char` and
 * its `raw`.
 *
 * A string that is stored is copied to memory that lives as long as the object it is stored in. A `Uint8Array` that
 * holds a NUL is pointed to, not copied. One that holds none is copied, with a NUL at its end: as an argument for the
 * call alone, after which the array has what C wrote; where it is stored, for good.
 */
export class c_char_p extends simple<"z", string | null, CharPointerValue>("z", pointers.z) {}
/** C's `wchar_t *` to text: a string or null. */
export class c_wchar_p extends simple<"Z", string | null, WidePointerValue>("Z", pointers.Z) {}
/** C's `char16_t *` to text, in UTF-16: a string or null. */
export class c_char16_p extends simple<"t", string | null, Char16PointerValue>("t", pointers.t) {}
/** C's `char32_t *` to text, in UTF-32: a string or null. */
export class c_char32_p extends simple<"T", string | null, Char32PointerValue>("T", pointers.T) {}
/**
 * C's `void *`: an address as a number, or null; takes anything that is a pointer or a buffer.
 *
 * An address beyond 2^53, which is no place in memory but a mark or tagged, is given as a bigint, whatever its type
 * says here.
 *
 *     new c_void_p(-1).value;   // 18446744073709551615n
 */
export class c_void_p extends simple<"P", number | null, VoidPointerValue, VoidPointerValue | string>(
  "P",
  pointers.P,
) {}

// The classes themselves are text, and what extends them is not.
for (const [unit, text] of [
  [c_char, c_char_p],
  [c_wchar, c_wchar_p],
  [c_char16, c_char16_p],
  [c_char32, c_char32_p],
] as const) {
  const answer = function (this: unknown): unknown {
    return this === unit ? text : undefined;
  };
  Object.defineProperty(unit, TEXT, { value: answer });
}

// -- By letter -------------------------------------------------------------------------------------

interface ByLetter {
  c: typeof c_char;
  b: typeof c_byte;
  B: typeof c_ubyte;
  h: typeof c_short;
  H: typeof c_ushort;
  i: typeof c_int;
  I: typeof c_uint;
  l: typeof c_long;
  L: typeof c_ulong;
  d: typeof c_double;
  D: typeof c_double_complex;
  F: typeof c_float_complex;
  G: typeof c_longdouble_complex;
  f: typeof c_float;
  u: typeof c_wchar;
  z: typeof c_char_p;
  Z: typeof c_wchar_p;
  q: typeof c_longlong;
  Q: typeof c_ulonglong;
  P: typeof c_void_p;
  v: SimpleType<"v", boolean, unknown>;
  "?": typeof c_bool;
  g: typeof c_longdouble;
  w: typeof c_int128;
  W: typeof c_uint128;
  s: typeof c_char16;
  S: typeof c_char32;
  t: typeof c_char16_p;
  T: typeof c_char32_p;
}

/**
 * ctypes' letters in its own order, less `X` and `O` (Windows' strings and Python's objects), and those that are only
 * ours.
 */
const LETTERS = "cbBhHiIlLdDFGfuzZqQPv?gwWsStT";

/**
 * A new simple type by ctypes' type letter, for a class to extend: Python's `class Id(_SimpleCData): _type_ = "I"`. It
 * reads as a plain value, as `c_uint` does, and yet is a type of its own.
 *
 *     class Id extends _SimpleCData("I") {}
 *     new Id(5).value;   // 5
 *
 * @throws TypeError with all letters when it is none of them.
 */
export function _SimpleCData<const L extends keyof ByLetter>(letter: L): ByLetter[L] {
  if (typeof letter !== "string" || letter.length !== 1 || !LETTERS.includes(letter)) {
    throw new TypeError(`_SimpleCData(): expected a type letter, one of '${LETTERS}', got ${describe(letter)}`);
  }
  return simple(letter, pointers[letter as "z"] ?? codes[letter as Code]) as unknown as ByLetter[L];
}

// What it gives is made of one class each, with no common one: it says itself what is an instance of a simple type.
Object.defineProperty(_SimpleCData, Symbol.hasInstance, {
  value: (object: unknown) =>
    typeof object === "object" && object !== null && object instanceof CData && object[IS_SIMPLE],
});

// -- Sizes -----------------------------------------------------------------------------------------

// On Windows a `long` is shorter than an address. The letters are those that Python has there.
class SignedSize extends simple<"l", number, Integer>("q" as "l", sizes.signed) {}
class UnsignedSize extends simple<"L", number, Integer>("Q" as "L", sizes.unsigned) {}

const isLongWhole = rawffi.platform.longSize === rawffi.platform.pointerSize;

/** C's `size_t`: a number, or a bigint where a number would not be exact. */
export const c_size_t = (isLongWhole ? c_ulong : UnsignedSize) as typeof c_ulong;
export type c_size_t = c_ulong;
/** C's `ssize_t`, likewise. */
export const c_ssize_t = (isLongWhole ? c_long : SignedSize) as typeof c_long;
export type c_ssize_t = c_long;
/** C's `time_t`, likewise. */
export const c_time_t = c_ssize_t;
export type c_time_t = c_long;

if (!isLongWhole) nameClasses({ c_ssize_t, c_size_t });

nameClasses({
  c_byte,
  c_ubyte,
  c_short,
  c_ushort,
  c_int,
  c_uint,
  c_long,
  c_ulong,
  c_longlong,
  c_ulonglong,
  c_int128,
  c_uint128,
  c_float,
  c_double,
  c_longdouble,
  c_float_complex,
  c_double_complex,
  c_longdouble_complex,
  c_bool,
  c_char,
  c_wchar,
  c_char16,
  c_char32,
  c_char_p,
  c_wchar_p,
  c_char16_p,
  c_char32_p,
  c_void_p,
});

export {
  c_byte as c_int8,
  c_int as c_int32,
  c_longlong as c_int64,
  c_short as c_int16,
  c_ubyte as c_uint8,
  c_uint as c_uint32,
  c_ulonglong as c_uint64,
  c_ushort as c_uint16,
};
