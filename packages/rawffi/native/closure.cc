// C functions that enter JavaScript: libffi's closures.
//
// How a callback happens
//   1. C calls the closure's code; libffi gathers the arguments and calls handle()
//   2. handle() refuses (zero for C) on a foreign thread, after the environment's end, after free(), and in a leaf call
//   3. it pushes a callback frame behind those of the callbacks that are active, and copies the arguments into it
//   4. it calls the JavaScript function, which reads and writes that frame
//   5. it copies the result out, pops the frame, and hands on what was thrown
//
// A closure's memory is never unmapped, for C may keep its address for ever: a freed one waits as a tombstone until more than
// a thousand others were freed after it, and at the end of an environment all of its closures stay behind, dead (libffi's
// ffi_closure, a page-table entry of its trampoline, a Closure and its Plan: together about 500 bytes each).
#include <unistd.h>

#include <cstring>
#include <mutex>

#include "rawffi.h"

namespace rawffi {

struct Closure {
  ffi_closure* memory = nullptr;
  void* code = nullptr;
  Plan* plan = nullptr;
  // Null once the environment is gone. Another thread only compares it.
  std::atomic<Thread*> thread{nullptr};
  napi_env env = nullptr;
  // Weak; null once freed.
  napi_ref function = nullptr;
  bool swapsErrno = false;
  // Calls of handle() that are on the stack; such a closure is not reused.
  uint32_t active = 0;
};

namespace {

constexpr size_t MOST_TOMBSTONES = 1024;

// Dead closures of environments that ended, so that leak checkers find who holds them.
std::mutex graveyardLock;
std::vector<Closure*>* graveyard = nullptr;

// -- The result ------------------------------------------------------------------------------------

void clearResult(const Plan& plan, void* result) {
  if (plan.result == &ffi_type_void) return;
  // libffi reads small integers as an ffi_arg.
  const size_t size = plan.resultIsWide || plan.result->size > sizeof(ffi_arg) ? plan.result->size : sizeof(ffi_arg);
  std::memset(result, 0, size);
}

void storeResult(const Plan& plan, uint64_t value, void* result) {
  if (plan.resultIsWide || plan.result == &ffi_type_void) return;
  const uint64_t widened = widen(plan.result, &value);
  std::memcpy(result, &widened, sizeof widened);
}

// -- Entering JavaScript ---------------------------------------------------------------------------

void reportForeignThread() {
  static const char text[] = "rawffi: a callback was called on a foreign thread; C gets zero\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) return;
}

void pushArguments(const Plan& plan, uint64_t* frame, void* result, void** values) {
  frame[slot::CALLBACK_RESULT] = plan.resultIsWide ? reinterpret_cast<uint64_t>(result) : 0;
  frame[slot::CALLBACK_RESULT + 1] = 0;
  for (size_t i = 0; i < plan.arguments.size(); i++) {
    const Argument& argument = plan.arguments[i];
    const bool isAddress = argument.isWide && !argument.isReference;
    const ffi_type* type = plan.types[i];
    frame[slot::CALLBACK_ARGUMENTS + argument.slot] =
        isAddress ? reinterpret_cast<uint64_t>(values[i]) : widen(type, values[i]);
  }
}

// Calls `function`; what it threw, or null. With no call of ours on the stack this is the outermost JavaScript, so promises and
// ticks must run after it: napi_make_callback sees to that.
napi_value callJavaScript(napi_env env, napi_value function, bool isOutermost) {
  napi_value receiver;
  napi_status status;
  if (isOutermost) {
    napi_get_global(env, &receiver);
    status = napi_make_callback(env, nullptr, receiver, function, 0, nullptr, nullptr);
  } else {
    napi_get_undefined(env, &receiver);
    status = napi_call_function(env, receiver, function, 0, nullptr, nullptr);
  }
  if (status == napi_ok) return nullptr;
  // A worker that is being terminated fails without an exception, and none could be thrown.
  bool isPending = false;
  napi_value error = nullptr;
  if (napi_is_exception_pending(env, &isPending) != napi_ok || !isPending) return nullptr;
  return napi_get_and_clear_last_exception(env, &error) == napi_ok ? error : nullptr;
}

// Runs `function` with a frame of its own; false when C must get zero.
bool run(const Closure& closure, napi_value function, Thread* current, void* result, void** values) {
  const Plan& plan = *closure.plan;
  const size_t base = current->callbackTop;
  const size_t top = base + slot::CALLBACK_ARGUMENTS + plan.slotCount;
  if (top > slot::COUNT) {
    raiseError(current, closure.env, "callbacks are nested too deeply", true);
    return false;
  }
  uint64_t* frame = current->frame + base;
  pushArguments(plan, frame, result, values);
  auto* callbackSlot = reinterpret_cast<uint32_t*>(&current->frame[slot::CALLBACK]);
  const uint32_t outerCallback = *callbackSlot;
  // Who looks for the name of the function that C is in (fault.cc) finds the right one, whatever the callback called.
  const uint64_t outerTarget = current->frame[slot::TARGET];
  // A C call made inside the callback must not see what an earlier callback of the outer call threw.
  const Pending outerPending = current->pending;
  *callbackSlot = static_cast<uint32_t>(base);
  current->callbackTop = top;
  current->pending = {};

  napi_value error = callJavaScript(closure.env, function, current->depth == 0);

  current->pending = outerPending;
  current->callbackTop = base;
  current->frame[slot::TARGET] = outerTarget;
  *callbackSlot = outerCallback;
  if (error != nullptr) {
    raise(current, closure.env, error);
    return false;
  }
  storeResult(plan, frame[slot::CALLBACK_RESULT], result);
  return true;
}

void handle(ffi_cif*, void* result, void** values, void* data) {
  auto& closure = *static_cast<Closure*>(data);
  const Plan& plan = *closure.plan;
  Thread* current = thread;
  Thread* owner = closure.thread.load(std::memory_order_acquire);
  clearResult(plan, result);
  if (owner == nullptr) return;
  if (owner != current) {
    reportForeignThread();
    return;
  }
  // In a leaf call no JavaScript may run, and nothing may be made: who made the call looks at FAULT.
  if (current->frame[slot::LEAF] != 0) {
    current->frame[slot::FAULT] = closure.function != nullptr ? Fault::LIVE : Fault::FREED;
    return;
  }
  // JavaScript sees C's errno in the frame and may set it for C; what stood there comes back, whatever the runtime did to the
  // real one meanwhile.
  auto* frameErrno = reinterpret_cast<int32_t*>(&current->frame[slot::ERRNO]);
  const int32_t outerErrno = *frameErrno;
  if (closure.swapsErrno) *frameErrno = errno;
  closure.active++;
  napi_handle_scope scope;
  if (napi_open_handle_scope(closure.env, &scope) == napi_ok) {
    napi_value function = nullptr;
    if (closure.function != nullptr) napi_get_reference_value(closure.env, closure.function, &function);
    if (function == nullptr) {
      raiseError(current, closure.env, "a callback was called after it was freed");
    } else if (!run(closure, function, current, result, values)) {
      clearResult(plan, result);  // JavaScript may have written a wide one before it threw
    }
    napi_close_handle_scope(closure.env, scope);
  }
  closure.active--;
  if (closure.swapsErrno) {
    errno = *frameErrno;
    *frameErrno = outerErrno;
  }
}

// -- Making and freeing ----------------------------------------------------------------------------

// A tombstone that waited long enough, or new memory; null when there is none left.
Closure* obtain(Environment& environment) {
  auto& tombstones = environment.tombstones;
  if (tombstones.size() > MOST_TOMBSTONES && tombstones.front()->active == 0) {
    Closure* oldest = tombstones.front();
    tombstones.pop_front();
    return oldest;
  }
  void* code = nullptr;
  auto* memory = static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), &code));
  if (memory == nullptr) return nullptr;
  auto* made = new Closure();
  made->memory = memory;
  made->code = code;
  environment.closures.push_back(made);
  return made;
}

