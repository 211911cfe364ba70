// Calls of C that are made when an environment ends: when a worker has run to its end or was terminated, or the main
// thread's event loop is empty. JavaScript cannot run any more by then, so owners of native resources leave the call
// that frees them here.
//
// They are made once, the last one left first, on the environment's own thread, after all other calls of the
// environment have ended. Closures return zero to C meanwhile. Memory of JavaScript that a call points to is still
// there.
#include <cstring>
#include <mutex>
#include <new>
#include <unordered_map>

#include "mailbox.h"
#include "stack.h"

namespace rawffi {

namespace {

// Libraries that are held for their functions, by function. Finding a library takes longer than everything else here,
// so a hold that no call needs any more stays until a library is closed.
struct Hold {
  void* library;
  size_t calls;
};
std::mutex holdsLock;
std::unordered_map<const void*, Hold>* holds = nullptr;

void holdLibraryOf(const void* function) {
  const std::lock_guard<std::mutex> guard(holdsLock);
  if (holds == nullptr) holds = new std::unordered_map<const void*, Hold>();
  const auto found = holds->find(function);
  if (found != holds->end()) {
    found->second.calls++;
  } else {
    (*holds)[function] = {openLibraryOf(function), 1};
  }
}

void letGoOf(const void* function) {
  const std::lock_guard<std::mutex> guard(holdsLock);
  holds->at(function).calls--;
}

const void* targetOf(const uint64_t* frame) { return reinterpret_cast<const void*>(frame[slot::TARGET]); }

}  // namespace

Ending::~Ending() {
  if (frame != nullptr) letGoOf(targetOf(frame.get()));
}

void letLibrariesGo() {
  std::vector<void*> unused;
  {
    const std::lock_guard<std::mutex> guard(holdsLock);
    if (holds == nullptr) return;
    for (auto at = holds->begin(); at != holds->end();) {
      if (at->second.calls > 0) {
        ++at;
        continue;
      }
      if (at->second.library != nullptr) unused.push_back(at->second.library);
      at = holds->erase(at);
    }
  }
  // A library's destructors may do anything, so no lock is held here.
  for (void* library : unused) closeLibrary(library);
}

void makeEndingCalls(Environment& environment) {
  Thread* current = environment.thread;
  // C in the middle of a call may be using what would be freed; the process ends as well in this case.
  if (current->depth > 0) return;
  finishAbandoned(current, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  closeMailbox(environment);
  current->isRefusing = true;
  for (auto& endings = environment.endings; !endings.empty();) {
    const auto last = std::prev(endings.end());
    const Ending ending = std::move(last->second);
    // Before the call, so that it is made only once, whatever it does.
    endings.erase(last);
    // The fault handler (fault.cc) must find the right function. No leaf call is on the stack.
    current->frame[slot::LEAF] = 0;
    current->frame[slot::TARGET] = ending.frame[slot::TARGET];
    ending.entry(ending.frame.get());
  }
  current->isRefusing = false;
  letLibrariesGo();
}

// Leaves a call of `count` slots; the caller fills the frame from the target on. Null, with an exception, when there is
// no memory.
static uint64_t* add(napi_env env, void (*entry)(uint64_t*), const void* target, size_t count, napi_value* number) {
  Environment& environment = *Environment::of(env);
  Ending made;
  made.frame.reset(new (std::nothrow) uint64_t[count]());
  if (made.frame == nullptr) {
    throwRangeError(env, NO_MEMORY_FOR_CALL);
    return nullptr;
  }
  uint64_t* frame = made.frame.get();
  frame[slot::TARGET] = reinterpret_cast<uint64_t>(target);
  holdLibraryOf(target);
  made.entry = entry;
  environment.endings.emplace_hint(environment.endings.end(), ++environment.lastEnding, std::move(made));
  napi_create_uint32(env, environment.lastEnding, number);
  return frame;
}

// callAtEnd(slotCount) -> number: the call that the frame describes is made at the end
static napi_value callAtEnd(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.callAtEnd: expected (number)");
  const size_t slotCount = given.byteLength(0);
  if (slotCount > slot::CALLBACKS - slot::ARGUMENTS) given.fail();
  if (given.failed()) return nullptr;
  const uint64_t* frame = Environment::of(env)->thread->frame;
  const size_t count = slot::ARGUMENTS + slotCount;
  napi_value number = nullptr;
  uint64_t* copy = add(env, reinterpret_cast<void (*)(uint64_t*)>(frame[slot::ENTRY]), targetOf(frame), count, &number);
  if (copy == nullptr) return nullptr;
  std::memcpy(copy, frame, count * sizeof(uint64_t));
  copy[slot::FAULT] = Fault::NONE;
  return number;
}

// The entry of a call for each item of a list: its arguments are the list and the number of items.
static void callEach(uint64_t* frame) {
  const auto target = reinterpret_cast<void (*)(uint64_t)>(frame[slot::TARGET]);
  auto* items = reinterpret_cast<uint64_t*>(frame[slot::ARGUMENTS]);
  for (uint64_t i = frame[slot::ARGUMENTS + 1]; i-- > 0;) {
    const uint64_t item = items[i];
    items[i] = 0;
    if (item != 0) target(item);
  }
}

// callEachAtEnd(target, list, count) -> number: `count` calls with one argument each
static napi_value callEachAtEnd(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.callEachAtEnd: expected (number, number, number)");
  const void* target = given.address(0);
  const void* list = given.address(1);
  const size_t count = given.byteLength(2);
  if (given.failed()) return nullptr;
  napi_value number = nullptr;
  uint64_t* frame = add(env, callEach, target, slot::ARGUMENTS + 2, &number);
  if (frame == nullptr) return nullptr;
  frame[slot::ARGUMENTS] = reinterpret_cast<uint64_t>(list);
  frame[slot::ARGUMENTS + 1] = count;
  return number;
}

// cancelAtEnd(number) -> whether the call was still waiting; it is then not made
static napi_value cancelAtEnd(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.cancelAtEnd: expected (number)");
  const auto number = static_cast<uint32_t>(given.integer(0));
  if (given.failed()) return nullptr;
  napi_value result = nullptr;
  napi_get_boolean(env, Environment::of(env)->endings.erase(number) > 0, &result);
  return result;
}

bool registerEnding(napi_env env, napi_value exports) {
  const auto end = [](void* environment) { makeEndingCalls(*static_cast<Environment*>(environment)); };
  return napi_add_env_cleanup_hook(env, end, Environment::of(env)) == napi_ok &&
         putFunction(env, exports, "callAtEnd", callAtEnd) &&
         putFunction(env, exports, "callEachAtEnd", callEachAtEnd) &&
         putFunction(env, exports, "cancelAtEnd", cancelAtEnd);
}

}  // namespace rawffi
