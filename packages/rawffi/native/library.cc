// Libraries: dlopen(3), dlclose(3), dlsym(3). What the loader says about the files that are loaded is in images.h.
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>

#include "fault.h"
#include "loader.h"
#ifdef __APPLE__
#include "macos/images.h"
#else
#include "images.h"
#endif

namespace rawffi {

static napi_value throwLoaderError(napi_env env, const char* otherwise) {
  const char* text = dlerror();
  napi_throw_error(env, "ERR_LOADER", text != nullptr ? text : otherwise);
  return nullptr;
}

static napi_value throwNoHandle(napi_env env, const char* verb, const void* handle) {
  char message[80];
  std::snprintf(message, sizeof message, "rawffi.%s: %p is not the handle of a library", verb, handle);
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

// open(path | null, mode) -> handle
static napi_value open(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.open: expected (string | null, number)");
  const bool isProgram = given.isNull(0);
  const std::string path = isProgram ? std::string() : given.text(0);
  const int mode = static_cast<int>(given.integer(1));
  if (given.failed()) return nullptr;
  const LoaderCall call(Environment::of(env)->thread);
  void* handle = dlopen(isProgram ? nullptr : path.c_str(), mode);
  if (call.hasThrown()) {
    // The handle would be lost.
    if (handle != nullptr) dlclose(handle);
    return call.rethrow(env);
  }
  if (handle == nullptr) return throwLoaderError(env, "the loader gave no reason");
  return fromAddress(env, handle);
}

// close(handle)
static napi_value close(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.close: expected (number)");
  void* handle = given.address(0);
  if (given.failed()) return nullptr;
  if (!mayBeHandle(handle)) return throwNoHandle(env, "close", handle);
  const LoaderCall call(Environment::of(env)->thread);
  letLibrariesGo();
  const bool isClosed = dlclose(handle) == 0;
  if (call.hasThrown()) return call.rethrow(env);
  return isClosed ? nullptr : throwLoaderError(env, "the loader gave no reason");
}

// symbol(handle, name) -> address
static napi_value symbol(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.symbol: expected (number, string)");
  void* handle = given.address(0);
  const std::string name = given.text(1);
  if (given.failed()) return nullptr;
  // 0 stands for it on all systems.
  if (handle == nullptr) handle = RTLD_DEFAULT;
  const bool isMark = handle == RTLD_DEFAULT || handle == RTLD_NEXT;
  if (!isMark && !mayBeHandle(handle)) return throwNoHandle(env, "symbol", handle);
  const LoaderCall call(Environment::of(env)->thread);
  dlerror();  // a symbol may be NULL without an error, so an older error must not be taken for this one's
  void* address = dlsym(handle, name.c_str());
  if (call.hasThrown()) return call.rethrow(env);
  if (address == nullptr) return throwLoaderError(env, ("function or variable '" + name + "' is NULL").c_str());
  nameFunction(address, name);
  return fromAddress(env, address);
}

void* openLibraryOf(const void* function) { return openedAround(function); }

void closeLibrary(void* library) { dlclose(library); }

// -- What is running -------------------------------------------------------------------------------

namespace {

// Reads all words of the stack, including those that a sanitizer forbids.
__attribute__((no_sanitize("address"), noinline)) bool holdsOneOf(const std::vector<Range>& ranges,
                                                                  const uintptr_t* from, const uintptr_t* end) {
  for (const uintptr_t* at = from; at < end; at++) {
    for (const Range& range : ranges) {
      if (*at >= range.begin && *at < range.end) return true;
    }
  }
  return false;
}

}  // namespace

// runsJavaScript(address) -> whether it is a function by which C can run JavaScript: one of Node-API, of libuv's loop,
// or of V8 or Node in C++
static napi_value runsJavaScript(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.runsJavaScript: expected (number)");
  const auto address = reinterpret_cast<uintptr_t>(given.address(0));
  if (given.failed()) return nullptr;
  // Looking up a name is slow, so this is done only for the runtime's own functions. Never destroyed: threads may use
  // it while the process exits.
  static const auto* own = [] {
    auto* ranges = new std::vector<Range>(codeAround(dlsym(RTLD_DEFAULT, "napi_call_function")));
    const std::vector<Range> ofLoop = codeAround(dlsym(RTLD_DEFAULT, "uv_run"));
    ranges->insert(ranges->end(), ofLoop.begin(), ofLoop.end());
    return ranges;
  }();
  bool runs = false;
  Dl_info found;
  const auto holds = [address](const Range& range) { return address >= range.begin && address < range.end; };
  if (std::any_of(own->begin(), own->end(), holds) && dladdr(reinterpret_cast<void*>(address), &found) != 0 &&
      found.dli_sname != nullptr) {
    const std::string name = found.dli_sname;
    for (const char* prefix : {"uv_run", "napi_", "node_api_", "_ZN2v8", "_ZN4node"})
      runs = runs || name.rfind(prefix, 0) == 0;
  }
  napi_value made = nullptr;
  napi_get_boolean(env, runs, &made);
  return made;
}

// isRunning(handle) -> whether this thread is going to return into the library's code, that is, has a return address
// into it on the stack. May return a false positive, for a word that only looks like one; never a false negative.
static napi_value isRunning(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.isRunning: expected (number)");
  void* handle = given.address(0);
  if (given.failed()) return nullptr;
  bool runs = false;
  if (mayBeHandle(handle) && thread->stackEnd != UINTPTR_MAX) {
    const auto* from = static_cast<const uintptr_t*>(__builtin_frame_address(0));
    const auto* end = reinterpret_cast<const uintptr_t*>(thread->stackEnd);
    const auto* ownEnd = reinterpret_cast<const uintptr_t*>(thread->ownStack + thread->ownStackBytes);
    const auto* suspended = reinterpret_cast<const uintptr_t*>(thread->frame[slot::OWN_STACK]);
    runs = holdsOneOf(codeOf(handle), from, end) || holdsOneOf(codeOf(handle), suspended, ownEnd);
  }
  napi_value made = nullptr;
  napi_get_boolean(env, runs, &made);
  return made;
}

// loaded() -> string[]
static napi_value loaded(napi_env env, napi_callback_info) {
  const std::vector<std::string> names = namesOfImages();
  napi_value list;
  if (napi_create_array_with_length(env, names.size(), &list) != napi_ok) return nullptr;
  for (size_t i = 0; i < names.size(); i++) {
    napi_value name;
    if (napi_create_string_utf8(env, names[i].data(), names[i].size(), &name) != napi_ok) return nullptr;
    napi_set_element(env, list, static_cast<uint32_t>(i), name);
  }
  return list;
}

bool registerLibrary(napi_env env, napi_value exports) {
  stayLoaded();
#ifdef RTLD_DEEPBIND
  constexpr double deepbind = RTLD_DEEPBIND;
#else
  constexpr double deepbind = 0;  // musl and macOS have no such mode
#endif
  return putNumber(env, exports, "RTLD_LAZY", RTLD_LAZY) && putNumber(env, exports, "RTLD_NOW", RTLD_NOW) &&
         putNumber(env, exports, "RTLD_LOCAL", RTLD_LOCAL) && putNumber(env, exports, "RTLD_GLOBAL", RTLD_GLOBAL) &&
         putNumber(env, exports, "RTLD_DEEPBIND", deepbind) && putFunction(env, exports, "open", open) &&
         putFunction(env, exports, "close", close) && putFunction(env, exports, "symbol", symbol) &&
         putFunction(env, exports, "loaded", loaded) && putFunction(env, exports, "isRunning", isRunning) &&
         putFunction(env, exports, "runsJavaScript", runsJavaScript);
}

}  // namespace rawffi
