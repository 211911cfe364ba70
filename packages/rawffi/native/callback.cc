// How C enters JavaScript.
//
// How a callback happens
//   1. C calls the closure's thunk (thunk.cc), which jumps to the stub of its signature; the stub puts the arguments
//      into slots and calls handleCallback(). For a signature without a stub, a libffi closure and handleFfi() do this
//   2. handleCallback() refuses (C gets zero) after the environment's end, after free(), and in a leaf call; on a
//      foreign thread it asks the closure's own thread (mailbox.cc)
//   3. it pushes a callback frame after those of the active callbacks, and copies the slots into it
//   4. it calls the JavaScript function, which reads and writes that frame: through Node-API here, through V8 in
//      v8/callback.cc, both on JavaScript's part of the stack; in a switching call the suspended call's JavaScript does
//      it (stack.cc)
//   5. it pops the frame, and passes on what was thrown; the stub loads the result from the address that
//      handleCallback() returns
#include <alloca.h>
#include <unistd.h>

#include <cstring>

#include "closure.h"
#include "engine.h"
#include "errors.h"
#include "mailbox.h"
#include "stack.h"

namespace rawffi {

inline static uintptr_t stackPointer() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)); }

// -- Refusals --------------------------------------------------------------------------------------

std::string refusalMessage(const Closure& closure, Asked reason) {
  if (reason == Asked::TOO_DEEP) return "callbacks are nested too deeply";
  const std::string name = closure.name;
  return (name.empty() ? "a callback" : "the callback " + name) +
         (reason == Asked::FREED ? " was called after it was freed: it was disposed of, or nobody held it any more"
                                 : " was called on a stack that is not its thread's, as that of a coroutine or a "
                                   "signal handler; JavaScript cannot run there");
}

napi_value refusalError(const Pending& pending) {
  const auto bits = reinterpret_cast<uintptr_t>(pending.holder);
  const auto reason = static_cast<Asked>(bits & 7);
  const std::string message = refusalMessage(*reinterpret_cast<const Closure*>(bits - reason), reason);
  return makeError(pending.env, message.c_str(), reason == Asked::TOO_DEEP);
}

void refuse(Thread* current, Closure* closure, Asked reason) {
  uint64_t& outerStack = current->frame[slot::OUTER_STACK];
  const uintptr_t refusal = reinterpret_cast<uintptr_t>(closure) | reason;
  napi_env env = closure->environment->env;
  if (outerStack != 0) {
    // C on a stack that is not ours cannot be suspended: the call reports this when it ends.
    outerStack |= 1;
    if (current->frame[slot::REFUSED] == 0) current->frame[slot::REFUSED] = refusal;
  } else if (Pending* to = current->depth > 0 ? &current->pending : current->thrownTo) {
    if (to->holder == nullptr) *to = {env, reinterpret_cast<napi_ref>(refusal)};
  } else if (canEnterHere(current, stackPointer())) {
    raiseError(current, env, refusalMessage(*closure, reason).c_str(), reason == Asked::TOO_DEEP);
  } else {
    static constexpr char TEXT[] =
        "rawffi: a callback was called where no JavaScript can run, and no call can say so; C gets zero\n";
    if (write(STDERR_FILENO, TEXT, sizeof TEXT - 1) < 0) return;
  }
}

// -- Entering JavaScript ---------------------------------------------------------------------------

namespace {

void clearResult(const Closure& closure, uint64_t* slots) {
  if (closure.wideResult > 0) {
    std::memset(reinterpret_cast<void*>(slots[slot::CALLBACK_RESULT]), 0, closure.wideResult);
  } else {
    slots[slot::CALLBACK_RESULT] = 0;
  }
}

}  // namespace

// Through Node-API. With no call of ours on the stack this is the outermost JavaScript, so promises and ticks must run
// after it, which napi_make_callback does.
bool callFunction(Closure* closure, bool isOutermost, Pending* thrown) {
  napi_env env = closure->environment->env;
  // The JavaScript below is being terminated, as an earlier callback of this call has seen; the termination must reach
  // it.
  if (isTerminating()) return false;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
  napi_value function = nullptr;
  napi_value receiver = nullptr;
  napi_get_reference_value(env, static_cast<napi_ref>(closure->function), &function);
  napi_status status;
  if (function == nullptr) {
    status = napi_throw_error(env, nullptr, refusalMessage(*closure, Asked::FREED).c_str());
    if (status == napi_ok) status = napi_pending_exception;
  } else if (isOutermost) {
    napi_value ignored = nullptr;  // Deno writes it, wanted or not
    napi_get_global(env, &receiver);
    status = napi_make_callback(env, nullptr, receiver, function, 0, nullptr, &ignored);
  } else {
    napi_get_undefined(env, &receiver);
    status = napi_call_function(env, receiver, function, 0, nullptr, nullptr);
  }
  if (status != napi_ok && !isTerminating()) {
    // In a worker that is being terminated the call fails without an exception, and none could be thrown.
    bool isPending = false;
    napi_value error = nullptr;
    if (napi_is_exception_pending(env, &isPending) == napi_ok && isPending &&
        napi_get_and_clear_last_exception(env, &error) == napi_ok) {
      *thrown = keep(env, error);
    }
  }
  napi_close_handle_scope(env, scope);
  return status == napi_ok;
}

