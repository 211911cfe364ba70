// What the JavaScript engine reports about itself, through old functions of V8 that Node's executable exports. It needs
// no V8 header, so it works without the V8 part, too. For other engines, and where nothing is exported, nothing is
// known.
#pragma once

#include <node_api.h>

#include <cstdint>

namespace rawffi {

// Whether the JavaScript below is being terminated (with its worker, or by a timeout). No JavaScript may be entered
// then: it would run, and the termination would be lost.
bool isTerminating();

// Where this thread's engine keeps the lowest address that its stack may reach, if that lies between these two; null
// where it is not known. Read it each time, since the engine may change it. `limit` is the current limit, even while
// the engine wants to interrupt JavaScript, which may change the word at any time.
const volatile uintptr_t* engineLimit(uintptr_t lowest, uintptr_t highest, uintptr_t& limit);

// A verb that registerStack() of each system registers: where no limit is known, JavaScript finds it by trial.
napi_value noteStack(napi_env env, napi_callback_info info);

}  // namespace rawffi
