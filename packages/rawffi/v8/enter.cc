// The way into C through V8's own function callbacks: native/call.cc's `enter` without Node-API, at half its cost. As
// in any function of V8, C may call back into JavaScript, which may throw, collect garbage, and deoptimise code.
#include "rawffi-v8.h"

namespace rawffi {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

// Only the addon can read what is pending, by Node-API: `throwPending` is the function's data. What it throws stays
// pending in V8 when Call fails, and is thrown as soon as we return.
static void rethrow(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  Local<Value> nothing;
  if (!info.Data()
           .As<Function>()
           ->Call(isolate->GetCurrentContext(), v8::Undefined(isolate), 0, nullptr)
           .ToLocal(&nothing)) {
    return;
  }
}

template <void (*enterC)(Thread*)>
static void enter(const FunctionCallbackInfo<Value>& info) {
  Thread* current = thread;
  const uint32_t depth = current->depth;
  current->depth = depth + 1;
  enterC(current);
  current->depth = depth;  // not one less: that would wait for what was stored
  if (__builtin_expect(current->pending.holder != nullptr, 0)) rethrow(info);
}

template <void (*enterC)(Thread*)>
static void enterWithErrno(const FunctionCallbackInfo<Value>& info) {
  Thread* current = thread;
  current->depth++;
  swapErrors(current->frame);
  enterC(current);
  swapErrors(current->frame);
  current->depth--;
  if (__builtin_expect(current->pending.holder != nullptr, 0)) rethrow(info);
}

bool registerEnter(Local<Context> context, Local<Object> on, Local<Value> throwPending) {
  return putFunction(context, on, "enter", enter<enterFrame<>>, throwPending) &&
         putFunction(context, on, "enterHere", enter<enterFrameHere<>>, throwPending) &&
         putFunction(context, on, "enterWithErrno", enterWithErrno<enterFrame<>>, throwPending) &&
         putFunction(context, on, "enterHereWithErrno", enterWithErrno<enterFrameHere<>>, throwPending);
}

}  // namespace rawffi
