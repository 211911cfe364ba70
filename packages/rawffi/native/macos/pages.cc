// Executable pages for the machine code that src/stubs/ writes, on macOS. All are of the kind for code that is made at
// run time (MAP_JIT), the only one that a process with a hardened runtime gets. Many stubs share a page where that is
// safe.
//
// On AArch64 the processor keeps a thread from writing to such pages, or from running what is there, as the thread
// wants: this thread writes while all others may run the page. A stub is added at the end of it.
//
// On x86-64 such pages are ordinary ones. A page that other threads may run must not become writable, and macOS has no
// mremap(2): each stub gets a page of its own.
#include <libkern/OSCacheControl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "../rawffi.h"

namespace rawffi {

namespace {

// Where stubs begin.
constexpr size_t ALIGN = 16;

#ifdef __aarch64__
constexpr bool IS_SHARED = true;
constexpr int FIRST_MODE = PROT_READ | PROT_WRITE | PROT_EXEC;
#else
constexpr bool IS_SHARED = false;
constexpr int FIRST_MODE = PROT_READ | PROT_WRITE;
#endif

size_t pageBytes() {
  static const auto bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

size_t roundUp(size_t length, size_t unit) { return (length + unit - 1) / unit * unit; }

// Null and errno when the system refuses.
char* mapPages(size_t byteLength) {
  void* address = mmap(nullptr, byteLength, FIRST_MODE, MAP_PRIVATE | MAP_ANON | MAP_JIT, -1, 0);
  return address == MAP_FAILED ? nullptr : static_cast<char*>(address);
}

// False and errno when the system refuses.
bool write(char* to, const void* bytes, size_t length) {
#ifdef __aarch64__
  pthread_jit_write_protect_np(0);
  std::memcpy(to, bytes, length);
  pthread_jit_write_protect_np(1);
#else
  std::memcpy(to, bytes, length);
  if (mprotect(to, roundUp(length, pageBytes()), PROT_READ | PROT_EXEC) != 0) return false;
#endif
  sys_icache_invalidate(to, length);
  return true;
}

}  // namespace

const char* CodePages::add(const void* bytes, size_t length) {
  if (page_ != nullptr && used_ + length <= pageBytes()) {
    char* begin = page_ + used_;
    if (!write(begin, bytes, length)) return nullptr;
    used_ = roundUp(used_ + length, ALIGN);
    return begin;
  }
  const size_t mapped = roundUp(length, pageBytes());
  char* made = mapPages(mapped);
  if (made == nullptr) return nullptr;
  if (!write(made, bytes, length)) {
    const int reason = errno;
    munmap(made, mapped);
    errno = reason;
    return nullptr;
  }
  mappings_.push_back({made, mapped});
  const size_t used = roundUp(length, ALIGN);
  // Further code goes to the page with more room.
  if (IS_SHARED && mapped == pageBytes() && (page_ == nullptr || used < used_)) {
    page_ = made;
    used_ = used;
  }
  return made;
}

void CodePages::release() {
  for (const Mapping& mapping : mappings_) munmap(mapping.address, mapping.byteLength);
  mappings_.clear();
  page_ = nullptr;
}

}  // namespace rawffi
