// What the verbs of the addon share: the state of an environment, signatures, and reading arguments. thread.h has the
// frame.
//
// Who owns what
//   Thread       one per thread that runs JavaScript: the frame and the calls that are active on it. It is not per
//                environment because `enter` finds it without asking Node-API, and a thread can carry several
//                environments (vm contexts, a module registry that was reset); they share the frame.
//   Environment  one per napi_env (its instance data): executable code, plans, closures. Its finalizer frees them all.
#pragma once

#include <ffi.h>
#include <node_api.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "thread.h"

namespace rawffi {

// -- A thread's state ------------------------------------------------------------------------------

extern __thread Thread* thread __attribute__((tls_model(RAWFFI_TLS_MODEL), visibility("hidden")));

// Keeps what was thrown, and takes it back; empty when there is no memory.
Pending keep(napi_env env, napi_value error);
napi_value release(const Pending& pending);
// Makes it the exception of the innermost active `enter`, unless that already has one; without an active `enter` it is
// an uncaught exception.
void raise(Thread* thread, const Pending& thrown);
// The same with a new Error (or RangeError); opens its own handle scope.
void raiseError(Thread* thread, napi_env env, const char* message, bool isRange = false);
// Null when there is no memory.
napi_value makeError(napi_env env, const char* message, bool isRange);
// Throws what is pending, and clears it.
napi_value rethrow(napi_env env, Thread* current);

// -- Types and plans -------------------------------------------------------------------------------

struct Argument {
  ffi_type* type;
  // Counted from the first argument's slot.
  uint32_t slot;
  // Passed by address: see the contract.
  bool isWide;
  // A wide argument of which C gets the address of a copy; to libffi it is a pointer.
  bool isReference;
  // Its slot holds a double.
  bool isNumber;
};

// A signature prepared for libffi. It points into itself, so it never moves.
struct Plan {
  napi_env env = nullptr;
  ffi_cif cif{};
  ffi_type* result = nullptr;
  bool resultIsWide = false;
  std::vector<Argument> arguments;
  // The slots of all arguments, including those that are not passed at all (empty structures).
  uint32_t slotCount = 0;
  // Scratch memory that a call needs, alignment included.
  size_t scratchBytes = 0;
  size_t scratchAlign = 16;
  // A closure outlives its environment, and libffi reads its plan before it calls us.
  bool outlivesEnvironment = false;
  // `cif` points to these.
  std::vector<ffi_type*> types;
  std::deque<ffi_type> aggregates;
  std::deque<std::vector<ffi_type*>> elements;
};

// The integer or pointer at `from`, widened to a slot; a float keeps its four bytes. `type` is not a wide type.
uint64_t widen(const ffi_type* type, const void* from);

// -- Closures --------------------------------------------------------------------------------------

// What closures of a signature share: a stub, or a plan for libffi.
struct ClosureShape {
  const void* stub;
  Plan* plan;
  // The size of each argument that goes by address, 0 for the others.
  std::vector<uint32_t> wideArguments;
  uint32_t wideResult;
};

// The data of a thunk, at a fixed distance from it: see thunk.cc.
struct ThunkData {
  const void* stub;
  Closure* closure;
};
static_assert(offsetof(ThunkData, stub) == offset::THUNK_STUB && offsetof(ThunkData, closure) == offset::THUNK_CLOSURE,
              "thunks and closures' stubs read them");

// A new thunk, which is never freed; null when there is no memory, or there are no thunks for this processor.
ThunkData* makeThunk();
void* codeOf(ThunkData* of);
ThunkData* thunkOf(void* code);
// Zeroed memory for a libffi closure: the address for writing, and in `code` the address for executing. Never freed;
// null when there is no memory.
void* ffiClosureMemory(void** code);
// The address of executable code with these bytes: the same one for equal bytes, never freed. Null and errno when there
// is no memory.
const void* lastingCode(const void* bytes, size_t length);

// -- An environment's state ------------------------------------------------------------------------

struct Mapping {
  void* address;
  size_t byteLength;
  // On Windows: where the same memory can be written, and its table of functions; see windows/pages.cc.
  void* writable = nullptr;
  void* table = nullptr;
};

// Executable memory that pieces of code share: pages.cc. The caller must let only one thread at a time add.
class CodePages {
 public:
  // The address of a copy; null and errno when there is no executable memory.
  const char* add(const void* bytes, size_t length);
  // Unmaps all of it.
  void release();

 private:
  std::vector<Mapping> mappings_;
  // The page for the next piece of code, and how many of its bytes are used.
  char* page_ = nullptr;
  size_t used_ = 0;
};

struct Job;

// A call to make when the environment ends: ending.cc.
struct Ending {
  void (*entry)(uint64_t* frame) = nullptr;
  // Null after the Ending was moved from.
  std::unique_ptr<uint64_t[]> frame;

