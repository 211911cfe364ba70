// What the two parts of rawffi share: the Node-API addon (native/) and the V8 part (v8/). It is the layout of the
// frame, of a thread's and an environment's state, and of closures; neither part's own API is known here.
//
// The Node-API addon makes all of it and owns it. The V8 part is told where they are, and enters C as the addon's
// `enter` does: it counts `depth`, and looks at `pending` on the way out.
#pragma once

#include <js_native_api_types.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

// Slots, words, codes: src/table.ts.
#include "table.h"

namespace rawffi {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "Not yet: big-endian; narrow values would sit at a slot's end");
static_assert(sizeof(void*) == 8, "Not yet: 32-bit; slots are copied whole");

// -- A thread's state ------------------------------------------------------------------------------

// What a callback threw; empty when `holder` is null. The value sits in an array, for only objects can be referenced. A
// closure that was refused where nothing can be made stands there itself, with an Asked in its lowest bits: the error
// is made when it is thrown.
struct Pending {
  napi_env env = nullptr;
  napi_ref holder = nullptr;
};

struct Mailbox;
struct Closure;

// From where a C function was called that is suspended: JavaScript's stack pointer, on which its registers lay, and its
// return address.
struct Left {
  uint64_t at;
  uint64_t from;
  const Left* outer;
};

struct Thread {
  uint64_t* frame = nullptr;
  // scratch::BYTES long.
  char* scratch = nullptr;
  // Calls of `enter` that have not returned; 0 means that C was not called by us but by an event loop.
  uint32_t depth = 0;
  uint32_t environments = 0;
  // The first free slot of the frame's callback area.
  size_t callbackTop = slot::CALLBACKS;
  // Belongs to the innermost active `enter`.
  Pending pending;
  // The stack that the system gave this thread, and the address below which no callback begins on it: stack.cc.
  uintptr_t stackLowest = 0;
  uintptr_t stackLimit = 0;
  uintptr_t stackEnd = 0;
  // Where the engine keeps a limit of its own, and what that was first; null where it is not known.
  const volatile uintptr_t* engineLimit = nullptr;
  uintptr_t firstEngineLimit = 0;
  Mailbox* mailbox = nullptr;
  // The real one.
  int* errnoAt = &errno;
  // Where goes what a callback of a job throws, when no call is active.
  Pending* thrownTo = nullptr;
  // The closure that was refused last, or that Fault::FREED is about.
  const Closure* refused = nullptr;
  // Where signal handlers run, if it is ours: fault.cc.
  void* signalStack = nullptr;
  // C's part of it, where C runs while callbacks live, from its lowest address. None when there are no bytes.
  uintptr_t ownStack = 0;
  size_t ownStackBytes = 0;
  // Makes the frame's call there; null when there is no such part.
  void (*enterBelow)(Thread* current, void (*makeCall)(void* frame)) = nullptr;
  // JavaScript's stack pointer in the innermost call that it made; 0 when the innermost call was not made there.
  uintptr_t enteredAt = 0;
  // The number of the closure made last, in whichever environment.
  uint32_t lastClosure = 0;
  // What the innermost C function that is suspended waits for, and from where that was called.
  Closure* asked = nullptr;
  const Left* left = nullptr;
  // What was innermost when the last call began that waits further down on C's part: it and what is outer cannot be
  // finished before that is over.
  const Left* below = nullptr;
  // No JavaScript runs for C: what was abandoned is to come to its end.
  // JavaScript has a callback of a job run in a context of its choice: an outermost callback would begin another one.
  bool isWithinJob = false;
  bool isRefusing = false;
};

// -- What an environment shows the V8 part ---------------------------------------------------------

// What the V8 part keeps for an environment. It has a destructor, but not one that is virtual: `release` is.
struct Attachment {
  void (*release)(Attachment*);
};

struct Shared {
  napi_env env;
  Thread* thread;
  Attachment* attachment = nullptr;
  // Makes a Pending of what was thrown.
  Pending (*keep)(napi_env env, napi_value error);
  // Whether memory is there, and text with its end; if not, the addon has remembered where it is not.
  bool (*canRead)(const void* from, size_t byteLength);
  bool (*textLength)(const char* from, size_t* length);
};

// -- Closures --------------------------------------------------------------------------------------

