// Guarded calls: a fault of the callee ends the call, by a jump out of it.
//
// C's stack frames vanish without any cleaning up: locks stay held, and data stays half-changed. Guarded calls are for
// exploration; the process should be restarted after a fault.
#include "errors.h"
#include "fault.h"

namespace rawffi {

// [signal, its name, address, the function's name]
static napi_value describe(napi_env env, const Thread* current, const Guard& left) {
  napi_value made;
  napi_value parts[4];
  const bool isMade = napi_create_array_with_length(env, 4, &made) == napi_ok &&
                      napi_create_int32(env, left.signal, &parts[0]) == napi_ok &&
                      napi_create_string_utf8(env, nameOfSignal(left.signal), NAPI_AUTO_LENGTH, &parts[1]) == napi_ok &&
                      (parts[2] = fromAddress(env, reinterpret_cast<const void*>(left.address))) != nullptr &&
                      napi_create_string_utf8(env, nameOfTarget(current), NAPI_AUTO_LENGTH, &parts[3]) == napi_ok;
  current->frame[slot::TARGET] = 0;  // there is no result
  if (!isMade) return nullptr;
  for (uint32_t i = 0; i < 4; i++) napi_set_element(env, made, i, parts[i]);
  return made;
}

// enterGuarded() -> undefined, or what happened
template <bool swapsErrno, void (*enterC)(Thread*)>
static napi_value enterGuarded(napi_env env, napi_callback_info) {
  Thread* const current = thread;
  const uint32_t depth = current->depth;
  Guard own;
  own.outer = guard;
  own.callbackTop = current->callbackTop;
  const uintptr_t enteredAt = current->enteredAt;
  const bool isLeft = RAWFFI_SET_JUMP(own.jump) != 0;
  if (!isLeft) {
    guard = &own;
    current->depth = depth + 1;
    if (swapsErrno) swapErrors(current->frame);
    enterC(current);
  }
  guard = own.outer;
  if (swapsErrno) swapErrors(current->frame);
  current->depth = depth;
  current->enteredAt = enteredAt;
  if (__builtin_expect(current->pending.holder != nullptr, 0)) return rethrow(env, current);
  return isLeft ? describe(env, current, own) : nullptr;
}

bool registerGuard(napi_env env, napi_value exports) {
  return putFunction(env, exports, "enterGuarded", enterGuarded<false, enterFrame<>>) &&
         putFunction(env, exports, "enterGuardedHere", enterGuarded<false, enterFrameHere<>>) &&
         putFunction(env, exports, "enterGuardedWithErrno", enterGuarded<true, enterFrame<>>) &&
         putFunction(env, exports, "enterGuardedHereWithErrno", enterGuarded<true, enterFrameHere<>>);
}

}  // namespace rawffi
