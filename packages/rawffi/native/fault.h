// Shared by the parts that deal with faults: probing memory (probe.cc), fatal signals (fault.cc), calls that survive
// them (guard.cc).
#pragma once

#include <csetjmp>
#include <csignal>

#include "rawffi.h"

namespace rawffi {

// -- Memory that may not be there ------------------------------------------------------------------

// Whether all of `byteLength` bytes can be read, or written; if not, `lastFault` has the address and the kind of
// access.
bool canRead(const void* from, size_t byteLength);
bool canWrite(void* to, size_t byteLength);
// The number of bytes before the first NUL; false when memory ends before it.
bool textLength(const char* from, size_t* length);

struct BadAccess {
  uintptr_t address;
  bool isWrite;
};
extern __thread BadAccess lastFault;

// Moves the program counter of `context` out of a failed probe; false when it is not in a probe.
bool leavesProbe(void* context);
// The program counter; null where it is not known.
void* programCounter(void* context);
uintptr_t stackPointer(void* context);

// -- Fatal signals ---------------------------------------------------------------------------------

// Installs our handler before the existing ones, once per process, and gives this thread a stack for it.
void handleFaults(Thread* thread);
void releaseSignalStack(Thread* thread);

// Remembers the name by which the function at `address` was found.
void nameFunction(const void* address, const std::string& name);
// The name of the frame's target; "" when it has none.
const char* nameOfTarget(const Thread* thread);
const char* nameOfSignal(int number);

// -- The line about a fatal fault ------------------------------------------------------------------

// Whether C that we have called is on the stack.
bool isInCall(const Thread* current);

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
  void print() const;

 private:
  char text_[512];
  size_t length_ = 0;
};

// Ends the line by the function that is being called.
Line& addFunction(Line& line, const Thread* current);

// -- Guarded calls ---------------------------------------------------------------------------------

#ifdef _WIN32
// setjmp() of the C library would unwind; this one only restores registers.
using Jump = void* [5];
#define RAWFFI_SET_JUMP(jump) __builtin_setjmp(jump)
#else
using Jump = sigjmp_buf;
// macOS keeps whether the thread is on its signal stack with the mask of signals, and takes a thread that jumps without
// it to be there forever.
#ifdef __APPLE__
#define RAWFFI_SET_JUMP(jump) sigsetjmp(jump, 1)
#else
#define RAWFFI_SET_JUMP(jump) sigsetjmp(jump, 0)
#endif
#endif

// A call that ends at a fault of the callee. It is on the stack of the function that makes it.
struct Guard {
  Jump jump;
  Guard* outer;
  // The callbacks that are active when the call begins. If there are more at the fault, JavaScript frames lie in
  // between, which no jump may cross.
  size_t callbackTop;
  volatile int signal;
  volatile uintptr_t address;
};
// Volatile, because the compiler sees no use of it in the function that sets it.
extern __thread Guard* volatile guard;

}  // namespace rawffi
