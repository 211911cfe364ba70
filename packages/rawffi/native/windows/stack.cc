// A thread's stack. C has no part of it to itself here, so there are no switching calls and nothing is ever suspended:
// native/stack.cc explains those.
#include "../stack.h"

#include <system.h>

#include <algorithm>

#include "../engine.h"

namespace rawffi {

namespace {

uint64_t createdAt(HANDLE thread) {
  FILETIME begun, ended, inKernel, inUser;
  if (!GetThreadTimes(thread, &begun, &ended, &inKernel, &inUser)) return UINT64_MAX;
  return static_cast<uint64_t>(begun.dwHighDateTime) << 32 | begun.dwLowDateTime;
}

}  // namespace

bool isMainThread() {
  HANDLE threads = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  if (threads == INVALID_HANDLE_VALUE) return false;
  const uint64_t own = createdAt(GetCurrentThread());
  bool isFirst = true;
  THREADENTRY32 entry;
  entry.dwSize = sizeof entry;
  for (BOOL more = Thread32First(threads, &entry); more && isFirst; more = Thread32Next(threads, &entry)) {
    if (entry.th32OwnerProcessID != GetCurrentProcessId() || entry.th32ThreadID == GetCurrentThreadId()) continue;
    HANDLE other = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, entry.th32ThreadID);
    if (other == nullptr) continue;
    isFirst = createdAt(other) > own;
    CloseHandle(other);
  }
  CloseHandle(threads);
  return isFirst;
}

void findStack(Thread* of) {
  of->frame[slot::LEFT_AT] = UINTPTR_MAX;
  ULONG_PTR lowest = 0;
  ULONG_PTR end = 0;
  GetCurrentThreadStackLimits(&lowest, &end);
  of->stackEnd = end;
  of->stackLowest = lowest;
  of->stackLimit = lowest + std::min<size_t>(STACK_RESERVE / 4, (end - lowest) / 2);
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  of->engineLimit = engineLimit(lowest, here, of->firstEngineLimit);
}

void finishAbandoned(Thread*, uintptr_t) {}
void finishDownTo(Thread*, const Left*) {}

// finishAbandoned(), finishInnermost(count): nothing is suspended
static napi_value nothing(napi_env, napi_callback_info) { return nullptr; }

bool registerStack(napi_env env, napi_value exports) {
  return putNumber(env, exports, "resumeEntry", 0) &&
         putNumber(env, exports, "engineLimit", static_cast<double>(thread->firstEngineLimit)) &&
         putFunction(env, exports, "noteStack", noteStack) && putFunction(env, exports, "finishAbandoned", nothing) &&
         putFunction(env, exports, "finishInnermost", nothing);
}

}  // namespace rawffi
