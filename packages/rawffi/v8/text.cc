// Text between JavaScript and C, without an intermediate copy: native/memory.cc's `text` and `pushText` at a third of
// their cost.
#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#endif

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

// Not 0 when a byte of `word` is 0 or above 127. Only a zero byte causes a borrow in the subtraction.
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

// Each of these writes a text with a NUL after it to `to`, and may overwrite all of `capacity` bytes; returns its
// length or a Pushed.

// Latin-1 to UTF-8.
static int32_t writeLatin1(const v8::FastOneByteString& text, char* to, size_t capacity) {
  size_t at = 0;
  for (uint32_t i = 0; i < text.length; i++) {
    const auto code = static_cast<uint8_t>(text.data[i]);
    if (code == 0) return Pushed::HAS_NUL;
    if (at + 3 > capacity) return Pushed::TOO_LONG;
    if (code < 0x80) {
      to[at++] = static_cast<char>(code);
    } else {
      to[at++] = static_cast<char>(0xc0 | (code >> 6));
      to[at++] = static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  to[at] = 0;
  return static_cast<int32_t>(at);
}

static int32_t writeBytes(const v8::FastOneByteString& text, char* to, size_t capacity) {
  if (text.length + scratch::ALIGN > capacity) return Pushed::TOO_LONG;
  if (!copyAscii(to, text.data, text.length)) return writeLatin1(text, to, capacity);
  to[text.length] = 0;
  return static_cast<int32_t>(text.length);
}

#ifdef __x86_64__

// The same in blocks of 32 bytes, the last one filled with NULs. The gain is not in the copying: C's string functions
// read such blocks, and a read that takes its bytes from several recent writes stalls the processor. For strlen of 11
// characters that stall takes longer than everything else.
__attribute__((target("avx2"))) static int32_t writeBlocks(const v8::FastOneByteString& text, char* to,
                                                           size_t capacity) {
  constexpr size_t block = scratch::ALIGN;
  constexpr size_t page = 4096;
  static constexpr char masks[2 * block] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                            -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
  const size_t length = text.length;
  const size_t whole = length / block * block;
  const size_t rest = length - whole;
  const char* from = text.data;
  // The bytes after the characters may be on an unmapped page.
  const bool crossesPage = (reinterpret_cast<uintptr_t>(from + whole) & (page - 1)) > page - block;
  if (crossesPage || length + block > capacity) return writeBytes(text, to, capacity);
  const __m256i zero = _mm256_setzero_si256();
  int found = 0;
  for (size_t i = 0; i < whole; i += block) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i));
    found |= _mm256_movemask_epi8(_mm256_or_si256(bytes, _mm256_cmpeq_epi8(bytes, zero)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), bytes);
  }
  const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(masks + block - rest));
  // Without a rest, do not read after the characters: they may end at the end of their page.
  const __m256i read = rest == 0 ? zero : _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + whole));
  const __m256i last = _mm256_and_si256(read, mask);
  found |= _mm256_movemask_epi8(_mm256_and_si256(_mm256_or_si256(last, _mm256_cmpeq_epi8(last, zero)), mask));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + whole), last);
  return found == 0 ? static_cast<int32_t>(length) : writeLatin1(text, to, capacity);
}

#endif

using Write = int32_t (*)(const v8::FastOneByteString&, char*, size_t);

template <Write Write>
static int32_t pushOneByte(Local<Value>, const v8::FastOneByteString& text) {
  Thread* current = thread;
  const uint32_t top = scratchTop(current);
  return pushWritten(current, Write(text, current->scratch + top, scratch::BYTES - top));
}

// The ways to write one-byte strings, each the fastest for this processor.
struct Best {
  Write write;
  const void* push;
};

static Best findBest() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return {&writeBlocks, reinterpret_cast<const void*>(&pushOneByte<writeBlocks>)};
#endif
  return {&writeBytes, reinterpret_cast<const void*>(&pushOneByte<writeBytes>)};
}

static const Best best = findBest();

// Checks and terminates what V8 wrote: `length` bytes of UTF-8, for as many of the text's characters as fitted.
static int32_t endUtf8(Local<String> text, char* to, size_t length, size_t charactersWritten) {
  if (charactersWritten != static_cast<size_t>(text->Length())) return Pushed::TOO_LONG;
  to[length] = 0;
  return std::memchr(to, 0, length) != nullptr ? Pushed::HAS_NUL : static_cast<int32_t>(length);
}

