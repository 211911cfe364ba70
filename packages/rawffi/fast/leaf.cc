// Leaf calls: V8's fast API calls without arguments and without a result, whose C function is the stub itself. Optimised code calls
// the stub as it would call a function of its own.
//
// V8 11.3 and 12.4 end the process when JavaScript runs in such a call, 13.6 goes on with stale code, 14.6 has cured it for calls
// without a result alone. So none runs: src/interface.ts says when a leaf call may be made, and closures refuse to run in one.
#include "fast-call.h"

namespace rawffi {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::Number;
using v8::Object;
using v8::Value;

// What code that is not optimised calls; the stub is the function's data.
static void enterLeaf(const FunctionCallbackInfo<Value>& info) { reinterpret_cast<void (*)()>(addressIn(info.Data()))(); }

// leaf(entry) -> function without arguments
static void leaf(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsNumber()) {
    throwTypeError(isolate, "rawffi.leaf: expected (number)");
    return;
  }
  Local<Function> made;
  if (makeFastFunction(isolate->GetCurrentContext(), enterLeaf, info[0], addressIn(info[0]), &Described<KIND_VOID>::info)
          .ToLocal(&made)) {
    info.GetReturnValue().Set(made);
  }
}

// A V8 whose layouts are not known here has no leaf calls.
bool registerLeaf(Local<Context> context, Local<Object> on) {
  return !knowsFastCalls() || putFunction(context, on, "leaf", leaf, v8::Undefined(Isolate::GetCurrent()));
}

}  // namespace rawffi
