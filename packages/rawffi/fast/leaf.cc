// Leaf calls: V8's fast API calls without arguments and without a result, whose C function is the stub itself. Optimised code calls
// the stub as it would call a function of its own.
//
// V8 11.3 and 12.4 end the process when JavaScript runs in such a call, 13.6 goes on with stale code, 14.6 has cured it for calls
// without a result alone. So none runs: src/interface.ts says when a leaf call may be made, and closures refuse to run in one.
#include "rawffi-v8.h"

// v8-fast-api-calls.h is in no archive of Node's headers. These are the parts of it that a call without arguments needs, in the
// layout that V8 11.3, 12.4, 13.6 and 14.6 have in common. An isolate keeps pointers to all of it.
namespace v8 {

// 3 bytes up to 13.6, 2 in 14.6; the kind comes first, and zeros are good for the rest.
struct CTypeInfo {
  uint8_t kind;
  uint8_t zeros[3];
};

class CFunctionInfo {
 public:
  explicit constexpr CFunctionInfo(const CTypeInfo* types) : types_(types) {}

 private:
  // The result, void, is kind 0; how 64-bit integers are represented is the third or the fourth byte.
  uint8_t zeros_[4] = {};
  // The receiver counts.
  uint32_t count_ = 1;
  const CTypeInfo* types_;
};

class CFunction {
 public:
  CFunction(const void* address, const CFunctionInfo* info) : address_(address), info_(info) {}

 private:
  const void* address_;
  const CFunctionInfo* info_;
};

static_assert(sizeof(CFunctionInfo) == 16 && sizeof(CFunction) == 16, "as V8 has them");

}  // namespace v8

namespace rawffi {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::FunctionTemplate;
using v8::Isolate;
using v8::Local;
using v8::Number;
using v8::Object;
using v8::Value;

static constexpr v8::CTypeInfo RECEIVER = {10, {}};
static constexpr v8::CFunctionInfo VOID(&RECEIVER);

static void* addressIn(Local<Value> number) {
  return reinterpret_cast<void*>(static_cast<uintptr_t>(number.As<Number>()->Value()));
}

// What code that is not optimised calls; the stub is the function's data.
static void enterLeaf(const FunctionCallbackInfo<Value>& info) { reinterpret_cast<void (*)()>(addressIn(info.Data()))(); }

// leaf(entry) -> function without arguments
static void leaf(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsNumber()) {
    throwTypeError(isolate, "rawffi.leaf: expected (number)");
    return;
  }
  const v8::CFunction stub(addressIn(info[0]), &VOID);
  Local<Function> made;
  if (FunctionTemplate::New(isolate, enterLeaf, info[0], {}, 0, v8::ConstructorBehavior::kThrow,
                            v8::SideEffectType::kHasSideEffect, &stub)
          ->GetFunction(isolate->GetCurrentContext())
          .ToLocal(&made)) {
    info.GetReturnValue().Set(made);
  }
}

// A V8 whose layouts are not known here has no leaf calls: put it into the list when they are.
static bool knowsLayouts() {
  constexpr int version = V8_MAJOR_VERSION * 100 + V8_MINOR_VERSION;
  return version == 1103 || version == 1204 || version == 1306 || version == 1406;
}

bool registerLeaf(Local<Context> context, Local<Object> on) {
  return !knowsLayouts() || putFunction(context, on, "leaf", leaf, v8::Undefined(Isolate::GetCurrent()));
}

}  // namespace rawffi
