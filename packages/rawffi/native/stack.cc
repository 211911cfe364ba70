// C's part of the stack: switching calls, whose callbacks need not enter JavaScript through the engine, and other calls
// that keep C off JavaScript's part.
//
// While callbacks live, C runs on the lower part of the thread's own stack. So it is one stack to everything that looks
// at it: the kernel, collectors that scan it from the stack pointer to its end, unwinders, pthread_getattr_np(), and
// the engine.
//
//     end      ┌─────────────────────────────────────────────┐ stackEnd
//              │ JavaScript's part: what the engine allows    │
//              ├─────────────────────────────────────────────┤ the engine's limit
//              │ for C that is called on JavaScript's part    │ an eighth of what is left, 768 KiB or more
//              ├─────────────────────────────────────────────┤ ownStack + ownStackBytes
//              │ C's part                                     │
//              │ … where no callback begins: STACK_RESERVE    │
//     lowest   └─────────────────────────────────────────────┘ ownStack: the kernel keeps 1 MiB below it free
//
// A switching call (src/stubs/ writes its stub) runs C there. A closure that C calls does not call JavaScript: it
// suspends C and returns to the JavaScript that made the call, as if the call had ended. That JavaScript finds the
// closure's number in the frame, calls the closure's function like any other (src/switching.ts), and resumes C. To V8,
// the call and each resumption are leaf calls: no JavaScript runs inside of them.
//
//     JavaScript's part     call ─┐          ┌─ function(), resume ─┐          ┌─ result
//                                 │ switch   │ suspend              │ resume   │ switch
//     C's part                    └── C … ───┘                      └── C … ───┘
//
// Calls nest: a call that is made meanwhile begins below the suspended one, and ends before that is resumed. So a few
// words are enough. They are before the frame, for the stubs:
//
//     OUTER_STACK   JavaScript's stack pointer, on which its registers lie, while C of a switching call runs, and 1 more when it was resumed (or has
//                   to say something when it ends); 0 while none runs
//     OWN_STACK     where the next call begins on C's part, a multiple of 16; what is suspended lies above
//     LEFT_AT       what OUTER_STACK was when the innermost call was suspended; the highest address when none is
//     REFUSED       not 0 when a closure was called on a stack that is not the thread's: the call says so when it ends
//     FINISH        the code that ends a resumed call
//     BEGIN_ABOVE   the function that is asked when a call begins no deeper than the innermost suspended one
//
// All other calls run C there, too, except those that are declared to run JavaScript themselves: in them a closure
// switches to JavaScript's part, and enters JavaScript through the engine.
//
// JavaScript that is terminated (with its worker, or by a timeout) leaves its C functions suspended: they are
// abandoned. They are run to their end, with zero from every closure, as soon as this can be detected: a call from much
// higher on JavaScript's part of the stack, or from the same place at the same height, cannot come from the callbacks
// that they wait for; nor can anything at the end of a turn of JavaScript. (A call from a little higher proves nothing:
// when optimised code is deoptimised while it serves C, its frames may get larger or smaller.)
//
// There is no such part where the engine takes the whole stack (in workers), or does not report how much it takes.
#include <pthread.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

#include <algorithm>

#include "engine.h"
#include "fault.h"
#include "stack.h"

