// A thread's own stack, where C is left while JavaScript does what it asked for: stack.cc has the story.
#pragma once

#include "rawffi.h"

namespace rawffi {

// Where there is no memory for one, no call is switching.
void makeOwnStack(Thread* of);
void releaseOwnStack(Thread* of);
// Runs C functions to their end that nobody will resume.
void finishAbandoned(Thread* of);

inline bool isOnOwnStack(const Thread* of, uintptr_t stackPointer) { return stackPointer - of->ownStack < of->ownStackBytes; }

// What a callback must find below it: the JavaScript engine keeps more for itself, but nobody stops C.
constexpr size_t STACK_RESERVE = 64 * 1024;

// Whether so little is left of it that no callback may begin.
inline bool isLow(const Thread* of, uintptr_t stackPointer) { return stackPointer - of->ownStack < STACK_RESERVE; }

// The words that src/switching.ts and those who make calls know: what C waits for, that JavaScript could not do it, that C functions were abandoned.
inline uint32_t& suspended(const Thread* of) { return *reinterpret_cast<uint32_t*>(&of->frame[slot::SUSPENDED]); }
inline uint32_t& failed(const Thread* of) { return *(&suspended(of) + 1); }
inline uint32_t& hasAbandoned(const Thread* of) { return *(reinterpret_cast<uint32_t*>(&of->frame[slot::SCRATCH]) + 1); }

#if defined(__x86_64__) && defined(__linux__)

#define EVERY_XMM                                                                                                                  \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

// Goes to JavaScript, and comes back when that resumes.
inline void switchToJavaScript(uint64_t* frame) {
  register uint64_t* given asm("r11") = frame;
  // The compiler does not see a call, and may have put something below the stack pointer (System V AMD64 ABI 1.0, 3.2.2, "The Stack Frame").
  asm volatile("sub $128, %%rsp\n call rawffi_suspend\n add $128, %%rsp"
               : "+r"(given)::"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r12", "r13", "r14", "r15", EVERY_XMM, "cc",
                 "memory");
}

#else

inline void switchToJavaScript(uint64_t*) {}

#endif

// Leaves C where it is, for JavaScript to do what C asks for; false when it could not. Of C on its own stack alone.
inline bool suspend(Thread* current, Closure* asked, uint32_t number) {
  const uintptr_t outer = current->leftAt;
  current->leftAt = current->frame[slot::OUTER_STACK];
  // JavaScript calls deeper and deeper: what lies higher than the last one has taken its place.
  if (__builtin_expect(outer <= current->leftAt, 0)) hasAbandoned(current) = 1;
  current->asked = asked;
  suspended(current) = number;
  switchToJavaScript(current->frame);
  current->leftAt = outer;
  if (__builtin_expect(failed(current) == 0, 1)) return true;
  failed(current) = 0;
  return false;
}

}  // namespace rawffi
