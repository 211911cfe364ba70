// What the parts that deal with faults share: probing memory (probe.cc), fatal signals (fault.cc), calls that survive
// them (guard.cc).
#pragma once

#include <csetjmp>
#include <csignal>

#include "rawffi.h"

namespace rawffi {

// -- Memory that may not be there ------------------------------------------------------------------

// Whether all of `byteLength` bytes can be read, or written; if not, `lastFault` says where and what.
bool canRead(const void* from, size_t byteLength);
bool canWrite(void* to, size_t byteLength);
// The number of bytes before the first NUL; false when memory ends before it.
bool textLength(const char* from, size_t* length);

struct BadAccess {
  uintptr_t address;
  bool isWrite;
};
extern __thread BadAccess lastFault;

// Moves the program counter of `context` out of a probe that failed; false when it is in none.
bool leavesProbe(void* context);
// Where the processor was; null where that is not known.
void* programCounter(void* context);
uintptr_t stackPointer(void* context);

// -- Fatal signals ---------------------------------------------------------------------------------

// Puts our handler in front of those that are there, once a process, and gives this thread a stack for it.
void handleFaults(Thread* thread);
void releaseSignalStack(Thread* thread);

// Remembers the name by which the function at `address` was found.
void nameFunction(const void* address, const std::string& name);
// The name of the function that the frame's target is; "" when it has none.
const char* nameOfTarget(const Thread* thread);
const char* nameOfSignal(int number);

// -- Guarded calls ---------------------------------------------------------------------------------

// A call that a fault of the callee leaves. It is on the stack of the function that made it.
struct Guard {
  sigjmp_buf jump;
  Guard* outer;
  // Callbacks that are active when the call begins: with more of them there is JavaScript between, which no jump may
  // cross.
  size_t callbackTop;
  volatile int signal;
  volatile uintptr_t address;
};
// Volatile: the compiler would see no use of it in the function that sets it.
extern __thread Guard* volatile guard;

}  // namespace rawffi
