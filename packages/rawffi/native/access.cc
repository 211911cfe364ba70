// Single values by address, one function a type, by the names of DataView's methods: for memory that no ArrayBuffer can
// cover. Bytes are in the machine's order. Each probes the memory first: where it is not there, the function returns
// null, and `lastFault` has the details.
#include <cstring>
#include <type_traits>

#include "fault.h"
#include "rawffi.h"

namespace rawffi {

namespace {

// A type of its own, since a pointer reads as a number where that is exact.
struct Word {
  uint64_t bits;
};

napi_status make(napi_env env, int8_t value, napi_value* made) { return napi_create_int32(env, value, made); }
napi_status make(napi_env env, uint8_t value, napi_value* made) { return napi_create_int32(env, value, made); }
napi_status make(napi_env env, int16_t value, napi_value* made) { return napi_create_int32(env, value, made); }
napi_status make(napi_env env, uint16_t value, napi_value* made) { return napi_create_int32(env, value, made); }
napi_status make(napi_env env, int32_t value, napi_value* made) { return napi_create_int32(env, value, made); }
napi_status make(napi_env env, uint32_t value, napi_value* made) { return napi_create_uint32(env, value, made); }
napi_status make(napi_env env, float value, napi_value* made) { return napi_create_double(env, value, made); }
napi_status make(napi_env env, double value, napi_value* made) { return napi_create_double(env, value, made); }
napi_status make(napi_env env, int64_t value, napi_value* made) { return napi_create_bigint_int64(env, value, made); }
napi_status make(napi_env env, uint64_t value, napi_value* made) { return napi_create_bigint_uint64(env, value, made); }
napi_status make(napi_env env, Word value, napi_value* made) {
  *made = fromAddress(env, reinterpret_cast<const void*>(value.bits));
  return napi_ok;
}

// Numbers are cut to the type as DataView does it.
template <typename T>
bool take(napi_env env, napi_value given, T* value) {
  std::conditional_t<std::is_floating_point_v<T>, double, int32_t> number = 0;
  napi_status status;
  if constexpr (std::is_floating_point_v<T>) status = napi_get_value_double(env, given, &number);
  else status = napi_get_value_int32(env, given, &number);
  *value = static_cast<T>(number);
  return status == napi_ok;
}

template <>
bool take(napi_env env, napi_value given, uint64_t* value) {
  bool isLossless;
  return napi_get_value_bigint_uint64(env, given, value, &isLossless) == napi_ok;
}

template <>
bool take(napi_env env, napi_value given, int64_t* value) {
  bool isLossless;
  return napi_get_value_bigint_int64(env, given, value, &isLossless) == napi_ok;
}

template <>
bool take(napi_env env, napi_value given, Word* value) {
  bool isLossless;
  int64_t integer = 0;
  if (napi_get_value_bigint_uint64(env, given, &value->bits, &isLossless) == napi_ok) return true;
  if (napi_get_value_int64(env, given, &integer) != napi_ok) return false;
  value->bits = static_cast<uint64_t>(integer);
  return true;
}

// get…(address) -> value
template <typename T>
napi_value load(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.access: expected (number)");
  const void* from = given.address(0);
  if (given.failed()) return nullptr;
  napi_value made = nullptr;
  T value;
  if (canRead(from, sizeof value)) {
    std::memcpy(&value, from, sizeof value);
    make(env, value, &made);
  } else {
    napi_get_null(env, &made);
  }
  return made;
}

// set…(address, value)
template <typename T>
napi_value store(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.access: expected (number, number | bigint)");
  void* to = given.address(0);
  T value{};
  if (!given.failed() && !take(env, given.value(1), &value)) given.fail();
  if (given.failed()) return nullptr;
  napi_value made = nullptr;
  if (canWrite(to, sizeof value)) std::memcpy(to, &value, sizeof value);
  else napi_get_null(env, &made);
  return made;
}

template <typename T>
bool put(napi_env env, napi_value on, const char* type) {
  return putFunction(env, on, (std::string("get") + type).c_str(), load<T>) &&
         putFunction(env, on, (std::string("set") + type).c_str(), store<T>);
}

}  // namespace

bool registerAccess(napi_env env, napi_value exports) {
  napi_value on;
  return napi_create_object(env, &on) == napi_ok && put<int8_t>(env, on, "Int8") && put<uint8_t>(env, on, "Uint8") &&
         put<int16_t>(env, on, "Int16") && put<uint16_t>(env, on, "Uint16") && put<int32_t>(env, on, "Int32") &&
         put<uint32_t>(env, on, "Uint32") && put<int64_t>(env, on, "BigInt64") && put<uint64_t>(env, on, "BigUint64") &&
         put<float>(env, on, "Float32") && put<double>(env, on, "Float64") && put<Word>(env, on, "Address") &&
         napi_set_named_property(env, exports, "access", on) == napi_ok;
}

}  // namespace rawffi
