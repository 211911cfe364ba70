// Memory that is mapped twice: a section of the page file behind both mappings.
#include "../twofold.h"

#include <system.h>

#include <cstdint>

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

}  // namespace rawffi