// A C function that enters JavaScript. native/callback.cc has the story; the V8 part holds and calls its function,
// where there is one.
struct Closure {
  // What stubs call, so it comes first. Gives the address of the result, if that fits a slot.
  uint64_t* (*handle)(Closure* self, uint64_t* slots);
  // Null once the environment is gone. Another thread only compares it.
  std::atomic<Thread*> thread{nullptr};
  Shared* environment = nullptr;
  // The function, held weakly: a reference of Node-API's or the one word of a Global of V8's. Null once it was
  // collected or let go.
  void* function = nullptr;
  // Calls `function`; false when it threw, or could not be called. What it threw is left in `thrown`.
  bool (*call)(Closure* self, bool isOutermost, Pending* thrown) = nullptr;
  void (*letGo)(Closure* self) = nullptr;
  // Of the arguments in the frame, and of a wide result, in bytes; 0 is a result that is not wide.
  uint32_t slotCount = 0;
  uint32_t wideResult = 0;
  // What SUSPENDED says of it: another one each time it is made.
  uint32_t number = 0;
  // Calls of `handle` that are on the stack; such a closure is not reused.
  uint32_t active = 0;
  bool swapsErrno = false;
  bool isFree = false;
  // A foreign thread does not wait for it.
  bool isNowait = false;
  // Said of it: it was called after its thread ended.
  std::atomic<bool> isReported{false};
  // How foreign threads reach it; null when they do not any more.
  std::atomic<Mailbox*> mailbox{nullptr};
  // The addon's ClosureShape, while the environment lives.
  const void* shape = nullptr;
  // Where C finds it.
  void* code = nullptr;
  // Of libffi's closures, the other kind: its memory and its plan.
  void* ffi = nullptr;
  void* plan = nullptr;
  // Of its function, for messages; cut when it is longer. Here it lives as long as the tombstone, and ends with it.
  char name[48] = "";
};

static_assert(offsetof(Closure, handle) == offset::CLOSURE_HANDLE, "closures' stubs call it");

// One of the 32-bit integers of the frame: word::….
inline uint32_t& wordOf(const Thread* thread, size_t index) {
  return reinterpret_cast<uint32_t*>(thread->frame)[index];
}
inline uint32_t& scratchTop(const Thread* thread) { return wordOf(thread, word::SCRATCH_TOP); }

// Takes the `length` bytes of text at the top, and a NUL behind them, off what is free; a Pushed is handed on.
inline int32_t pushWritten(Thread* thread, int32_t length) {
  if (length < 0) return length;
  uint32_t& top = scratchTop(thread);
  const auto start = static_cast<int32_t>(top);
  top += (static_cast<uint32_t>(length) + scratch::ALIGN) & -scratch::ALIGN;
  return start;
}

// Runs the stub, or a target that takes nothing: as any function behind `...` it is told that no vector register is
// used, for nobody knows what it is declared to be.
inline void makeCall(void* frame) {
  reinterpret_cast<void (*)(...)>(static_cast<const uint64_t*>(frame)[slot::ENTRY])();
}

// The same where C runs: on its own part of the stack while callbacks live.
template <void (*make)(void* frame) = makeCall>
inline void enterFrame(Thread* current) {
  current->frame[slot::LEAF] = 0;
  if (current->enterBelow != nullptr && wordOf(current, word::LIVE_CLOSURES) != 0) {
    current->enterBelow(current, make);
  } else {
    make(current->frame);
  }
}

// The same on JavaScript's part, for C that runs JavaScript by other means than closures.
template <void (*make)(void* frame) = makeCall>
inline void enterFrameHere(Thread* current) {
  current->frame[slot::LEAF] = 0;
  const uintptr_t outer = current->enteredAt;
  current->enteredAt = 0;
  make(current->frame);
  current->enteredAt = outer;
}

// Whether a leaf call is on the stack. What such a call has left in LEAF is meant by nobody when it is over.
inline bool isInLeafCall(const uint64_t* frame) { return frame[slot::LEAF] != 0 && frame[slot::TARGET] != 0; }

// Exchanges errno and the frame's copy of it.
inline void swapErrno(uint64_t* frame) {
  auto* own = reinterpret_cast<int32_t*>(&frame[slot::ERRNO]);
  const int32_t real = errno;
  errno = *own;
  *own = real;
}

}  // namespace rawffi
