// C functions that enter JavaScript.
//
// How a callback happens
//   1. C calls the closure's thunk (thunk.cc), which jumps to the stub of its signature; that puts the arguments into slots and calls handle().
//      A signature without a stub has a closure of libffi's instead, and handleFfi() does that
//   2. handle() refuses (zero for C) after the environment's end, after free(), and in a leaf call; a foreign thread asks the closure's own
//      thread (mailbox.cc)
//   3. it pushes a callback frame behind those of the callbacks that are active, and copies the slots into it
//   4. it calls the JavaScript function, which reads and writes that frame: Node-API's way is here, V8's in fast/callback.cc; in a switching call
//      it has JavaScript do it (stack.cc)
//   5. it pops the frame, and hands on what was thrown; the stub loads the result from where handle() says
//
// A closure's memory is never unmapped, for C may keep its address for ever: a freed one waits as a tombstone until more than a thousand others
// were freed after it. At the end of an environment all of its closures become tombstones, of the process: other environments use them again.
#include <alloca.h>
#include <pthread.h>

#include <cstring>
#include <mutex>

#include "mailbox.h"
#include "stack.h"

namespace rawffi {

namespace {

constexpr size_t MOST_TOMBSTONES = 1024;

// -- Entering JavaScript ---------------------------------------------------------------------------

// What C did that called a tombstone: its function was let go, or collected.
std::string freedMessage(const Closure& closure) {
  const std::string name = closure.name;
  return (name.empty() ? "a callback" : "the callback " + name) + " was called after it was freed: it was disposed of, or nobody held it any more";
}

void clearResult(const Closure& closure, uint64_t* slots) {
  if (closure.wideResult > 0) {
    std::memset(reinterpret_cast<void*>(slots[slot::CALLBACK_RESULT]), 0, closure.wideResult);
  } else {
    slots[slot::CALLBACK_RESULT] = 0;
  }
}

// Node-API's way. With no call of ours on the stack this is the outermost JavaScript, so promises and ticks must run after it:
// napi_make_callback sees to that.
bool callFunction(Closure* closure, bool isOutermost, Pending* thrown) {
  napi_env env = closure->environment->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
  napi_value function = nullptr;
  napi_value receiver = nullptr;
  napi_get_reference_value(env, static_cast<napi_ref>(closure->function), &function);
  napi_status status;
  if (function == nullptr) {
    status = napi_throw_error(env, nullptr, freedMessage(*closure).c_str());
    if (status == napi_ok) status = napi_pending_exception;
  } else if (isOutermost) {
    napi_value ignored = nullptr;  // Deno writes it, wanted or not
    napi_get_global(env, &receiver);
    status = napi_make_callback(env, nullptr, receiver, function, 0, nullptr, &ignored);
  } else {
    napi_get_undefined(env, &receiver);
    status = napi_call_function(env, receiver, function, 0, nullptr, nullptr);
  }
  if (status != napi_ok) {
    // A worker that is being terminated fails without an exception, and none could be thrown.
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

uintptr_t stackPointer() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)); }

// -- What stubs call -------------------------------------------------------------------------------

// A callback's frame: a place on the stack of them, which is in the thread's frame.
struct Place {
  size_t base;
  size_t top;

  Place(const Closure& closure, const Thread& current)
      : base(current.callbackTop), top(base + slot::CALLBACK_ARGUMENTS + closure.slotCount) {}
  bool isThere() const { return top <= slot::COUNT; }
};

// Makes the callback's frame the innermost one while it lives, with what the stub has stored in it.
class CallbackFrame {
 public:
  CallbackFrame(const Closure& closure, Thread& current, const Place& place, const uint64_t* slots)
      : current_(current),
        base_(place.base),
        outerCallback_(callbackSlot()),
        outerTarget_(current.frame[slot::TARGET]) {
    uint64_t* frame = current.frame + base_;
    frame[slot::CALLBACK_RESULT] = closure.wideResult > 0 ? slots[slot::CALLBACK_RESULT] : 0;
    frame[slot::CALLBACK_RESULT + 1] = 0;
    for (size_t i = slot::CALLBACK_ARGUMENTS; i < place.top - base_; i++) {
      frame[i] = slots[i];
      // One by one, as the stub has stored them: loaded in pairs, the processor would wait for both stores.
      __asm__ volatile("" ::: "memory");
    }
    callbackSlot() = static_cast<uint32_t>(base_);
    current.callbackTop = place.top;
  }
  CallbackFrame(const CallbackFrame&) = delete;
  CallbackFrame& operator=(const CallbackFrame&) = delete;
  ~CallbackFrame() {
    current_.callbackTop = base_;
    // Who looks for the name of the function that C is in (fault.cc) finds the right one, whatever the callback called.
    current_.frame[slot::TARGET] = outerTarget_;
    callbackSlot() = outerCallback_;
  }

