// Memory for libffi closures, into each of which libffi writes code. The same pages are mapped twice, once writable and
// once executable; no mapping is both.
//
//     ┌─ writable ─────────────┐      ┌─ executable ────────────┐
//     │ closure 0 │ closure 1 … │      │ closure 0 │ closure 1 …  │
//     └────────────────────────┘      └─────────────────────────┘
//
// Closures are allocated one after the other and never freed: closure.cc.
#include <ffi.h>

#include <mutex>

#include "rawffi.h"
#include "twofold.h"

namespace rawffi {

namespace {

constexpr size_t BLOCK = 64 * 1024;
constexpr size_t CLOSURE = (sizeof(ffi_closure) + 63) / 64 * 64;

std::mutex lock;
Twofold block;
size_t used = BLOCK;

}  // namespace

void* ffiClosureMemory(void** code) {
  const std::lock_guard<std::mutex> held(lock);
  if (used + CLOSURE > BLOCK) {
    const Twofold made = mapTwofold(BLOCK);
    // Where the system has no such mappings, use libffi's own memory, whose pages may be both.
    if (made.executable == nullptr) return ffi_closure_alloc(sizeof(ffi_closure), code);
    block = made;
    used = 0;
  }
  *code = block.executable + used;
  void* memory = block.writable + used;
  used += CLOSURE;
  return memory;
}

}  // namespace rawffi
