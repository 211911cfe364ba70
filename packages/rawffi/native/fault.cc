// Fatal signals: prints one line that names the foreign function; then everything happens as without us.
//
// How a signal is dealt with
//   1. a probe failed (probe.cc)              execution continues after the probe
//   2. it came in a guarded call (guard.cc)   the call is ended
//   3. V8 knows it as a trap of WebAssembly   V8 turns it into an exception
//   4. it came during a call of ours          a line on stderr
//   5. the previous handler runs: the exit code stays as it was
//
// The name costs calls nothing: the frame has the address that is being called, and names are recorded where symbols
// are looked up.
#include <dlfcn.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "fault.h"
#include "stack.h"

namespace rawffi {

// -- Names -----------------------------------------------------------------------------------------

namespace {

struct Name {
  const void* address;
  // The last name that the function was found by. Never freed: the handler may be reading it.
  std::atomic<const char*> text;
  Name* next;
};

std::mutex namesLock;
std::unordered_map<const void*, Name*>* namesByAddress = nullptr;
// The same as a list, because the handler must not take the lock.
std::atomic<Name*> names{nullptr};

}  // namespace

void nameFunction(const void* address, const std::string& name) {
  const std::lock_guard<std::mutex> lock(namesLock);
  if (namesByAddress == nullptr) namesByAddress = new std::unordered_map<const void*, Name*>();
  Name*& known = (*namesByAddress)[address];
  if (known != nullptr && name == known->text.load()) return;
  // Never freed, since a signal handler may read them at any time; there are only as many as there are names.
  static auto* texts = new std::unordered_set<std::string>();
  const char* text = texts->insert(name).first->c_str();
  if (known != nullptr) {
    known->text.store(text);
    return;
  }
  known = new Name{address, {text}, names.load()};
  names.store(known);
}

const char* nameOfTarget(const Thread* thread) {
  const auto* target = reinterpret_cast<const void*>(thread->frame[slot::TARGET]);
  for (const Name* name = names.load(); name != nullptr; name = name->next) {
    if (name->address == target) return name->text.load();
  }
  // For a function that was not looked up by name: the loader's symbol, if it is at exactly this address.
  Dl_info info;
  if (dladdr(target, &info) != 0 && info.dli_saddr == target && info.dli_sname != nullptr) return info.dli_sname;
  return "";
}

const char* nameOfSignal(int number) {
  switch (number) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    default: return "SIGABRT";
  }
}

// -- The handler -----------------------------------------------------------------------------------

__thread Guard* volatile guard __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
// The previous handler of each.
struct sigaction previous[sizeof SIGNALS / sizeof *SIGNALS];

// A line built without the heap and stdio, whose locks may be held at the fault.
class Line {
 public:
  Line& add(const char* text) {
    while (*text != '\0' && length_ < sizeof text_) text_[length_++] = *text++;
    return *this;
  }
  Line& add(uintptr_t number, unsigned base) {
    char digits[32];
    size_t at = sizeof digits;
    digits[--at] = '\0';
    do digits[--at] = "0123456789abcdef"[number % base];
    while ((number /= base) != 0);
    return add(&digits[at]);
  }
  void print() {
    if (write(STDERR_FILENO, text_, length_) < 0) return;
  }

 private:
  char text_[512];
  size_t length_ = 0;
};

// A signal from the processor has the address of the fault; one that was sent has none.
bool isOfProcessor(const siginfo_t* info) { return info->si_code > 0; }

using TrapHandler = bool (*)(int, siginfo_t*, void*);
// V8's, where the executable exports it.
TrapHandler handleTrap = nullptr;

// Whether the fault may be a WebAssembly trap that the engine is going to handle. Engines other than V8 cannot be
// asked, but their code is in the executable or in no file at all. (Nor is the target of a wild jump in a file, but
// there the fault is at the code itself.)
bool mayBeTrap(const siginfo_t* info, void* context) {
  if (handleTrap != nullptr || !isOfProcessor(info)) return false;
  void* at = programCounter(context);
  if (at == info->si_addr) return false;
  Dl_info file;
  if (dladdr(at, &file) == 0) return true;
  Dl_info executable;
  return dladdr(reinterpret_cast<void*>(getauxval(AT_ENTRY)), &executable) != 0 &&
         executable.dli_fbase == file.dli_fbase;
}

