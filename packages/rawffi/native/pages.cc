// Executable pages for the machine code that src/stubs/ writes. A page is first writable, then executable, never both.
// Many stubs share a page.
//
// To add a stub, a new page with the old bytes and the new ones is written elsewhere, made executable, and moved over
// the old page by mremap(2), which replaces a mapping as mmap's MAP_FIXED does. A thread that is running code there
// goes on with the same code at the same address. A page that other threads may run is never writable.
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "rawffi.h"

namespace rawffi {

namespace {

// Where stubs begin.
constexpr size_t ALIGN = 16;

size_t pageBytes() {
  static const auto bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

size_t roundUp(size_t length, size_t unit) { return (length + unit - 1) / unit * unit; }

// New pages with two pieces of code, the second at a multiple of ALIGN; null and errno when there is no memory.
char* mapCode(const void* first, size_t firstLength, const void* second, size_t secondLength) {
  const size_t mapped = roundUp(firstLength + secondLength, pageBytes());
  void* address = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return nullptr;
  auto* begin = static_cast<char*>(address);
  if (firstLength > 0) std::memcpy(begin, first, firstLength);
  std::memcpy(begin + firstLength, second, secondLength);
  // Here already, as the page may be moved to where other threads run code: they must find no older bytes in a cache.
  __builtin___clear_cache(begin, begin + firstLength + secondLength);
  if (mprotect(address, mapped, PROT_READ | PROT_EXEC) == 0) return begin;
  const int reason = errno;
  munmap(address, mapped);
  errno = reason;
  return nullptr;
}

// Replaces the page at `page` with `fresh`. False, and the page is unchanged, when the system refuses.
bool replacePage(char* page, char* fresh) {
#ifdef MREMAP_FIXED
  return mremap(fresh, pageBytes(), pageBytes(), MREMAP_MAYMOVE | MREMAP_FIXED, page) == page;
#else
  static_cast<void>(page);
  static_cast<void>(fresh);
  return false;
#endif
}

}  // namespace

const char* CodePages::add(const void* bytes, size_t length) {
  if (page_ != nullptr && used_ + length <= pageBytes()) {
    char* fresh = mapCode(page_, used_, bytes, length);
    if (fresh == nullptr) return nullptr;
    if (replacePage(page_, fresh)) {
      const char* begin = page_ + used_;
      used_ = roundUp(used_ + length, ALIGN);
      __builtin___clear_cache(page_, page_ + used_);
      return begin;
    }
    munmap(fresh, pageBytes());
  }
  char* made = mapCode(nullptr, 0, bytes, length);
  if (made == nullptr) return nullptr;
  __builtin___clear_cache(made, made + length);
  const size_t mapped = roundUp(length, pageBytes());
  mappings_.push_back({made, mapped});
  const size_t used = roundUp(length, ALIGN);
  // Further code goes to the page with more room.
  if (mapped == pageBytes() && (page_ == nullptr || used < used_)) {
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
