// errno and the last-error code of a thread.
//
// A process can have several C runtimes, each with an errno of its own: the old one that this library is linked with
// (msvcrt.dll), and the one that most libraries use today (ucrtbase.dll). Both get what is written; what is read is the
// one that has changed since.
#include "../errors.h"

#include <system.h>

namespace rawffi {

namespace {

__thread int written = 0;

// The address of the other runtime's errno for this thread; null where that runtime is not loaded.
int* otherErrno() {
  using Find = int* (*)();
  static std::atomic<Find> find{nullptr};
  Find known = find.load(std::memory_order_relaxed);
  if (known == nullptr) {
    HMODULE runtime = GetModuleHandleW(L"ucrtbase.dll");
    if (runtime == nullptr) return nullptr;
    known = reinterpret_cast<Find>(reinterpret_cast<void*>(GetProcAddress(runtime, "_errno")));
    find.store(known, std::memory_order_relaxed);
  }
  return known == nullptr ? nullptr : known();
}

}  // namespace

Errors readErrors() {
  // Before anything that may change it.
  const uint64_t last = GetLastError();
  const int* other = otherErrno();
  const int number = other != nullptr && *other != written ? *other : errno;
  SetLastError(static_cast<DWORD>(last));
  return last << 32 | static_cast<uint32_t>(number);
}

void writeErrors(Errors errors) {
  written = static_cast<int>(errors);
  if (int* other = otherErrno()) *other = written;
  errno = written;
  SetLastError(static_cast<DWORD>(errors >> 32));
}

}  // namespace rawffi
