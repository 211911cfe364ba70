// Memory that is mapped twice: one file of the kernel's, without a name, behind both mappings.
#include "twofold.h"

#include <sys/mman.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

namespace rawffi {

Twofold mapTwofold(size_t byteLength) {
#ifdef SYS_memfd_create
  const int file = static_cast<int>(syscall(SYS_memfd_create, "rawffi", 1 /* MFD_CLOEXEC */));
  if (file < 0) return {};
  void* writable = MAP_FAILED;
  void* executable = MAP_FAILED;
  if (ftruncate(file, byteLength) == 0) {
    writable = mmap(nullptr, byteLength, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    executable = mmap(nullptr, byteLength, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
  }
  close(file);
  if (writable != MAP_FAILED && executable != MAP_FAILED)
    return {static_cast<char*>(writable), static_cast<char*>(executable)};
  if (writable != MAP_FAILED) munmap(writable, byteLength);
  if (executable != MAP_FAILED) munmap(executable, byteLength);
#endif
  static_cast<void>(byteLength);
  return {};
}

}  // namespace rawffi
