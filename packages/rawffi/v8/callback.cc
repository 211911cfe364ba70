// The way from C into JavaScript through V8's own API: as in native/callback.cc without Node-API, at half its cost.
#include <cstring>
#include <new>

#include "rawffi-v8.h"

namespace rawffi {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::Global;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::TryCatch;
using v8::Value;

namespace {

// A closure's word is a Global: V8 itself empties it when the function is collected.
Global<Function>& functionOf(Closure& closure) { return reinterpret_cast<Global<Function>&>(closure.function); }
static_assert(sizeof(Global<Function>) == sizeof(void*), "as V8 has it");

// The value of a Global without a new handle: the Local is valid as long as the Global holds it. (Node does the same.)
template <typename T>
Local<T> localOf(const Global<T>& global) {
  return *reinterpret_cast<const Local<T>*>(&global);
}

bool call(Closure* closure, bool isOutermost, Pending* thrown) {
  const Attached& attached = attachedTo(*closure->environment);
  Isolate* isolate = attached.isolate;
  // The JavaScript below is being terminated (with its worker, or by a timeout), as an earlier callback of this call
  // has seen; the termination must reach it. V8 would forget it if it were entered here.
  if (__builtin_expect(isolate->IsExecutionTerminating(), 0)) return false;
  const HandleScope scope(isolate);
  TryCatch trying(isolate);
  const Local<Function> function = localOf(functionOf(*closure));
  const Local<Context> context = localOf(attached.context);
  Local<Value> ignored;
  if (__builtin_expect(isOutermost, 0)) {
    // The outermost JavaScript: promises and ticks run after it.
    const Context::Scope entered(context);
    if (node::MakeCallback(isolate, context->Global(), function, 0, nullptr, {0, 0}).ToLocal(&ignored) &&
        !trying.HasCaught())
      return true;
  } else if (function->Call(context, v8::Undefined(isolate), 0, nullptr).ToLocal(&ignored)) {
    return true;
  }
  // In a worker that is being terminated the call fails without an exception, and none could be thrown.
  if (trying.HasCaught() && !trying.HasTerminated()) {
    // As in Node-API itself, a napi_value is a Local.
    const Local<Value> error = trying.Exception();
    napi_value value;
    // NOLINTBEGIN(bugprone-sizeof-expression): the handle itself
    static_assert(sizeof value == sizeof error, "as Node has them");
    std::memcpy(&value, &error, sizeof value);
    // NOLINTEND(bugprone-sizeof-expression)
    *thrown = closure->environment->keep(closure->environment->env, value);
  }
  return false;
}

void letGo(Closure* closure) { functionOf(*closure).Reset(); }

// hold(handle, function): as the addon's, through V8
void hold(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsNumber() || !info[1]->IsFunction()) {
    throwTypeError(isolate, "rawffi.hold: expected (number, function)");
    return;
  }
  auto* closure = static_cast<Closure*>(addressIn(info[0]));
  auto* global = new (&closure->function) Global<Function>(isolate, info[1].As<Function>());
  global->SetWeak();
  closure->call = call;
  closure->letGo = letGo;
}

// asked() -> the function of the closure that the innermost suspended C function called
void asked(const FunctionCallbackInfo<Value>& info) {
  Closure* closure = thread->asked;
  if (closure != nullptr && closure->function != nullptr) info.GetReturnValue().Set(functionOf(*closure));
}

}  // namespace

bool registerCallback(Local<Context> context, Local<Object> on, Shared* environment) {
  Isolate* isolate = Isolate::GetCurrent();
  if (environment->attachment == nullptr) {
    auto* attached = new Attached();
    attached->isolate = isolate;
    attached->context.Reset(isolate, context);
    attached->release = [](Attachment* of) { delete static_cast<Attached*>(of); };
    environment->attachment = attached;
  }
  return putFunction(context, on, "hold", hold, v8::Undefined(isolate)) &&
         putFunction(context, on, "asked", asked, v8::Undefined(isolate));
}

}  // namespace rawffi
