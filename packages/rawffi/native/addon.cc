// Registration, and the state of threads and environments. The names registered here are NativeAddon in src/addon.ts.
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iterator>
#include <new>

#include "closure.h"
#include "fault.h"
#include "mailbox.h"
#include "stack.h"

namespace rawffi {

__thread Thread* thread = nullptr;

// The greatest integer up to which a double has them all.
constexpr uint64_t MOST_EXACT = 9007199254740991;

// -- Threads and environments ----------------------------------------------------------------------

// One block: first the slots that only stubs use, then the frame, then the scratch memory.
constexpr size_t BLOCK_ALIGN = 64;
constexpr size_t FRONT_BYTES = BLOCK_ALIGN;
constexpr size_t FRAME_BYTES = slot::SLOTS * sizeof(uint64_t);
constexpr size_t BLOCK_BYTES = FRONT_BYTES + FRAME_BYTES + scratch::BYTES;

bool makeBufferOver(napi_env env, void* memory, size_t byteLength, napi_value* made) {
#ifdef RAWFFI_CAGED
  // The build for tests does as such a runtime.
  static_cast<void>(env), static_cast<void>(memory), static_cast<void>(byteLength), static_cast<void>(made);
  return false;
#else
  if (napi_create_external_arraybuffer(env, memory, byteLength, nullptr, nullptr, made) == napi_ok) return true;
  bool isPending = false;
  napi_value ignored;
  if (napi_is_exception_pending(env, &isPending) == napi_ok && isPending) {
    napi_get_and_clear_last_exception(env, &ignored);
  }
  return false;
#endif
}

// The block of a new thread, as an ArrayBuffer: zeroed memory of our own, or else memory that V8 allocates, in which
// the block begins somewhere. Null when there is no memory.
static char* makeBlock(napi_env env, void** own, napi_value* buffer) {
  *own = operator new (BLOCK_BYTES, std::align_val_t{BLOCK_ALIGN}, std::nothrow);
  if (*own == nullptr) return nullptr;
  if (makeBufferOver(env, *own, BLOCK_BYTES, buffer)) {
    std::memset(*own, 0, FRONT_BYTES + FRAME_BYTES);
    return static_cast<char*>(*own);
  }
  operator delete (*own, std::align_val_t{BLOCK_ALIGN});
  *own = nullptr;
  void* data = nullptr;
  if (napi_create_arraybuffer(env, BLOCK_BYTES + BLOCK_ALIGN, &data, buffer) != napi_ok) return nullptr;
  const uintptr_t start = (reinterpret_cast<uintptr_t>(data) + BLOCK_ALIGN - 1) & -BLOCK_ALIGN;
  return reinterpret_cast<char*>(start);
}

// The same of a thread that has one.
static bool findBlock(napi_env env, const Thread& of, napi_value* buffer) {
  if (of.block != nullptr) return makeBufferOver(env, of.block, BLOCK_BYTES, buffer);
  return napi_get_reference_value(of.newest->env, of.newest->block, buffer) == napi_ok && *buffer != nullptr;
}

static Thread* makeThread(napi_env env, napi_value* buffer) {
  void* own = nullptr;
  char* block = makeBlock(env, &own, buffer);
  if (block == nullptr) return nullptr;
  auto* made = new Thread();
  made->block = own;
  made->frame = reinterpret_cast<uint64_t*>(block + FRONT_BYTES);
  made->scratch = block + FRONT_BYTES + FRAME_BYTES;
  made->mailbox = takeMailbox(made);
  handleFaults(made);
  findStack(made);
  return made;
}

Environment::Environment(napi_env env)
    : Shared{env, rawffi::thread, nullptr, rawffi::keep, rawffi::canRead, rawffi::textLength},
      older(rawffi::thread->newest) {
  thread->newest = this;
}

Environment::~Environment() {
  // Not when process.exit() ended JavaScript in the middle of a call: C would continue where nothing expects it to.
  finishAbandoned(thread, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  makeEndingCalls(*this);
  closeMailbox(*this);
  if (settle != nullptr) napi_delete_reference(env, settle);
  if (within != nullptr) napi_delete_reference(env, within);
  for (napi_ref reference : weak) napi_delete_reference(env, reference);
  releaseClosures(*this);
  if (attachment != nullptr) attachment->release(attachment);
  code.release();
  Environment** at = &thread->newest;
  while (*at != this) at = &(*at)->older;
  *at = older;
  if (thread->newest == nullptr) {
    if (rawffi::thread == thread) rawffi::thread = nullptr;
    giveBack(thread->mailbox);
    releaseSignalStack(thread);
    operator delete (thread->block, std::align_val_t{BLOCK_ALIGN});
    delete thread;
  }
  if (block != nullptr) napi_delete_reference(env, block);
}

Environment* Environment::of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Environment*>(data);
}

// -- Pending exceptions ----------------------------------------------------------------------------

Pending keep(napi_env env, napi_value error) {
  napi_value holder;
  napi_ref reference;
  if (napi_create_array_with_length(env, 1, &holder) != napi_ok) return {};
  if (napi_set_element(env, holder, 0, error) != napi_ok) return {};
  if (napi_create_reference(env, holder, 1, &reference) != napi_ok) return {};
  return {env, reference};
}

napi_value release(const Pending& pending) {
  if (isRefusal(pending)) return refusalError(pending);
  napi_value holder = nullptr;
  napi_value error = nullptr;
  napi_get_reference_value(pending.env, pending.holder, &holder);
  napi_get_element(pending.env, holder, 0, &error);
  napi_delete_reference(pending.env, pending.holder);
  return error;
}

void raise(Thread* thread, const Pending& thrown) {
  if (thread->depth > 0 && thread->pending.holder == nullptr) {
    thread->pending = thrown;
    return;
  }
  if (thread->depth == 0 && thread->thrownTo != nullptr && thread->thrownTo->holder == nullptr) {
    *thread->thrownTo = thrown;
    return;
  }
  napi_handle_scope scope;
  if (napi_open_handle_scope(thrown.env, &scope) != napi_ok) return;
  napi_value error = release(thrown);
  if (thread->depth == 0 && thread->thrownTo == nullptr) napi_fatal_exception(thrown.env, error);
  napi_close_handle_scope(thrown.env, scope);
}

napi_value makeError(napi_env env, const char* message, bool isRange) {
  napi_value text;
  napi_value error = nullptr;
  if (napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text) != napi_ok) return nullptr;
  (isRange ? napi_create_range_error : napi_create_error)(env, nullptr, text, &error);
  return error;
}

