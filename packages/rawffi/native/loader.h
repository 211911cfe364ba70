// What the verbs of libraries share on all systems.
#pragma once

#include "rawffi.h"

namespace rawffi {

// The loader runs code of libraries (constructors, destructors, resolvers), which may call closures. While this lives,
// that counts as a call like any other: the verb throws what they throw.
class LoaderCall {
 public:
  explicit LoaderCall(Thread* current)
      : current_(current), pending_(current->pending), target_(current->frame[slot::TARGET]),
        leaf_(current->frame[slot::LEAF]) {
    current->depth++;
    current->pending = {};
    current->frame[slot::LEAF] = 0;
  }
  LoaderCall(const LoaderCall&) = delete;
  LoaderCall& operator=(const LoaderCall&) = delete;
  ~LoaderCall() {
    current_->depth--;
    current_->pending = pending_;
    current_->frame[slot::TARGET] = target_;
    current_->frame[slot::LEAF] = leaf_;
  }
  bool hasThrown() const { return current_->pending.holder != nullptr; }
  napi_value rethrow(napi_env env) const { return rawffi::rethrow(env, current_); }

 private:
  Thread* const current_;
  const Pending pending_;
  const uint64_t target_;
  const uint64_t leaf_;
};

}  // namespace rawffi
