// The error numbers that C keeps for a thread, and their copy in the frame: errno in the lower half of a slot. On
// Windows the upper half is the last-error code, which GetLastError() returns.
#pragma once

#include "thread.h"

namespace rawffi {

#ifdef _WIN32

using Errors = uint64_t;

// Of the calling thread: windows/errors.cc.
Errors readErrors();
void writeErrors(Errors errors);

inline Errors readErrors(const Thread*) { return readErrors(); }
inline void writeErrors(const Thread*, Errors errors) { writeErrors(errors); }

#else

using Errors = int32_t;

inline Errors readErrors() { return errno; }
inline void writeErrors(Errors errors) { errno = errors; }

// The same of the thread that runs, faster.
inline Errors readErrors(const Thread* current) { return *current->errnoAt; }
inline void writeErrors(const Thread* current, Errors errors) { *current->errnoAt = errors; }

#endif

inline Errors& errorsIn(uint64_t* frame) { return *reinterpret_cast<Errors*>(&frame[slot::ERRNO]); }

// Exchanges the thread's errors and the frame's copy of them.
inline void swapErrors(uint64_t* frame) {
  Errors& own = errorsIn(frame);
  const Errors real = readErrors();
  writeErrors(own);
  own = real;
}

}  // namespace rawffi
