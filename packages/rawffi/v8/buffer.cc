// The addresses of JavaScript's buffers, and keeping their memory in place: native/memory.cc's `addressOf` without
// Node-API, and in optimised code without V8's API, whose six calls would take four times as long as the call of C
// itself.
//
// JavaScript can run in a callback while C works on a buffer. It may transfer the buffer, and drop the receiver. So
// memory whose address is taken while callbacks live is *held*: V8 counts references to a buffer's memory, and we add
// one that lasts as long as the buffer object, even when the buffer is detached. A call keeps its arguments alive.
#include <algorithm>
#include <list>
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

// Returned where the answer needs an object, such as the buffer of a small typed array, whose bytes are in the array
// itself, and may move, until its buffer is read.
static constexpr double ASK_SLOWLY = -1;

static double fromPointer(const void* data) { return static_cast<double>(reinterpret_cast<uintptr_t>(data)); }

static Attached& environmentOf(const FunctionCallbackInfo<Value>& info) {
  return attachedTo(*static_cast<const Shared*>(addressIn(info.Data())));
}

// -- Memory that is held ---------------------------------------------------------------------------

// In a buffer's first internal field, which Node does not use, it marks that the memory is held already.
alignas(16) static char heldMark[16];

static void setMark(Local<ArrayBuffer> buffer) {
#if V8_MAJOR_VERSION >= 14
  buffer->SetAlignedPointerInInternalField(0, heldMark, v8::kEmbedderDataTypeTagDefault);
#else
  buffer->SetAlignedPointerInInternalField(0, heldMark);
#endif
}

static bool hasMark(Local<ArrayBuffer> buffer) {
#if V8_MAJOR_VERSION >= 14
  return buffer->GetAlignedPointerFromInternalField(0, v8::kEmbedderDataTypeTagDefault) == heldMark;
#else
  return buffer->GetAlignedPointerFromInternalField(0) == heldMark;
#endif
}

static void hold(Attached& environment, Local<ArrayBuffer> buffer) {
  if (buffer->InternalFieldCount() == 0 || hasMark(buffer)) return;
  setMark(buffer);
  std::shared_ptr<BackingStore> memory = buffer->GetBackingStore();
  if (memory->IsShared()) return;  // nobody detaches that
  auto made = std::make_unique<Held>();
  Held* held = made.get();
  held->memory = std::move(memory);
  held->environment = &environment;
  held->buffer.Reset(environment.isolate, buffer);
  held->place = environment.held.insert(environment.held.end(), std::move(made));
  // Released during the collection: JavaScript's finalizers wait for a turn of the event loop, and would keep megabytes
  // until then.
  held->buffer.SetWeak(
      held,
      [](const v8::WeakCallbackInfo<Held>& info) {
        Held* of = info.GetParameter();
        of->buffer.Reset();
        of->environment->held.erase(of->place);
      },
      v8::WeakCallbackType::kParameter);
}

static bool callbacksLive() { return wordOf(thread, word::LIVE_CLOSURES) != 0; }

// -- By V8's API -----------------------------------------------------------------------------------

// JavaScript may shrink such a buffer, and nothing can prevent it. (A growable SharedArrayBuffer only grows.)
static bool canShrink(Local<ArrayBuffer> buffer) { return buffer->GetBackingStore()->IsResizableByUserJavaScript(); }

static double addressIn(Attached& environment, Local<ArrayBuffer> buffer, size_t offset, bool mustHold) {
  const void* data = buffer->Data();
  if (data == nullptr) return 0;
  if (canShrink(buffer)) return ASK_SLOWLY;
  if (mustHold || callbacksLive()) hold(environment, buffer);
  return fromPointer(data) + static_cast<double>(offset);
}

static double addressOf(const FunctionCallbackInfo<Value>& info, bool mustHold) {
  const Local<Value> value = info[0];
  Attached& environment = environmentOf(info);
  if (value->IsArrayBufferView()) {
    const Local<ArrayBufferView> view = value.As<ArrayBufferView>();
    return addressIn(environment, view->Buffer(), view->ByteOffset(), mustHold);
  }
  if (value->IsArrayBuffer()) return addressIn(environment, value.As<ArrayBuffer>(), 0, mustHold);
  if (value->IsSharedArrayBuffer()) return fromPointer(value.As<SharedArrayBuffer>()->Data());
  return ASK_SLOWLY;
}

// addressOf(buffer | view) -> address | ASK_SLOWLY
static void addressOf(const FunctionCallbackInfo<Value>& info) { info.GetReturnValue().Set(addressOf(info, false)); }

// heldAddressOf(buffer | view): the same, and always holds the memory
static void heldAddressOf(const FunctionCallbackInfo<Value>& info) { info.GetReturnValue().Set(addressOf(info, true)); }

// -- The same by the layout of V8's objects --------------------------------------------------------

// Found by inspecting objects, once per process: which words of a typed array hold its buffer and its byte offset, and
// which word of a buffer holds the address of the memory. All 0 when they are not found, and then not used.
//
//     typed array ┌─────┬───┬────────┬─────────────┬───┐       buffer ┌─────┬───┬─────────┬───┬───────┬───┐
//                 │ map │ … │ buffer │ byte offset │ … │              │ map │ … │ address │ … │ flags │ … │
//                 └─────┴───┴────────┴─────────────┴───┘              └─────┴───┴─────────┴───┴───────┴───┘
struct Layout {
  int typedArrayType = 0;
  int bufferType = 0;
  int buffer = 0;
  int byteOffset = 0;
  int address = 0;
  // Which 32 bits of a buffer have the flag of a resizable buffer.
  int flags = 0;
  uint32_t resizable = 0;
  // Which word of a buffer is its first internal field.
  int mark = 0;
};

