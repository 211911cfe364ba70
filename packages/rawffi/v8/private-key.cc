// The private symbol of a mark that Node sets on objects, found by the layout of V8's objects. Node cannot mark all
// instances of a class at once; with the symbol, a constructor marks each instance by one store.
//
//     object ┌─────┬───┐      map ┌─────┬───┬─────────────┬───┐      descriptors ┌─────┬───┬─────┬───┐
//            │ map │ … │          │ map │ … │ descriptors │ … │                  │ map │ … │ key │ … │
//            └─────┴───┘          └─────┴───┴─────────────┴───┘                  └─────┴───┴─────┴───┘
//
// The positions of these words are found in an object whose only member is known.
#include "rawffi-v8.h"

namespace rawffi {

using v8::Context;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::Number;
using v8::Object;
using v8::Symbol;
using v8::Value;
using v8::internal::Internals;
using Word = v8::internal::Address;

// The words that the two have at least, in every version of V8; for descriptors, including the first key.
static constexpr int MAP_WORDS = 11;
static constexpr int DESCRIPTOR_WORDS = 6;

static Word wordsOf(Local<Value> value) { return *reinterpret_cast<const Word*>(*value); }
static Word wordIn(Word object, int index) {
  return Internals::ReadRawField<Word>(object, index * static_cast<int>(sizeof(Word)));
}

// Word `index` of the object to which word `of` of a map points; 0 where that is not an object.
static Word wordBehind(const Shared& environment, Word map, int of, int index) {
  const Word object = wordIn(map, of);
  if (!Internals::HasHeapObjectTag(object)) return 0;
  const auto* from = reinterpret_cast<const void*>(object - v8::internal::kHeapObjectTag);
  // A map has words that are not pointers, too.
  return environment.canRead(from, DESCRIPTOR_WORDS * sizeof(Word)) ? wordIn(object, index) : 0;
}

// privateKey(marked, known, key) -> the symbol that is the only key of `marked`, as `key` is that of `known`; undefined
// when it was not found
static void privateKey(const FunctionCallbackInfo<Value>& info) {
  if (!info[0]->IsObject() || !info[1]->IsObject() || !info[2]->IsSymbol()) {
    throwTypeError(info.GetIsolate(), "rawffi.privateKey: expected (object, object, symbol)");
    return;
  }
  const auto& environment = *static_cast<const Shared*>(addressIn(info.Data()));
  const Local<Symbol> made = Symbol::New(info.GetIsolate());
  const Word known = wordIn(wordsOf(info[1]), 0);
  const Word key = wordsOf(info[2]);
  Word found = 0;
  int count = 0;
  for (int of = 1; of < MAP_WORDS; of++) {
    for (int index = 1; index < DESCRIPTOR_WORDS; index++) {
      if (wordBehind(environment, known, of, index) != key) continue;
      found = wordBehind(environment, wordIn(wordsOf(info[0]), 0), of, index);
      count++;
    }
  }
  const bool isSymbol = count == 1 && Internals::HasHeapObjectTag(found) && wordIn(found, 0) == wordIn(key, 0);
  if (!isSymbol) return;
  *reinterpret_cast<Word*>(*made) = found;
  info.GetReturnValue().Set(made);
}

bool registerPrivateKey(Local<Context> context, Local<Object> on, Shared* environment) {
  const auto address =
      Number::New(Isolate::GetCurrent(), static_cast<double>(reinterpret_cast<uintptr_t>(environment)));
  return putFunction(context, on, "privateKey", privateKey, address);
}

}  // namespace rawffi
