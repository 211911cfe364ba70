// Where the buffers of JavaScript lie: native/memory.cc's `addressOf` without Node-API.
#include "fast-call.h"

namespace rawffi {

using v8::ArrayBuffer;
using v8::ArrayBufferView;
using v8::Context;
using v8::FunctionCallbackInfo;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::SharedArrayBuffer;
using v8::Value;

// What cannot be said without making an object: the bytes of a small typed array lie in the array itself until somebody asks for its
// buffer, and may move.
static constexpr double ASK_SLOWLY = -1;

static double fromPointer(const void* data) { return static_cast<double>(reinterpret_cast<uintptr_t>(data)); }

static double addressOfValue(Local<Value> value) {
  if (value->IsArrayBufferView()) {
    const Local<ArrayBufferView> view = value.As<ArrayBufferView>();
    if (!view->HasBuffer()) return ASK_SLOWLY;
    const void* data = view->Buffer()->Data();
    return data == nullptr ? 0 : fromPointer(data) + static_cast<double>(view->ByteOffset());
  }
  if (value->IsArrayBuffer()) return fromPointer(value.As<ArrayBuffer>()->Data());
  if (value->IsSharedArrayBuffer()) return fromPointer(value.As<SharedArrayBuffer>()->Data());
  return ASK_SLOWLY;
}

static double addressOfFast(Local<Value>, Local<Value> value) {
  // The buffer of a view comes as a handle, and no scope is open for it in optimised code.
  const HandleScope scope(Isolate::GetCurrent());
  return addressOfValue(value);
}

// addressOf(buffer | view) -> address | ASK_SLOWLY
static void addressOf(const FunctionCallbackInfo<Value>& info) { info.GetReturnValue().Set(addressOfValue(info[0])); }

bool registerBuffer(Local<Context> context, Local<Object> on) {
  return putFastFunction(context, on, "addressOf", addressOf, reinterpret_cast<const void*>(&addressOfFast),
                         &Described<KIND_DOUBLE, KIND_VALUE>::info);
}

}  // namespace rawffi
