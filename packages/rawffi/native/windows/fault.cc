// Fatal exceptions: prints one line that names the foreign function; then everything happens as without us.
//
// How an exception of the processor is dealt with
//   1. a probe failed (probe.cc)              execution continues after the probe
//   2. it came in a guarded call (guard.cc)   the call is ended
//   3. somebody handles it: C with __try, V8 as a trap of WebAssembly, …
//   4. nobody does, and it came during a call of ours: a line on stderr
//   5. the previous filter runs: the exit code stays as it was
//
// 1 and 2 are a vectored handler, which sees every exception first. 4 is the filter of unhandled exceptions, which the
// system asks last: a line before 3 would report what C expects and handles.
#include "../fault.h"

#include <malloc.h>
#include <system.h>

namespace rawffi {

__thread Guard* volatile guard = nullptr;

namespace {

// The number of the signal that POSIX has for it; 0 for an exception that is no fault of the processor.
int signalOf(DWORD code) {
  switch (code) {
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_IN_PAGE_ERROR:
    case EXCEPTION_STACK_OVERFLOW:
    case EXCEPTION_DATATYPE_MISALIGNMENT: return SIGSEGV;
    case EXCEPTION_ILLEGAL_INSTRUCTION:
    case EXCEPTION_PRIV_INSTRUCTION: return SIGILL;
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
    case EXCEPTION_INT_OVERFLOW:
    case EXCEPTION_FLT_DIVIDE_BY_ZERO:
    case EXCEPTION_FLT_INVALID_OPERATION:
    case EXCEPTION_FLT_OVERFLOW:
    case EXCEPTION_FLT_UNDERFLOW: return SIGFPE;
    default: return 0;
  }
}

// The address that could not be accessed, or that of the instruction.
uintptr_t addressOf(const EXCEPTION_RECORD& fault) {
  const bool isAccess = fault.ExceptionCode == EXCEPTION_ACCESS_VIOLATION && fault.NumberParameters >= 2;
  return isAccess ? fault.ExceptionInformation[1] : reinterpret_cast<uintptr_t>(fault.ExceptionAddress);
}

// Where the processor goes on after a fault in a guarded call, on the stack of the function that makes the call.
[[noreturn]] void leave(Guard* left, bool isStackFull) {
  // The page at the stack's end that reports the next overflow.
  if (isStackFull) _resetstkoflw();
  __builtin_longjmp(left->jump, 1);
}

LONG WINAPI handle(EXCEPTION_POINTERS* given) {
  const EXCEPTION_RECORD& fault = *given->ExceptionRecord;
  CONTEXT* context = given->ContextRecord;
  const int signal = signalOf(fault.ExceptionCode);
  if (signal == 0) return EXCEPTION_CONTINUE_SEARCH;
  if (signal == SIGSEGV && leavesProbe(context)) return EXCEPTION_CONTINUE_EXECUTION;
  Guard* innermost = guard;
  if (innermost == nullptr || thread == nullptr || thread->callbackTop != innermost->callbackTop)
    return EXCEPTION_CONTINUE_SEARCH;
  innermost->signal = signal;
  innermost->address = addressOf(fault);
  // As if that function had called leave(): below its frame are 32 bytes for leave(), and a return address.
  context->Rip = reinterpret_cast<DWORD64>(&leave);
  context->Rcx = reinterpret_cast<DWORD64>(innermost);
  context->Rdx = fault.ExceptionCode == EXCEPTION_STACK_OVERFLOW;
  context->Rsp = (reinterpret_cast<DWORD64>(innermost->jump[2]) & ~DWORD64{15}) - 64 - 8;
  return EXCEPTION_CONTINUE_EXECUTION;
}

LPTOP_LEVEL_EXCEPTION_FILTER previous = nullptr;

LONG WINAPI report(EXCEPTION_POINTERS* given) {
  const EXCEPTION_RECORD& fault = *given->ExceptionRecord;
  const Thread* current = thread;
  if (const int signal = signalOf(fault.ExceptionCode); signal != 0 && current != nullptr && isInCall(current)) {
    Line line;
    line.add("rawffi: fatal exception 0x").add(fault.ExceptionCode, 16).add(" (").add(nameOfSignal(signal));
    line.add(", address 0x").add(addressOf(fault), 16);
    addFunction(line, current).print();
  }
  return previous != nullptr ? previous(given) : EXCEPTION_CONTINUE_SEARCH;
}

}  // namespace

void handleFaults(Thread*) {
  static const bool isInstalled = [] {
    AddVectoredExceptionHandler(1, handle);
    previous = SetUnhandledExceptionFilter(report);
    return true;
  }();
  static_cast<void>(isInstalled);
  // What the handlers need when a stack is full.
  ULONG reserve = 32 * 1024;
  SetThreadStackGuarantee(&reserve);
}

void releaseSignalStack(Thread*) {}

}  // namespace rawffi
