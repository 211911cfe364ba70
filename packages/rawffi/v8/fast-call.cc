// Making functions that optimised code calls directly; fast-call.h has the rules.
#include "fast-call.h"

namespace rawffi {

using v8::Context;
using v8::Function;
using v8::FunctionTemplate;
using v8::Isolate;
using v8::Local;
using v8::MaybeLocal;
using v8::Object;
using v8::Value;

MaybeLocal<Function> makeFastFunction(Local<Context> context, v8::FunctionCallback callback, Local<Value> data,
                                      const void* fast, const v8::CFunctionInfo* info) {
  const v8::CFunction function(fast, info);
  return FunctionTemplate::New(Isolate::GetCurrent(), callback, data, {}, 0, v8::ConstructorBehavior::kThrow,
                               v8::SideEffectType::kHasSideEffect, knowsFastCalls() ? &function : nullptr)
      ->GetFunction(context);
}

bool putFastFunction(Local<Context> context, Local<Object> on, const char* name, v8::FunctionCallback callback,
                     const void* fast, const v8::CFunctionInfo* info) {
  Local<Function> made;
  return makeFastFunction(context, callback, v8::Undefined(Isolate::GetCurrent()), fast, info).ToLocal(&made) &&
         put(context, on, name, made);
}

}  // namespace rawffi
