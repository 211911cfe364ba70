// C's part of a thread's stack, where it is left while JavaScript does what it asked for: stack.cc has the story.
#pragma once

#include "rawffi.h"

namespace rawffi {

// Learns what stack this thread has, and gives C its part where there is room for one.
void findStack(Thread* of);
// Runs C functions to their end that nobody will resume: those that were called from further down on JavaScript's part.
void finishAbandoned(Thread* of, uintptr_t above);
// All that were suspended later than this one.
void finishDownTo(Thread* of, const Left* outer);

// Calls `run(data)` on the stack that ends at `stack`, a multiple of 16, and stores where it left the present one at
// `leftAt`.
extern "C" void rawffi_callOn(uintptr_t stack, void (*run)(void* data), void* data, uintptr_t* leftAt)
    __attribute__((visibility("hidden")));

inline bool isOnOwnStack(const Thread* of, uintptr_t stackPointer) {
  return stackPointer - of->ownStack < of->ownStackBytes;
}
inline bool isOnThreadsStack(const Thread* of, uintptr_t stackPointer) {
  return stackPointer >= of->stackLowest && stackPointer < of->stackEnd;
}

// What a callback must find below it: the JavaScript engine keeps more for itself, but nobody stops C.
constexpr size_t STACK_RESERVE = 1024 * 1024;

// Whether so little is left of C's part that no callback may begin.
inline bool isLow(const Thread* of, uintptr_t stackPointer) { return stackPointer - of->ownStack < STACK_RESERVE; }

// Whether JavaScript can be entered here, on its own part: engines end the process where they find themselves on
// another stack, or too deep on this one.
inline bool canEnterHere(const Thread* of, uintptr_t stackPointer) {
  if (stackPointer < of->stackLimit || stackPointer >= of->stackEnd) return false;
  if (of->engineLimit == nullptr) return true;
  const uintptr_t limit = *of->engineLimit;
  // The word says something else while the engine wants to interrupt JavaScript.
  return stackPointer >= (limit < of->stackEnd ? limit : of->firstEngineLimit);
}

// Remembers that a closure could not be run, without a word to the engine: the call in which it happened throws. C gets
// zero.
void refuse(Thread* current, Closure* closure, Asked reason);

// The words that src/switching.ts and those who make calls know: what C waits for, that JavaScript could not do it,
// that C functions were abandoned.
inline uint32_t& suspended(const Thread* of) { return wordOf(of, word::WAITS_FOR); }
inline uint32_t& failed(const Thread* of) { return *(&suspended(of) + 1); }
// How many C functions are suspended.
inline uint32_t& suspendedCount(const Thread* of) { return wordOf(of, word::SUSPENDED_COUNT); }
inline uint32_t& mayHaveAbandoned(const Thread* of) { return wordOf(of, word::MAY_HAVE_ABANDONED); }

#if defined(__x86_64__) && defined(__linux__)

#define EVERY_XMM                                                                                                     \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
      "xmm14", "xmm15"

// Goes to JavaScript, and comes back when that resumes.
inline void switchToJavaScript(uint64_t* frame) {
  register uint64_t* given asm("r11") = frame;
  // The compiler does not see a call, and may have put something below the stack pointer (System V AMD64 ABI 1.0,
  // 3.2.2, "The Stack Frame").
  asm volatile("sub $128, %%rsp\n call rawffi_suspend\n add $128, %%rsp"
               : "+r"(given)::"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r12", "r13", "r14", "r15",
                 EVERY_XMM, "cc", "memory");
}

#else

inline void switchToJavaScript(uint64_t*) {}

#endif

// Where JavaScript goes on, whose registers lie at `outerStack`.
inline uint64_t callerOf(uint64_t outerStack) { return reinterpret_cast<const uint64_t*>(outerStack)[6]; }

// Leaves C where it is, for JavaScript to do what C asks for; false when it could not. Of C on its own part alone.
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
