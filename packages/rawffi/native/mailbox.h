// How other threads reach a thread that runs JavaScript: requests to run a callback, and finished calls that were made
// for it.
//
//     a foreign thread      ask(closure, slots) ── requests ──▶   serve(), in the event loop (each environment's wake-up function),
//     a thread of the pool  finish(job) ───────── finished ───▶   or in pump(), while the thread waits for a call of its own
//
// A mailbox belongs to one Thread at a time and is never unmapped: a foreign thread may look into one whose thread has
// ended, and sees under its lock that the closure is gone.
#pragma once

#include <condition_variable>
#include <mutex>

#include "errors.h"
#include "rawffi.h"

namespace rawffi {

// A call that another thread makes for JavaScript. It has a frame of its own, up to its last argument.
struct Job {
  Environment* environment;
  void (*entry)(uint64_t* frame);
  Errors errors;
  bool swapsErrno;
  // A thread waits for it in pump(); other jobs are settled by number.
  bool isPumped;
  bool isDone = false;
  uint32_t number = 0;
  // The first exception of its callbacks.
  Pending thrown;
  std::unique_ptr<uint64_t[]> frame;

  bool hadNoMemory() const { return frame[slot::FAULT] == Fault::NO_MEMORY; }
};

// A foreign thread's request to run a callback.
struct Request {
  Closure* closure;
  // The callback's frame: the foreign thread's own while it waits, else `copy`.
  uint64_t* slots;
  // The value of the result slot, once the callback has run.
  uint64_t result = 0;
  Errors errors = 0;
  bool isDone = false;
  // The job in which C calls the closure; an exception becomes the job's failure.
  Job* job = nullptr;
  std::condition_variable answered;
  // For a request that nobody waits for: the slots, and after them the values that go by address.
  std::unique_ptr<char[]> copy;
};

// The most requests that nobody waits for; a thread that makes more waits until some have been served.
constexpr size_t MOST_UNAWAITED = 4096;

struct Mailbox {
  std::mutex lock;
  // There is something for the thread that pumps.
  std::condition_variable arrived;
  // There is room for another request that nobody waits for.
  std::condition_variable hasRoom;
  std::deque<Request*> requests;
  std::deque<Job*> finished;
  // The calls of pump() on the thread's stack, and whether the innermost is idle.
  uint32_t pumping = 0;
  bool isWaiting = false;
  // The thread's state: whether it is in a call of C, as far as another thread can see.
  const Thread* thread = nullptr;
};

Mailbox* takeMailbox(const Thread* thread);
void giveBack(Mailbox* mailbox);

// Requests a callback on the closure's own thread, and waits for it unless the closure is `nowait`. C gets zero when
// there is no thread to run it.
uint64_t* ask(Closure* closure, uint64_t* slots);

// Runs the callback for which `within` of the environment was called; does nothing when there is none.
void serveRequest(Environment& environment);

// Serves requests until the job has ended.
void pump(Thread* current, const Job& until);

// Creates the function that wakes the environment, at its first closure or job. False when Node-API failed and has an
// exception pending.
bool openMailbox(Environment& environment);
void wake(Environment& environment);
// From here on nothing reaches the environment: threads that wait get zero, and running calls are waited for.
void closeMailbox(Environment& environment);

// -- The pool --------------------------------------------------------------------------------------

// The job that this thread runs.
extern __thread Job* currentJob __attribute__((tls_model(RAWFFI_TLS_MODEL), visibility("hidden")));

// Lets a thread of the pool make the call. A pumped call gets a thread at once, whatever the pool's size: the calls
// before it may be waiting for its callbacks.
bool post(Job* job);
// Cancels a job that has not begun; false when it has.
bool takeBack(Job* job);

}  // namespace rawffi
