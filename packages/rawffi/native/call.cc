// The way into C.
//
//   enter            called by JavaScript: runs the code that the frame names, rethrows what a callback threw
//   enterLeaf        the same for leaf calls, in which closures refuse to run
//   throwPending     the second half of enter, for the V8 part
//   callThroughPlan  code that the frame can name: calls through libffi, for signatures without a stub
#include <alloca.h>

#include <cstdlib>
#include <cstring>

#include "errors.h"
#include "rawffi.h"

namespace rawffi {

// -- enter -----------------------------------------------------------------------------------------

napi_value rethrow(napi_env env, Thread* current) {
  const Pending pending = current->pending;
  current->pending = {};
  current->frame[slot::TARGET] = 0;  // there is no result that anybody will read
  napi_throw(env, release(pending));
  return nullptr;
}

// The hot path: no use of Node-API, one check on the way out.
template <void (*enterC)(Thread*)>
static napi_value enter(napi_env env, napi_callback_info) {
  Thread* current = thread;
  const uint32_t depth = current->depth;
  current->depth = depth + 1;
  enterC(current);
  current->depth = depth;  // not one less: that would wait for what was stored
  if (__builtin_expect(current->pending.holder != nullptr, 0)) return rethrow(env, current);
  return nullptr;
}

template <void (*enterC)(Thread*)>
static napi_value enterWithErrno(napi_env env, napi_callback_info) {
  Thread* current = thread;
  current->depth++;
  swapErrors(current->frame);
  enterC(current);
  swapErrors(current->frame);
  current->depth--;
  if (__builtin_expect(current->pending.holder != nullptr, 0)) return rethrow(env, current);
  return nullptr;
}

// Nothing calls back, so nothing is thrown, and C may run on JavaScript's part of the stack.
static napi_value enterLeaf(napi_env, napi_callback_info) {
  uint64_t* frame = thread->frame;
  frame[slot::LEAF] = 1;
  makeCall(frame);
  return nullptr;
}

// For the V8 part, which sees that an exception is pending but cannot read it.
napi_value throwPending(napi_env env, napi_callback_info) {
  return thread->pending.holder != nullptr ? rethrow(env, thread) : nullptr;
}

// -- libffi ----------------------------------------------------------------------------------------

uint64_t widen(const ffi_type* type, const void* from) {
  const auto as = [from](auto value) {
    std::memcpy(&value, from, sizeof value);
    return static_cast<uint64_t>(static_cast<int64_t>(value));
  };
  switch (type->type) {
    case FFI_TYPE_VOID: return 0;
    case FFI_TYPE_SINT8: return as(int8_t());
    case FFI_TYPE_UINT8: return as(uint8_t());
    case FFI_TYPE_SINT16: return as(int16_t());
    case FFI_TYPE_UINT16: return as(uint16_t());
    case FFI_TYPE_INT:
    case FFI_TYPE_SINT32: return as(int32_t());
    case FFI_TYPE_UINT32:
    case FFI_TYPE_FLOAT: return as(uint32_t());
    default: return as(uint64_t());
  }
}

namespace {

// Hands out pieces of one block of memory.
class Scratch {
 public:
  Scratch(void* memory, size_t align) : at_(reinterpret_cast<uintptr_t>(memory)) { skipTo(align); }

  void* take(size_t byteLength, size_t align) {
    skipTo(align);
    void* taken = reinterpret_cast<void*>(at_);
    at_ += byteLength;
    return taken;
  }

 private:
  void skipTo(size_t align) { at_ = (at_ + align - 1) / align * align; }

