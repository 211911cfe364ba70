// Calls of C++ that may throw. Only this file is compiled with exceptions: see native/build.mjs.
//
// The call goes through a throwing stub and callsite.cc, or through libffi, whose frames the unwinder can read as well.
// No destructors of locals in call.cc matter on the way, except for the scratch memory of a call with more than 64 KiB
// of arguments, which leaks.
#include <cxxabi.h>

#include <cfloat>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <typeinfo>

#include "errors.h"
#include "rawffi.h"

namespace rawffi {

// The C++ name of the type of the exception that is being caught.
static std::string typeName() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "unknown";
  int status = 0;
  char* readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? readable : type->name();
  std::free(readable);
  return name;
}

// [type, text | null]
static napi_value describe(napi_env env, const std::string& type, const char* text) {
  napi_value made;
  napi_value name;
  napi_value what;
  if (napi_create_array_with_length(env, 2, &made) != napi_ok ||
      napi_create_string_utf8(env, type.data(), type.size(), &name) != napi_ok ||
      (text == nullptr ? napi_get_null(env, &what) : napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &what)) !=
          napi_ok) {
    return nullptr;
  }
  napi_set_element(env, made, 0, name);
  napi_set_element(env, made, 1, what);
  return made;
}

// With the fewest digits that tell it from every other value of its type.
template <typename Real>
static napi_value describeReal(napi_env env, Real number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits - 2, static_cast<double>(number));
  if (static_cast<Real>(std::strtod(text, nullptr)) != number)
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(number));
  return describe(env, typeName(), text);
}

// Describes the exception that is being caught. Types are compared by name, so standard types are the same in every
// copy of the C++ library.
static napi_value describeCaught(napi_env env) {
  try {
    throw;
  } catch (const std::exception& error) {
    return describe(env, typeName(), error.what());
  } catch (const std::string& text) {
    return describe(env, "std::string", text.c_str());
  } catch (const char* text) {
    return describe(env, "char const*", text);
  } catch (bool truth) {
    return describe(env, "bool", truth ? "true" : "false");
  } catch (int number) {
    return describe(env, typeName(), std::to_string(number).c_str());
  } catch (unsigned number) {
    return describe(env, typeName(), std::to_string(number).c_str());
  } catch (long number) {
    return describe(env, typeName(), std::to_string(number).c_str());
  } catch (unsigned long number) {
    return describe(env, typeName(), std::to_string(number).c_str());
  } catch (long long number) {
    return describe(env, typeName(), std::to_string(number).c_str());
  } catch (unsigned long long number) {
    return describe(env, typeName(), std::to_string(number).c_str());
  } catch (float number) {
    return describeReal(env, number, FLT_DECIMAL_DIG);
  } catch (double number) {
    return describeReal(env, number, DBL_DECIMAL_DIG);
  } catch (...) {
    return describe(env, typeName(), nullptr);
  }
}

// callThroughPlan ignores the argument.
static void makeThrowingCall(void* frame) {
  reinterpret_cast<void (*)(const void*)>(static_cast<const uint64_t*>(frame)[slot::ENTRY])(callSite);
}

// enterThrowing() -> undefined, or what C++ threw
template <bool swapsErrno, void (*enterC)(Thread*)>
static napi_value enterThrowing(napi_env env, napi_callback_info) {
  Thread* const current = thread;
  const uint32_t depth = current->depth++;
  const size_t callbackTop = current->callbackTop;
  const uintptr_t enteredAt = current->enteredAt;
  if (swapsErrno) swapErrors(current->frame);
  try {
    enterC(current);
#ifdef __GLIBCXX__
  } catch (abi::__forced_unwind&) {
    throw;  // the thread is being ended
#endif
  } catch (...) {
    if (swapsErrno) swapErrors(current->frame);
    current->depth = depth;
    current->callbackTop = callbackTop;
    current->enteredAt = enteredAt;
    current->frame[slot::TARGET] = 0;  // there is no result
    // If a callback threw before, that is why C++ threw.
    return current->pending.holder != nullptr ? rethrow(env, current) : describeCaught(env);
  }
  if (swapsErrno) swapErrors(current->frame);
  current->depth = depth;
  if (__builtin_expect(current->pending.holder != nullptr, 0)) return rethrow(env, current);
  return nullptr;
}

// We have a statically linked copy of the unwinder, while the library's copy throws. The personality routine asks our
// copy for registers, whose table a copy prepares only when it throws itself. So throw once here.
static bool prepareUnwinder() {
  try {
    throw 0;
  } catch (int) {
    return true;
  }
}

bool registerThrows(napi_env env, napi_value exports) {
  static const bool isPrepared = prepareUnwinder();
  static_cast<void>(isPrepared);
  return putFunction(env, exports, "enterThrowing", enterThrowing<false, enterFrame<makeThrowingCall>>) &&
         putFunction(env, exports, "enterThrowingHere", enterThrowing<false, enterFrameHere<makeThrowingCall>>) &&
         putFunction(env, exports, "enterThrowingWithErrno", enterThrowing<true, enterFrame<makeThrowingCall>>) &&
         putFunction(env, exports, "enterThrowingHereWithErrno",
                     enterThrowing<true, enterFrameHere<makeThrowingCall>>) &&
         putNumber(env, exports, "callSite", static_cast<double>(reinterpret_cast<uintptr_t>(callSite)));
}

}  // namespace rawffi
