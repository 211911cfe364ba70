// Thunks: the addresses that C gets. Making a callback writes two words of data; no code is written, and no page
// changes its protection.
//
//     ┌─ code, read and execute ─────┬─ data, read and write ────────────────┐
//     │ thunk 0 │ thunk 1 │ …        │ stub, closure │ stub, closure │ …      │
//     └─────────┴─────────┴──────────┴───────────────────────────────────────┘
//          └──────────── BLOCK ──────────┘
//
// A thunk takes 16 bytes, and so does its data: the distance between them is constant, so all thunks have the same
// bytes. A thunk puts the address of its data into a register that carries no argument, and jumps to the signature's
// stub. Blocks and stubs are never unmapped, because C may keep an address forever.
//
// macOS may refuse pages that were written and are then executable. There a block of thunks is in this library's file,
// and a new one is the same memory at another address.
#ifdef __APPLE__
#include <mach/mach.h>
#endif
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <type_traits>

#include "rawffi.h"

namespace rawffi {

namespace {

// A multiple of every page size; on macOS these are 4 or 16 KiB.
#ifdef __APPLE__
constexpr size_t BLOCK = 16 * 1024;
#else
constexpr size_t BLOCK = 64 * 1024;
#endif
constexpr size_t THUNK = 16;

#if defined(__x86_64__)
constexpr bool HAS_THUNKS = true;
constexpr uint8_t CODE[THUNK] = {
    // clang-format off
    0xf3, 0x0f, 0x1e, 0xfa,                                          // endbr64
    0x4c, 0x8d, 0x15, (BLOCK - 11) & 0xff, (BLOCK - 11) >> 8, 0, 0,  // lea r10, [rip + BLOCK - 11]
    0x41, 0xff, 0x22,                                                // jmp [r10]
    0xcc, 0xcc,
    // clang-format on
};
#elif defined(__aarch64__)
constexpr bool HAS_THUNKS = true;
constexpr uint32_t CODE[THUNK / 4] = {
    0xd503245f,                            // bti c
    0x10000011 | ((BLOCK - 4) >> 2 << 5),  // adr x17, . + BLOCK - 4
    0xf9400230,                            // ldr x16, [x17]
    0xd61f0200,                            // br x16
};
#else
constexpr bool HAS_THUNKS = false;
constexpr uint8_t CODE[THUNK] = {};
#endif

std::mutex lock;
// The block from which thunks are taken.
char* block = nullptr;
size_t used = BLOCK;
// Lasting code by its bytes. It is a pointer, so that no destructor runs while other threads use it.
std::map<std::string, const void*>* lasting = nullptr;
CodePages* lastingPages = nullptr;

#ifdef __APPLE__

using Unit = std::remove_cv_t<std::remove_reference_t<decltype(*CODE)>>;
struct Thunks {
  Unit units[BLOCK / sizeof(Unit)];
};

constexpr Thunks allThunks() {
  Thunks made{};
  for (size_t i = 0; i < BLOCK / sizeof(Unit); i++) made.units[i] = CODE[i % (THUNK / sizeof(Unit))];
  return made;
}

alignas(BLOCK) __attribute__((section("__TEXT,__thunks"), used)) constexpr Thunks IN_FILE = allThunks();

// A block of executable thunks, with their data after it; null and errno when there is no memory.
char* mapBlock() {
  void* address = mmap(nullptr, 2 * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (address == MAP_FAILED) return nullptr;
  auto at = reinterpret_cast<vm_address_t>(address);
  vm_prot_t mode = VM_PROT_NONE;
  vm_prot_t most = VM_PROT_NONE;
  const kern_return_t result =
      vm_remap(mach_task_self(), &at, BLOCK, 0, VM_FLAGS_FIXED | VM_FLAGS_OVERWRITE, mach_task_self(),
               reinterpret_cast<vm_address_t>(&IN_FILE), FALSE, &mode, &most, VM_INHERIT_SHARE);
  if (result == KERN_SUCCESS && (mode & VM_PROT_EXECUTE) != 0) return static_cast<char*>(address);
  munmap(address, 2 * BLOCK);
  errno = ENOMEM;
  return nullptr;
}

#else

// A block of executable thunks, with their data after it; null and errno when there is no memory.
char* mapBlock() {
  void* address = mmap(nullptr, 2 * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return nullptr;
  auto* begin = static_cast<char*>(address);
  for (size_t at = 0; at < BLOCK; at += THUNK) std::memcpy(begin + at, CODE, THUNK);
  if (mprotect(begin, BLOCK, PROT_READ | PROT_EXEC) != 0) {
    const int reason = errno;
    munmap(address, 2 * BLOCK);
    errno = reason;
    return nullptr;
  }
  __builtin___clear_cache(begin, begin + BLOCK);
  return begin;
}

#endif

}  // namespace

ThunkData* makeThunk() {
  if (!HAS_THUNKS) return nullptr;
  const std::lock_guard<std::mutex> guard(lock);
  if (used == BLOCK) {
    char* made = mapBlock();
    if (made == nullptr) return nullptr;
    block = made;
    used = 0;
  }
  auto* data = reinterpret_cast<ThunkData*>(block + BLOCK + used);
  used += THUNK;
  return data;
}

void* codeOf(ThunkData* of) { return reinterpret_cast<char*>(of) - BLOCK; }

ThunkData* thunkOf(void* code) { return reinterpret_cast<ThunkData*>(static_cast<char*>(code) + BLOCK); }

const void* lastingCode(const void* bytes, size_t length) {
  const std::lock_guard<std::mutex> guard(lock);
  if (lasting == nullptr) lasting = new std::map<std::string, const void*>();
  const std::string key(static_cast<const char*>(bytes), length);
  const auto found = lasting->find(key);
  if (found != lasting->end()) return found->second;
  if (lastingPages == nullptr) lastingPages = new CodePages();
  const void* made = lastingPages->add(bytes, length);
  if (made != nullptr) (*lasting)[key] = made;
  return made;
}

}  // namespace rawffi
