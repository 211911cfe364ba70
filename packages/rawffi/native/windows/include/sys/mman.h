// Private memory by the names of POSIX, for files that need nothing else of the system.
#pragma once

#include <system.h>

#include <cerrno>

#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_PRIVATE 2
#define MAP_ANONYMOUS 32
#define MAP_FAILED (reinterpret_cast<void*>(-1))

inline DWORD protectionOf(int wanted) {
  if ((wanted & PROT_EXEC) != 0) return PAGE_EXECUTE_READ;
  return (wanted & PROT_WRITE) != 0 ? PAGE_READWRITE : PAGE_READONLY;
}

inline void* mmap(void*, size_t byteLength, int protection, int, int, long long) {
  void* made = VirtualAlloc(nullptr, byteLength, MEM_RESERVE | MEM_COMMIT, protectionOf(protection));
  if (made != nullptr) return made;
  errno = ENOMEM;
  return MAP_FAILED;
}

inline int mprotect(void* address, size_t byteLength, int protection) {
  DWORD before;
  if (VirtualProtect(address, byteLength, protectionOf(protection), &before)) return 0;
  errno = EACCES;
  return -1;
}

inline int munmap(void* address, size_t) { return VirtualFree(address, 0, MEM_RELEASE) ? 0 : -1; }