  uint64_t* result() const { return current_.frame + base_ + slot::CALLBACK_RESULT; }

 private:
  uint32_t& callbackSlot() { return *reinterpret_cast<uint32_t*>(&current_.frame[slot::CALLBACK]); }

  Thread& current_;
  const size_t base_;
  const uint32_t outerCallback_;
  const uint64_t outerTarget_;
};

// Runs the function inside of C; where its result is, or null when C must get zero.
uint64_t* run(Closure* closure, Thread* current, const uint64_t* slots) {
  if (closure->function == nullptr) {
    raiseError(current, closure->environment->env, freedMessage(*closure).c_str());
    return nullptr;
  }
  const Place place(*closure, *current);
  if (!place.isThere() || stackPointer() < current->stackLimit) {
    raiseError(current, closure->environment->env, "callbacks are nested too deeply", true);
    return nullptr;
  }
  Pending thrown;
  // A C call made inside the callback must not see what an earlier callback of the outer call threw.
  const Pending outerPending = current->pending;
  current->pending = {};
  const CallbackFrame frame(*closure, *current, place, slots);
  const bool isDone = closure->call(closure, current->depth == 0, &thrown);
  current->pending = outerPending;
  if (__builtin_expect(thrown.holder != nullptr, 0)) raise(current, thrown);
  return isDone ? frame.result() : nullptr;
}

// The same by JavaScript that lets C wait: stack.cc.
inline uint64_t* runSwitching(Closure* closure, Thread* current, const uint64_t* slots) {
  if (current->isRefusing) return nullptr;
  const Place place(*closure, *current);
  if (__builtin_expect(closure->function == nullptr || !place.isThere() || isLow(current, stackPointer()), 0)) {
    current->freed = closure;
    suspend(current, closure, closure->function == nullptr ? FREED_CLOSURE : TOO_DEEP);
    return nullptr;
  }
  const CallbackFrame frame(*closure, *current, place, slots);
  return suspend(current, closure, closure->number) ? frame.result() : nullptr;
}

// `slots` is a callback frame of the stub's own. Gives the address of the result, zero or not.
uint64_t* handle(Closure* closure, uint64_t* slots) {
  Thread* current = thread;
  Thread* owner = closure->thread.load(std::memory_order_acquire);
  if (__builtin_expect(owner == nullptr || owner != current, 0)) {
    clearResult(*closure, slots);
    return ask(closure, slots);
  }
  const bool isSwitching = isOnOwnStack(current, stackPointer());
  // In a leaf call no JavaScript may run, and nothing may be made: who made the call looks at FAULT.
  if (__builtin_expect(!isSwitching && current->frame[slot::LEAF] != 0, 0)) {
    current->frame[slot::FAULT] = closure->function != nullptr ? Fault::LIVE : Fault::FREED;
    current->freed = closure;
    clearResult(*closure, slots);
    return slots;
  }
  // The runtime makes system calls of its own meanwhile: C finds errno as it was. A closure that swaps shows it to JavaScript, in the
  // frame, where it may be set for C.
  auto* frameErrno = reinterpret_cast<int32_t*>(&current->frame[slot::ERRNO]);
  int& realErrno = *current->errnoAt;
  const bool swapsErrno = closure->swapsErrno;
  const int32_t outerErrno = *frameErrno;
  const int32_t enteredWith = realErrno;
  if (swapsErrno) *frameErrno = enteredWith;
  closure->active++;
  uint64_t* result = isSwitching ? runSwitching(closure, current, slots) : run(closure, current, slots);
  closure->active--;
  realErrno = swapsErrno ? *frameErrno : enteredWith;
  if (swapsErrno) *frameErrno = outerErrno;
  if (__builtin_expect(result == nullptr, 0)) {
    clearResult(*closure, slots);  // JavaScript may have written a wide one before it threw
    return slots;
  }
  return result;
}

// libffi's handler: the same for who has no stub.
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
  const uint64_t* stored = handle(closure, slots);
  if (plan.resultIsWide || plan.result == &ffi_type_void) return;
  // libffi reads small integers as an ffi_arg.
  const uint64_t widened = widen(plan.result, stored);
  std::memcpy(result, &widened, sizeof widened);
}

// -- Making and freeing ----------------------------------------------------------------------------

// Tombstones of environments that ended, and the plans of libffi's, which looks into them before it asks us.
std::mutex graveyardLock;
std::deque<Closure*>* graveyard = nullptr;
std::vector<std::unique_ptr<Plan>>* plansOfTombstones = nullptr;

