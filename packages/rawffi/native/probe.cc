// Finds out whether memory is there: one instruction accesses it, and the signal handler of fault.cc, which knows that
// instruction's address, moves the program counter past it, as V8 does for WebAssembly. This is safe because no lock is
// held there and no foreign frame is on the stack.
#ifdef _WIN32
#include <system.h>
#else
#include <ucontext.h>
#endif
#include <unistd.h>

#include <type_traits>

#include "fault.h"

extern "C" {
// 0, or 1 when the byte cannot be read or written. Writing does not change the byte.
int rawffi_probe_read(const void* at) __attribute__((visibility("hidden")));
int rawffi_probe_write(void* at) __attribute__((visibility("hidden")));
extern char rawffi_probe_begin[] __attribute__((visibility("hidden")));
extern char rawffi_probe_end[] __attribute__((visibility("hidden")));
extern char rawffi_probe_failed[] __attribute__((visibility("hidden")));
}

#ifdef _WIN32
#define PROBE(name) LABEL(name)
#define LABEL(name) ".globl " name "\n" name ":\n"
#define FIRST "%rcx"
#else
#define PROBE(name) ".globl " name "\n.hidden " name "\n.type " name ", %function\n" name ":\n"
#define LABEL(name) ".globl " name "\n.hidden " name "\n" name ":\n"
#define FIRST "%rdi"
#endif

#if defined(__x86_64__)
asm(".text\n" LABEL("rawffi_probe_begin") PROBE("rawffi_probe_read")
    "movb (" FIRST "), %al\n"
    "xorl %eax, %eax\n"
    "ret\n" PROBE("rawffi_probe_write")
    "lock orb $0, (" FIRST ")\n"
    "xorl %eax, %eax\n"
    "ret\n" LABEL("rawffi_probe_end") LABEL("rawffi_probe_failed")
    "movl $1, %eax\n"
    "ret\n");
#elif defined(__aarch64__)
asm(".text\n.balign 4\n" LABEL("rawffi_probe_begin") PROBE("rawffi_probe_read")
    "ldrb w1, [x0]\n"
    "mov w0, #0\n"
    "ret\n" PROBE("rawffi_probe_write")
    "ldxrb w1, [x0]\n"
    "stxrb w2, w1, [x0]\n"
    "cbnz w2, rawffi_probe_write\n"
    "mov w0, #0\n"
    "ret\n" LABEL("rawffi_probe_end") LABEL("rawffi_probe_failed")
    "mov w0, #1\n"
    "ret\n");
#endif

namespace rawffi {

__thread BadAccess lastFault __attribute__((tls_model("initial-exec")));

#if defined(__x86_64__) || defined(__aarch64__)

#ifdef _WIN32
static uintptr_t pageBytes() { return 4096; }  // x64 has no other
#else
static uintptr_t pageBytes() { return static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)); }
#endif

template <int (*probe)(uintptr_t)>
static bool probeAll(uintptr_t from, size_t byteLength, bool isWrite) {
  static const uintptr_t page = pageBytes();
  if (byteLength == 0) return true;
  const uintptr_t last = from + byteLength - 1;
  // A range that wraps around the end of the address space does not exist.
  bool isThere = last >= from;
  uintptr_t at = from;
  while (isThere) {
    isThere = probe(at) == 0;
    const uintptr_t next = (at | (page - 1)) + 1;
    if (!isThere || next > last || next == 0) break;
    at = next;
  }
  if (!isThere) lastFault = {at, isWrite};
  return isThere;
}

static int probeRead(uintptr_t at) { return rawffi_probe_read(reinterpret_cast<const void*>(at)); }
static int probeWrite(uintptr_t at) { return rawffi_probe_write(reinterpret_cast<void*>(at)); }

bool canRead(const void* from, size_t byteLength) {
  return probeAll<probeRead>(reinterpret_cast<uintptr_t>(from), byteLength, false);
}

bool canWrite(void* to, size_t byteLength) {
  return probeAll<probeWrite>(reinterpret_cast<uintptr_t>(to), byteLength, true);
}

#ifdef _WIN32

static auto& counterOf(void* context) { return static_cast<CONTEXT*>(context)->Rip; }

uintptr_t stackPointer(void* context) { return static_cast<CONTEXT*>(context)->Rsp; }

#else

static auto& counterOf(void* context) {
  auto& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return machine.gregs[REG_RIP];
#else
  return machine.pc;
#endif
}

uintptr_t stackPointer(void* context) {
  const auto& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<uintptr_t>(machine.gregs[REG_RSP]);
#else
  return static_cast<uintptr_t>(machine.sp);
#endif
}

#endif

void* programCounter(void* context) { return reinterpret_cast<void*>(static_cast<uintptr_t>(counterOf(context))); }

bool leavesProbe(void* context) {
  auto& counter = counterOf(context);
  const auto at = static_cast<uintptr_t>(counter);
  if (at < reinterpret_cast<uintptr_t>(rawffi_probe_begin) || at >= reinterpret_cast<uintptr_t>(rawffi_probe_end))
    return false;
  counter = static_cast<std::remove_reference_t<decltype(counter)>>(reinterpret_cast<uintptr_t>(rawffi_probe_failed));
  return true;
}

#else  // Not yet: other processors; memory is believed to be there.

bool canRead(const void*, size_t) { return true; }
bool canWrite(void*, size_t) { return true; }
bool leavesProbe(void*) { return false; }
void* programCounter(void*) { return nullptr; }
uintptr_t stackPointer(void*) { return 0; }

#endif

}  // namespace rawffi