bool isInCall(const Thread* current) {
  return current->depth > 0 || isInLeafCall(current->frame) || current->frame[slot::OUTER_STACK] != 0;
}

void report(int number, const siginfo_t* info, void* context) {
  const Thread* current = thread;
  if (current == nullptr || !isInCall(current) || mayBeTrap(info, context)) return;
  Line line;
  line.add("rawffi: fatal signal ").add(static_cast<uintptr_t>(number), 10).add(" (").add(nameOfSignal(number));
  if (isOfProcessor(info)) line.add(", address 0x").add(reinterpret_cast<uintptr_t>(info->si_addr), 16);
  const char* name = nameOfTarget(current);
  if (*name != '\0') {
    line.add(") inside foreign function '").add(name).add("'\n");
  } else {
    line.add(") inside the foreign function at 0x").add(current->frame[slot::TARGET], 16).add("\n");
  }
  line.print();
}

void passOn(const struct sigaction& before, int number, siginfo_t* info, void* context) {
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(number, info, context);
    return;
  }
  if (before.sa_handler == SIG_IGN && !isOfProcessor(info)) return;
  if (before.sa_handler != SIG_IGN && before.sa_handler != SIG_DFL) {
    before.sa_handler(number);
    return;
  }
  struct sigaction byDefault {};
  byDefault.sa_handler = SIG_DFL;
  sigaction(number, &byDefault, nullptr);
  // The failed instruction will fault again; a signal that was sent must be raised again.
  if (!isOfProcessor(info)) ::raise(number);
}

void handle(int number, siginfo_t* info, void* context) {
  const int error = errno;
  if (number == SIGSEGV || number == SIGBUS) {
    if (leavesProbe(context)) {
      errno = error;
      return;
    }
  }
  Guard* innermost = guard;
  if (innermost != nullptr && number != SIGABRT && isOfProcessor(info) &&
      thread->callbackTop == innermost->callbackTop) {
    innermost->signal = number;
    innermost->address = reinterpret_cast<uintptr_t>(info->si_addr);
    siglongjmp(innermost->jump, 1);
  }
  if (number == SIGSEGV && handleTrap != nullptr && handleTrap(number, info, context)) {
    errno = error;
    return;
  }
  report(number, info, context);
  for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++) {
    if (SIGNALS[i] == number) passOn(previous[i], number, info, context);
  }
}

constexpr size_t STACK_BYTES = 64 * 1024;

}  // namespace

void handleFaults(Thread* thread) {
  // Not std::call_once: Node 24's executable exports symbols of it that are incompatible with ours.
  static const bool isInstalled = [] {
    handleTrap =
        reinterpret_cast<TrapHandler>(dlsym(RTLD_DEFAULT, "_ZN2v829TryHandleWebAssemblyTrapPosixEiP9siginfo_tPv"));
    struct sigaction ours {};
    ours.sa_sigaction = handle;
    // SA_NODEFER: a guarded call is ended by a jump, which would leave the signal blocked.
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++) sigaction(SIGNALS[i], &ours, &previous[i]);
    return true;
  }();
  static_cast<void>(isInstalled);
  // When the stack is full, the handler can run only on a stack of its own.
  stack_t current;
  if (sigaltstack(nullptr, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0) return;
  void* memory = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t own{};
  own.ss_sp = memory;
  own.ss_size = STACK_BYTES;
  if (sigaltstack(&own, nullptr) == 0) {
    thread->signalStack = memory;
  } else {
    munmap(memory, STACK_BYTES);
  }
}

void releaseSignalStack(Thread* thread) {
  if (thread->signalStack == nullptr) return;
  stack_t current;
  // Only a thread itself can see its signal stack; a thread that has ended has none.
  if (sigaltstack(nullptr, &current) == 0 && current.ss_sp == thread->signalStack) {
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  munmap(thread->signalStack, STACK_BYTES);
  thread->signalStack = nullptr;
}

}  // namespace rawffi
