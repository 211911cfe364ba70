// What the verbs of the V8 part share: the state of a thread, and adding functions to objects. One source serves every
// Node that has headers; a binary is for one ABI.
#pragma once

#include <node.h>

#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "../native/errors.h"
#include "../native/thread.h"

namespace rawffi {

// The Node-API addon's state of this thread. Initial-exec, as there: one load.
extern __thread Thread* thread __attribute__((tls_model(RAWFFI_TLS_MODEL), visibility("hidden")));

v8::Local<v8::String> textOf(v8::Isolate* isolate, const char* from);
void throwTypeError(v8::Isolate* isolate, const char* message);

// A number as an address.
inline void* addressIn(v8::Local<v8::Value> number) {
  return reinterpret_cast<void*>(static_cast<uintptr_t>(number.As<v8::Number>()->Value()));
}

// Each returns false when V8 failed and has an exception pending.
bool put(v8::Local<v8::Context> context, v8::Local<v8::Object> on, const char* name, v8::Local<v8::Value> value);
bool putFunction(v8::Local<v8::Context> context, v8::Local<v8::Object> on, const char* name,
                 v8::FunctionCallback callback, v8::Local<v8::Value> data);

// -- An environment's state ------------------------------------------------------------------------

// A leaf call whose arguments V8 hands over: Handover of src/stubs/abi.ts.
struct Handed {
  // The signature's other leaf stub, which takes the arguments from the frame.
  void (*stub)() = nullptr;
  // A Kind of fast-call.h.
  uint8_t result = 0;
  std::vector<uint8_t> kinds;
  // Which slot each argument goes to.
  std::vector<uint32_t> slots;
  bool swapsErrno = false;
};

struct Attached;

// Memory of a live buffer that C may work on while JavaScript runs: buffer.cc.
struct Held {
  v8::Global<v8::ArrayBuffer> buffer;
  std::shared_ptr<v8::BackingStore> memory;
  Attached* environment;
  std::list<std::unique_ptr<Held>>::iterator place;
};

struct Attached : Attachment {
  v8::Isolate* isolate;
  v8::Global<v8::Context> context;
  std::vector<std::unique_ptr<Handed>> handed;
  // Memory of buffers that a running call works on.
  std::unordered_map<uint32_t, std::shared_ptr<v8::BackingStore>> retained;
  uint32_t lastRetained = 0;
  std::list<std::unique_ptr<Held>> held;
};

inline Attached& attachedTo(const Shared& environment) { return *static_cast<Attached*>(environment.attachment); }

// -- The verbs -------------------------------------------------------------------------------------

// Adds the functions that enter C to `on`; `throwPending` is the addon's function of that name.
bool registerEnter(v8::Local<v8::Context> context, v8::Local<v8::Object> on, v8::Local<v8::Value> throwPending);
bool registerCallback(v8::Local<v8::Context> context, v8::Local<v8::Object> on, Shared* environment);
bool registerLeaf(v8::Local<v8::Context> context, v8::Local<v8::Object> on, Shared* environment);
bool registerText(v8::Local<v8::Context> context, v8::Local<v8::Object> on, const Shared& environment);
bool registerBuffer(v8::Local<v8::Context> context, v8::Local<v8::Object> on, Shared* environment);
bool registerWindow(v8::Local<v8::Context> context, v8::Local<v8::Object> on);
bool registerPrivateKey(v8::Local<v8::Context> context, v8::Local<v8::Object> on, Shared* environment);

}  // namespace rawffi