void raiseError(Thread* thread, napi_env env, const char* message, bool isRange) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (napi_value error = makeError(env, message, isRange)) {
    const Pending thrown = keep(env, error);
    if (thrown.holder != nullptr) raise(thread, thrown);
  }
  napi_close_handle_scope(env, scope);
}

// -- Arguments -------------------------------------------------------------------------------------

Arguments::Arguments(napi_env env, napi_callback_info info, const char* usage) : env_(env), usage_(usage) {
  size_t count = std::size(values_);
  // Node-API fills in undefined for absent arguments, so they fail the check of their type.
  if (napi_get_cb_info(env, info, &count, values_, nullptr, nullptr) != napi_ok) fail();
}

void Arguments::fail() {
  if (!failed_) napi_throw_type_error(env_, nullptr, usage_);
  failed_ = true;
}

int64_t Arguments::integer(size_t index) {
  int64_t read = 0;
  if (!failed_ && napi_get_value_int64(env_, values_[index], &read) != napi_ok) fail();
  return read;
}

uintptr_t Arguments::word(size_t index) {
  double number = 0;
  uint64_t bits = 0;
  bool isLossless;
  if (failed_) return 0;
  if (napi_get_value_double(env_, values_[index], &number) != napi_ok) {
    if (napi_get_value_bigint_uint64(env_, values_[index], &bits, &isLossless) != napi_ok) fail();
    return static_cast<uintptr_t>(bits);
  }
  // For other numbers the conversion is undefined behaviour.
  if (number >= 0 && number < 18446744073709551616.0) return static_cast<uintptr_t>(number);
  if (number < 0 && number >= -9223372036854775808.0) return static_cast<uintptr_t>(static_cast<int64_t>(number));
  fail();
  return 0;
}

double Arguments::number(size_t index) {
  double read = 0;
  if (!failed_ && napi_get_value_double(env_, values_[index], &read) != napi_ok) fail();
  return read;
}

bool Arguments::boolean(size_t index) {
  bool read = false;
  if (!failed_ && napi_get_value_bool(env_, values_[index], &read) != napi_ok) fail();
  return read;
}

size_t Arguments::byteLength(size_t index) {
  const double read = number(index);
  if (!(read >= 0 && read <= static_cast<double>(MOST_EXACT))) {
    fail();
    return 0;
  }
  return static_cast<size_t>(read);
}

std::string Arguments::text(size_t index) {
  size_t length = 0;
  if (!failed_ && napi_get_value_string_utf8(env_, values_[index], nullptr, 0, &length) != napi_ok) fail();
  std::string read(length, '\0');
  if (length > 0) napi_get_value_string_utf8(env_, values_[index], &read[0], length + 1, &length);
  return read;
}

bool Arguments::isNull(size_t index) const {
  napi_valuetype type = napi_undefined;
  napi_typeof(env_, values_[index], &type);
  return type == napi_null;
}

const void* Arguments::typedArray(size_t index, napi_typedarray_type type, size_t* length) {
  bool isTypedArray = false;
  napi_typedarray_type given;
  void* data = nullptr;
  *length = 0;
  if (failed_) return nullptr;
  napi_is_typedarray(env_, values_[index], &isTypedArray);
  if (!isTypedArray ||
      napi_get_typedarray_info(env_, values_[index], &given, length, &data, nullptr, nullptr) != napi_ok ||
      given != type) {
    *length = 0;
    fail();
    return nullptr;
  }
  return data;
}

