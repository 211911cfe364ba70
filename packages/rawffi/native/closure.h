// What a closure is made of, to callback.cc and closure.cc.
#pragma once

#include <string>

#include "rawffi.h"

namespace rawffi {

// What stubs call, and libffi.
uint64_t* handleCallback(Closure* closure, uint64_t* slots);
void handleFfi(ffi_cif* cif, void* result, void** values, void* data);

// A function held by Node-API: calls it, and lets it go. False when it threw, or could not be called.
bool callFunction(Closure* closure, bool isOutermost, Pending* thrown);
void deleteReference(Closure* closure);

// What C did that called a closure that was refused: see Asked.
std::string refusalMessage(const Closure& closure, Asked reason);
// Whether a Pending is such a closure, and the error that it is then.
inline bool isRefusal(const Pending& pending) { return (reinterpret_cast<uintptr_t>(pending.holder) & 7) != 0; }
napi_value refusalError(const Pending& pending);

// What leaf calls depend on: see PreparedCall.leaf of src/interface.ts.
inline uint32_t& liveClosures(const Thread& thread) { return wordOf(&thread, word::LIVE_CLOSURES); }

}  // namespace rawffi
