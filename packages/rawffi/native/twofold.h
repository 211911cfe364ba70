// Memory that is mapped twice, once writable and once executable: code is added to it while other code in it runs, and
// no mapping is both.
#pragma once

#include <cstddef>

namespace rawffi {

struct Twofold {
  char* writable = nullptr;
  char* executable = nullptr;
};

// Null members when there is no memory, where the system has no such mappings, or when the process may not make code.
Twofold mapTwofold(size_t byteLength);
// On Windows, whose pages of code are such memory; nothing else is ever unmapped.
void unmapTwofold(const Twofold& mapped);

}  // namespace rawffi
