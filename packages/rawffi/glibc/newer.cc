// What the compiler's libraries take from the C library, and that one did not have yet for which a release is made. It
// is compiled into both binaries of such a build only (native/build.mjs). Where the system has the real thing, that is
// used.
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>

#include <cstdint>
#include <ctime>

namespace {

template <typename Function>
Function* findReal(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

extern "C" {

// 2.32. While it is true, std::shared_ptr counts without atomic operations.
extern const char __libc_single_threaded = 0;

// 2.30. std::condition_variable waits with it for as long as it is told. Without it that is until a time of day, and
// the caller, who looks at the steady clock, waits again if it is too early.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  static auto* const real = findReal<decltype(pthread_cond_clockwait)>("pthread_cond_clockwait");
  if (real != nullptr) return real(condition, mutex, clock, until);
  constexpr int64_t SECOND = 1'000'000'000;
  const auto nanoseconds = [](const timespec& time) { return time.tv_sec * SECOND + time.tv_nsec; };
  timespec there;
  timespec here;
  clock_gettime(clock, &there);
  clock_gettime(CLOCK_REALTIME, &here);
  const int64_t end = nanoseconds(here) + nanoseconds(*until) - nanoseconds(there);
  const timespec endHere = {end / SECOND, end % SECOND};
  return pthread_cond_timedwait(condition, mutex, &endHere);
}

#ifdef DLFO_EH_SEGMENT_TYPE

// 2.35. The unwinder asks where the unwind data of the library is that has this code.
int _dl_find_object(void* address, dl_find_object* result) noexcept {
  static auto* const real = findReal<int(void*, dl_find_object*)>("_dl_find_object");
  if (real != nullptr) return real(address, result);
  struct Search {
    uintptr_t address;
    dl_find_object* result;
  } search = {reinterpret_cast<uintptr_t>(address), result};
  const auto look = [](dl_phdr_info* library, size_t, void* data) {
    const auto [wanted, found] = *static_cast<const Search*>(data);
    const ElfW(Phdr)* unwindData = nullptr;
    bool isHere = false;
    for (int index = 0; index < library->dlpi_phnum; index++) {
      const ElfW(Phdr)& segment = library->dlpi_phdr[index];
      const uintptr_t start = library->dlpi_addr + segment.p_vaddr;
      if (segment.p_type == DLFO_EH_SEGMENT_TYPE) unwindData = &segment;
      if (segment.p_type != PT_LOAD || wanted - start >= segment.p_memsz) continue;
      isHere = true;
      found->dlfo_map_start = reinterpret_cast<void*>(start);
      found->dlfo_map_end = reinterpret_cast<void*>(start + segment.p_memsz);
    }
    if (!isHere || unwindData == nullptr) return 0;
    found->dlfo_flags = 0;
    found->dlfo_link_map = nullptr;
    found->dlfo_eh_frame = reinterpret_cast<void*>(library->dlpi_addr + unwindData->p_vaddr);
    return 1;
  };
  return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}

#endif

}  // extern "C"
