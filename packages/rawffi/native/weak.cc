// Weak references. JavaScript's own WeakRef keeps its target alive until the end of the job that made or dereferenced
// it, so a loop that keeps making new objects keeps them all alive until it ends.
#include "rawffi.h"

namespace rawffi {

// weak(object) -> reference
static napi_value weak(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.weak: expected (object)");
  napi_ref reference = nullptr;
  if (!given.failed() && napi_create_reference(env, given.value(0), 0, &reference) != napi_ok) given.fail();
  if (!given.failed()) Environment::of(env)->weak.insert(reference);
  return given.failed() ? nullptr : fromAddress(env, reference);
}

// weakValue(reference) -> object | undefined
static napi_value weakValue(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.weakValue: expected (number)");
  auto* reference = given.address<napi_ref__>(0);
  if (reference == nullptr) given.fail();
  napi_value value = nullptr;
  if (given.failed() || napi_get_reference_value(env, reference, &value) != napi_ok) return nullptr;
  return value;
}

// endWeak(reference), once per reference
static napi_value endWeak(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.endWeak: expected (number)");
  auto* reference = given.address<napi_ref__>(0);
  if (reference == nullptr) given.fail();
  if (!given.failed() && Environment::of(env)->weak.erase(reference) > 0) napi_delete_reference(env, reference);
  return nullptr;
}

bool registerWeak(napi_env env, napi_value exports) {
  return putFunction(env, exports, "weak", weak) && putFunction(env, exports, "weakValue", weakValue) &&
         putFunction(env, exports, "endWeak", endWeak);
}

}  // namespace rawffi