// What leaf calls depend on: see PreparedCall.leaf of src/interface.ts.
uint32_t& liveClosures(const Environment& environment) {
  return *reinterpret_cast<uint32_t*>(&environment.thread->frame[slot::CLOSURES]);
}

void bury(Environment& environment, Closure* closure) {
  liveClosures(environment)--;
  if (closure->function != nullptr) napi_delete_reference(environment.env, closure->function);
  closure->function = nullptr;
  environment.tombstones.push_back(closure);
}

}  // namespace

// closure(plan, function, swapsErrno) -> handle
static napi_value closure(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.closure: expected (number, function, boolean)");
  auto* plan = given.address<Plan>(0);
  const bool swapsErrno = given.boolean(2);
  napi_valuetype kind = napi_undefined;
  napi_typeof(env, given.value(1), &kind);
  if (plan == nullptr || kind != napi_function) given.fail();
  if (given.failed()) return nullptr;
  Environment& environment = *Environment::of(env);
  Closure* made = obtain(environment);
  if (made == nullptr) return throwRangeError(env, "rawffi.closure: no memory left for a callback");
  liveClosures(environment)++;
  made->plan = plan;
  made->env = env;
  made->swapsErrno = swapsErrno;
  made->thread.store(environment.thread, std::memory_order_release);
  if (napi_create_reference(env, given.value(1), 0, &made->function) != napi_ok ||
      ffi_prep_closure_loc(made->memory, &plan->cif, handle, made, made->code) != FFI_OK) {
    bury(environment, made);
    napi_throw_error(env, nullptr, "rawffi.closure: libffi cannot make a callback of this signature");
    return nullptr;
  }
  return fromAddress(env, made);
}

// closureAddress(handle) -> address of the C function
static napi_value closureAddress(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.closureAddress: expected (number)");
  const auto* of = given.address<Closure>(0);
  if (given.failed()) return nullptr;
  return fromAddress(env, of->code);
}

// freeClosure(handle), once
static napi_value freeClosure(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.freeClosure: expected (number)");
  auto* freed = given.address<Closure>(0);
  if (!given.failed()) bury(*Environment::of(env), freed);
  return nullptr;
}

void releaseClosures(Environment& environment) {
  if (environment.closures.empty()) return;
  const std::lock_guard<std::mutex> lock(graveyardLock);
  if (graveyard == nullptr) graveyard = new std::vector<Closure*>();
  for (Closure* closure : environment.closures) {
    closure->thread.store(nullptr, std::memory_order_release);
    if (closure->function != nullptr) {
      napi_delete_reference(environment.env, closure->function);
      liveClosures(environment)--;
    }
    closure->function = nullptr;
    closure->plan->outlivesEnvironment = true;
    graveyard->push_back(closure);
  }
}

bool registerClosure(napi_env env, napi_value exports) {
  return putFunction(env, exports, "closure", closure) && putFunction(env, exports, "closureAddress", closureAddress) &&
         putFunction(env, exports, "freeClosure", freeClosure);
}

}  // namespace rawffi
