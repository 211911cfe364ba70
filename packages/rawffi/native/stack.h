// C's part of a thread's stack, where C is suspended while JavaScript runs a callback: stack.cc explains it.
#pragma once

#include "rawffi.h"

namespace rawffi {

// Whether this is the process's first thread.
bool isMainThread();
// Finds this thread's stack, and sets up C's part where there is room for it.
void findStack(Thread* of);
// Runs abandoned C functions to their end: those that were called from further down on JavaScript's part.
void finishAbandoned(Thread* of, uintptr_t above);
// The same for all that were suspended later than `outer`.
void finishDownTo(Thread* of, const Left* outer);

// Calls `run(data)` on the stack that ends at `stack`, a multiple of 16, and stores the current stack pointer at
// `leftAt`.
extern "C" void rawffi_callOn(uintptr_t stack, void (*run)(void* data), void* data, uintptr_t* leftAt)
    __attribute__((visibility("hidden")));

inline bool isOnOwnStack(const Thread* of, uintptr_t stackPointer) {
  return stackPointer - of->ownStack < of->ownStackBytes;
}
inline bool isOnThreadsStack(const Thread* of, uintptr_t stackPointer) {
  return stackPointer >= of->stackLowest && stackPointer < of->stackEnd;
}

// The stack that must be left for a callback to begin: the JavaScript engine checks its own limit, but nothing stops C.
constexpr size_t STACK_RESERVE = 1024 * 1024;

// Whether too little of C's part is left for a callback to begin.
inline bool isLow(const Thread* of, uintptr_t stackPointer) { return stackPointer - of->ownStack < STACK_RESERVE; }

// Whether JavaScript can be entered here, on its own part: engines abort the process on another stack, or too deep on
// this one.
inline bool canEnterHere(const Thread* of, uintptr_t stackPointer) {
  if (stackPointer < of->stackLimit || stackPointer >= of->stackEnd) return false;
  if (of->engineLimit == nullptr) return true;
  const uintptr_t limit = *of->engineLimit;
  // The word has another value while the engine wants to interrupt JavaScript.
  return stackPointer >= (limit < of->stackEnd ? limit : of->firstEngineLimit);
}

// Records that a closure could not be run, without calling the engine: the call in which it happened throws. C gets
// zero.
void refuse(Thread* current, Closure* closure, Asked reason);

// Words that src/switching.ts and callers know: what C waits for, whether the closure failed, whether C functions may
// have been abandoned.
inline uint32_t& suspended(const Thread* of) { return wordOf(of, word::WAITS_FOR); }
inline uint32_t& failed(const Thread* of) { return *(&suspended(of) + 1); }
// How many C functions are suspended.
inline uint32_t& suspendedCount(const Thread* of) { return wordOf(of, word::SUSPENDED_COUNT); }
inline uint32_t& mayHaveAbandoned(const Thread* of) { return wordOf(of, word::MAY_HAVE_ABANDONED); }

#if defined(__x86_64__) && defined(__linux__)

#define EVERY_XMM                                                                                                     \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
      "xmm14", "xmm15"

// Switches to JavaScript; returns when JavaScript resumes C.
inline void switchToJavaScript(uint64_t* frame) {
  register uint64_t* given asm("r11") = frame;
  // The compiler does not know of the call, and may be using the red zone below the stack pointer (System V AMD64 ABI
  // 1.0, 3.2.2, "The Stack Frame").
  asm volatile("sub $128, %%rsp\n call rawffi_suspend\n add $128, %%rsp"
               : "+r"(given)::"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r12", "r13", "r14", "r15",
                 EVERY_XMM, "cc", "memory");
}

#else

inline void switchToJavaScript(uint64_t*) {}

#endif

// The return address of the JavaScript whose registers are at `outerStack`.
inline uint64_t callerOf(uint64_t outerStack) { return reinterpret_cast<const uint64_t*>(outerStack)[6]; }

// Suspends C, which must be on its own part, until JavaScript has run the closure; false when JavaScript could not.
inline bool suspend(Thread* current, Closure* asked, uint32_t number) {
  uint64_t* frame = current->frame;
  const uint64_t at = frame[slot::OUTER_STACK] & ~uint64_t{1};
  const Left left{at, callerOf(at), current->left};
  frame[slot::LEFT_AT] = at;
  current->left = &left;
  current->asked = asked;
  suspended(current) = number;
  suspendedCount(current)++;
  switchToJavaScript(frame);
  suspendedCount(current)--;
  current->left = left.outer;
  frame[slot::LEFT_AT] = left.outer == nullptr ? UINT64_MAX : left.outer->at;
  if (__builtin_expect(failed(current) == 0, 1)) return true;
  failed(current) = 0;
  return false;
}

}  // namespace rawffi
