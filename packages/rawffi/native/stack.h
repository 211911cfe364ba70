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

// The other parts of the switch between the two parts of the stack, switch.cc: `rawffi_resume` and `rawffi_finish` are
// entered with the frame in a register. Where HAS_SWITCH is false they do nothing.
extern "C" void rawffi_resume() __attribute__((visibility("hidden")));
extern "C" void rawffi_finish() __attribute__((visibility("hidden")));
// Called when a switching call ends in which a closure was refused, and when one begins on JavaScript's part.
extern "C" void rawffi_sayRefused() __attribute__((visibility("hidden")));
extern "C" void rawffi_beginAbove(uint64_t outerStack) __attribute__((visibility("hidden")));
// Resumes C; returns when C has ended or has called a closure.
void resume(uint64_t* frame);

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

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
constexpr bool HAS_SWITCH = true;
#else
constexpr bool HAS_SWITCH = false;
#endif

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

// The return address of the JavaScript whose registers are at `outerStack`.
inline uint64_t callerOf(uint64_t outerStack) { return reinterpret_cast<const uint64_t*>(outerStack)[6]; }

#elif defined(__aarch64__) && defined(__linux__)

#define EVERY_V                                                                                                       \
  "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", \
      "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31"
#define SCRATCH_X                                                                                                      \
  "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", \
      "x30"

// The same. There is no red zone (AAPCS64, "The Stack": nothing below sp is kept), and x29 cannot be declared as
// clobbered: rawffi_suspend saves it.
inline void switchToJavaScript(uint64_t* frame) {
  register uint64_t* given asm("x9") = frame;
  asm volatile("bl rawffi_suspend"
               : "+r"(given)::SCRATCH_X, "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", EVERY_V,
                 "cc", "memory");
}

inline uint64_t callerOf(uint64_t outerStack) { return reinterpret_cast<const uint64_t*>(outerStack)[1]; }

#else

inline void switchToJavaScript(uint64_t*) {}
inline uint64_t callerOf(uint64_t) { return 0; }

#endif

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
