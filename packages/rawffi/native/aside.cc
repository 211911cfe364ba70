// Saves and restores the frame for JavaScript that runs while another call uses it: src/frame.ts says when that
// happens.
//
// This is native code because JavaScript can be terminated: when a debugger's evaluation times out, the frame must
// still be restored, since the interrupted call goes on.
#include <cstring>
#include <vector>

#include "rawffi.h"
#include "stack.h"

namespace rawffi {

namespace {

// While it lives, the state of the call that uses the frame is put aside.
class Aside {
 public:
  explicit Aside(Thread* current)
      : current_(current), pending_(current->pending), asked_(current->asked), refused_(current->refused),
        left_(current->left), callbackTop_(current->callbackTop) {
    uint64_t* frame = current->frame;
    std::memcpy(saved_, frame, sizeof saved_);
    for (const size_t word : {slot::TARGET, slot::FAULT, slot::SUSPENDED}) frame[word] = 0;
    current->pending = {};
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside() {
    uint64_t* frame = current_->frame;
    finishDownTo(current_, left_);
    // The count of live closures belongs to no call; nor does the flag beside the top of the scratch memory, which
    // native code sets.
    saved_[slot::CLOSURES] = frame[slot::CLOSURES];
    const uint32_t tells = mayHaveAbandoned(current_);
    std::memcpy(frame, saved_, sizeof saved_);
    mayHaveAbandoned(current_) = tells;
    current_->pending = pending_;
    current_->asked = asked_;
    current_->refused = refused_;
    current_->callbackTop = callbackTop_;
  }

 private:
  Thread* const current_;
  const Pending pending_;
  Closure* const asked_;
  const Closure* const refused_;
  const Left* const left_;
  const size_t callbackTop_;
  // All slots before the callback frames, which are a stack.
  uint64_t saved_[slot::CALLBACKS];
};

// Restores memory at the end of its scope.
class Kept {
 public:
  Kept(void* memory, size_t byteLength)
      : memory_(memory), saved_(static_cast<const char*>(memory), static_cast<const char*>(memory) + byteLength) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() {
    if (!saved_.empty()) std::memcpy(memory_, saved_.data(), saved_.size());
  }

 private:
  void* const memory_;
  const std::vector<char> saved_;
};

}  // namespace

// withOwnFrame(function, Int32Array | null) -> what the function returns
static napi_value withOwnFrame(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.withOwnFrame: expected (function, Int32Array | null)");
  size_t count = 0;
  const void* words = given.isNull(1) ? nullptr : given.typedArray(1, napi_int32_array, &count);
  napi_valuetype kind = napi_undefined;
  napi_typeof(env, given.value(0), &kind);
  if (kind != napi_function) given.fail();
  if (given.failed()) return nullptr;
  const Aside aside(Environment::of(env)->thread);
  const Kept memory(const_cast<void*>(words), count * sizeof(int32_t));
  napi_value receiver = nullptr;
  napi_value result = nullptr;
  napi_get_undefined(env, &receiver);
  // What it throws stays pending.
  return napi_call_function(env, receiver, given.value(0), 0, nullptr, &result) == napi_ok ? result : nullptr;
}

// freeFrame(): for a turn of the event loop, where JavaScript can only be using the frame if C that we called is
// running
static napi_value freeFrame(napi_env env, napi_callback_info) {
  const Thread* current = Environment::of(env)->thread;
  uint64_t* frame = current->frame;
  if (current->depth > 0 || frame[slot::OUTER_STACK] != 0 || current->left != nullptr) return nullptr;
  frame[slot::TARGET] = 0;
  frame[slot::SUSPENDED] = 0;
  return nullptr;
}

bool registerAside(napi_env env, napi_value exports) {
  return putFunction(env, exports, "withOwnFrame", withOwnFrame) && putFunction(env, exports, "freeFrame", freeFrame);
}

}  // namespace rawffi