// Any string: optimised code does not hand over ropes (even if flattened), slices, and two-byte strings.
static int32_t writeString(Isolate* isolate, Local<String> text, char* to, size_t capacity) {
  if (static_cast<size_t>(text->Length()) + scratch::ALIGN > capacity) return Pushed::TOO_LONG;
  const size_t room = capacity - scratch::ALIGN;
#if V8_MAJOR_VERSION >= 13
  {
    const String::ValueView view(isolate, text);
    if (view.is_one_byte())
      return best.write({reinterpret_cast<const char*>(view.data8()), view.length()}, to, capacity);
  }
  size_t written = 0;
  const size_t length = text->WriteUtf8V2(isolate, to, room, String::WriteFlags::kReplaceInvalidUtf8, &written);
  return endUtf8(text, to, length, written);
#else
  if (text->IsOneByte()) {
    const int length =
        text->WriteOneByte(isolate, reinterpret_cast<uint8_t*>(to), 0, text->Length(), String::NO_NULL_TERMINATION);
    if (copyAscii(to, to, static_cast<size_t>(length))) {
      to[length] = 0;
      return length;
    }
  }
  int written = 0;
  const int length = text->WriteUtf8(isolate, to, static_cast<int>(room), &written,
                                     String::NO_NULL_TERMINATION | String::REPLACE_INVALID_UTF8);
  return endUtf8(text, to, static_cast<size_t>(length), static_cast<size_t>(written));
#endif
}

// pushText(text) -> place in the scratch memory | Pushed
static void pushText(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsString()) {
    throwTypeError(isolate, "rawffi.pushText: expected (string)");
    return;
  }
  Thread* current = thread;
  const uint32_t top = scratchTop(current);
  const int32_t written = writeString(isolate, info[0].As<String>(), current->scratch + top, scratch::BYTES - top);
  info.GetReturnValue().Set(pushWritten(current, written));
}

// -- C to JavaScript -------------------------------------------------------------------------------

static bool isAscii(const char* from, size_t length) {
  uint64_t found = 0;
  size_t i = 0;
  for (; i + 8 <= length; i += 8) found |= wordAt<uint64_t>(from + i);
  for (; i < length; i++) found |= static_cast<uint8_t>(from[i]);
  return (found & HIGH_BITS) == 0;
}

static void giveText(const FunctionCallbackInfo<Value>& info, const char* address, size_t length) {
  Isolate* isolate = info.GetIsolate();
  if (length > static_cast<size_t>(String::kMaxLength)) {
    isolate->ThrowException(
        v8::Exception::RangeError(textOf(isolate, "rawffi.text: no string can have so many bytes")));
    return;
  }
  // V8 scans UTF-8 twice, and does not scan Latin-1.
  const auto made = isAscii(address, length)
                        ? String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(address),
                                                 NewStringType::kNormal, static_cast<int>(length))
                        : String::NewFromUtf8(isolate, address, NewStringType::kNormal, static_cast<int>(length));
  Local<String> string;
  if (made.ToLocal(&string)) info.GetReturnValue().Set(string);
}

// The addon's function, the same for all environments.
static bool (*canRead)(const void*, size_t);
static bool (*textLength)(const char*, size_t*);

static bool numberIsAddress(Local<Value> at) {
  const double number = at.As<Number>()->Value();
  return number >= 0 && number < 18446744073709551616.0;
}

// text(address, byteLength | -1) -> string | null where memory is not there
static void text(const FunctionCallbackInfo<Value>& info) {
  const Local<Value> at = info[0];
  const bool isAddress = at->IsNumber() ? numberIsAddress(at) : at->IsBigInt();
  if (!isAddress || !info[1]->IsNumber() || info[1].As<Number>()->Value() < -1) {
    throwTypeError(info.GetIsolate(), "rawffi.text: expected (number, number)");
    return;
  }
  const char* address = at->IsNumber() ? static_cast<const char*>(addressIn(at))
                                       : reinterpret_cast<const char*>(at.As<v8::BigInt>()->Uint64Value());
  const auto given = static_cast<int64_t>(info[1].As<Number>()->Value());
  auto length = static_cast<size_t>(given);
  if (given < 0 ? textLength(address, &length) : canRead(address, length)) giveText(info, address, length);
  else info.GetReturnValue().SetNull();
}

// resultText() -> string | null | undefined where memory is not there
static void resultText(const FunctionCallbackInfo<Value>& info) {
  const auto* address = reinterpret_cast<const char*>(thread->frame[slot::RESULT]);
  thread->frame[slot::TARGET] = 0;  // the result is read
  size_t length = 0;
  if (address == nullptr) info.GetReturnValue().SetNull();
  else if (textLength(address, &length)) giveText(info, address, length);
}

bool registerText(Local<Context> context, Local<Object> on, const Shared& environment) {
  canRead = environment.canRead;
  textLength = environment.textLength;
  return putFastFunction(context, on, "pushText", pushText, best.push,
                         &Described<KIND_INT32, KIND_ONE_BYTE_STRING>::info) &&
         putFunction(context, on, "text", text, v8::Undefined(Isolate::GetCurrent())) &&
         putFunction(context, on, "resultText", resultText, v8::Undefined(Isolate::GetCurrent()));
}

}  // namespace rawffi
