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

// What C did that called a tombstone: its function was let go, or collected.
std::string freedMessage(const Closure& closure);

}  // namespace rawffi