enum Kind { WITH_THUNK, OF_FFI };

Kind kindOf(const Closure& closure) { return closure.ffi == nullptr ? WITH_THUNK : OF_FFI; }

Closure* oldest(std::deque<Closure*>& tombstones) {
  if (tombstones.size() <= MOST_TOMBSTONES || tombstones.front()->active > 0) return nullptr;
  Closure* found = tombstones.front();
  tombstones.pop_front();
  return found;
}

Closure* fromGraveyard(Kind kind) {
  const std::lock_guard<std::mutex> guard(graveyardLock);
  return graveyard == nullptr ? nullptr : oldest(graveyard[kind]);
}

Closure* fromMemory(Kind kind) {
  if (kind == WITH_THUNK) {
    ThunkData* thunk = makeThunk();
    if (thunk == nullptr) return nullptr;
    auto* made = new Closure();
    made->handle = handle;
    made->code = codeOf(thunk);
    thunk->closure = made;
    return made;
  }
  void* code = nullptr;
  void* memory = ffiClosureMemory(&code);
  if (memory == nullptr) return nullptr;
  auto* made = new Closure();
  made->code = code;
  made->ffi = memory;
  return made;
}

// A tombstone that waited long enough, or new memory; null when there is none left.
Closure* obtain(Environment& environment, Kind kind) {
  if (Closure* again = oldest(environment.tombstones[kind])) return again;
  Closure* found = fromGraveyard(kind);
  if (found == nullptr) found = fromMemory(kind);
  if (found != nullptr) environment.closures.push_back(found);
  return found;
}

// What leaf calls depend on: see PreparedCall.leaf of src/interface.ts.
uint32_t& liveClosures(const Shared& environment) {
  return *reinterpret_cast<uint32_t*>(&environment.thread->frame[slot::CLOSURES]);
}

void bury(Closure* closure) {
  if (closure->isFree) return;
  closure->isFree = true;
  liveClosures(*closure->environment)--;
  if (closure->function != nullptr) closure->letGo(closure);
}

// The lowest address that this thread's stack may reach with a callback to come.
uintptr_t stackLimit() {
  pthread_attr_t attributes;
  void* lowest = nullptr;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 1;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(lowest) + STACK_RESERVE;
}

}  // namespace

static napi_value addShape(napi_env env, const ClosureShape& shape) {
  auto& shapes = Environment::of(env)->shapes;
  shapes.push_back(std::make_unique<ClosureShape>(shape));
  return fromAddress(env, shapes.back().get());
}

// stubShape(code, wideArguments, wideResult) -> address of a ClosureShape, which lives as long as the environment
static napi_value stubShape(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.stubShape: expected (Uint8Array, Uint32Array, number)");
  size_t length = 0;
  size_t slotCount = 0;
  const void* bytes = given.typedArray(0, napi_uint8_array, &length);
  const auto* sizes = static_cast<const uint32_t*>(given.typedArray(1, napi_uint32_array, &slotCount));
  const size_t wideResult = given.byteLength(2);
  if (length == 0 || slotCount > slot::CALLBACKS - slot::ARGUMENTS || wideResult > UINT32_MAX) given.fail();
  if (given.failed()) return nullptr;
  const void* stub = lastingCode(bytes, length);
  if (stub == nullptr) {
    napi_throw_error(env, nullptr, "rawffi.stubShape: no executable memory");
    return nullptr;
  }
  return addShape(env, {stub, nullptr, {sizes, sizes + slotCount}, static_cast<uint32_t>(wideResult)});
}

// planShape(plan) -> the same of closures of libffi's
static napi_value planShape(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.planShape: expected (number)");
  auto* plan = given.address<Plan>(0);
  if (plan == nullptr) given.fail();
  if (given.failed()) return nullptr;
  // An empty structure is a void of size 1 in libffi's book, and nothing to be cleared.
  const bool isWide = plan->resultIsWide && plan->result != &ffi_type_void;
  std::vector<uint32_t> sizes(plan->slotCount);
  for (const Argument& argument : plan->arguments) {
    if (argument.isWide) sizes[argument.slot] = static_cast<uint32_t>(argument.type->size);
  }
  return addShape(env, {nullptr, plan, std::move(sizes), isWide ? static_cast<uint32_t>(plan->result->size) : 0});
}

