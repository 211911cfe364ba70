// Finds out whether memory is there: one instruction accesses it, and the signal handler of fault.cc, which knows that
// instruction's address, moves the program counter past it, as V8 does for WebAssembly. This is safe because no lock is
// held there and no foreign frame is on the stack.
#ifdef _WIN32
#include <system.h>
#elif defined(__APPLE__)
#include <sys/ucontext.h>
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
#define INSIDE(name) LABEL(name)
#define FIRST "%rcx"
#elif defined(__APPLE__)
// The linker may move what begins at a symbol: all but the first are inside of that.
#define LABEL(name) ".private_extern _" name "\n_" name ":\n"
#define INSIDE(name) ".alt_entry _" name "\n" LABEL(name)
#define PROBE(name) INSIDE(name)
#define FIRST "%rdi"
#else
#define PROBE(name) ".globl " name "\n.hidden " name "\n.type " name ", %function\n" name ":\n"
#define LABEL(name) ".globl " name "\n.hidden " name "\n" name ":\n"
#define INSIDE(name) LABEL(name)
#define FIRST "%rdi"
#endif

// How a processor reads a byte, writes one without changing it, and returns; the address is in its first register of
// arguments, and the result in its register of results. A byte is written with the word that it lies in where there are
// no atomic instructions for bytes.
#if defined(__x86_64__)
#define READ "movb (" FIRST "), %al\n"
#define WRITE "lock orb $0, (" FIRST ")\n"
#define RETURN(result) "movl $" result ", %eax\n ret\n"
#elif defined(__aarch64__)
#define READ "ldrb w1, [x0]\n"
#define WRITE "0: ldxrb w1, [x0]\n stxrb w2, w1, [x0]\n cbnz w2, 0b\n"
#define RETURN(result) "mov w0, #" result "\n ret\n"
#elif defined(__riscv)
#define READ "lbu a1, 0(a0)\n"
#define WRITE "andi a0, a0, -4\n amoor.w zero, zero, (a0)\n"
#define RETURN(result) "li a0, " result "\n ret\n"
#elif defined(__powerpc64__)
#define READ "lbz 4, 0(3)\n"
#define WRITE "0: lbarx 4, 0, 3\n stbcx. 4, 0, 3\n bne- 0b\n"
#define RETURN(result) "li 3, " result "\n blr\n"
#elif defined(__s390x__)
#define READ "llgc %r1, 0(%r2)\n"
#define WRITE "nill %r2, 0xfffc\n l %r1, 0(%r2)\n 0: cs %r1, %r1, 0(%r2)\n jne 0b\n"
#define RETURN(result) "lghi %r2, " result "\n br %r14\n"
#elif defined(__loongarch64)
#define READ "ld.bu $a1, $a0, 0\n"
#define WRITE "bstrins.d $a0, $zero, 1, 0\n amor.w $a1, $zero, $a0\n"
#define RETURN(result) "li.w $a0, " result "\n jr $ra\n"
#else
#error "this processor has no probe yet"
#endif

asm(".text\n.balign 4\n" LABEL("rawffi_probe_begin")  //
    PROBE("rawffi_probe_read") READ RETURN("0")       //
    PROBE("rawffi_probe_write") WRITE RETURN("0")     //
    INSIDE("rawffi_probe_end") INSIDE("rawffi_probe_failed") RETURN("1"));

namespace rawffi {

__thread BadAccess lastFault __attribute__((tls_model(RAWFFI_TLS_MODEL)));

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

#if defined(__APPLE__) && defined(__x86_64__)
#define COUNTER __ss.__rip
#define STACK_POINTER __ss.__rsp
#elif defined(__APPLE__)
#define COUNTER __ss.__pc
#define STACK_POINTER __ss.__sp
#elif defined(__x86_64__)
#define COUNTER gregs[REG_RIP]
#define STACK_POINTER gregs[REG_RSP]
#elif defined(__aarch64__)
#define COUNTER pc
#define STACK_POINTER sp
#elif defined(__riscv)
#define COUNTER __gregs[REG_PC]
#define STACK_POINTER __gregs[REG_SP]
#elif defined(__powerpc64__)
#define COUNTER gp_regs[32]
#define STACK_POINTER gp_regs[1]
#elif defined(__s390x__)
#define COUNTER psw.addr
#define STACK_POINTER gregs[15]
#elif defined(__loongarch64)
#define COUNTER __pc
#define STACK_POINTER __gregs[3]
#endif

static auto& registersIn(void* context) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
#ifdef __APPLE__
  return *registers;
#else
  return registers;
#endif
}

static auto& counterOf(void* context) { return registersIn(context).COUNTER; }

uintptr_t stackPointer(void* context) { return static_cast<uintptr_t>(registersIn(context).STACK_POINTER); }

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

}  // namespace rawffi
