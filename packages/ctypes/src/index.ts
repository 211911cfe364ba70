/**
 * The face of ctypes: nothing but re-exports.
 */
// What can be disposed of says so to programs, too, whose `lib` does not have that.
/// <reference lib="esnext.disposable" preserve="true" />

export { CppError, MemoryFaultError } from "rawffi";
export { type AsyncCall, type AsyncOptions, set_async_threads } from "./calls/async.ts";
export { atEnd, type EndCall, EndList } from "./calls/atend.ts";
export { type Disposer, disposed } from "./calls/disposed.ts";
export type { DynamicFunction } from "./calls/dynamic.ts";
export { get_errno, set_errno } from "./calls/errno.ts";
export { FunctionData as CFuncPtr } from "./calls/funcdata.ts";
export {
  CFUNCTYPE,
  flagged,
  method,
} from "./calls/function.ts";
export type {
  FlaggedFunction,
  FlaggedMethod,
  Func,
  FunctionOptions,
  FunctionType,
  Method,
  VarArg,
} from "./calls/functiontype.ts";
export type { ParamFlag } from "./calls/paramflags.ts";
export {
  CDLL,
  type CDLLConstructor,
  cdll,
  type DynamicLibrary,
  type Library,
  type LibraryFace,
} from "./libraries/cdll.ts";
export { CopyComPointer } from "./libraries/com.ts";
export { COMError, type ComDetails } from "./libraries/comerror.ts";
export { DEFAULT_MODE, RTLD_DEEPBIND, RTLD_GLOBAL, RTLD_LAZY, RTLD_LOCAL, RTLD_NOW } from "./libraries/modes.ts";
export type { LibraryOptions } from "./libraries/open.ts";
export { type NamedSymbol, type SymbolOptions, symbol } from "./libraries/symbol.ts";
export {
  FormatError,
  GetLastError,
  get_last_error,
  HRESULT,
  OleDLL,
  oledll,
  set_last_error,
  WINFUNCTYPE,
  WinDLL,
  WindowsError,
  WinError,
  windll,
} from "./libraries/windll.ts";
export { ArgumentError, LibraryError, NullPointerError } from "./memory/errors.ts";
export type { LayoutRule } from "./memory/layout.ts";
export type {
  AggregateType,
  Extensible,
  Fields,
  IncompleteType,
  LateType,
  OpaqueType,
  Options,
} from "./types/aggregatetype.ts";
export { CArgObject } from "./types/arguments.ts";
export { ARRAY, Array, type ArrayType } from "./types/array.ts";
export { cast } from "./types/cast.ts";
export { CData } from "./types/cdata.ts";
export type { Complex } from "./types/codes.ts";
export { Enumeration, type EnumerationType, type Enumerators } from "./types/enumeration.ts";
export { CField, field } from "./types/field.ts";
export { type BufferInfo, buffer_info } from "./types/format.ts";
export type {
  Address,
  AnyData,
  AnyPointer,
  ArrayInstance,
  ArrayOf,
  BufferFor,
  CharArray,
  Data,
  InstanceOf,
  Pass,
  Plain,
  Pointer,
  Read,
  Ref,
  Self,
  Simple,
  TypeOf,
  WideArray,
  Write,
} from "./types/inference.ts";
export { type BitField, bits, type IntegerCode } from "./types/memberlist.ts";
export { toPlain } from "./types/plain.ts";
export { byref, POINTER, type PointerType, pointer } from "./types/pointer.ts";
export {
  create_string_buffer,
  create_unicode_buffer,
  memmove,
  memoryview_at,
  memset,
  type PointerLike,
  string_at,
  text_at,
  wstring_at,
} from "./types/raw.ts";
export { resize } from "./types/resize.ts";
export type { SimpleType } from "./types/simple.ts";
export { addressof, alignment, sizeof } from "./types/size.ts";
export type { Statics } from "./types/statics.ts";
export {
  assign,
  BigEndianStructure,
  BigEndianUnion,
  LittleEndianStructure,
  LittleEndianUnion,
  Opaque,
  offsetof,
  Structure,
  Union,
} from "./types/structure.ts";
export {
  _SimpleCData,
  type Char16PointerValue,
  type Char32PointerValue,
  type CharPointerValue,
  c_bool,
  c_byte,
  c_char,
  c_char_p,
  c_char16,
  c_char16_p,
  c_char32,
  c_char32_p,
  c_double,
  c_double_complex,
  c_float,
  c_float_complex,
  c_int,
  c_int8,
  c_int16,
  c_int32,
  c_int64,
  c_int128,
  c_long,
  c_longdouble,
  c_longdouble_complex,
  c_longlong,
  c_short,
  c_size_t,
  c_ssize_t,
  c_time_t,
  c_ubyte,
  c_uint,
  c_uint8,
  c_uint16,
  c_uint32,
  c_uint64,
  c_uint128,
  c_ulong,
  c_ulonglong,
  c_ushort,
  c_void_p,
  c_wchar,
  c_wchar_p,
  type VoidPointerValue,
  type WidePointerValue,
} from "./types/types.ts";
