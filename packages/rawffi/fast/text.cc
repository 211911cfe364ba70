// Text between JavaScript and C, without a copy in between: native/memory.cc's `text` and `encode` at a third of their cost.
#include <cstring>

#include "fast-call.h"

namespace rawffi {

using v8::Context;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::NewStringType;
using v8::Number;
using v8::Object;
using v8::String;
using v8::Value;

// -- ASCII -----------------------------------------------------------------------------------------

static constexpr uint64_t ONES = 0x0101010101010101;
static constexpr uint64_t HIGH_BITS = 0x8080808080808080;

template <typename Word>
static Word wordAt(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Not 0 when a byte of `word` is 0 or above 127. Borrows of the subtraction come from a zero byte alone.
static uint64_t strange(uint64_t word) { return ((word - ONES) | word) & HIGH_BITS; }

// Copies `length` bytes; false when one of them is 0 or above 127. `to` may be `from`.
static bool copyAscii(char* to, const char* from, size_t length) {
  uint64_t found = 0;
  if (length < 8) {
    for (size_t i = 0; i < length; i++) {
      found |= static_cast<uint8_t>(from[i] - 1) | static_cast<uint8_t>(from[i]);
      to[i] = from[i];
    }
    return (found & 0x80) == 0;
  }
  const uint64_t last = wordAt<uint64_t>(from + length - 8);
  for (size_t i = 0; i + 8 < length; i += 8) {
    const uint64_t word = wordAt<uint64_t>(from + i);
    found |= strange(word);
    std::memcpy(to + i, &word, sizeof word);
  }
  std::memcpy(to + length - 8, &last, sizeof last);
  return (found | strange(last)) == 0;
}

// -- JavaScript to C -------------------------------------------------------------------------------

// Latin-1 to UTF-8.
static int32_t encodeLatin1(const v8::FastOneByteString& text, char* to, int32_t capacity) {
  int32_t at = 0;
  for (uint32_t i = 0; i < text.length; i++) {
    const auto code = static_cast<uint8_t>(text.data[i]);
    if (code == 0) return HAS_NUL;
    if (at + 3 > capacity) return TOO_LONG;
    if (code < 0x80) {
      to[at++] = static_cast<char>(code);
    } else {
      to[at++] = static_cast<char>(0xc0 | (code >> 6));
      to[at++] = static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  to[at] = 0;
  return at;
}

static int32_t encodeOneByte(Local<Value>, const v8::FastOneByteString& text, double address, int32_t capacity) {
  char* to = reinterpret_cast<char*>(static_cast<uintptr_t>(address));
  if (static_cast<int64_t>(text.length) >= capacity) return TOO_LONG;
  if (!copyAscii(to, text.data, text.length)) return encodeLatin1(text, to, capacity);
  to[text.length] = 0;
  return static_cast<int32_t>(text.length);
}

// Without the NUL; -1 when not all of it fits `capacity` bytes.
static int32_t writeUtf8(Isolate* isolate, Local<String> text, char* to, int32_t capacity) {
#if V8_MAJOR_VERSION >= 13
  size_t written = 0;
  const size_t length = text->WriteUtf8V2(isolate, to, static_cast<size_t>(capacity), String::WriteFlags::kReplaceInvalidUtf8, &written);
#else
  int written = 0;
  const int length = text->WriteUtf8(isolate, to, capacity, &written, String::NO_NULL_TERMINATION | String::REPLACE_INVALID_UTF8);
#endif
  return static_cast<int64_t>(written) == text->Length() ? static_cast<int32_t>(length) : -1;
}

static void writeOneByte(Isolate* isolate, Local<String> text, char* to) {
  auto* bytes = reinterpret_cast<uint8_t*>(to);
#if V8_MAJOR_VERSION >= 13
  text->WriteOneByteV2(isolate, 0, static_cast<uint32_t>(text->Length()), bytes);
#else
  text->WriteOneByte(isolate, bytes, 0, text->Length(), String::NO_NULL_TERMINATION);
#endif
}

static int32_t encodeString(Isolate* isolate, Local<String> text, char* to, int32_t capacity) {
  const int length = text->Length();
  if (length >= capacity) return TOO_LONG;
  if (text->IsOneByte()) {
    writeOneByte(isolate, text, to);
    if (copyAscii(to, to, static_cast<size_t>(length))) {
      to[length] = 0;
      return length;
    }
  }
  const int32_t byteLength = writeUtf8(isolate, text, to, capacity - 1);
  if (byteLength < 0) return TOO_LONG;
  to[byteLength] = 0;
  return std::memchr(to, 0, static_cast<size_t>(byteLength)) != nullptr ? HAS_NUL : byteLength;
}

// encode(text, address, capacity) -> length | Encoded
static void encode(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsString() || !info[1]->IsNumber() || !info[2]->IsInt32()) {
    throwTypeError(isolate, "rawffi.encode: expected (string, number, number)");
    return;
  }
  char* to = reinterpret_cast<char*>(static_cast<uintptr_t>(info[1].As<Number>()->Value()));
  info.GetReturnValue().Set(encodeString(isolate, info[0].As<String>(), to, info[2].As<v8::Int32>()->Value()));
}

// -- C to JavaScript -------------------------------------------------------------------------------

static bool isAscii(const char* from, size_t length) {
  uint64_t found = 0;
  size_t i = 0;
  for (; i + 8 <= length; i += 8) found |= wordAt<uint64_t>(from + i);
  for (; i < length; i++) found |= static_cast<uint8_t>(from[i]);
  return (found & HIGH_BITS) == 0;
}

// text(address, byteLength | -1) -> string
static void text(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsNumber() || !info[1]->IsNumber() || info[1].As<Number>()->Value() < -1) {
    throwTypeError(isolate, "rawffi.text: expected (number, number)");
    return;
  }
  const char* address = reinterpret_cast<const char*>(static_cast<uintptr_t>(info[0].As<Number>()->Value()));
  const auto given = static_cast<int64_t>(info[1].As<Number>()->Value());
  const size_t length = given < 0 ? std::strlen(address) : static_cast<size_t>(given);
  if (length > static_cast<size_t>(String::kMaxLength)) {
    isolate->ThrowException(v8::Exception::RangeError(textOf(isolate, "rawffi.text: no string can have so many bytes")));
    return;
  }
  // V8 looks through UTF-8 twice, and through Latin-1 not at all.
  const auto made = isAscii(address, length)
                        ? String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(address), NewStringType::kNormal,
                                                 static_cast<int>(length))
                        : String::NewFromUtf8(isolate, address, NewStringType::kNormal, static_cast<int>(length));
  Local<String> string;
  if (made.ToLocal(&string)) info.GetReturnValue().Set(string);
}

bool registerText(Local<Context> context, Local<Object> on) {
  using Encode = Described<KIND_INT32, KIND_ONE_BYTE_STRING, KIND_DOUBLE, KIND_INT32>;
  return putFastFunction(context, on, "encode", encode, reinterpret_cast<const void*>(&encodeOneByte), &Encode::info) &&
         putFunction(context, on, "text", text, v8::Undefined(Isolate::GetCurrent()));
}

}  // namespace rawffi
