// C functions that enter JavaScript: made and freed. What happens when C calls one is in callback.cc.
//
// A closure's memory is never unmapped, because C may keep its address forever: a freed closure waits as a tombstone
// until more than a thousand others were freed after it. When an environment ends, all of its closures become
// tombstones of the process, which other environments reuse.
#include "closure.h"

#include <mutex>

#include "mailbox.h"
#include "stack.h"

namespace rawffi {

namespace {

constexpr size_t MOST_TOMBSTONES = 1024;

// Tombstones of environments that ended, and the plans of their libffi closures, which libffi reads before it calls us.
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
    made->handle = handleCallback;
    made->code = codeOf(thunk);
    thunk->closure = made;
    return made;
  }
  void* code = nullptr;
  void* memory = ffiClosureMemory(&code);
  if (memory == nullptr) return nullptr;
  auto* made = new Closure();
  // libffi has a handler of its own; this one is for the mailbox, when another thread has called the closure.
  made->handle = handleCallback;
  made->code = code;
  made->ffi = memory;
  return made;
}

// A tombstone that has waited long enough, or new memory; null when there is none left.
Closure* obtain(Environment& environment, Kind kind) {
  if (Closure* again = oldest(environment.tombstones[kind])) return again;
  Closure* found = fromGraveyard(kind);
  if (found == nullptr) found = fromMemory(kind);
  if (found != nullptr) environment.closures.push_back(found);
  return found;
}

// A closure that is running counts as live until it returns: C waits below JavaScript on the stack, and calls must
// begin below C.
void bury(Closure* closure) {
  if (closure->isFree) return;
  closure->isFree = true;
  if (closure->active == 0) liveClosures(*closure->environment->thread)--;
  if (closure->function != nullptr) closure->letGo(closure);
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

// planShape(plan) -> the same for libffi closures
static napi_value planShape(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.planShape: expected (number)");
  auto* plan = given.address<Plan>(0);
  if (plan == nullptr) given.fail();
  if (given.failed()) return nullptr;
  // libffi describes an empty structure as a void of size 1; there is nothing to clear.
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
  Closure* made = obtain(environment, shape->plan == nullptr ? WITH_THUNK : OF_FFI);
  if (made == nullptr) return throwRangeError(env, "rawffi.closure: no memory left for a callback");
  made->environment = &environment;
  made->function = nullptr;
  napi_get_value_string_utf8(env, given.value(3), made->name, sizeof made->name, nullptr);
  made->slotCount = static_cast<uint32_t>(shape->wideArguments.size());
  made->wideResult = shape->wideResult;
  uint32_t& last = environment.thread->lastClosure;
  if (++last < Asked::FIRST_NUMBER) last = Asked::FIRST_NUMBER;
  made->number = last;
  made->swapsErrno = swapsErrno;
  made->isNowait = isNowait;
  made->isFree = false;
  made->isReported.store(false);
  made->shape = shape;
  made->plan = shape->plan;
  if (shape->plan == nullptr) {
    thunkOf(made->code)->stub = shape->stub;
  } else if (ffi_prep_closure_loc(static_cast<ffi_closure*>(made->ffi), &shape->plan->cif, handleFfi, made,
                                  made->code) != FFI_OK) {
    environment.tombstones[OF_FFI].push_back(made);
    napi_throw_error(env, nullptr, "rawffi.closure: libffi cannot make a callback of this signature");
    return nullptr;
  }
  liveClosures(*environment.thread)++;
  made->thread.store(environment.thread, std::memory_order_release);
  if (!environment.isClosed) made->mailbox.store(environment.thread->mailbox, std::memory_order_release);
  return fromAddress(env, made);
}

// hold(handle, function): through Node-API; the V8 part has its own
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

// refusalMessage(reason) -> the message for the closure that was refused last, or that Fault::FREED is about; the
// reason is an Asked
static napi_value refusalMessage(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.refusalMessage: expected (number)");
  const auto reason = static_cast<Asked>(given.byteLength(0));
  if (given.failed()) return nullptr;
  const Closure* refused = Environment::of(env)->thread->refused;
  const std::string message = refused == nullptr ? "" : refusalMessage(*refused, reason);
  napi_value made = nullptr;
  napi_create_string_utf8(env, message.c_str(), message.size(), &made);
  return made;
}

// freeClosure(handle), once per handle
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
         putFunction(env, exports, "closureAddress", closureAddress) &&
         putFunction(env, exports, "freeClosure", freeClosure) &&
         putFunction(env, exports, "refusalMessage", refusalMessage);
}

}  // namespace rawffi
