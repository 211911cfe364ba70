// Calls on a stack of their own, whose callbacks cost no entry into JavaScript.
//
// A switching call (its stub is written by src/stubs/) runs C on the thread's own stack. A closure that C calls there does not call JavaScript:
// it leaves C where it is, and returns to the JavaScript that made the call, as if the call had ended; that finds in the frame which closure is
// meant, calls its function as any other (src/switching.ts), and resumes C. To V8 both are leaf calls: no JavaScript runs inside of them.
//
//     JavaScript's stack     call ─┐          ┌─ function(), resume ─┐          ┌─ result
//                                  │ switch   │ suspend              │ resume   │ switch
//     C's own stack                └── C … ───┘                      └── C … ───┘
//
// Calls nest: one that is made meanwhile begins below what is suspended, and has ended before that is resumed. So two words are enough, and they
// stand in front of the frame for the stubs:
//
//     OUTER_STACK   JavaScript's stack pointer, on which its registers lie, while C runs, and 1 more when C was resumed; 0 while it does not run
//     OWN_STACK     where the next call begins on C's own stack, a multiple of 16; what is suspended lies above
//
// JavaScript that was ended without being asked (a worker that is terminated, a script that took too long) leaves its C functions suspended: they are
// abandoned. They are run to their end, with zero from every closure, when that can be seen: their JavaScript lay lower on the stack than what
// runs now.
#include <sys/mman.h>
#include <sys/resource.h>

#include "stack.h"

namespace rawffi {

#if defined(__x86_64__) && defined(__linux__)

// Both are told the frame in r11. JavaScript's registers lie on its stack as the stubs (src/stubs/sysv/sysv.ts) have pushed them; C's are its
// compiler's business, all but rbp, which it cannot be told of. Where each goes on lies on top of its stack.
asm(".text\n"
    ".globl rawffi_suspend\n.hidden rawffi_suspend\n.type rawffi_suspend, @function\nrawffi_suspend:\n"
    "push %rbp\n mov %rsp, %rbp\n"
    "and $-16, %rsp\n"
    "push %rbp\n push -16(%r11)\n"
    "mov %rsp, -16(%r11)\n"
    "mov -8(%r11), %rsp\n and $-2, %rsp\n"
    "movq $0, -8(%r11)\n"
    "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n"
    "ret\n.size rawffi_suspend, . - rawffi_suspend\n"
    ".local rawffi_resume\n.type rawffi_resume, @function\nrawffi_resume:\n"
    "push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n"
    "lea 1(%rsp), %rax\n mov %rax, -8(%r11)\n"
    "mov -16(%r11), %rsp\n"
    "pop -16(%r11)\n"
    "pop %rsp\n pop %rbp\n"
    "ret\n.size rawffi_resume, . - rawffi_resume\n");

// Goes to C, and comes back when that has ended, or called a closure.
extern "C" void rawffi_resume() __attribute__((visibility("hidden")));

static void resume(uint64_t* frame) {
  register uint64_t* given asm("r11") = frame;
  asm volatile("sub $128, %%rsp\n call rawffi_resume\n add $128, %%rsp"
               : "+r"(given)::"rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", EVERY_XMM, "cc", "memory");
}

constexpr bool HAS_OWN_STACKS = true;

#else

static void rawffi_resume() {}
static void resume(uint64_t*) {}
constexpr bool HAS_OWN_STACKS = false;

#endif

namespace {

// What C finds below it where a stack ends: larger than what a function touches first.
constexpr size_t GUARD = 64 * 1024;
constexpr size_t SMALLEST = 1024 * 1024;
constexpr size_t LARGEST = 64 * 1024 * 1024;
constexpr size_t USUAL = 8 * 1024 * 1024;

// As large as the system gives to threads.
size_t wantedBytes() {
  rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return USUAL;
  const size_t bytes = limit.rlim_cur / GUARD * GUARD;
  return bytes < SMALLEST ? SMALLEST : bytes > LARGEST ? LARGEST : bytes;
}

}  // namespace

void makeOwnStack(Thread* of) {
  if (!HAS_OWN_STACKS) return;
  const size_t bytes = wantedBytes();
  void* memory = mmap(nullptr, GUARD + bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return;
  char* lowest = static_cast<char*>(memory) + GUARD;
  if (mprotect(lowest, bytes, PROT_READ | PROT_WRITE) != 0) {
    munmap(memory, GUARD + bytes);
    return;
  }
  of->ownStack = reinterpret_cast<uintptr_t>(lowest);
  of->ownStackBytes = bytes;
  of->frame[slot::OWN_STACK] = of->ownStack + bytes;
}

void releaseOwnStack(Thread* of) {
  if (of->ownStackBytes > 0) munmap(reinterpret_cast<void*>(of->ownStack - GUARD), GUARD + of->ownStackBytes);
}

void finishAbandoned(Thread* of) {
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  of->isRefusing = true;
  while (of->leftAt < here) {
    // The stub stores its result, and another call may be about to be made.
    const uint64_t result[2] = {of->frame[slot::RESULT], of->frame[slot::RESULT + 1]};
    suspended(of) = NOTHING;
    failed(of) = 1;
    resume(of->frame);
    of->frame[slot::RESULT] = result[0];
    of->frame[slot::RESULT + 1] = result[1];
  }
  of->isRefusing = false;
}

// finishAbandoned()
static napi_value finishAbandoned(napi_env, napi_callback_info) {
  finishAbandoned(thread);
  return nullptr;
}

bool registerStack(napi_env env, napi_value exports) {
  const auto entry = thread->ownStackBytes > 0 ? reinterpret_cast<uintptr_t>(rawffi_resume) : 0;
  return putFunction(env, exports, "finishAbandoned", finishAbandoned) &&
         putNumber(env, exports, "resumeEntry", static_cast<double>(entry));
}

}  // namespace rawffi