static Layout layout;
static std::once_flag layoutIsFound;

using Word = v8::internal::Address;

static Word wordsOf(Local<Value> value) { return *reinterpret_cast<const Word*>(*value); }

// The byte offset of the first of `count` words that is `wanted`; 0, the offset of the map, when there is none.
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
  const bool isResizable = (Internals::ReadRawField<uint32_t>(object, layout.flags) & layout.resizable) != 0;
  const bool isHeld = Internals::ReadRawField<Word>(object, layout.mark) == reinterpret_cast<Word>(heldMark);
  // Address 0: detached, empty, or in the array itself.
  return address == 0 || isResizable || (!isHeld && callbacksLive()) ? ASK_SLOWLY
                                                                     : static_cast<double>(address + offset);
}

static double addressOfFast(Local<Value>, Local<Value> value) { return readAddress(layout, wordsOf(value)); }

// The words that the two objects have at least, in every version of V8.
static constexpr int TYPED_ARRAY_WORDS = 10;
static constexpr int BUFFER_WORDS = 8;
// The same with its flags, and its internal fields.
static constexpr int FLAGS_END = 10 * sizeof(Word);
static constexpr int ALL_BUFFER_WORDS = 11;

static Local<ArrayBuffer> resizableBuffer(Isolate* isolate, size_t byteLength) {
  return ArrayBuffer::New(isolate, ArrayBuffer::NewResizableBackingStore(byteLength, byteLength));
}

// The flag is the one bit by which a word of resizable buffers differs from that of other buffers of the same sizes.
static bool findResizable(Isolate* isolate, Layout& found) {
  constexpr size_t SIZES[] = {64, 4096, 100, 70000};
  constexpr int COUNT = FLAGS_END / sizeof(uint32_t);
  // Of each 32 bits of a buffer: what is set in all resizable ones alone, and what differs anywhere.
  uint32_t common[COUNT];
  uint32_t all[COUNT] = {};
  std::fill_n(common, COUNT, UINT32_MAX);
  for (const size_t size : SIZES) {
    // A pair for all of them: a resizable buffer takes pages of its own.
    const Local<ArrayBuffer> fixed = ArrayBuffer::New(isolate, size);
    const Local<ArrayBuffer> resizable = resizableBuffer(isolate, size);
    for (int i = sizeof(Word) / sizeof(uint32_t); i < COUNT; i++) {
      const int at = i * static_cast<int>(sizeof(uint32_t));
      const auto without = Internals::ReadRawField<uint32_t>(wordsOf(fixed), at);
      const auto with = Internals::ReadRawField<uint32_t>(wordsOf(resizable), at);
      common[i] &= with & ~without;
      all[i] |= with ^ without;
    }
  }
  int candidates = 0;
  for (int i = sizeof(Word) / sizeof(uint32_t); i < COUNT; i++) {
    if (common[i] == 0 || common[i] != all[i] || (common[i] & (common[i] - 1)) != 0) continue;
    candidates++;
    found.flags = i * static_cast<int>(sizeof(uint32_t));
    found.resizable = common[i];
  }
  return candidates == 1;
}

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
  setMark(buffer);
  found.mark = findWord(wordsOf(buffer), ALL_BUFFER_WORDS, reinterpret_cast<Word>(heldMark));
  if (found.buffer == 0 || found.byteOffset == 0 || found.address == 0 || found.mark == 0 ||
      !findResizable(isolate, found))
    return {};
  // Accepted only if it holds for another pair.
  const Local<ArrayBuffer> other = ArrayBuffer::New(isolate, 100);
  const Local<Uint8Array> all = Uint8Array::New(other, 0, 100);
  const double address = fromPointer(other->Data());
  const bool holds = readAddress(found, wordsOf(all)) == address && readAddress(found, wordsOf(other)) == address;
  const Local<ArrayBuffer> resizable = resizableBuffer(isolate, 100);
  const Local<Uint8Array> shrinking = Uint8Array::New(resizable, 0, 100);
  const bool refuses =
      readAddress(found, wordsOf(shrinking)) == ASK_SLOWLY && readAddress(found, wordsOf(resizable)) == ASK_SLOWLY;
  return holds && refuses ? found : Layout{};
}

// -- Memory that stays for one call ----------------------------------------------------------------

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
  const auto* fast = reinterpret_cast<const void*>(&addressOfFast);
  Local<v8::Function> made;
  return putFunction(context, on, "retain", retain, address) && putFunction(context, on, "release", release, address) &&
         putFunction(context, on, "heldAddressOf", heldAddressOf, address) &&
         putFunction(context, on, "addressOfSlowly", addressOf, address) &&
         makeFastFunction(context, addressOf, address, fast, &Described<KIND_DOUBLE, KIND_VALUE>::info)
             .ToLocal(&made) &&
         put(context, on, "addressOf", made);
}

}  // namespace rawffi
