// Leaf calls: V8 fast API calls without arguments and result, whose C function is the stub itself. Optimised code calls
// the stub directly.
//
// When JavaScript runs in such a call, V8 11.3 and 12.4 abort the process and 13.6 goes on with stale code; 14.6 is
// safe only for calls without a result. So none may run: src/interface.ts says when a leaf call may be made, and
// closures refuse to run in one.
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

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

// Called by code that is not optimised; the stub is the function's data.
static void enterLeaf(const FunctionCallbackInfo<Value>& info) {
  reinterpret_cast<void (*)()>(addressIn(info.Data()))();
}

// leaf(entry) -> function without arguments
static void leaf(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsNumber()) {
    throwTypeError(isolate, "rawffi.leaf: expected (number)");
    return;
  }
  Local<Function> made;
  if (makeFastFunction(isolate->GetCurrentContext(), enterLeaf, info[0], addressIn(info[0]),
                       &Described<KIND_VOID>::info)
          .ToLocal(&made)) {
    info.GetReturnValue().Set(made);
  }
}

// -- With arguments --------------------------------------------------------------------------------

// Called by code that is not optimised: puts the arguments into the frame, for the signature's other leaf stub.
static void enterHanded(const FunctionCallbackInfo<Value>& info) {
  const auto& handed = *static_cast<const Handed*>(addressIn(info.Data()));
  uint64_t* frame = thread->frame;
  for (size_t i = 0; i < handed.kinds.size(); i++) {
    uint64_t* slot = frame + slot::ARGUMENTS + handed.slots[i];
    const double number = info[static_cast<int>(i)].As<Number>()->Value();
    if (handed.kinds[i] == KIND_DOUBLE) {
      std::memcpy(slot, &number, sizeof number);
    } else if (handed.kinds[i] == KIND_FLOAT) {
      const auto narrow = static_cast<float>(number);
      std::memcpy(slot, &narrow, sizeof narrow);
    } else {
      const auto integer = static_cast<uint32_t>(static_cast<int64_t>(number));
      std::memcpy(slot, &integer, sizeof integer);
    }
  }
  if (handed.swapsErrno) swapErrors(frame);
  handed.stub();
  if (handed.swapsErrno) swapErrors(frame);
  const void* result = frame + slot::RESULT;
  if (handed.result == KIND_INT32) info.GetReturnValue().Set(*static_cast<const int32_t*>(result));
  if (handed.result == KIND_UINT32) info.GetReturnValue().Set(*static_cast<const uint32_t*>(result));
  if (handed.result == KIND_DOUBLE) info.GetReturnValue().Set(*static_cast<const double*>(result));
  if (handed.result == KIND_FLOAT) info.GetReturnValue().Set(static_cast<double>(*static_cast<const float*>(result)));
  if (handed.result == KIND_WORD) {
    info.GetReturnValue().Set(static_cast<double>(*static_cast<const int64_t*>(result)));
  }
}

struct Description {
  std::vector<v8::CTypeInfo> types;
  v8::CFunctionInfo info;

  static std::vector<v8::CTypeInfo> typesOf(const std::vector<uint8_t>& kinds) {
    std::vector<v8::CTypeInfo> types{v8::CTypeInfo{KIND_VALUE}};
    for (const uint8_t kind : kinds) {
      const uint8_t passedAs = kind == KIND_FLOAT ? uint8_t{KIND_DOUBLE} : kind;
      types.push_back(v8::CTypeInfo{passedAs});
    }
    return types;
  }
  Description(uint8_t result, const std::vector<uint8_t>& kinds)
      : types(typesOf(kinds)),
        info(result == KIND_WORD ? uint8_t{KIND_DOUBLE} : result, types.data(), static_cast<uint32_t>(types.size())) {}
};

// An isolate keeps pointers to the description of a function. There are few descriptions, and they are never freed.
static const v8::CFunctionInfo* describe(uint8_t result, const std::vector<uint8_t>& kinds) {
  static std::mutex lock;
  static std::map<std::string, Description*>* known = nullptr;
  const std::lock_guard<std::mutex> guard(lock);
  if (known == nullptr) known = new std::map<std::string, Description*>();
  std::string key(1, static_cast<char>(result));
  key.append(kinds.begin(), kinds.end());
  Description*& found = (*known)[key];
  if (found == nullptr) found = new Description(result, kinds);
  return &found->info;
}

// handed(entry, leafEntry, kinds, slots, swapsErrno) -> function; `kinds` are those of the result and then of the
// arguments, `slots` those of the arguments
static void handed(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  const bool isRight = info[0]->IsNumber() && info[1]->IsNumber() && info[2]->IsUint8Array() &&
                       info[3]->IsUint8Array() && info[4]->IsBoolean();
  const size_t count = isRight ? info[3].As<v8::Uint8Array>()->Length() : 0;
  if (!isRight || info[2].As<v8::Uint8Array>()->Length() != count + 1) {
    throwTypeError(isolate, "rawffi.handed: expected (number, number, Uint8Array, Uint8Array, boolean)");
    return;
  }
  std::vector<uint8_t> kinds(count + 1);
  std::vector<uint8_t> slots(count);
  info[2].As<v8::Uint8Array>()->CopyContents(kinds.data(), kinds.size());
  info[3].As<v8::Uint8Array>()->CopyContents(slots.data(), slots.size());
  auto owned = std::make_unique<Handed>();
  Handed* made = owned.get();
  made->stub = reinterpret_cast<void (*)()>(addressIn(info[1]));
  made->result = kinds[0];
  made->swapsErrno = info[4]->IsTrue();
  made->kinds.assign(kinds.begin() + 1, kinds.end());
  made->slots.assign(slots.begin(), slots.end());
  attachedTo(*static_cast<Shared*>(addressIn(info.Data()))).handed.push_back(std::move(owned));
  const auto data = Number::New(isolate, static_cast<double>(reinterpret_cast<uintptr_t>(made)));
  Local<Function> function;
  if (makeFastFunction(isolate->GetCurrentContext(), enterHanded, data, addressIn(info[0]),
                       describe(made->result, made->kinds))
          .ToLocal(&function)) {
    info.GetReturnValue().Set(function);
  }
}

// There are no leaf calls on a V8 whose layouts are not known here.
bool registerLeaf(Local<Context> context, Local<Object> on, Shared* environment) {
  if (!knowsFastCalls()) return true;
  Isolate* isolate = Isolate::GetCurrent();
  const auto address = Number::New(isolate, static_cast<double>(reinterpret_cast<uintptr_t>(environment)));
  return putFunction(context, on, "leaf", leaf, v8::Undefined(isolate)) &&
         putFunction(context, on, "handed", handed, address);
}

}  // namespace rawffi