// closure(shape, swapsErrno, isNowait, name) -> handle. It has no function yet: `hold`.
static napi_value closure(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.closure: expected (number, boolean, boolean, string)");
  const auto* shape = given.address<ClosureShape>(0);
  const bool swapsErrno = given.boolean(1);
  const bool isNowait = given.boolean(2);
  if (shape == nullptr) given.fail();
  if (given.failed()) return nullptr;
  Environment& environment = *Environment::of(env);
  if (!openMailbox(environment)) return nullptr;
  if (environment.thread->stackLimit == 0) environment.thread->stackLimit = stackLimit();
  Closure* made = obtain(environment, shape->plan == nullptr ? WITH_THUNK : OF_FFI);
  if (made == nullptr) return throwRangeError(env, "rawffi.closure: no memory left for a callback");
  made->environment = &environment;
  made->function = nullptr;
  napi_get_value_string_utf8(env, given.value(3), made->name, sizeof made->name, nullptr);
  made->slotCount = static_cast<uint32_t>(shape->wideArguments.size());
  made->wideResult = shape->wideResult;
  uint32_t& last = environment.thread->lastClosure;
  if (++last < FIRST_NUMBER) last = FIRST_NUMBER;
  made->number = last;
  made->swapsErrno = swapsErrno;
  made->isNowait = isNowait;
  made->isFree = false;
  made->isReported.store(false);
  made->shape = shape;
  made->plan = shape->plan;
  if (shape->plan == nullptr) {
    thunkOf(made->code)->stub = shape->stub;
  } else if (ffi_prep_closure_loc(static_cast<ffi_closure*>(made->ffi), &shape->plan->cif, handleFfi, made, made->code) != FFI_OK) {
    environment.tombstones[OF_FFI].push_back(made);
    napi_throw_error(env, nullptr, "rawffi.closure: libffi cannot make a callback of this signature");
    return nullptr;
  }
  liveClosures(environment)++;
  made->thread.store(environment.thread, std::memory_order_release);
  if (!environment.isClosed) made->mailbox.store(environment.thread->mailbox, std::memory_order_release);
  return fromAddress(env, made);
}

// hold(handle, function): Node-API's way; the V8 part has another
static napi_value hold(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.hold: expected (number, function)");
  auto* of = given.address<Closure>(0);
  napi_valuetype kind = napi_undefined;
  napi_typeof(env, given.value(1), &kind);
  if (of == nullptr || kind != napi_function) given.fail();
  if (given.failed()) return nullptr;
  napi_ref reference = nullptr;
  napi_create_reference(env, given.value(1), 0, &reference);
  of->function = reference;
  of->call = callFunction;
  of->letGo = deleteReference;
  return nullptr;
}

// closureAddress(handle) -> address of the C function
static napi_value closureAddress(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.closureAddress: expected (number)");
  const auto* of = given.address<Closure>(0);
  if (given.failed()) return nullptr;
  return fromAddress(env, of->code);
}

// freedMessage() -> what Fault::FREED is about
static napi_value freedMessage(napi_env env, napi_callback_info) {
  const Closure* freed = Environment::of(env)->thread->freed;
  const std::string message = freed == nullptr ? "" : freedMessage(*freed);
  napi_value made = nullptr;
  napi_create_string_utf8(env, message.c_str(), message.size(), &made);
  return made;
}

// freeClosure(handle), once
static napi_value freeClosure(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.freeClosure: expected (number)");
  auto* freed = given.address<Closure>(0);
  if (given.failed()) return nullptr;
  bury(freed);
  Environment::of(env)->tombstones[kindOf(*freed)].push_back(freed);
  return nullptr;
}

void releaseClosures(Environment& environment) {
  if (environment.closures.empty()) return;
  const std::lock_guard<std::mutex> guard(graveyardLock);
  if (graveyard == nullptr) {
    graveyard = new std::deque<Closure*>[2];
    plansOfTombstones = new std::vector<std::unique_ptr<Plan>>();
  }
  for (Closure* closure : environment.closures) {
    closure->thread.store(nullptr, std::memory_order_release);
    bury(closure);
    if (closure->plan != nullptr) static_cast<Plan*>(closure->plan)->outlivesEnvironment = true;
    graveyard[kindOf(*closure)].push_back(closure);
  }
  for (auto& plan : environment.plans) {
    if (plan->outlivesEnvironment) plansOfTombstones->push_back(std::move(plan));
  }
}

bool registerClosure(napi_env env, napi_value exports) {
  return putFunction(env, exports, "stubShape", stubShape) && putFunction(env, exports, "planShape", planShape) &&
         putFunction(env, exports, "closure", closure) && putFunction(env, exports, "hold", hold) &&
         putFunction(env, exports, "closureAddress", closureAddress) && putFunction(env, exports, "freeClosure", freeClosure) &&
         putFunction(env, exports, "freedMessage", freedMessage);
}

}  // namespace rawffi