namespace rawffi {

// -- The thread's stack ----------------------------------------------------------------------------

#ifdef __APPLE__
bool isMainThread() { return pthread_main_np() != 0; }
#else
bool isMainThread() { return getpid() == static_cast<pid_t>(syscall(SYS_gettid)); }
#endif

namespace {

// This thread's stack, from `lowest` up to `end`; false when the system does not say.
bool findBounds(uintptr_t* lowest, uintptr_t* end) {
#ifdef __APPLE__
  *end = reinterpret_cast<uintptr_t>(pthread_get_stackaddr_np(pthread_self()));
  *lowest = *end - pthread_get_stacksize_np(pthread_self());
#else
  pthread_attr_t attributes;
  void* from = nullptr;
  size_t byteLength = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
  pthread_attr_getstack(&attributes, &from, &byteLength);
  pthread_attr_destroy(&attributes);
  *lowest = reinterpret_cast<uintptr_t>(from);
  *end = *lowest + byteLength;
#endif
  return true;
}

constexpr size_t PAGE = 4096;
// More than any frame of optimised code.
constexpr size_t LARGEST_FRAME = 32 * 1024;
// The stack below the engine's limit for C that is called on JavaScript's part.
constexpr size_t SMALLEST_GAP = 768 * 1024;
// How much of a stack without a limit is considered.
constexpr size_t LARGEST = 64 * 1024 * 1024;
constexpr size_t USUAL = 8 * 1024 * 1024;

// The main thread's stack grows on demand. glibc reports how far; musl, its current size, and there the arguments and
// the environment lie above, too.
size_t mainStackBytes(size_t said) {
  constexpr size_t ABOVE = 256 * 1024;
  rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return USUAL;
  const size_t granted = std::min<size_t>(limit.rlim_cur, LARGEST);
  return (said < SMALLEST_GAP && granted > said + ABOVE ? granted - ABOVE : std::min(said, granted)) / PAGE * PAGE;
}

// The upper end of C's part, if it leaves enough room above `lowest`; else 0.
uintptr_t highestOfC(uintptr_t limit, uintptr_t lowest) {
  if (limit <= lowest) return 0;
  const size_t gap = std::max<size_t>(SMALLEST_GAP, (limit - lowest) / 8);
  const uintptr_t highest = (limit - std::min<size_t>(gap, limit - lowest)) / PAGE * PAGE;
  return highest - lowest >= 2 * STACK_RESERVE ? highest : 0;
}

void enterBelow(Thread* current, void (*makeCall)(void* frame)) {
  const uintptr_t outer = current->enteredAt;
  finishAbandoned(current, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - LARGEST_FRAME);
  rawffi_callOn(current->frame[slot::OWN_STACK], makeCall, current->frame, &current->enteredAt);
  current->enteredAt = outer;
}

void takePart(Thread* of) {
  const uintptr_t highest = highestOfC(of->firstEngineLimit, of->stackLowest);
  // The kernel grows the stack to this size, and keeps it: nothing is ever mapped into it, nor within 1 MiB below. No
  // other page is touched. (Kernels before 5.0 refuse an access so far below the stack pointer.)
  if (highest == 0 || !canWrite(reinterpret_cast<void*>(of->stackLowest), 1)) return;
  of->ownStack = of->stackLowest;
  of->ownStackBytes = highest - of->stackLowest;
  of->enterBelow = enterBelow;
  of->frame[slot::OWN_STACK] = highest;
}

}  // namespace

void findStack(Thread* of) {
  of->frame[slot::LEFT_AT] = UINTPTR_MAX;
  of->frame[slot::FINISH] = reinterpret_cast<uintptr_t>(rawffi_finish);
  of->frame[slot::BEGIN_ABOVE] = reinterpret_cast<uintptr_t>(rawffi_beginAbove);
  of->stackEnd = UINTPTR_MAX;
  uintptr_t lowest = 0;
  uintptr_t end = 0;
  if (!findBounds(&lowest, &end)) return;
  const bool isMain = isMainThread();
  size_t byteLength = end - lowest;
  of->stackEnd = end;
  if (isMain) byteLength = mainStackBytes(byteLength);
  of->stackLowest = of->stackEnd - byteLength;
  of->stackLimit = of->stackLowest + std::min<size_t>(STACK_RESERVE, byteLength / 2);
  // An option of the engine may set a larger stack than the main thread has.
  const size_t mayTake = isMain ? LARGEST : byteLength;
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  of->engineLimit = engineLimit(of->stackEnd - mayTake, here, of->firstEngineLimit);
  if (of->engineLimit == nullptr) return;
  if (HAS_SWITCH && isMain) takePart(of);
}

// -- Refusals --------------------------------------------------------------------------------------

// Called when a switching call ends in which a closure was refused (callback.cc); JavaScript then throws. It preserves
// the frame's result.
extern "C" void rawffi_sayRefused() {
  Thread* current = thread;
  uint64_t* frame = current->frame;
  const uint64_t refused = frame[slot::REFUSED];
  const uint64_t result[2] = {frame[slot::RESULT], frame[slot::RESULT + 1]};
  frame[slot::REFUSED] = 0;
  auto* closure = reinterpret_cast<Closure*>(refused & ~uint64_t{7});
  current->refused = closure;
  suspend(current, closure, static_cast<uint32_t>(refused & 7));
  frame[slot::RESULT] = result[0];
  frame[slot::RESULT + 1] = result[1];
}

// -- Abandoned calls -------------------------------------------------------------------------------

// The frame may have the arguments of a call that is about to be made, or a result: both are preserved.
static void finishInnermost(Thread* of) {
  uint64_t* frame = of->frame;
  const uint64_t target = frame[slot::TARGET];
  const uint64_t result[2] = {frame[slot::RESULT], frame[slot::RESULT + 1]};
  const uint64_t error = frame[slot::ERRNO];
  const int realErrno = *of->errnoAt;
  suspended(of) = Asked::NOTHING;
  failed(of) = 1;
  frame[slot::REFUSED] = 0;
  of->isRefusing = true;
  resume(frame);
  of->isRefusing = false;
  frame[slot::REFUSED] = 0;
  *of->errnoAt = realErrno;
  frame[slot::ERRNO] = error;
  frame[slot::TARGET] = target;
  frame[slot::RESULT] = result[0];
  frame[slot::RESULT + 1] = result[1];
}

void finishAbandoned(Thread* of, uintptr_t above) {
  while (__builtin_expect(of->frame[slot::LEFT_AT] < above, 0) && of->left != of->below) finishInnermost(of);
}

void finishDownTo(Thread* of, const Left* outer) {
  while (__builtin_expect(of->left != outer, 0)) finishInnermost(of);
}

// Called when a switching call begins, on JavaScript's part; JavaScript's registers are at `outerStack`.
extern "C" void rawffi_beginAbove(uint64_t outerStack) {
  Thread* current = thread;
  finishAbandoned(current, outerStack - LARGEST_FRAME);
  const uint64_t from = callerOf(outerStack);
  const Left* same = current->left;
  while (same != current->below && (same->at != outerStack || same->from != from)) same = same->outer;
  if (same == current->below) {
    mayHaveAbandoned(current) = 1;
    return;
  }
  finishDownTo(current, same->outer);
}

// finishAbandoned(), at the end of a turn of JavaScript
static napi_value finishAbandoned(napi_env, napi_callback_info) {
  finishAbandoned(thread, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  return nullptr;
}

// finishInnermost(count): ends suspended C functions until only so many are left
static napi_value finishInnermost(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.finishInnermost: expected (number)");
  const size_t count = given.byteLength(0);
  if (given.failed()) return nullptr;
  Thread* current = thread;
  while (suspendedCount(current) > count && current->left != current->below) finishInnermost(current);
  return nullptr;
}

bool registerStack(napi_env env, napi_value exports) {
  const auto entry = thread->ownStackBytes > 0 ? reinterpret_cast<uintptr_t>(rawffi_resume) : 0;
  return putNumber(env, exports, "resumeEntry", static_cast<double>(entry)) &&
         putNumber(env, exports, "engineLimit", static_cast<double>(thread->firstEngineLimit)) &&
         putFunction(env, exports, "noteStack", noteStack) &&
         putFunction(env, exports, "finishAbandoned", finishAbandoned) &&
         putFunction(env, exports, "finishInnermost", finishInnermost);
}

}  // namespace rawffi
