// Registration of NativeV8 (src/addon.ts): a version, and `attach`, which returns the verbs.
#include <cstdio>
#include <cstring>

#include "rawffi-v8.h"

namespace rawffi {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::Number;
using v8::Object;
using v8::String;
using v8::Value;

__thread Thread* thread = nullptr;

Local<String> textOf(Isolate* isolate, const char* from) {
  return String::NewFromUtf8(isolate, from, v8::NewStringType::kInternalized).ToLocalChecked();
}

void throwTypeError(Isolate* isolate, const char* message) {
  isolate->ThrowException(v8::Exception::TypeError(textOf(isolate, message)));
}

bool put(Local<Context> context, Local<Object> on, const char* name, Local<Value> value) {
  return on->Set(context, textOf(Isolate::GetCurrent(), name), value).FromMaybe(false);
}

bool putFunction(Local<Context> context, Local<Object> on, const char* name, v8::FunctionCallback callback,
                 Local<Value> data) {
  Local<Function> made;
  return Function::New(context, callback, data, 0, v8::ConstructorBehavior::kThrow).ToLocal(&made) &&
         put(context, on, name, made);
}

// attach(environmentAddress, throwPending) -> the verbs. Once per environment, on its thread.
static void attach(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsNumber() || !info[1]->IsFunction()) {
    throwTypeError(isolate, "rawffi.attach: expected (number, function)");
    return;
  }
  auto* environment = static_cast<Shared*>(addressIn(info[0]));
  thread = environment->thread;
  const Local<Object> verbs = Object::New(isolate);
  const Local<Context> context = isolate->GetCurrentContext();
  if (registerEnter(context, verbs, info[1]) && registerCallback(context, verbs, environment) &&
      registerLeaf(context, verbs, environment) && registerText(context, verbs, *environment) &&
      registerBuffer(context, verbs, environment) && registerWindow(context, verbs) &&
      registerPrivateKey(context, verbs, environment)) {
    info.GetReturnValue().Set(verbs);
  }
}

// Node's ABI number fixes the version of V8 except for patches; a runtime that only claims to be such a Node may have
// another one.
static bool isBuiltForThisV8() {
  char wanted[32];
  const int length = std::snprintf(wanted, sizeof wanted, "%d.%d.", V8_MAJOR_VERSION, V8_MINOR_VERSION);
  return std::strncmp(v8::V8::GetVersion(), wanted, static_cast<size_t>(length)) == 0;
}

static void initialize(Local<Object> exports, Local<Context> context) {
  Isolate* isolate = Isolate::GetCurrent();
  if (!isBuiltForThisV8()) {
    isolate->ThrowException(v8::Exception::Error(textOf(isolate, "rawffi: the V8 part was built for another V8")));
    return;
  }
  if (put(context, exports, "version", Number::New(isolate, TABLE_HASH))) {
    putFunction(context, exports, "attach", attach, v8::Undefined(isolate));
  }
}

}  // namespace rawffi

NODE_MODULE_INIT(/* exports, module, context */) {
  static_cast<void>(module);
  rawffi::initialize(exports, context);
}