napi_value fromAddress(napi_env env, const void* address) {
  napi_value made = nullptr;
  const auto bits = reinterpret_cast<uintptr_t>(address);
  if (bits <= MOST_EXACT) napi_create_double(env, static_cast<double>(bits), &made);
  else napi_create_bigint_uint64(env, bits, &made);
  return made;
}

napi_value throwRangeError(napi_env env, const char* message) {
  napi_throw_range_error(env, nullptr, message);
  return nullptr;
}

// -- Registration ----------------------------------------------------------------------------------

bool putFunction(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value made;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &made) == napi_ok &&
         napi_set_named_property(env, exports, name, made) == napi_ok;
}

bool putNumber(napi_env env, napi_value exports, const char* name, double number) {
  napi_value made;
  return napi_create_double(env, number, &made) == napi_ok &&
         napi_set_named_property(env, exports, name, made) == napi_ok;
}

static bool putBoolean(napi_env env, napi_value exports, const char* name, bool value) {
  napi_value made;
  return napi_get_boolean(env, value, &made) == napi_ok && napi_set_named_property(env, exports, name, made) == napi_ok;
}

// A part of the thread's block as a DataView.
static bool putPart(napi_env env, napi_value exports, const char* name, napi_value buffer, const void* part,
                    size_t byteLength) {
  void* data = nullptr;
  napi_value view;
  if (napi_get_arraybuffer_info(env, buffer, &data, nullptr) != napi_ok) return false;
  const auto offset = static_cast<size_t>(static_cast<const char*>(part) - static_cast<char*>(data));
  return napi_create_dataview(env, byteLength, buffer, offset, &view) == napi_ok &&
         napi_set_named_property(env, exports, name, view) == napi_ok;
}

static bool putThread(napi_env env, napi_value exports, Environment& environment, napi_value buffer) {
  const Thread& thread = *environment.thread;
  // Each environment holds it, since none knows which will end last.
  if (thread.block == nullptr && napi_create_reference(env, buffer, 1, &environment.block) != napi_ok) return false;
  return putNumber(env, exports, "environmentAddress",
                   static_cast<double>(reinterpret_cast<uintptr_t>(&environment))) &&
         putNumber(env, exports, "frameAddress", static_cast<double>(reinterpret_cast<uintptr_t>(thread.frame))) &&
         putNumber(env, exports, "errnoAddress", static_cast<double>(reinterpret_cast<uintptr_t>(thread.errnoAt))) &&
         putBoolean(env, exports, "hasWindows", thread.block != nullptr) &&
         putPart(env, exports, "frame", buffer, thread.frame, FRAME_BYTES) &&
         putPart(env, exports, "scratch", buffer, thread.scratch, scratch::BYTES);
}

static bool putPlatform(napi_env env, napi_value exports) {
  return putNumber(env, exports, "version", TABLE_HASH) && putNumber(env, exports, "pointerSize", sizeof(void*)) &&
         putNumber(env, exports, "longSize", sizeof(long)) && putNumber(env, exports, "wcharSize", sizeof(wchar_t)) &&
         putBoolean(env, exports, "isCharSigned", std::is_signed<char>::value) &&
         putNumber(env, exports, "longDoubleSize", sizeof(long double)) &&
         putNumber(env, exports, "timeSize", sizeof(time_t));
}

static napi_value initialize(napi_env env, napi_value exports) {
  napi_value buffer = nullptr;
  if (thread == nullptr) thread = makeThread(env, &buffer);
  else if (!findBlock(env, *thread, &buffer)) buffer = nullptr;
  if (buffer == nullptr) return throwRangeError(env, "rawffi: out of memory for the call frame");
  auto* environment = new Environment(env);
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); };
  if (napi_set_instance_data(env, environment, finalize, nullptr) != napi_ok) {
    delete environment;
    napi_throw_error(env, nullptr, "rawffi: this runtime does not support instance data for addons");
    return nullptr;
  }
  if (putThread(env, exports, *environment, buffer) && putPlatform(env, exports) && registerLibrary(env, exports) &&
      registerMemory(env, exports) && registerAccess(env, exports) && registerCode(env, exports) &&
      registerPlan(env, exports) && registerCall(env, exports) && registerClosure(env, exports) &&
      registerPool(env, exports) && registerStack(env, exports) && registerAside(env, exports) &&
      registerGuard(env, exports) && registerThrows(env, exports) && registerEnding(env, exports) &&
      registerWeak(env, exports)) {
    return exports;
  }
  napi_throw_error(env, nullptr, "rawffi: Node-API failed while the addon was set up");
  return nullptr;
}

}  // namespace rawffi

NAPI_MODULE_INIT() { return rawffi::initialize(env, exports); }