  Ending() = default;
  Ending(Ending&&) = default;
  ~Ending();
};

struct Environment : Shared {
  explicit Environment(napi_env env);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  static Environment* of(napi_env env);

  // The one before it on its thread.
  Environment* older;
  // The ArrayBuffer of the thread's block, if V8 has allocated that.
  napi_ref block = nullptr;

  CodePages code;
  std::vector<std::unique_ptr<Plan>> plans;
  std::vector<std::unique_ptr<ClosureShape>> shapes;
  std::vector<Closure*> closures;
  // Freed closures, oldest first: those with thunks, and libffi closures.
  std::deque<Closure*> tombstones[2];
  // How other threads reach it: see mailbox.h.
  napi_threadsafe_function waker = nullptr;
  // It was woken, and has not looked into the mailbox yet.
  std::atomic<bool> isAwake{false};
  bool isClosed = false;
  // Calls on other threads, by number, and the function to call when one has ended.
  std::unordered_map<uint32_t, Job*> jobs;
  uint32_t lastJob = 0;
  napi_ref settle = nullptr;
  // References of weak.cc that have not been freed.
  std::unordered_set<napi_ref> weak;
  // The function that calls `serveRequest` for callbacks of a job; null where none was set.
  napi_ref within = nullptr;
  struct Request* serving = nullptr;
  // By number, which is also their order.
  std::map<uint32_t, Ending> endings;
  uint32_t lastEnding = 0;
};

void releaseClosures(Environment& environment);
void makeEndingCalls(Environment& environment);
// Closes the libraries that were held for such calls and that none needs any more.
void letLibrariesGo();
// The library that a function belongs to, opened once more; null for a function of the program, or of no library.
void* openLibraryOf(const void* function);
void closeLibrary(void* library);

// -- Arguments of our own functions ----------------------------------------------------------------

// Reads the arguments of one call from JavaScript. The first of a wrong type throws a TypeError with `usage`; later
// reads return zeros, so a verb reads all its arguments and then checks `failed` once.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info, const char* usage);

  bool failed() const { return failed_; }
  void fail();
  napi_value value(size_t index) const { return values_[index]; }

  int64_t integer(size_t index);
  double number(size_t index);
  bool boolean(size_t index);
  std::string text(size_t index);
  bool isNull(size_t index) const;
  // A negative or impossible length is refused: it would be read as nearly all of memory.
  size_t byteLength(size_t index);
  // The memory of a typed array; valid until JavaScript runs again.
  const void* typedArray(size_t index, napi_typedarray_type type, size_t* length);

  // An address or a handle: a number, or a bigint where a number would not be exact. Negative values wrap around, as in
  // C.
  template <typename T = void>
  T* address(size_t index) {
    return reinterpret_cast<T*>(word(index));
  }

 private:
  uintptr_t word(size_t index);

  napi_env env_;
  const char* usage_;
  bool failed_ = false;
  napi_value values_[4] = {};
};

// An ArrayBuffer over memory that is not V8's, without a finalizer; false where the runtime refuses that.
bool makeBufferOver(napi_env env, void* memory, size_t byteLength, napi_value* made);

// A number, or a bigint where a number would not be exact.
napi_value fromAddress(napi_env env, const void* address);
napi_value throwRangeError(napi_env env, const char* message);

constexpr const char* NO_MEMORY_FOR_CALL = "no memory left for the arguments of a call";

// -- The verbs -------------------------------------------------------------------------------------

// Each adds its functions to `exports`; false when Node-API failed.
bool registerLibrary(napi_env env, napi_value exports);
bool registerMemory(napi_env env, napi_value exports);
bool registerAccess(napi_env env, napi_value exports);
bool registerCode(napi_env env, napi_value exports);
bool registerPlan(napi_env env, napi_value exports);
bool registerCall(napi_env env, napi_value exports);
bool registerClosure(napi_env env, napi_value exports);
bool registerPool(napi_env env, napi_value exports);
bool registerStack(napi_env env, napi_value exports);
bool registerAside(napi_env env, napi_value exports);
bool registerEnding(napi_env env, napi_value exports);
bool registerWeak(napi_env env, napi_value exports);

// The call site of throwing stubs, callsite.cc; null where there is none for the processor.
extern const void* const callSite;

// Rethrows what a callback threw during a call: call.cc.
napi_value throwPending(napi_env env, napi_callback_info);
bool registerGuard(napi_env env, napi_value exports);
bool registerThrows(napi_env env, napi_value exports);

bool putFunction(napi_env env, napi_value exports, const char* name, napi_callback function);
bool putNumber(napi_env env, napi_value exports, const char* name, double number);

}  // namespace rawffi
