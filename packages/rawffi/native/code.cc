// Executable pages for the machine code that src/stubs/ writes. A page is first writable, then executable, never both.
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "rawffi.h"

namespace rawffi {

// code(bytes) -> address
//
// A mapping of its own for each stub: adding to an executable page would make it writable while another thread may run it.
static napi_value code(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.code: expected (Uint8Array)");
  size_t length = 0;
  const void* bytes = given.typedArray(0, napi_uint8_array, &length);
  if (length == 0) given.fail();
  if (given.failed()) return nullptr;
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t mapped = (length + page - 1) / page * page;
  void* address = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool isExecutable = false;
  if (address != MAP_FAILED) {
    std::memcpy(address, bytes, length);
    isExecutable = mprotect(address, mapped, PROT_READ | PROT_EXEC) == 0;
  }
  if (!isExecutable) {
    const int reason = errno;
    if (address != MAP_FAILED) munmap(address, mapped);
    const std::string message = std::string("rawffi.code: no executable memory: ") + std::strerror(reason);
    napi_throw_error(env, nullptr, message.c_str());
    return nullptr;
  }
  char* begin = static_cast<char*>(address);
  __builtin___clear_cache(begin, begin + length);
  Environment::of(env)->code.push_back({address, mapped});
  return fromAddress(env, address);
}

void releaseCode(Environment& environment) {
  for (const Mapping& mapping : environment.code) munmap(mapping.address, mapping.byteLength);
  environment.code.clear();
}

bool registerCode(napi_env env, napi_value exports) { return putFunction(env, exports, "code", code); }

}  // namespace rawffi
