// Machine code that src/stubs/ writes, put where it can run: in an environment's pages, which each system has its own
// way to make (pages.cc).
#include <cerrno>
#include <cstring>

#include "rawffi.h"

namespace rawffi {

// code(bytes) -> address
static napi_value code(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.code: expected (Uint8Array)");
  size_t length = 0;
  const void* bytes = given.typedArray(0, napi_uint8_array, &length);
  if (length == 0) given.fail();
  if (given.failed()) return nullptr;
  const char* made = Environment::of(env)->code.add(bytes, length);
  if (made != nullptr) return fromAddress(env, made);
  const std::string message = std::string("rawffi.code: no executable memory: ") + std::strerror(errno);
  napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

bool registerCode(napi_env env, napi_value exports) { return putFunction(env, exports, "code", code); }

}  // namespace rawffi
