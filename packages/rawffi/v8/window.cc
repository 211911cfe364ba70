// Windows: native/memory.cc's `window` without the collector's accounting. Node-API gives V8 a deleter of its own, and
// V8 then counts the whole window as memory that a collection could free: each new window of 2 GiB triggers a full
// collection.
#include "rawffi-v8.h"

namespace rawffi {

using v8::ArrayBuffer;
using v8::BackingStore;
using v8::Context;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::Number;
using v8::Object;
using v8::Value;

// V8 aborts the process for more.
static constexpr double MOST = v8::Uint8Array::kMaxLength;

static double numberIn(Local<Value> value) { return value->IsNumber() ? value.As<Number>()->Value() : -1; }

// window(address, byteLength) -> ArrayBuffer. The address is not 0: src/node-api.ts sees to that.
static void window(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  const double address = numberIn(info[0]);
  const double length = numberIn(info[1]);
  if (!(address > 0 && address < 18446744073709551616.0 && length >= 0 && length <= MOST)) {
    throwTypeError(isolate, "rawffi.window: expected (number, number)");
    return;
  }
  void* data = reinterpret_cast<void*>(static_cast<uintptr_t>(address));
  // Memory with the empty deleter, and no other, is not counted.
  std::shared_ptr<BackingStore> store =
      ArrayBuffer::NewBackingStore(data, static_cast<size_t>(length), BackingStore::EmptyDeleter, nullptr);
  info.GetReturnValue().Set(ArrayBuffer::New(isolate, store));
}

bool registerWindow(Local<Context> context, Local<Object> on) {
  return putFunction(context, on, "window", window, v8::Undefined(Isolate::GetCurrent()));
}

}  // namespace rawffi
