// What the JavaScript engine says of itself, by functions that V8 has had for long and that Node's executable exports.
// No header of V8 is needed, so it is known without the V8 part, too; of other engines, and where nothing is exported,
// nothing is known.
#pragma once

#include <cstdint>

namespace rawffi {

// Whether the JavaScript below is being ended (a worker that is terminated, a script that took too long). No other may
// be entered then: it would run, and what ends the first one would be forgotten.
bool isTerminating();

// Where this thread's engine keeps the lowest address that its stack may have, if that lies between these two; null
// where that is not known. It is looked at each time, for the engine may change it. `limit` is what it is now, even if
// the engine wants to interrupt JavaScript, which may change the word at any time.
const volatile uintptr_t* engineLimit(uintptr_t lowest, uintptr_t highest, uintptr_t& limit);

}  // namespace rawffi
