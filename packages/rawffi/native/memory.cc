// Memory by address. Addresses come as numbers; each is probed before it is accessed. Where memory is not there, a verb
// returns the fault instead of its result: see `fault` below.
#include <cstdlib>
#include <cstring>

#include "fault.h"
#include "rawffi.h"

namespace rawffi {

// -- Buffers and addresses -------------------------------------------------------------------------

// addressOf(ArrayBuffer | typed array | DataView) -> address
static napi_value addressOf(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.addressOf: expected a buffer or a view of one");
  if (given.failed()) return nullptr;
  const napi_value buffer = given.value(0);
  void* data = nullptr;
  if (napi_get_typedarray_info(env, buffer, nullptr, nullptr, &data, nullptr, nullptr) != napi_ok &&
      napi_get_arraybuffer_info(env, buffer, &data, nullptr) != napi_ok &&
      napi_get_dataview_info(env, buffer, nullptr, &data, nullptr, nullptr) != napi_ok) {
    given.fail();
    return nullptr;
  }
  return fromAddress(env, data);
}

// window(address, byteLength) -> ArrayBuffer | null
static napi_value window(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.window: expected (number, number)");
  void* address = given.address(0);
  const size_t length = given.byteLength(1);
  if (given.failed()) return nullptr;
  napi_value made = nullptr;
  if (!makeBufferOver(env, address, length, &made)) napi_get_null(env, &made);
  return made;
}

// What a verb returns instead of its result where memory is not there; `lastFault` has the details.
static napi_value fault(napi_env env) {
  napi_value made = nullptr;
  napi_get_null(env, &made);
  return made;
}

// faultAddress() -> the address that could not be accessed
static napi_value faultAddress(napi_env env, napi_callback_info) {
  return fromAddress(env, reinterpret_cast<const void*>(lastFault.address));
}

// faultIsWrite() -> whether the failed access was a write
static napi_value faultIsWrite(napi_env env, napi_callback_info) {
  napi_value made = nullptr;
  napi_get_boolean(env, lastFault.isWrite, &made);
  return made;
}

// reachable(address, byteLength, isWrite) -> boolean
static napi_value reachable(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.reachable: expected (number, number, boolean)");
  void* at = given.address(0);
  const size_t length = given.byteLength(1);
  const bool isWrite = given.boolean(2);
  if (given.failed()) return nullptr;
  napi_value made = nullptr;
  napi_get_boolean(env, isWrite ? canWrite(at, length) : canRead(at, length), &made);
  return made;
}

// -- The C heap ------------------------------------------------------------------------------------

// allocate(byteLength) -> address: calloc(3)
static napi_value allocate(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.allocate: expected (number) not below 0");
  const size_t length = given.byteLength(0);
  if (given.failed()) return nullptr;
  void* address = std::calloc(length > 0 ? length : 1, 1);
  if (address == nullptr) {
    return throwRangeError(env, ("rawffi.allocate: no memory left for " + std::to_string(length) + " bytes").c_str());
  }
  return fromAddress(env, address);  // NOLINT(clang-analyzer-unix.Malloc): JavaScript has it
}

// free(address): free(3)
static napi_value release(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.free: expected (number)");
  void* address = given.address(0);
  if (!given.failed()) std::free(address);
  return nullptr;
}

// move(to, from, byteLength): memmove(3)
static napi_value move(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.move: expected (number, number, number)");
  void* to = given.address(0);
  const void* from = given.address(1);
  const size_t length = given.byteLength(2);
  if (given.failed()) return nullptr;
  if (!canRead(from, length) || !canWrite(to, length)) return fault(env);
  if (length > 0) std::memmove(to, from, length);
  return nullptr;
}

// fill(address, byte, byteLength): memset(3)
static napi_value fill(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.fill: expected (number, number, number)");
  void* address = given.address(0);
  const int byte = static_cast<int>(given.integer(1));
  const size_t length = given.byteLength(2);
  if (given.failed()) return nullptr;
  if (!canWrite(address, length)) return fault(env);
  if (length > 0) std::memset(address, byte, length);
  return nullptr;
}

// -- Text ------------------------------------------------------------------------------------------

constexpr size_t PAGE = 4096;

// The number of units before the first zero unit, searched page by page; false when memory ends before it.
template <typename Unit>
static bool countUnits(const char* from, size_t* count) {
  const char* end = from;
  for (*count = 0;; ++*count) {
    const char* at = from + *count * sizeof(Unit);
    if (static_cast<size_t>(end - at) < sizeof(Unit)) {  // no sum, which at the end of all addresses begins anew
      if (!canRead(at, sizeof(Unit))) return false;
      end = reinterpret_cast<const char*>((reinterpret_cast<uintptr_t>(at) | (PAGE - 1)) + 1);
      if (end < at + sizeof(Unit)) end = at + sizeof(Unit);
    }
    if (sizeof(Unit) == 1) {
      const void* zero = std::memchr(at, 0, static_cast<size_t>(end - at));
      if (zero != nullptr) {
        *count = static_cast<size_t>(static_cast<const char*>(zero) - from);
        return true;
      }
      *count = static_cast<size_t>(end - from) - 1;
      continue;
    }
    Unit unit;
    std::memcpy(&unit, at, sizeof unit);  // text need not be aligned
    if (unit == 0) return true;
  }
}

bool textLength(const char* from, size_t* length) { return countUnits<uint8_t>(from, length); }

// length(address, unit) -> number of units before the first zero
static napi_value length(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.length: expected (number, 1 | 2 | 4)");
  const char* address = given.address<char>(0);
  const int64_t unit = given.integer(1);
  if (unit != 1 && unit != 2 && unit != 4) given.fail();
  if (given.failed()) return nullptr;
  size_t count = 0;
  const bool isThere = unit == 1   ? textLength(address, &count)
                       : unit == 2 ? countUnits<uint16_t>(address, &count)
                                   : countUnits<uint32_t>(address, &count);
  if (!isThere) return fault(env);
  napi_value made = nullptr;
  napi_create_double(env, static_cast<double>(count), &made);
  return made;
}

static napi_value makeText(napi_env env, const char* address, size_t byteLength) {
  napi_value made = nullptr;
  const napi_status status = napi_create_string_utf8(env, byteLength > 0 ? address : "", byteLength, &made);
  if (status == napi_ok) return made;
  bool isPending = false;
  napi_is_exception_pending(env, &isPending);
  if (isPending) return nullptr;
  return throwRangeError(env, ("rawffi.text: no string can have " + std::to_string(byteLength) + " bytes").c_str());
}

// text(address, byteLength | -1) -> string
static napi_value text(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.text: expected (number, number)");
  const char* address = given.address<char>(0);
  const int64_t length = given.integer(1);
  if (length < -1) given.fail();
  if (given.failed()) return nullptr;
  size_t byteLength = static_cast<size_t>(length);
  if (length < 0 ? !textLength(address, &byteLength) : !canRead(address, byteLength)) return fault(env);
  return makeText(env, address, byteLength);
}

// resultText() -> string | null; undefined where memory is not there
static napi_value resultText(napi_env env, napi_callback_info) {
  const auto* address = reinterpret_cast<const char*>(thread->frame[slot::RESULT]);
  thread->frame[slot::TARGET] = 0;  // the result is read
  size_t length = 0;
  if (address != nullptr) return textLength(address, &length) ? makeText(env, address, length) : nullptr;
  napi_value made = nullptr;
  napi_get_null(env, &made);
  return made;
}

// pushText(text) -> place in the scratch memory | Pushed
static napi_value pushText(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.pushText: expected (string)");
  Thread* current = Environment::of(env)->thread;
  char* to = current->scratch + scratchTop(current);
  const size_t capacity = scratch::BYTES - scratchTop(current);
  size_t length = 0;
  if (capacity > 0 && napi_get_value_string_utf8(env, given.value(0), to, capacity, &length) != napi_ok) given.fail();
  if (given.failed()) return nullptr;
  // Node-API truncates at a whole character, of 4 bytes at most, without reporting it; and memory is taken in blocks.
  const bool isTooLong = length + scratch::ALIGN >= capacity;
  const int32_t written = isTooLong                               ? Pushed::TOO_LONG
                          : std::memchr(to, 0, length) != nullptr ? Pushed::HAS_NUL
                                                                  : static_cast<int32_t>(length);
  napi_value made = nullptr;
  napi_create_int32(env, pushWritten(current, written), &made);
  return made;
}

// -- Single values ---------------------------------------------------------------------------------

// 0 when it is not the code of a value that fits a slot.
static size_t sizeOf(int64_t code) {
  switch (code) {
    case Scalar::SINT8:
    case Scalar::UINT8: return 1;
    case Scalar::SINT16:
    case Scalar::UINT16: return 2;
    case Scalar::SINT32:
    case Scalar::UINT32:
    case Scalar::FLOAT: return 4;
    case Scalar::SINT64:
    case Scalar::UINT64:
    case Scalar::POINTER:
    case Scalar::DOUBLE: return 8;
    default: return 0;
  }
}

template <typename T>
static T read(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
static void write(void* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// peek(address, code) -> number | bigint
static napi_value peek(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.peek: expected (number, type)");
  const void* from = given.address(0);
  const int64_t code = given.integer(1);
  if (given.failed()) return nullptr;
  if (!canRead(from, sizeOf(code))) return fault(env);
  napi_value made = nullptr;
  switch (code) {
    case Scalar::SINT8: napi_create_int32(env, read<int8_t>(from), &made); break;
    case Scalar::UINT8: napi_create_int32(env, read<uint8_t>(from), &made); break;
    case Scalar::SINT16: napi_create_int32(env, read<int16_t>(from), &made); break;
    case Scalar::UINT16: napi_create_int32(env, read<uint16_t>(from), &made); break;
    case Scalar::SINT32: napi_create_int32(env, read<int32_t>(from), &made); break;
    case Scalar::UINT32: napi_create_uint32(env, read<uint32_t>(from), &made); break;
    case Scalar::SINT64: napi_create_bigint_int64(env, read<int64_t>(from), &made); break;
    case Scalar::UINT64:
    case Scalar::POINTER: napi_create_bigint_uint64(env, read<uint64_t>(from), &made); break;
    case Scalar::FLOAT: napi_create_double(env, read<float>(from), &made); break;
    case Scalar::DOUBLE: napi_create_double(env, read<double>(from), &made); break;
    default: given.fail();
  }
  return made;
}

// poke(address, code, value): a bigint for 64-bit types, a number for the others; src/node-api.ts sees to that
static napi_value poke(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.poke: expected (number, type, number | bigint)");
  void* to = given.address(0);
  const int64_t code = given.integer(1);
  if (given.failed()) return nullptr;
  uint64_t wide = 0;
  bool isLossless;
  int64_t integer = 0;
  double number = 0;
  if (code == Scalar::SINT64 || code == Scalar::UINT64 || code == Scalar::POINTER) {
    if (napi_get_value_bigint_uint64(env, given.value(2), &wide, &isLossless) != napi_ok) given.fail();
  } else if (code == Scalar::FLOAT || code == Scalar::DOUBLE) {
    number = given.number(2);
  } else {
    integer = given.integer(2);
  }
  if (given.failed()) return nullptr;
  if (!canWrite(to, sizeOf(code))) return fault(env);
  switch (code) {
    case Scalar::SINT8:
    case Scalar::UINT8: write(to, static_cast<uint8_t>(integer)); break;
    case Scalar::SINT16:
    case Scalar::UINT16: write(to, static_cast<uint16_t>(integer)); break;
    case Scalar::SINT32:
    case Scalar::UINT32: write(to, static_cast<uint32_t>(integer)); break;
    case Scalar::SINT64:
    case Scalar::UINT64:
    case Scalar::POINTER: write(to, wide); break;
    case Scalar::FLOAT: write(to, static_cast<float>(number)); break;
    case Scalar::DOUBLE: write(to, number); break;
    default: given.fail();
  }
  return nullptr;
}

bool registerMemory(napi_env env, napi_value exports) {
  return putFunction(env, exports, "addressOf", addressOf) && putFunction(env, exports, "window", window) &&
         putFunction(env, exports, "allocate", allocate) && putFunction(env, exports, "free", release) &&
         putFunction(env, exports, "move", move) && putFunction(env, exports, "fill", fill) &&
         putFunction(env, exports, "length", length) && putFunction(env, exports, "text", text) &&
         putFunction(env, exports, "pushText", pushText) && putFunction(env, exports, "resultText", resultText) &&
         putFunction(env, exports, "peek", peek) && putFunction(env, exports, "poke", poke) &&
         putFunction(env, exports, "reachable", reachable) && putFunction(env, exports, "faultAddress", faultAddress) &&
         putFunction(env, exports, "faultIsWrite", faultIsWrite);
}

}  // namespace rawffi
