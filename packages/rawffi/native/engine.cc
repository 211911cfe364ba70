// What V8 has no function for, its stack limit, is found by setting it: the word of the isolate that changes is the
// limit. It is put back at once.
#include "engine.h"

#include <dlfcn.h>

#include <cstddef>

namespace rawffi {

namespace {

struct Isolate;

// v8::Isolate's, which are stable: TryGetCurrent() gives null where there is none.
struct Functions {
  Isolate* (*current)();
  bool (*isTerminating)(Isolate*);
  void (*setStackLimit)(Isolate*, uintptr_t);

  Functions() {
    find(current, "_ZN2v87Isolate13TryGetCurrentEv");
    find(isTerminating, "_ZN2v87Isolate22IsExecutionTerminatingEv");
    find(setStackLimit, "_ZN2v87Isolate13SetStackLimitEm");
  }
  template <typename Function>
  static void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  }
};

const Functions& functions() {
  // Never ended: threads may ask while the process does.
  static const auto* found = new Functions();
  return *found;
}

// Of an isolate: its limits are among its first members, which generated code comes to by short offsets. (They are
// words 2 to 5 from V8 11 to 14.)
constexpr size_t WORDS_LOOKED_AT = 64;

}  // namespace

bool isTerminating() {
  const Functions& v8 = functions();
  if (v8.current == nullptr || v8.isTerminating == nullptr) return false;
  Isolate* isolate = v8.current();
  return isolate != nullptr && v8.isTerminating(isolate);
}

const volatile uintptr_t* engineLimit(uintptr_t lowest, uintptr_t highest) {
  const Functions& v8 = functions();
  if (v8.current == nullptr || v8.setStackLimit == nullptr) return nullptr;
  Isolate* isolate = v8.current();
  if (isolate == nullptr) return nullptr;
  const auto* words = reinterpret_cast<const volatile uintptr_t*>(isolate);
  uintptr_t before[WORDS_LOOKED_AT];
  uintptr_t likely = 0;
  for (size_t i = 0; i < WORDS_LOOKED_AT; i++) {
    before[i] = words[i];
    // There is one of JavaScript and one of C++, and they are the same.
    const bool isTwice = (i > 0 && before[i] == before[i - 1]) || (i > 1 && before[i] == before[i - 2]);
    if (likely == 0 && isTwice && before[i] >= lowest && before[i] < highest) likely = before[i];
  }
  if (likely == 0) return nullptr;
  const uintptr_t tried = likely + 64;
  v8.setStackLimit(isolate, tried);
  const volatile uintptr_t* found = nullptr;
  for (size_t i = 0; i < WORDS_LOOKED_AT && found == nullptr; i++) {
    if (before[i] != tried && words[i] == tried) found = &words[i];
  }
  v8.setStackLimit(isolate, found == nullptr ? likely : before[found - words]);
  return found;
}

}  // namespace rawffi
