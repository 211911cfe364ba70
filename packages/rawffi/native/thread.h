// Shared by the two parts of rawffi, the Node-API addon (native/) and the V8 part (v8/): the layouts of the frame, of
// the state of threads and environments, and of closures. It uses neither Node-API nor V8.
//
// The Node-API addon creates and owns all of it. The V8 part gets the addresses, and enters C as the addon's `enter`
// does: it counts `depth`, and checks `pending` on the way out.
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
static_assert(sizeof(void*) == 8, "32-bit processes are not supported: slots are copied whole");

// Where a variable of a thread lies. Initial-exec is one load, without a call of __tls_get_addr; a few bytes fit in the
// surplus that glibc reserves for dlopen. musl reserves none, and loads no such library.
#if defined(__GLIBC__) || defined(_WIN32) || defined(__APPLE__)
#define RAWFFI_TLS_MODEL "initial-exec"
#else
#define RAWFFI_TLS_MODEL "local-dynamic"
#endif

// -- A thread's state ------------------------------------------------------------------------------

// What a callback threw; empty when `holder` is null. The value is in an array, because only objects can be referenced.
// A closure that was refused where no object can be made is stored itself, with an Asked in its lowest bits: the error
// is made when it is thrown.
struct Pending {
  napi_env env = nullptr;
  napi_ref holder = nullptr;
};

struct Mailbox;
struct Closure;

// From where a suspended C function was called: JavaScript's stack pointer, at which its registers were, and its return
// address.
struct Left {
  uint64_t at;
  uint64_t from;
  const Left* outer;
};

struct Thread {
  uint64_t* frame = nullptr;
  // scratch::BYTES long.
  char* scratch = nullptr;
  // The number of calls of `enter` that have not returned; 0 means that an event loop has called C, not we.
  uint32_t depth = 0;
  // Its environments, the newest first.
  struct Environment* newest = nullptr;
  // The block that the frame and the scratch memory lie in; null where V8 has allocated it, because the runtime refuses
  // buffers over memory of ours.
  void* block = nullptr;
  // The first free slot of the frame's callback area.
  size_t callbackTop = slot::CALLBACKS;
  // The exception of the innermost active `enter`.
  Pending pending;
  // This thread's stack, and the address below which no callback begins on it: stack.cc.
  uintptr_t stackLowest = 0;
  uintptr_t stackLimit = 0;
  uintptr_t stackEnd = 0;
  // Where the engine keeps its stack limit, and the limit's first value; null where it is not known.
  const volatile uintptr_t* engineLimit = nullptr;
  uintptr_t firstEngineLimit = 0;
  Mailbox* mailbox = nullptr;
  // The address of the thread's errno.
  int* errnoAt = &errno;
  // Where an exception of a job's callback is stored when no call is active.
  Pending* thrownTo = nullptr;
  // The closure that was refused last, or that Fault::FREED is about.
  const Closure* refused = nullptr;
  // The stack for signal handlers, if it is ours: fault.cc.
  void* signalStack = nullptr;
  // C's part of the stack, where C runs while callbacks live: its lowest address and its size, which is 0 when there is
  // none.
  uintptr_t ownStack = 0;
  size_t ownStackBytes = 0;
  // Makes the frame's call there; null when there is no C part.
  void (*enterBelow)(Thread* current, void (*makeCall)(void* frame)) = nullptr;
  // JavaScript's stack pointer at the innermost such call; 0 when the innermost call did not go there.
  uintptr_t enteredAt = 0;
  // The number of the closure made last, in any environment.
  uint32_t lastClosure = 0;
  // The closure that the innermost suspended C function waits for, and from where that function was called.
  Closure* asked = nullptr;
  const Left* left = nullptr;
  // What was innermost when the last call began that waits further down on C's part: neither that nor anything outside
  // of it can be finished before the call is over.
  const Left* below = nullptr;
  // C gets zero from closures, without JavaScript: abandoned functions are being run to their end. JavaScript is
  // running a job's callback in a context of its choice; an outermost callback would begin a context of its own.
  bool isWithinJob = false;
  bool isRefusing = false;
};

// -- What an environment shows the V8 part ---------------------------------------------------------

// What the V8 part keeps for an environment. The virtual function is `release`, not the destructor.
struct Attachment {
  void (*release)(Attachment*);
};

