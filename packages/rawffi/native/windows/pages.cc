// Executable memory for the machine code that src/stubs/ writes. Here a page cannot replace another one, as it does in
// native/pages.cc, so each block is mapped twice: code is written through one mapping and runs in the other.
//
//     ┌─ block ───────────────────────────────────────┐
//     │ unwind data │ stub │ stub │ …                   │     its table of functions is in the C heap
//     └───────────────────────────────────────────────┘
//
// Exceptions of Windows, and so those of C++, need unwind data for every function on the stack that is not a leaf
// (x64 exception handling, "struct RUNTIME_FUNCTION"). All stubs begin alike, so the same data serve all of a block.
#include <system.h>

#include <cerrno>
#include <cstring>

#include "../rawffi.h"
#include "../twofold.h"

namespace rawffi {

namespace {

// Where stubs begin.
constexpr size_t ALIGN = 16;
// The unit in which the system maps memory.
constexpr size_t BLOCK = 64 * 1024;
// ERROR_DYNAMIC_CODE_BLOCKED, which headers of mingw lack.
constexpr DWORD DYNAMIC_CODE_BLOCKED = 1655;

size_t roundUp(size_t length, size_t unit) { return (length + unit - 1) / unit * unit; }

// push rbp; mov rbp, rsp. What the stub subtracts from rsp afterwards needs no description.
constexpr uint8_t PROLOGUE[] = {0x55, 0x48, 0x89, 0xe5};
// Version 1, 4 bytes of prologue, 2 codes, frame register rbp without an offset; at byte 4 UWOP_SET_FPREG, at byte 1
// UWOP_PUSH_NONVOL rbp.
constexpr uint8_t UNWIND_INFO[] = {0x01, 0x04, 0x02, 0x05, 0x04, 0x03, 0x01, 0x50};
static_assert(sizeof UNWIND_INFO <= ALIGN, "it takes the place of one piece of code");

// The functions of a block that have a stack frame, in the order of their addresses. The system's unwinder reads it on
// any thread, while another one adds.
struct Table {
  std::atomic<size_t> count{0};
  RUNTIME_FUNCTION rows[BLOCK / ALIGN / 2];
};

// Called by the unwinder for an address in the block.
RUNTIME_FUNCTION* functionAt(DWORD64 address, void* context) {
  auto& table = *static_cast<Table*>(context);
  const size_t count = table.count.load(std::memory_order_acquire);
  const auto base = address / BLOCK * BLOCK;
  for (size_t i = 0; i < count; i++) {
    RUNTIME_FUNCTION& row = table.rows[i];
    if (address - base >= row.BeginAddress && address - base < row.EndAddress) return &row;
  }
  return nullptr;
}

}  // namespace

const char* CodePages::add(const void* bytes, size_t length) {
  if (page_ == nullptr || used_ + length > mappings_.back().byteLength) {
    // Longer code than a block has one of its own, and no unwind data: its table would have to be found from anywhere
    // in it.
    const size_t mapped = roundUp(length + ALIGN, BLOCK);
    const Twofold made = mapTwofold(mapped);
    if (made.executable == nullptr) {
      errno = GetLastError() == DYNAMIC_CODE_BLOCKED ? EACCES : ENOMEM;
      return nullptr;
    }
    Table* table = mapped == BLOCK ? new Table() : nullptr;
    const auto base = reinterpret_cast<DWORD64>(made.executable);
    std::memcpy(made.writable, UNWIND_INFO, sizeof UNWIND_INFO);
    if (table != nullptr) RtlInstallFunctionTableCallback(base | 3, base, BLOCK, functionAt, table, nullptr);
    mappings_.push_back({made.executable, mapped, made.writable, table});
    page_ = made.executable;
    used_ = ALIGN;
  }
  const Mapping& block = mappings_.back();
  char* begin = page_ + used_;
  std::memcpy(static_cast<char*>(block.writable) + used_, bytes, length);
  FlushInstructionCache(GetCurrentProcess(), begin, length);
  auto* table = static_cast<Table*>(block.table);
  if (table != nullptr && length > sizeof PROLOGUE && std::memcmp(bytes, PROLOGUE, sizeof PROLOGUE) == 0) {
    const size_t count = table->count.load();
    if (count < BLOCK / ALIGN / 2) {
      table->rows[count].BeginAddress = static_cast<DWORD>(used_);
      table->rows[count].EndAddress = static_cast<DWORD>(used_ + length);
      table->rows[count].UnwindData = 0;
      table->count.store(count + 1, std::memory_order_release);
    }
  }
  used_ = roundUp(used_ + length, ALIGN);
  return begin;
}

void CodePages::release() {
  for (const Mapping& mapping : mappings_) {
    if (mapping.table != nullptr) {
      const auto base = reinterpret_cast<DWORD64>(mapping.address);
      RtlDeleteFunctionTable(reinterpret_cast<RUNTIME_FUNCTION*>(base | 3));
      delete static_cast<Table*>(mapping.table);
    }
    unmapTwofold({static_cast<char*>(mapping.writable), static_cast<char*>(mapping.address)});
  }
  mappings_.clear();
  page_ = nullptr;
}

}  // namespace rawffi
