// Where the buffers of JavaScript lie, and keeping their memory there: native/memory.cc's `addressOf` without Node-API, and in optimised code without V8's API either,
// whose six calls would take four times as long as the call itself.
#include <mutex>

#include "fast-call.h"

namespace rawffi {

using v8::ArrayBuffer;
using v8::ArrayBufferView;
using v8::BackingStore;
using v8::Context;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::Number;
using v8::Object;
using v8::SharedArrayBuffer;
using v8::Uint8Array;
using v8::Value;
using v8::internal::Internals;

// What cannot be said without making an object, such as the buffer of a small typed array: its bytes lie in the array itself until
// somebody asks for the buffer, and may move.
static constexpr double ASK_SLOWLY = -1;

static double fromPointer(const void* data) { return static_cast<double>(reinterpret_cast<uintptr_t>(data)); }

// addressOf(buffer | view) -> address | ASK_SLOWLY
static void addressOf(const FunctionCallbackInfo<Value>& info) {
  double address = ASK_SLOWLY;
  const Local<Value> value = info[0];
  if (value->IsArrayBufferView()) {
    const Local<ArrayBufferView> view = value.As<ArrayBufferView>();
    const void* data = view->Buffer()->Data();
    address = data == nullptr ? 0 : fromPointer(data) + static_cast<double>(view->ByteOffset());
  } else if (value->IsArrayBuffer()) {
    address = fromPointer(value.As<ArrayBuffer>()->Data());
  } else if (value->IsSharedArrayBuffer()) {
    address = fromPointer(value.As<SharedArrayBuffer>()->Data());
  }
  info.GetReturnValue().Set(address);
}

// -- The same by the layout of V8's objects --------------------------------------------------------

// Found by looking, once for a process: which words of a typed array hold its buffer and its offset in that, and which word of a
// buffer holds the address of the memory. All 0 when they are not found: nobody then believes anything.
//
//     typed array ┌─────┬───┬────────┬─────────────┬───┐       buffer ┌─────┬───┬─────────┬───┐
//                 │ map │ … │ buffer │ byte offset │ … │              │ map │ … │ address │ … │
//                 └─────┴───┴────────┴─────────────┴───┘              └─────┴───┴─────────┴───┘
struct Layout {
  int typedArrayType = 0;
  int bufferType = 0;
  int buffer = 0;
  int byteOffset = 0;
  int address = 0;
};

static Layout layout;
static std::once_flag layoutIsFound;

using Word = v8::internal::Address;

static Word wordsOf(Local<Value> value) { return *reinterpret_cast<const Word*>(*value); }

// The index in bytes of the first of `count` words that is `wanted`; 0, which is the map's, when there is none.
static int findWord(Word object, int count, Word wanted) {
  for (int at = sizeof(Word); at < count * static_cast<int>(sizeof(Word)); at += sizeof(Word)) {
    if (Internals::ReadRawField<Word>(object, at) == wanted) return at;
  }
  return 0;
}

static double readAddress(const Layout& layout, Word object) {
  if (!Internals::HasHeapObjectTag(object) || layout.address == 0) return ASK_SLOWLY;
  const int type = Internals::GetInstanceType(object);
  Word offset = 0;
  if (type == layout.typedArrayType) {
    offset = Internals::ReadRawField<Word>(object, layout.byteOffset);
    object = Internals::ReadRawField<Word>(object, layout.buffer);
  } else if (type != layout.bufferType) {
    return ASK_SLOWLY;
  }
  const Word address = Internals::ReadRawField<Word>(object, layout.address);
  // No memory: detached, empty, or in the array itself.
  return address == 0 ? ASK_SLOWLY : static_cast<double>(address + offset);
}

static double addressOfFast(Local<Value>, Local<Value> value) { return readAddress(layout, wordsOf(value)); }

// Words of the two objects that are theirs in every V8 there is.
static constexpr int TYPED_ARRAY_WORDS = 10;
static constexpr int BUFFER_WORDS = 8;

static Layout findLayout(Isolate* isolate) {
  constexpr size_t offset = 4096 + 8;
  const Local<ArrayBuffer> buffer = ArrayBuffer::New(isolate, 2 * offset);
  const Local<Uint8Array> array = Uint8Array::New(buffer, offset, 16);
  Layout found;
  found.typedArrayType = Internals::GetInstanceType(wordsOf(array));
  found.bufferType = Internals::GetInstanceType(wordsOf(buffer));
  found.buffer = findWord(wordsOf(array), TYPED_ARRAY_WORDS, wordsOf(buffer));
  found.byteOffset = findWord(wordsOf(array), TYPED_ARRAY_WORDS, offset);
  found.address = findWord(wordsOf(buffer), BUFFER_WORDS, reinterpret_cast<Word>(buffer->Data()));
  if (found.buffer == 0 || found.byteOffset == 0 || found.address == 0) return {};
  // Believed only if it holds for another pair.
  const Local<ArrayBuffer> other = ArrayBuffer::New(isolate, 100);
  const Local<Uint8Array> all = Uint8Array::New(other, 0, 100);
  const double address = fromPointer(other->Data());
  const bool holds = readAddress(found, wordsOf(all)) == address && readAddress(found, wordsOf(other)) == address;
  return holds ? found : Layout{};
}

// -- Memory that stays -----------------------------------------------------------------------------

// V8 counts who uses a buffer's memory; detaching the buffer moves its count elsewhere, and leaves ours.

static Attached& environmentOf(const FunctionCallbackInfo<Value>& info) {
  return attachedTo(*static_cast<const Shared*>(addressIn(info.Data())));
}

// retain(ArrayBuffer) -> number, not 0
static void retain(const FunctionCallbackInfo<Value>& info) {
  if (!info[0]->IsArrayBuffer()) {
    throwTypeError(info.GetIsolate(), "rawffi.retain: expected an ArrayBuffer");
    return;
  }
  Attached& environment = environmentOf(info);
  uint32_t& number = environment.lastRetained;
  do number++;
  while (number == 0 || environment.retained.count(number) > 0);
  environment.retained[number] = info[0].As<ArrayBuffer>()->GetBackingStore();
  info.GetReturnValue().Set(number);
}

// release(number)
static void release(const FunctionCallbackInfo<Value>& info) {
  const double number = info[0]->IsNumber() ? info[0].As<Number>()->Value() : 0;
  const bool isNumber = number >= 1 && number <= UINT32_MAX;
  if (!isNumber || environmentOf(info).retained.erase(static_cast<uint32_t>(number)) == 0) {
    throwTypeError(info.GetIsolate(), "rawffi.release: expected what rawffi.retain gave");
  }
}

bool registerBuffer(Local<Context> context, Local<Object> on, Shared* environment) {
  Isolate* isolate = Isolate::GetCurrent();
  const auto address = Number::New(isolate, static_cast<double>(reinterpret_cast<uintptr_t>(environment)));
  std::call_once(layoutIsFound, [&] { layout = findLayout(isolate); });
  return putFunction(context, on, "retain", retain, address) && putFunction(context, on, "release", release, address) &&
         putFastFunction(context, on, "addressOf", addressOf, reinterpret_cast<const void*>(&addressOfFast),
                         &Described<KIND_DOUBLE, KIND_VALUE>::info);
}

}  // namespace rawffi
