// Libraries: dlopen(3), dlclose(3), dlsym(3), dl_iterate_phdr(3).
#include <dlfcn.h>
#include <link.h>

#include "fault.h"
#include "rawffi.h"

namespace rawffi {

static napi_value throwLoaderError(napi_env env, const char* otherwise) {
  const char* text = dlerror();
  napi_throw_error(env, nullptr, text != nullptr ? text : otherwise);
  return nullptr;
}

// open(path | null, mode) -> handle
static napi_value open(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.open: expected (string | null, number)");
  const bool isProgram = given.isNull(0);
  const std::string path = isProgram ? std::string() : given.text(0);
  const int mode = static_cast<int>(given.integer(1));
  if (given.failed()) return nullptr;
  void* handle = dlopen(isProgram ? nullptr : path.c_str(), mode);
  if (handle == nullptr) return throwLoaderError(env, "the loader gave no reason");
  return fromAddress(env, handle);
}

// close(handle)
static napi_value close(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.close: expected (number)");
  void* handle = given.address(0);
  if (given.failed()) return nullptr;
  // glibc reads what a handle points to; 0 at least can be told from a library.
  if (handle == nullptr) {
    napi_throw_error(env, nullptr, "rawffi.close: 0 is not the handle of a library");
    return nullptr;
  }
  if (dlclose(handle) != 0) return throwLoaderError(env, "the loader gave no reason");
  return nullptr;
}

// symbol(handle, name) -> address
static napi_value symbol(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.symbol: expected (number, string)");
  void* handle = given.address(0);
  const std::string name = given.text(1);
  if (given.failed()) return nullptr;
  dlerror();  // a symbol may be NULL without an error, so an older error must not be taken for this one's
  void* address = dlsym(handle, name.c_str());
  if (address == nullptr) return throwLoaderError(env, ("function or variable '" + name + "' is NULL").c_str());
  nameFunction(address, name);
  return fromAddress(env, address);
}

// loaded() -> string[]
static napi_value loaded(napi_env env, napi_callback_info) {
  std::vector<std::string> names;
  // The loader's lock is held meanwhile, so JavaScript's values are made afterwards.
  const auto collect = [](dl_phdr_info* library, size_t, void* data) {
    static_cast<std::vector<std::string>*>(data)->emplace_back(library->dlpi_name);
    return 0;
  };
  dl_iterate_phdr(collect, &names);
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
#ifdef RTLD_DEEPBIND
  constexpr double deepbind = RTLD_DEEPBIND;
#else
  constexpr double deepbind = 0;  // musl and macOS have no such mode
#endif
  return putNumber(env, exports, "RTLD_LAZY", RTLD_LAZY) && putNumber(env, exports, "RTLD_NOW", RTLD_NOW) &&
         putNumber(env, exports, "RTLD_LOCAL", RTLD_LOCAL) && putNumber(env, exports, "RTLD_GLOBAL", RTLD_GLOBAL) &&
         putNumber(env, exports, "RTLD_DEEPBIND", deepbind) && putFunction(env, exports, "open", open) &&
         putFunction(env, exports, "close", close) && putFunction(env, exports, "symbol", symbol) && putFunction(env, exports, "loaded", loaded);
}

}  // namespace rawffi
