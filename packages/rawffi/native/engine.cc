// Finds V8's stack limit, for which V8 has no getter, by setting it: the word of the isolate that changes is the limit.
// It is restored at once.
#include "engine.h"

#include <dlfcn.h>

#include <cstddef>

#include "rawffi.h"

namespace rawffi {

namespace {

struct Isolate;

// Functions of v8::Isolate, which are stable. TryGetCurrent() returns null where there is no isolate.
struct Functions {
  Isolate* (*current)();
  bool (*isTerminating)(Isolate*);
  void (*setStackLimit)(Isolate*, uintptr_t);

  Functions() {
#ifdef _WIN32
    find(current, "?TryGetCurrent@Isolate@v8@@SAPEAV12@XZ");
    find(isTerminating, "?IsExecutionTerminating@Isolate@v8@@QEAA_NXZ");
    find(setStackLimit, "?SetStackLimit@Isolate@v8@@QEAAX_K@Z");
#else
    find(current, "_ZN2v87Isolate13TryGetCurrentEv");
    find(isTerminating, "_ZN2v87Isolate22IsExecutionTerminatingEv");
    find(setStackLimit, "_ZN2v87Isolate13SetStackLimitEm");
#endif
  }
  template <typename Function>
  static void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  }
};

const Functions& functions() {
  // Never destroyed: threads may use it while the process exits.
  static const auto* found = new Functions();
  return *found;
}

// The limits are among the first members of an isolate, which generated code reaches by short offsets. (They are words
// 2 to 5 in V8 11, and words 2, 4 and later ones in V8 14.)
constexpr size_t WORDS_LOOKED_AT = 64;

// The value of a limit while V8 wants to interrupt JavaScript, so that the next stack check fails: V8's
// StackGuard::kInterruptLimit. The word next to it keeps the real limit.
constexpr uintptr_t INTERRUPT = ~uintptr_t{1};

bool isLimit(const uintptr_t* words, size_t at) {
  for (size_t other = at < 2 ? 0 : at - 2; other <= at + 2 && other < WORDS_LOOKED_AT; other++) {
    if (other != at && (words[other] == words[at] || words[other] == INTERRUPT)) return true;
  }
  return false;
}

}  // namespace

bool isTerminating() {
  const Functions& v8 = functions();
  if (v8.current == nullptr || v8.isTerminating == nullptr) return false;
  Isolate* isolate = v8.current();
  return isolate != nullptr && v8.isTerminating(isolate);
}

const volatile uintptr_t* engineLimit(uintptr_t lowest, uintptr_t highest, uintptr_t& limit) {
  const Functions& v8 = functions();
  if (v8.current == nullptr || v8.setStackLimit == nullptr) return nullptr;
  Isolate* isolate = v8.current();
  if (isolate == nullptr) return nullptr;
  const auto* words = reinterpret_cast<const volatile uintptr_t*>(isolate);
  uintptr_t before[WORDS_LOOKED_AT];
  uintptr_t likely = 0;
  for (size_t i = 0; i < WORDS_LOOKED_AT; i++) before[i] = words[i];
  for (size_t i = 0; i < WORDS_LOOKED_AT && likely == 0; i++) {
    // There is a limit for JavaScript and one for C++. They are equal, unless one of them has the interrupt value.
    if (before[i] >= lowest && before[i] < highest && isLimit(before, i)) likely = before[i];
  }
  if (likely == 0) return nullptr;
  const uintptr_t tried = likely + 64;
  v8.setStackLimit(isolate, tried);
  const volatile uintptr_t* found = nullptr;
  for (size_t i = 0; i < WORDS_LOOKED_AT && found == nullptr; i++) {
    if (before[i] != tried && words[i] == tried) found = &words[i];
  }
  limit = found == nullptr ? likely : before[found - words];
  v8.setStackLimit(isolate, limit);
  return found;
}

// noteStack(): JavaScript can reach this depth. For engines that do not report their limit: it has then been found by
// trial.
napi_value noteStack(napi_env, napi_callback_info) {
  Thread* current = thread;
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (current->engineLimit == nullptr) {
    current->engineLimit = &current->firstEngineLimit;
    current->firstEngineLimit = here;
  }
  if (current->engineLimit == &current->firstEngineLimit && here < current->firstEngineLimit)
    current->firstEngineLimit = here;
  return nullptr;
}

}  // namespace rawffi
