// Fatal signals: prints one line that names the foreign function; then everything happens as without us.
//
// How a signal is dealt with
//   1. a probe failed (probe.cc)              execution continues after the probe
//   2. it came in a guarded call (guard.cc)   the call is ended
//   3. V8 knows it as a trap of WebAssembly   V8 turns it into an exception
//   4. it came during a call of ours          a line on stderr
//   5. the previous handler runs: the exit code stays as it was
#include <dlfcn.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <sys/auxv.h>
#endif
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "fault.h"
#include "stack.h"

namespace rawffi {

// -- The handler -----------------------------------------------------------------------------------

__thread Guard* volatile guard __attribute__((tls_model(RAWFFI_TLS_MODEL))) = nullptr;

namespace {

constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
// The previous handler of each.
struct sigaction previous[sizeof SIGNALS / sizeof *SIGNALS];

// A signal from the processor has the address of the fault; one that was sent has none. macOS has positive codes for
// those, too, from 0x10001 on.
bool isOfProcessor(const siginfo_t* info) { return info->si_code > 0 && info->si_code <= 0x10000; }

// The signal by which V8 sees that WebAssembly has left its memory.
#ifdef __APPLE__
constexpr int TRAP = SIGBUS;
#else
constexpr int TRAP = SIGSEGV;
#endif

// An address in the executable.
const void* inExecutable() {
#ifdef __APPLE__
  return _dyld_get_image_header(0);
#else
  return reinterpret_cast<const void*>(getauxval(AT_ENTRY));
#endif
}

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
  return dladdr(inExecutable(), &executable) != 0 && executable.dli_fbase == file.dli_fbase;
}

void report(int number, const siginfo_t* info, void* context) {
  const Thread* current = thread;
  if (current == nullptr || !isInCall(current) || mayBeTrap(info, context)) return;
  Line line;
  line.add("rawffi: fatal signal ").add(static_cast<uintptr_t>(number), 10).add(" (").add(nameOfSignal(number));
  if (isOfProcessor(info)) line.add(", address 0x").add(reinterpret_cast<uintptr_t>(info->si_addr), 16);
  addFunction(line, current).print();
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
  if (number == TRAP && handleTrap != nullptr && handleTrap(number, info, context)) {
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