void deleteReference(Closure* closure) {
  napi_delete_reference(closure->environment->env, static_cast<napi_ref>(closure->function));
  closure->function = nullptr;
}

namespace {

// -- What stubs call -------------------------------------------------------------------------------

// The place of a callback frame on the stack of callback frames, which is in the thread's frame.
struct Place {
  size_t base;
  size_t top;

  Place(const Closure& closure, const Thread& current)
      : base(current.callbackTop), top(base + slot::CALLBACK_ARGUMENTS + closure.slotCount) {}
  bool isThere() const { return top <= slot::SLOTS; }
};

// While it lives, the callback's frame is the innermost one, with a copy of what the stub has stored.
class CallbackFrame {
 public:
  CallbackFrame(const Closure& closure, Thread& current, const Place& place, const uint64_t* slots)
      : current_(current), base_(place.base), outerCallback_(callbackSlot()),
        outerTarget_(current.frame[slot::TARGET]) {
    uint64_t* frame = current.frame + base_;
    frame[slot::CALLBACK_RESULT] = closure.wideResult > 0 ? slots[slot::CALLBACK_RESULT] : 0;
    frame[slot::CALLBACK_RESULT + 1] = 0;
    for (size_t i = slot::CALLBACK_ARGUMENTS; i < place.top - base_; i++) {
      frame[i] = slots[i];
      // One by one, as the stub has stored them: loading two words at once would stall the processor until both stores
      // are done.
      __asm__ volatile("" ::: "memory");
    }
    callbackSlot() = static_cast<uint32_t>(base_);
    // In use until JavaScript has read the arguments.
    current.frame[slot::TARGET] = 1;
    current.callbackTop = place.top;
  }
  CallbackFrame(const CallbackFrame&) = delete;
  CallbackFrame& operator=(const CallbackFrame&) = delete;
  ~CallbackFrame() {
    current_.callbackTop = base_;
    // The frame belongs to the outer call again; and the fault handler (fault.cc) finds the name of the right function.
    current_.frame[slot::TARGET] = outerTarget_;
    current_.frame[slot::LEAF] = 0;
    callbackSlot() = outerCallback_;
  }

  // JavaScript was terminated, with the caller of the C function: when C returns, the frame is free.
  void forgetCaller() { outerTarget_ = 0; }

  uint64_t* result() const { return current_.frame + base_ + slot::CALLBACK_RESULT; }

 private:
  uint32_t& callbackSlot() { return *reinterpret_cast<uint32_t*>(&current_.frame[slot::CALLBACK]); }

  Thread& current_;
  const size_t base_;
  const uint32_t outerCallback_;
  uint64_t outerTarget_;
};

// Runs the function inside of C, on JavaScript's part of the stack. Returns the address of its result, or null when C
// must get zero.
uint64_t* run(Closure* closure, Thread* current, const uint64_t* slots) {
  const Place place(*closure, *current);
  if (closure->function == nullptr || !place.isThere()) {
    refuse(current, closure, closure->function == nullptr ? Asked::FREED : Asked::TOO_DEEP);
    return nullptr;
  }
  Pending thrown;
  // A C call made inside the callback must not rethrow what an earlier callback of the outer call threw.
  const Pending outerPending = current->pending;
  current->pending = {};
  CallbackFrame frame(*closure, *current, place, slots);
  const Left* const left = current->left;
  const bool isDone = closure->call(closure, current->depth == 0 && !current->isWithinJob, &thrown);
  // C functions that terminated JavaScript has left suspended.
  finishDownTo(current, left);
  current->pending = outerPending;
  if (isDone) return frame.result();
  if (thrown.holder != nullptr) raise(current, thrown);
  else frame.forgetCaller();
  return nullptr;
}

// The same from C's part of the stack, in a call that is not switching.
uint64_t* runAbove(Closure* closure, Thread* current, const uint64_t* slots) {
  struct Run {
    Closure* closure;
    Thread* current;
    const uint64_t* slots;
    uint64_t* result;
  } wanted{closure, current, slots, nullptr};
  const auto onTheirs = [](void* data) {
    auto& of = *static_cast<Run*>(data);
    of.result = run(of.closure, of.current, of.slots);
  };
  uint64_t& ownStack = current->frame[slot::OWN_STACK];
  const uint64_t outer = ownStack;
  const Left* const outerBelow = current->below;
  current->below = current->left;
  rawffi_callOn(current->enteredAt, onTheirs, &wanted, reinterpret_cast<uintptr_t*>(&ownStack));
  current->below = outerBelow;
  ownStack = outer;
  return wanted.result;
}

// Why a closure that C calls here, outside of a switching call, cannot be run.
Asked reasonAgainst(const Thread* current, uintptr_t at) {
  if (isOnOwnStack(current, at) && current->enteredAt != 0)
    return isLow(current, at) ? Asked::TOO_DEEP : Asked::NOTHING;
  if (canEnterHere(current, at)) return Asked::NOTHING;
  return isOnThreadsStack(current, at) ? Asked::TOO_DEEP : Asked::FOREIGN_STACK;
}

// Enters JavaScript through the engine.
uint64_t* runEntering(Closure* closure, Thread* current, const uint64_t* slots) {
  const uintptr_t at = stackPointer();
  if (__builtin_expect(current->isRefusing, 0)) return nullptr;
  const Asked reason = reasonAgainst(current, at);
  if (__builtin_expect(reason != Asked::NOTHING, 0)) {
    refuse(current, closure, reason);
    return nullptr;
  }
  return isOnOwnStack(current, at) ? runAbove(closure, current, slots) : run(closure, current, slots);
}

// The same by suspending C and returning to JavaScript: stack.cc.
inline uint64_t* runSwitching(Closure* closure, Thread* current, const uint64_t* slots) {
  if (current->isRefusing) return nullptr;
  const Place place(*closure, *current);
  if (__builtin_expect(closure->function == nullptr || !place.isThere() || isLow(current, stackPointer()), 0)) {
    current->refused = closure;
    suspend(current, closure, closure->function == nullptr ? Asked::FREED : Asked::TOO_DEEP);
    return nullptr;
  }
  const CallbackFrame frame(*closure, *current, place, slots);
  return suspend(current, closure, closure->number) ? frame.result() : nullptr;
}

}  // namespace

