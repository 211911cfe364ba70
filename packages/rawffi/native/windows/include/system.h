// The system's headers, without those of their macros that are names of ours.
#pragma once

#include <windows.h>
// After it: they need its types.
#include <psapi.h>
#include <tlhelp32.h>

#undef CALLBACK
#undef VOID
