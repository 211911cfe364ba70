// Memory for libffi closures, into each of which libffi writes code. The same pages are mapped twice, once writable and
// once executable; no mapping is both.
//
//     ┌─ writable ─────────────┐      ┌─ executable ────────────┐
//     │ closure 0 │ closure 1 … │      │ closure 0 │ closure 1 …  │     one file of the kernel's, without a name, behind both
//     └────────────────────────┘      └─────────────────────────┘
//
// Closures are allocated one after the other and never freed: closure.cc.
#include <ffi.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>

#include "rawffi.h"

namespace rawffi {

namespace {

constexpr size_t BLOCK = 64 * 1024;
constexpr size_t CLOSURE = (sizeof(ffi_closure) + 63) / 64 * 64;

std::mutex lock;
char* writable = nullptr;
char* executable = nullptr;
size_t used = BLOCK;

bool newBlock() {
#ifdef SYS_memfd_create
  const int file = static_cast<int>(syscall(SYS_memfd_create, "rawffi", 1 /* MFD_CLOEXEC */));
  if (file < 0) return false;
  void* first = MAP_FAILED;
  void* second = MAP_FAILED;
  if (ftruncate(file, BLOCK) == 0) {
    first = mmap(nullptr, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    second = mmap(nullptr, BLOCK, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
  }
  close(file);
  if (first != MAP_FAILED && second != MAP_FAILED) {
    writable = static_cast<char*>(first);
    executable = static_cast<char*>(second);
    used = 0;
    return true;
  }
  if (first != MAP_FAILED) munmap(first, BLOCK);
  if (second != MAP_FAILED) munmap(second, BLOCK);
#endif
  return false;
}

}  // namespace

void* ffiClosureMemory(void** code) {
  const std::lock_guard<std::mutex> held(lock);
  // Where the system has no such files, use libffi's own memory, whose pages may be both.
  if (used + CLOSURE > BLOCK && !newBlock()) return ffi_closure_alloc(sizeof(ffi_closure), code);
  *code = executable + used;
  void* memory = writable + used;
  used += CLOSURE;
  return memory;
}

}  // namespace rawffi