  uintptr_t at_;
};

// Calls that need more than this take their scratch memory from the heap.
constexpr size_t STACK_LIMIT = 64 * 1024;

size_t alignOf(const ffi_type* type) { return type->alignment > 16 ? type->alignment : 16; }

// The integer value of the double with these bits.
uint64_t integerIn(uint64_t bits) {
  double number;
  std::memcpy(&number, &bits, sizeof number);
  return static_cast<uint64_t>(static_cast<int64_t>(number));
}

void callWithScratch(const Plan& plan, uint64_t* frame, void* memory) {
  Scratch scratch(memory, plan.scratchAlign);
  const size_t count = plan.arguments.size();
  const auto target = reinterpret_cast<void (*)()>(frame[slot::TARGET]);
  void* const resultAddress = reinterpret_cast<void*>(frame[slot::RESULT]);

  // Each call gets a new vector, because libffi before 3.7 overwrites it. Every value is a copy: a callback may write
  // to the frame during the call, and a callee may write to an argument that it gets by reference.
  auto** vector = static_cast<void**>(scratch.take(count * sizeof(void*), 8));
  auto* slots = static_cast<uint64_t*>(scratch.take(count * sizeof(uint64_t), 8));
  for (size_t i = 0; i < count; i++) {
    const Argument& argument = plan.arguments[i];
    const uint64_t value = frame[slot::ARGUMENTS + argument.slot];
    slots[i] = argument.isNumber ? integerIn(value) : value;
    vector[i] = &slots[i];
    if (!argument.isWide) continue;
    const size_t size = argument.type->size;
    void* copy = scratch.take((size + 15) / 16 * 16, alignOf(argument.type));
    std::memcpy(copy, reinterpret_cast<const void*>(value), size);
    if (argument.isReference) {
      slots[i] = reinterpret_cast<uint64_t>(copy);
    } else {
      vector[i] = copy;
    }
  }
  // At least an ffi_arg, to which libffi widens small integers.
  const size_t size = plan.result->size;
  void* result = scratch.take((size + 15) / 16 * 16 + 16, alignOf(plan.result));
  ffi_call(const_cast<ffi_cif*>(&plan.cif), target, result, vector);
  if (plan.resultIsWide) {
    // libffi describes an empty structure as a void of size 1; there is nothing to store.
    if (plan.result != &ffi_type_void) std::memmove(resultAddress, result, size);
  } else if (plan.result != &ffi_type_void) {
    frame[slot::RESULT] = widen(plan.result, result);
  }
}

void callThroughPlan() {
  Thread* current = thread;
  const Plan& plan = *reinterpret_cast<const Plan*>(current->frame[slot::PLAN]);
  if (plan.scratchBytes <= STACK_LIMIT) {
    callWithScratch(plan, current->frame, alloca(plan.scratchBytes));
    return;
  }
  const std::unique_ptr<void, decltype(&std::free)> memory(std::malloc(plan.scratchBytes), &std::free);
  if (memory != nullptr) {
    callWithScratch(plan, current->frame, memory.get());
  } else {
    raiseError(current, plan.env, NO_MEMORY_FOR_CALL, true);
  }
}

// The same with a given frame: for a call that another thread makes.
void callThroughPlanElsewhere(uint64_t* frame) {
  const Plan& plan = *reinterpret_cast<const Plan*>(frame[slot::PLAN]);
  const std::unique_ptr<void, decltype(&std::free)> memory(std::calloc(plan.scratchBytes, 1), &std::free);
  if (memory != nullptr) {
    callWithScratch(plan, frame, memory.get());
  } else {
    frame[slot::FAULT] = Fault::NO_MEMORY;
  }
}

}  // namespace

bool registerCall(napi_env env, napi_value exports) {
  return putFunction(env, exports, "enter", enter<enterFrame<>>) && putFunction(env, exports, "enterLeaf", enterLeaf) &&
         putFunction(env, exports, "enterHere", enter<enterFrameHere<>>) &&
         putFunction(env, exports, "enterWithErrno", enterWithErrno<enterFrame<>>) &&
         putFunction(env, exports, "enterHereWithErrno", enterWithErrno<enterFrameHere<>>) &&
         putFunction(env, exports, "throwPending", throwPending) &&
         putNumber(env, exports, "planEntry", static_cast<double>(reinterpret_cast<uintptr_t>(&callThroughPlan))) &&
         putNumber(env, exports, "elsewherePlanEntry",
                   static_cast<double>(reinterpret_cast<uintptr_t>(&callThroughPlanElsewhere)));
}

}  // namespace rawffi