struct Shared {
  napi_env env;
  Thread* thread;
  Attachment* attachment = nullptr;
  // Keeps what was thrown as a Pending.
  Pending (*keep)(napi_env env, napi_value error);
  // Whether memory can be read, and text up to its end; if not, the addon has recorded the address.
  bool (*canRead)(const void* from, size_t byteLength);
  bool (*textLength)(const char* from, size_t* length);
};

// -- Closures --------------------------------------------------------------------------------------

// A C function that enters JavaScript: native/callback.cc explains it. The V8 part, where there is one, holds and calls
// the function.
struct Closure {
  // Called by stubs, so it comes first. Returns the address of the result, if that fits a slot.
  uint64_t* (*handle)(Closure* self, uint64_t* slots);
  // Null once the environment is gone. Another thread only compares it.
  std::atomic<Thread*> thread{nullptr};
  Shared* environment = nullptr;
  // The function, held weakly: a Node-API reference, or the one word of a V8 Global. Null once it has been collected or
  // released.
  void* function = nullptr;
  // Calls `function`; false when it threw or could not be called. Its exception is stored in `thrown`.
  bool (*call)(Closure* self, bool isOutermost, Pending* thrown) = nullptr;
  void (*letGo)(Closure* self) = nullptr;
  // The slots of the arguments in the frame, and the size of a wide result in bytes, 0 for other results.
  uint32_t slotCount = 0;
  uint32_t wideResult = 0;
  // Identifies it in SUSPENDED. A closure whose memory is reused gets a new number.
  uint32_t number = 0;
  // The number of calls of `handle` on the stack; the closure is not reused while there are any.
  uint32_t active = 0;
  bool swapsErrno = false;
  bool isFree = false;
  // A foreign thread does not wait for it.
  bool isNowait = false;
  // Whether it has been reported that it was called after its thread ended.
  std::atomic<bool> isReported{false};
  // How foreign threads reach it; null when they cannot any more.
  std::atomic<Mailbox*> mailbox{nullptr};
  // The addon's ClosureShape, while the environment lives.
  const void* shape = nullptr;
  // The address that C gets.
  void* code = nullptr;
  // For a libffi closure, the other kind: its memory and its plan.
  void* ffi = nullptr;
  void* plan = nullptr;
  // The name of its function, for messages; truncated when longer. It is stored here to live as long as the tombstone.
  char name[48] = "";
};

static_assert(offsetof(Closure, handle) == offset::CLOSURE_HANDLE, "closures' stubs call it");

// One of the frame's 32-bit integers: word::….
inline uint32_t& wordOf(const Thread* thread, size_t index) {
  return reinterpret_cast<uint32_t*>(thread->frame)[index];
}
inline uint32_t& scratchTop(const Thread* thread) { return wordOf(thread, word::SCRATCH_TOP); }

// Reserves the `length` bytes of text at the top of the scratch memory, and a NUL after them; a Pushed is returned as
// it is.
inline int32_t pushWritten(Thread* thread, int32_t length) {
  if (length < 0) return length;
  uint32_t& top = scratchTop(thread);
  const auto start = static_cast<int32_t>(top);
  top += (static_cast<uint32_t>(length) + scratch::ALIGN) & -scratch::ALIGN;
  return start;
}

// Runs the stub, or a target that takes no arguments. The call is made as to a variadic function, that is, says that no
// vector register is used, since the target may be variadic.
inline void makeCall(void* frame) {
  reinterpret_cast<void (*)(...)>(static_cast<const uint64_t*>(frame)[slot::ENTRY])();
}

// The same on C's own part of the stack while callbacks live.
template <void (*make)(void* frame) = makeCall>
inline void enterFrame(Thread* current) {
  current->frame[slot::LEAF] = 0;
  if (current->enterBelow != nullptr && wordOf(current, word::LIVE_CLOSURES) != 0) {
    current->enterBelow(current, make);
  } else {
    make(current->frame);
  }
}

// The same on JavaScript's part of the stack, for C that runs JavaScript by other means than closures.
template <void (*make)(void* frame) = makeCall>
inline void enterFrameHere(Thread* current) {
  current->frame[slot::LEAF] = 0;
  const uintptr_t outer = current->enteredAt;
  current->enteredAt = 0;
  make(current->frame);
  current->enteredAt = outer;
}

// Whether a leaf call is on the stack. A leaf call does not reset LEAF when it ends, so LEAF counts only while the
// frame is in use.
inline bool isInLeafCall(const uint64_t* frame) { return frame[slot::LEAF] != 0 && frame[slot::TARGET] != 0; }

}  // namespace rawffi
