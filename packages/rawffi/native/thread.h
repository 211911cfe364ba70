// What the two parts of rawffi share: the Node-API addon (native/) and the V8 part (fast/). It is the layout of the frame and of a
// thread's state; neither part's own API is known here.
//
// The Node-API addon makes both and owns them. The V8 part is told where they are, and enters C as the addon's `enter` does: it
// counts `depth`, and looks at `pending` on the way out.
#pragma once

#include <js_native_api_types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace rawffi {

// Of the interface between the parts and with src/addon.ts, where the number is ADDON_VERSION.
constexpr double VERSION = 3;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "Not yet: big-endian; narrow values would sit at a slot's end");
static_assert(sizeof(void*) == 8, "Not yet: 32-bit; slots are copied whole");

// -- The frame: FRAME and CALLBACK_FRAME of src/interface.ts ----------------------------------------

namespace slot {
constexpr size_t ENTRY = 0;
constexpr size_t TARGET = 1;
constexpr size_t PLAN = 2;
constexpr size_t ERRNO = 3;
constexpr size_t CALLBACK = 4;
constexpr size_t CLOSURES = 5;
constexpr size_t LEAF = 6;
constexpr size_t FAULT = 7;
constexpr size_t RESULT = 8;
constexpr size_t ARGUMENTS = 10;
constexpr size_t CALLBACKS = 10 + 1024;
constexpr size_t COUNT = 32768;
constexpr size_t CALLBACK_RESULT = 0;
constexpr size_t CALLBACK_ARGUMENTS = 2;
}  // namespace slot

// FAULT of src/interface.ts.
enum Fault : uint32_t { NONE, LIVE, FREED };

// -- A thread's state ------------------------------------------------------------------------------

// What a callback threw; empty when `holder` is null. The value sits in an array, for only objects can be referenced.
struct Pending {
  napi_env env = nullptr;
  napi_ref holder = nullptr;
};

struct Thread {
  uint64_t* frame = nullptr;
  // Calls of `enter` that have not returned; 0 means that C was not called by us but by an event loop.
  uint32_t depth = 0;
  uint32_t environments = 0;
  // The first free slot of the frame's callback area.
  size_t callbackTop = slot::CALLBACKS;
  // Belongs to the innermost active `enter`.
  Pending pending;
  // Where signal handlers run, if it is ours: fault.cc.
  void* signalStack = nullptr;
};

// Exchanges errno and the frame's copy of it.
inline void swapErrno(uint64_t* frame) {
  auto* own = reinterpret_cast<int32_t*>(&frame[slot::ERRNO]);
  const int32_t real = errno;
  errno = *own;
  *own = real;
}

}  // namespace rawffi
