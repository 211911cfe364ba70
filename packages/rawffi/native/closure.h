// What callback.cc and closure.cc share about closures.
#pragma once

#include <string>

#include "rawffi.h"

namespace rawffi {

// Called by stubs and by libffi.
uint64_t* handleCallback(Closure* closure, uint64_t* slots);
void handleFfi(ffi_cif* cif, void* result, void** values, void* data);

// For functions held through Node-API: call one, and release it. False when it threw or could not be called.
bool callFunction(Closure* closure, bool isOutermost, Pending* thrown);
void deleteReference(Closure* closure);

// The message for a closure that was refused when C called it: see Asked.
std::string refusalMessage(const Closure& closure, Asked reason);
// Whether a Pending is a refused closure, and the error for it.
inline bool isRefusal(const Pending& pending) { return (reinterpret_cast<uintptr_t>(pending.holder) & 7) != 0; }
napi_value refusalError(const Pending& pending);

// What leaf calls depend on: see PreparedCall.leaf of src/interface.ts.
inline uint32_t& liveClosures(const Thread& thread) { return wordOf(&thread, word::LIVE_CLOSURES); }

}  // namespace rawffi
