// V8's fast API calls: C functions that optimised code calls directly.
//
// Node's header archives do not contain v8-fast-api-calls.h. These are the parts of it that our functions need, in the
// layouts of V8 11.3, 12.4, 13.6 and 14.6. An isolate keeps pointers to all of it, so all of it is static.
//
// Every function called so must run no JavaScript, make no JavaScript object, and throw nothing. A call from code that
// is not optimised, or with arguments of other kinds, goes to the plain callback instead, which must return the same.
#pragma once

#include "rawffi-v8.h"

namespace v8 {

struct CTypeInfo {
  uint8_t kind;
#if V8_MAJOR_VERSION < 14
  uint8_t sequence = 0;
#endif
  uint8_t flags = 0;
};

class CFunctionInfo {
 public:
  constexpr CFunctionInfo(uint8_t result, const CTypeInfo* types, uint32_t count)
      : result_(result), count_(count), types_(types) {}

 private:
  // Its sequence and flags are zero, and so is the byte for the representation of 64-bit integers, which is the third
  // or fourth.
  uint8_t result_;
  uint8_t zeros_[3] = {};
  uint32_t count_;
  const CTypeInfo* types_;
};

class CFunction {
 public:
  CFunction(const void* address, const CFunctionInfo* info) : address_(address), info_(info) {}

 private:
  const void* address_;
  const CFunctionInfo* info_;
};

static_assert(sizeof(CFunctionInfo) == 16 && sizeof(CFunction) == 16, "as V8 has them");

// A string's characters in place, without a NUL at the end; valid until the function returns.
struct FastOneByteString {
  const char* data;
  uint32_t length;
};

}  // namespace v8

namespace rawffi {

// The kinds of V8's CTypeInfo, and one of ours: 64 bits, of which V8 gets a double.
enum Kind : uint8_t {
  KIND_VOID = handover::VOID,
  KIND_INT32 = handover::INT32,
  KIND_UINT32 = handover::UINT32,
  KIND_FLOAT = handover::FLOAT,
  KIND_DOUBLE = handover::DOUBLE,
  KIND_VALUE = 10,
  KIND_ONE_BYTE_STRING = 11,
  KIND_WORD = handover::WORD
};

// The description of a C function `Result f(Local<Value> receiver, Parameters…)`.
template <Kind Result, Kind... Parameters>
struct Described {
  static constexpr v8::CTypeInfo types[] = {v8::CTypeInfo{KIND_VALUE}, v8::CTypeInfo{Parameters}...};
  static constexpr v8::CFunctionInfo info{Result, types, 1 + sizeof...(Parameters)};
};

// Whether the layouts above are those of this V8. Add a version only after checking its layouts.
constexpr bool knowsFastCalls() {
  constexpr int version = V8_MAJOR_VERSION * 100 + V8_MINOR_VERSION;
  return version == 1103 || version == 1204 || version == 1306 || version == 1406;
}

// A function for which optimised code calls `fast` and other code `callback`. Without fast calls it is only the
// callback.
v8::MaybeLocal<v8::Function> makeFastFunction(v8::Local<v8::Context> context, v8::FunctionCallback callback,
                                              v8::Local<v8::Value> data, const void* fast,
                                              const v8::CFunctionInfo* info);

bool putFastFunction(v8::Local<v8::Context> context, v8::Local<v8::Object> on, const char* name,
                     v8::FunctionCallback callback, const void* fast, const v8::CFunctionInfo* info);

}  // namespace rawffi