// `slots` is a callback frame of the stub's own. Returns the address of the result, which may be zero.
uint64_t* handleCallback(Closure* closure, uint64_t* slots) {
  Thread* current = thread;
  Thread* owner = closure->thread.load(std::memory_order_acquire);
  if (__builtin_expect(owner == nullptr || owner != current, 0)) {
    clearResult(*closure, slots);
    return ask(closure, slots);
  }
  const bool isSwitching = current->frame[slot::OUTER_STACK] != 0 && isOnOwnStack(current, stackPointer());
  // In a leaf call no JavaScript may run, and no object may be made: the caller checks FAULT.
  if (__builtin_expect(!isSwitching && isInLeafCall(current->frame), 0)) {
    current->frame[slot::FAULT] = closure->function != nullptr ? Fault::LIVE : Fault::FREED;
    current->refused = closure;
    clearResult(*closure, slots);
    return slots;
  }
  // The runtime makes system calls meanwhile, so errno is saved and restored for C. A closure that swaps it shows it to
  // JavaScript in the frame, where it may be set for C.
  Errors& frameErrors = errorsIn(current->frame);
  const bool swapsErrno = closure->swapsErrno;
  const Errors outerErrors = frameErrors;
  const Errors enteredWith = readErrors(current);
  if (swapsErrno) frameErrors = enteredWith;
  // A closure that was freed before is no longer counted.
  const bool wasFree = closure->isFree;
  closure->active++;
  uint64_t* result = isSwitching ? runSwitching(closure, current, slots) : runEntering(closure, current, slots);
  // It counts as live while the C function that called it waits: see bury() of closure.cc.
  if (--closure->active == 0 && __builtin_expect(closure->isFree && !wasFree, 0)) liveClosures(*current)--;
  writeErrors(current, swapsErrno ? frameErrors : enteredWith);
  if (swapsErrno) frameErrors = outerErrors;
  if (__builtin_expect(result == nullptr, 0)) {
    clearResult(*closure, slots);  // JavaScript may have written a wide one before it threw
    return slots;
  }
  return result;
}

// libffi's handler: the same for closures without a stub.
void handleFfi(ffi_cif*, void* result, void** values, void* data) {
  auto* closure = static_cast<Closure*>(data);
  const Plan& plan = *static_cast<const Plan*>(closure->plan);
  auto* slots = static_cast<uint64_t*>(alloca((slot::CALLBACK_ARGUMENTS + plan.slotCount) * sizeof(uint64_t)));
  slots[slot::CALLBACK_RESULT] = reinterpret_cast<uint64_t>(result);
  for (size_t i = 0; i < plan.arguments.size(); i++) {
    const Argument& argument = plan.arguments[i];
    const bool isAddress = argument.isWide && !argument.isReference;
    slots[slot::CALLBACK_ARGUMENTS + argument.slot] =
        isAddress ? reinterpret_cast<uint64_t>(values[i]) : widen(plan.types[i], values[i]);
  }
  const uint64_t* stored = handleCallback(closure, slots);
  if (plan.resultIsWide || plan.result == &ffi_type_void) return;
  // libffi reads small integers as an ffi_arg.
  const uint64_t widened = widen(plan.result, stored);
  std::memcpy(result, &widened, sizeof widened);
}

}  // namespace rawffi
