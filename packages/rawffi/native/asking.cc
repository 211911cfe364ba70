// Callbacks from threads that run no JavaScript: what such a thread does when it enters a closure.
#include <unistd.h>

#include <chrono>
#include <cstring>

#include "mailbox.h"
#include "stack.h"

namespace rawffi {

namespace {

constexpr auto PATIENCE = std::chrono::seconds(2);

// Called by another thread.
bool isInCall(const Thread& thread) {
  const volatile uint64_t* frame = thread.frame;
  return *const_cast<const volatile uint32_t*>(&thread.depth) > 0 || frame[slot::OUTER_STACK] != 0;
}

void report(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

// Under the lock: whether the closure can still be reached by this mailbox.
bool isReachable(const Closure& closure, const Mailbox* mailbox) {
  return closure.mailbox.load(std::memory_order_acquire) == mailbox;
}

// Waits until `isOver`; after a while it prints what it may be waiting for in vain.
template <typename Over>
void waitPatiently(std::condition_variable& signal, std::unique_lock<std::mutex>& held, const Mailbox& mailbox,
                   Over isOver) {
  if (signal.wait_for(held, PATIENCE, isOver)) return;
  if (!mailbox.isWaiting && mailbox.thread != nullptr && isInCall(*mailbox.thread)) {
    report(
        "rawffi: a callback on a foreign thread has waited 2 seconds for its JavaScript thread, which is in a call of "
        "C; if that call waits for the "
        "callback, it must be declared { pumped: true }\n");
  }
  signal.wait(held, isOver);
}

// Copies the frame and what goes by address, since the calling thread does not keep them.
void own(Request& request, const Closure& closure) {
  const auto& shape = *static_cast<const ClosureShape*>(closure.shape);
  const size_t slotBytes = (slot::CALLBACK_ARGUMENTS + closure.slotCount) * sizeof(uint64_t);
  size_t byteLength = slotBytes;
  for (const uint32_t size : shape.wideArguments) byteLength += (size + 15) / 16 * 16;
  request.copy = std::make_unique<char[]>(byteLength);
  char* at = request.copy.get();
  std::memcpy(at, request.slots, slotBytes);
  request.slots = reinterpret_cast<uint64_t*>(at);
  at += slotBytes;
  for (size_t i = 0; i < shape.wideArguments.size(); i++) {
    const size_t size = shape.wideArguments[i];
    if (size == 0) continue;
    uint64_t& slot = request.slots[slot::CALLBACK_ARGUMENTS + i];
    std::memcpy(at, reinterpret_cast<const void*>(slot), size);
    slot = reinterpret_cast<uint64_t>(at);
    at += (size + 15) / 16 * 16;
  }
}

void reportDead(Closure* closure) {
  if (closure->isReported.exchange(true)) return;
  report("rawffi: a callback was called whose JavaScript thread has ended; C gets zero\n");
}

void enqueue(Mailbox& mailbox, Request* request) {
  mailbox.requests.push_back(request);
  if (mailbox.pumping > 0) {
    mailbox.arrived.notify_all();
  } else if (mailbox.requests.size() == 1) {
    wake(*static_cast<Environment*>(request->closure->environment));
  }
}

}  // namespace

uint64_t* ask(Closure* closure, uint64_t* slots) {
  const Errors errors = readErrors();
  Mailbox* mailbox = closure->mailbox.load(std::memory_order_acquire);
  if (mailbox == nullptr) {
    reportDead(closure);
    writeErrors(errors);
    return slots;
  }
  std::unique_lock<std::mutex> held(mailbox->lock);
  if (isReachable(*closure, mailbox) && closure->isNowait) {
    waitPatiently(mailbox->hasRoom, held, *mailbox,
                  [&] { return mailbox->requests.size() < MOST_UNAWAITED || !isReachable(*closure, mailbox); });
  }
  if (!isReachable(*closure, mailbox)) {
    held.unlock();
    reportDead(closure);
  } else if (closure->isNowait) {
    auto* request = new Request();
    request->closure = closure;
    request->slots = slots;
    request->errors = errors;
    own(*request, *closure);
    enqueue(*mailbox, request);
  } else {
    Request request;
    request.closure = closure;
    request.slots = slots;
    request.errors = errors;
    request.job = currentJob;
    enqueue(*mailbox, &request);
    waitPatiently(request.answered, held, *mailbox, [&] { return request.isDone; });
    if (closure->wideResult == 0) slots[slot::CALLBACK_RESULT] = request.result;
    writeErrors(request.errors);
    return slots;
  }
  writeErrors(errors);
  return slots;
}

}  // namespace rawffi
