// How other threads reach a thread that runs JavaScript: requests to run a callback, and calls that were made for it
// elsewhere.
//
//     a foreign thread      ask(closure, slots) ── requests ──▶   serve(), in the event loop (each environment's wake-up function),
//     a thread of the pool  finish(job) ───────── finished ───▶   or in pump(), while the thread waits for a call of its own
//
// A mailbox belongs to one Thread at a time and is never unmapped: a foreign thread may look into one whose thread has
// ended, and finds under its lock that the closure is not there any more.
#pragma once

#include <condition_variable>
#include <mutex>

#include "rawffi.h"

namespace rawffi {

// A call that another thread makes for JavaScript. It has a frame of its own, up to its last argument.
struct Job {
  Environment* environment;
  void (*entry)(uint64_t* frame);
  int32_t error;
  bool swapsErrno;
  // Who waits in pump() is told; others are settled by number.
  bool isPumped;
  bool isDone = false;
  uint32_t number = 0;
  // What its callbacks threw first.
  Pending thrown;
  std::unique_ptr<uint64_t[]> frame;

  bool hadNoMemory() const { return frame[slot::FAULT] == Fault::NO_MEMORY; }
};

// A callback that a foreign thread asks for.
struct Request {
  Closure* closure;
  // The callback's frame: the foreign thread's own while it waits, else `copy`.
  uint64_t* slots;
  // The value of the result slot, when it is done.
  uint64_t result = 0;
  int32_t error = 0;
  bool isDone = false;
  // The job in which C asks; what is thrown is its failure.
  Job* job = nullptr;
  std::condition_variable answered;
  // Of a request that nobody waits for: slots, and behind them the values that go by address.
  std::unique_ptr<char[]> copy;
};

struct Mailbox {
  std::mutex lock;
  // Something for the thread that pumps.
  std::condition_variable arrived;
  // Room for another request that nobody waits for.
  std::condition_variable hasRoom;
  std::deque<Request*> requests;
  std::deque<Job*> finished;
  // Calls of pump() that are on the thread's stack, and whether the innermost waits for something to do.
  uint32_t pumping = 0;
  bool isWaiting = false;
  // Of the thread: it is in a call of C, as far as another thread can see.
  const Thread* thread = nullptr;
};

Mailbox* takeMailbox(const Thread* thread);
void giveBack(Mailbox* mailbox);

// Asks for a callback on the closure's own thread, and waits for it unless nobody needs its result. C gets zero when
// there is nobody to ask.
uint64_t* ask(Closure* closure, uint64_t* slots);

// Runs the callback that `within` of the environment was called for; nothing when there is none.
void serveRequest(Environment& environment);

// Runs what was asked for; the job, if one is given, tells when to stop waiting.
void pump(Thread* current, const Job& until);

// An environment gets a way to be woken at its first closure or job. False when Node-API failed, and has an exception
// pending.
bool openMailbox(Environment& environment);
void wake(Environment& environment);
// Nobody reaches the environment any more: who waits gets zero, and calls that are running are waited for.
void closeMailbox(Environment& environment);

// -- The pool --------------------------------------------------------------------------------------

// The job that this thread runs.
extern __thread Job* currentJob __attribute__((tls_model("initial-exec"), visibility("hidden")));

// Lets a thread of the pool make the call. Who pumps gets a thread at once, whatever the size: the calls before it may
// wait for its callbacks.
bool post(Job* job);
// Takes back a job that nobody began; false when it is too late.
bool takeBack(Job* job);

}  // namespace rawffi
