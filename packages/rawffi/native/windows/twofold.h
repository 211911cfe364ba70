// Memory that is mapped twice, once writable and once executable: code is added to it while other code in it runs, and
// no mapping is both.
#pragma once

#include <cstddef>

namespace rawffi {

struct Twofold {
  char* writable = nullptr;
  char* executable = nullptr;
};

// Null members when there is no memory, or when the process may not make code (arbitrary code guard).
Twofold mapTwofold(size_t byteLength);
void unmapTwofold(const Twofold& mapped);

}  // namespace rawffi
