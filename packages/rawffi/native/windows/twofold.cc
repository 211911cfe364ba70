// Memory for code, and for libffi closures, into each of which libffi writes code. native/twofold.cc has the picture.
#include "twofold.h"

#include <system.h>

#include <mutex>

#include "../rawffi.h"

namespace rawffi {

Twofold mapTwofold(size_t byteLength) {
  const auto high = static_cast<DWORD>(static_cast<uint64_t>(byteLength) >> 32);
  const auto low = static_cast<DWORD>(byteLength);
  HANDLE file = CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_EXECUTE_READWRITE, high, low, nullptr);
  if (file == nullptr) return {};
  const Twofold made{static_cast<char*>(MapViewOfFile(file, FILE_MAP_WRITE, 0, 0, byteLength)),
                     static_cast<char*>(MapViewOfFile(file, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, byteLength))};
  CloseHandle(file);
  if (made.writable != nullptr && made.executable != nullptr) return made;
  unmapTwofold(made);
  return {};
}

void unmapTwofold(const Twofold& mapped) {
  if (mapped.writable != nullptr) UnmapViewOfFile(mapped.writable);
  if (mapped.executable != nullptr) UnmapViewOfFile(mapped.executable);
}

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
    if (made.executable == nullptr) return nullptr;
    block = made;
    used = 0;
  }
  *code = block.executable + used;
  void* memory = block.writable + used;
  used += CLOSURE;
  return memory;
}

}  // namespace rawffi
