// What the two parts of rawffi share: the Node-API addon (native/) and the V8 part (fast/). It is the layout of the frame, of a thread's
// and an environment's state, and of closures; neither part's own API is known here.
//
// The Node-API addon makes all of it and owns it. The V8 part is told where they are, and enters C as the addon's `enter` does: it
// counts `depth`, and looks at `pending` on the way out.
#pragma once

#include <js_native_api_types.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace rawffi {

// Of the interface between the parts and with src/addon.ts, where the number is ADDON_VERSION.
constexpr double VERSION = 12;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "Not yet: big-endian; narrow values would sit at a slot's end");
static_assert(sizeof(void*) == 8, "Not yet: 32-bit; slots are copied whole");

// -- The frame: FRAME and CALLBACK_FRAME of src/frame.ts --------------------------------------------

namespace slot {
// In front of the frame, where JavaScript does not see them: see stack.cc. The compiler would not take them for size_t.
constexpr ptrdiff_t OUTER_STACK = -1;
constexpr ptrdiff_t OWN_STACK = -2;
constexpr size_t ENTRY = 0;
constexpr size_t TARGET = 1;
constexpr size_t PLAN = 2;
constexpr size_t ERRNO = 3;
constexpr size_t CALLBACK = 4;
constexpr size_t CLOSURES = 5;
constexpr size_t LEAF = 6;
constexpr size_t FAULT = 7;
constexpr size_t SCRATCH = 8;
constexpr size_t SUSPENDED = 9;
constexpr size_t RESULT = 10;
constexpr size_t ARGUMENTS = 12;
constexpr size_t CALLBACKS = 12 + 1024;
constexpr size_t COUNT = 32768;
constexpr size_t CALLBACK_RESULT = 0;
constexpr size_t CALLBACK_ARGUMENTS = 2;
}  // namespace slot

// FAULT of src/frame.ts; the last one is for the frames of calls on other threads alone.
enum Fault : uint32_t { NONE, LIVE, FREED, NO_MEMORY };

// SUSPENDED of src/frame.ts. What follows are closures' numbers.
enum Asked : uint32_t { NOTHING, FREED_CLOSURE, TOO_DEEP, FIRST_NUMBER };

// PUSHED of src/frame.ts.
enum Pushed : int32_t { HAS_NUL = -1, TOO_LONG = -2 };

// SCRATCH_ALIGN of src/frame.ts.
constexpr uint32_t SCRATCH_ALIGN = 32;
constexpr uint32_t SCRATCH_BYTES = 256 * 1024;

// -- A thread's state ------------------------------------------------------------------------------

// What a callback threw; empty when `holder` is null. The value sits in an array, for only objects can be referenced.
struct Pending {
  napi_env env = nullptr;
  napi_ref holder = nullptr;
};

struct Mailbox;
struct Closure;

struct Thread {
  // First, for stack.cc finds it in machine code.
  uint64_t* frame = nullptr;
  // SCRATCH_BYTES long.
  char* scratch = nullptr;
  // Calls of `enter` that have not returned; 0 means that C was not called by us but by an event loop.
  uint32_t depth = 0;
  uint32_t environments = 0;
  // The first free slot of the frame's callback area.
  size_t callbackTop = slot::CALLBACKS;
  // Belongs to the innermost active `enter`.
  Pending pending;
  // Below this address a callback does not go: JavaScript and C need some stack to end well. 0 is not known yet.
  uintptr_t stackLimit = 0;
  Mailbox* mailbox = nullptr;
  // The real one.
  int* errnoAt = &errno;
  // Where goes what a callback of a job throws, when no call is active.
  Pending* thrownTo = nullptr;
  // The closure that Fault::FREED is about.
  const Closure* freed = nullptr;
  // Where signal handlers run, if it is ours: fault.cc.
  void* signalStack = nullptr;
  // The stack of switching calls, from its lowest address; stack.cc has what follows. None yet when there are no bytes.
  uintptr_t ownStack = 0;
  size_t ownStackBytes = 0;
  // The number of the closure made last, in whichever environment.
  uint32_t lastClosure = 0;
  // What the innermost C function that is suspended waits for.
  Closure* asked = nullptr;
  // Where JavaScript's stack was when that went to it; the highest address when none is suspended.
  uintptr_t leftAt = UINTPTR_MAX;
  // No JavaScript runs for C: what was abandoned is to come to its end.
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

// A C function that enters JavaScript. native/callback.cc has the story; the V8 part holds and calls its function, where there is one.
struct Closure {
  // What stubs call, so it comes first. Gives the address of the result, if that fits a slot.
  uint64_t* (*handle)(Closure* self, uint64_t* slots);
  // Null once the environment is gone. Another thread only compares it.
  std::atomic<Thread*> thread{nullptr};
  Shared* environment = nullptr;
  // The function, held weakly: a reference of Node-API's or the one word of a Global of V8's. Null once it was collected or let go.
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

inline uint32_t& scratchTop(Thread* thread) { return *reinterpret_cast<uint32_t*>(&thread->frame[slot::SCRATCH]); }

// Takes the `length` bytes of text at the top, and a NUL behind them, off what is free; a Pushed is handed on.
inline int32_t pushWritten(Thread* thread, int32_t length) {
  if (length < 0) return length;
  uint32_t& top = scratchTop(thread);
  const auto start = static_cast<int32_t>(top);
  top += (static_cast<uint32_t>(length) + SCRATCH_ALIGN) & -SCRATCH_ALIGN;
  return start;
}

// Runs the stub, or a target that takes nothing: as any function behind `...` it is told that no vector register is used, for nobody knows what
// it is declared to be.
inline void enterFrame(const uint64_t* frame) { reinterpret_cast<void (*)(...)>(frame[slot::ENTRY])(); }

// Exchanges errno and the frame's copy of it.
inline void swapErrno(uint64_t* frame) {
  auto* own = reinterpret_cast<int32_t*>(&frame[slot::ERRNO]);
  const int32_t real = errno;
  errno = *own;
  *own = real;
}

}  // namespace rawffi
