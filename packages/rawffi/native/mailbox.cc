// Serves what other threads have put into a mailbox: mailbox.h says how it gets here.
#include "mailbox.h"

#include <algorithm>

#include "stack.h"

namespace rawffi {

namespace {

// After so many, the event loop gets a turn.
constexpr size_t MOST_IN_A_ROW = 1024;

std::mutex sparesLock;
std::vector<Mailbox*>* spares = nullptr;

// -- Serving ---------------------------------------------------------------------------------------

bool isOfJob(const Request& request) {
  return request.job != nullptr && request.job->environment == request.closure->environment;
}

void runCallback(Thread* current, Request* request) {
  Closure* closure = request->closure;
  Pending* outer = current->thrownTo;
  current->thrownTo = isOfJob(*request) ? &request->job->thrown : nullptr;
  // The call that waits for us is not a leaf call.
  current->frame[slot::LEAF] = 0;
  writeErrors(request->errors);
  request->result = *closure->handle(closure, request->slots);
  request->errors = readErrors();
  current->thrownTo = outer;
}

// Lets JavaScript call serveRequest() in the asynchronous context of the job. Whatever that does, the callback has run
// afterwards, or returns zero.
void runWithin(Environment& environment, Request* request) {
  napi_env env = environment.env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  Request* outer = environment.serving;
  environment.serving = request;
  napi_value function = nullptr;
  napi_value receiver = nullptr;
  napi_value number = nullptr;
  if (napi_get_reference_value(env, environment.within, &function) == napi_ok && function != nullptr &&
      napi_get_undefined(env, &receiver) == napi_ok &&
      napi_create_uint32(env, request->job->number, &number) == napi_ok) {
    napi_call_function(env, receiver, function, 1, &number, nullptr);
  }
  environment.serving = outer;
  napi_close_handle_scope(env, scope);
}

void serve(Thread* current, Mailbox& mailbox, Request* request) {
  Environment& environment = *static_cast<Environment*>(request->closure->environment);
  if (isOfJob(*request) && environment.within != nullptr) {
    runWithin(environment, request);
  } else {
    runCallback(current, request);
  }
  const std::lock_guard<std::mutex> guard(mailbox.lock);
  if (request->copy != nullptr) {
    delete request;
    return;
  }
  request->isDone = true;
  request->answered.notify_one();
}

Request* next(Mailbox& mailbox) {
  if (mailbox.requests.empty()) return nullptr;
  Request* request = mailbox.requests.front();
  mailbox.requests.pop_front();
  if (mailbox.requests.size() < MOST_UNAWAITED / 2) mailbox.hasRoom.notify_all();
  return request;
}

// -- Finished calls --------------------------------------------------------------------------------

// Reports a finished job to JavaScript, with its result, and its errno if wanted, in the frame.
void settle(Environment& environment, napi_env env, Job* job) {
  const std::unique_ptr<Job> owned(job);
  Thread* current = environment.thread;
  napi_value function = nullptr;
  napi_value receiver = nullptr;
  napi_value given[3];
  environment.jobs.erase(job->number);
  if (environment.jobs.empty()) napi_unref_threadsafe_function(env, environment.waker);
  if (napi_get_reference_value(env, environment.settle, &function) != napi_ok || function == nullptr) return;
  napi_get_undefined(env, &receiver);
  napi_create_uint32(env, job->number, &given[0]);
  napi_get_boolean(env, job->thrown.holder != nullptr, &given[1]);
  given[2] = job->thrown.holder != nullptr ? release(job->thrown) : receiver;
  if (job->hadNoMemory()) {
    napi_value text = nullptr;
    napi_create_string_utf8(env, NO_MEMORY_FOR_CALL, NAPI_AUTO_LENGTH, &text);
    napi_create_range_error(env, nullptr, text, &given[2]);
    napi_get_boolean(env, true, &given[1]);
  }
  const uint64_t outerTarget = current->frame[slot::TARGET];
  current->frame[slot::TARGET] = 1;  // in use until JavaScript has read the result
  current->frame[slot::RESULT] = job->frame[slot::RESULT];
  current->frame[slot::RESULT + 1] = job->frame[slot::RESULT + 1];
  if (job->swapsErrno) errorsIn(current->frame) = job->errors;
  const napi_status status = napi_call_function(env, receiver, function, 3, given, nullptr);
  current->frame[slot::TARGET] = outerTarget;
  if (status == napi_ok) return;
  bool isPending = false;
  napi_value error = nullptr;
  if (napi_is_exception_pending(env, &isPending) == napi_ok && isPending &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_fatal_exception(env, error);
  }
}

// Called in a turn of the event loop, on the environment's own thread.
void onWake(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;  // it is being torn down
  Environment& environment = *static_cast<Environment*>(context);
  Thread* current = environment.thread;
  Mailbox& mailbox = *current->mailbox;
  environment.isAwake.store(false);
  for (size_t i = 0; i < MOST_IN_A_ROW; i++) {
    Request* request;
    Job* job = nullptr;
    {
      const std::lock_guard<std::mutex> guard(mailbox.lock);
      request = next(mailbox);
      if (request == nullptr && !mailbox.finished.empty()) {
        job = mailbox.finished.front();
        mailbox.finished.pop_front();
      }
    }
    if (request != nullptr) {
      serve(current, mailbox, request);
    } else if (job != nullptr) {
      napi_handle_scope scope;
      if (napi_open_handle_scope(env, &scope) != napi_ok) return;
      const bool swapsErrno = job->swapsErrno;
      settle(*job->environment, env, job);
      napi_close_handle_scope(env, scope);
      // JavaScript that waited for this job must find its errno, so its turn comes before the next job.
      if (swapsErrno) break;
    } else {
      return;
    }
  }
  const std::lock_guard<std::mutex> guard(mailbox.lock);
  if (!mailbox.requests.empty() || !mailbox.finished.empty()) wake(environment);
}

// When the environment ends, before the function that wakes it is destroyed.
void onCleanup(void* data) { closeMailbox(*static_cast<Environment*>(data)); }

}  // namespace

Mailbox* takeMailbox(const Thread* thread) {
  const std::lock_guard<std::mutex> guard(sparesLock);
  if (spares == nullptr) spares = new std::vector<Mailbox*>();
  Mailbox* taken;
  if (spares->empty()) {
    taken = new Mailbox();
  } else {
    taken = spares->back();
    spares->pop_back();
  }
  taken->thread = thread;
  return taken;
}

void giveBack(Mailbox* mailbox) {
  {
    const std::lock_guard<std::mutex> guard(mailbox->lock);
    mailbox->thread = nullptr;
  }
  const std::lock_guard<std::mutex> guard(sparesLock);
  spares->push_back(mailbox);
}

void serveRequest(Environment& environment) {
  Request* request = environment.serving;
  environment.serving = nullptr;
  if (request == nullptr) return;
  Thread* current = environment.thread;
  const bool outer = current->isWithinJob;
  current->isWithinJob = true;
  runCallback(current, request);
  current->isWithinJob = outer;
}

void pump(Thread* current, const Job& until) {
  Mailbox& mailbox = *current->mailbox;
  std::unique_lock<std::mutex> held(mailbox.lock);
  mailbox.pumping++;
  for (;;) {
    mailbox.isWaiting = true;
    mailbox.arrived.wait(held, [&] { return until.isDone || !mailbox.requests.empty(); });
    mailbox.isWaiting = false;
    // Requests from before the end of the call come first.
    Request* request = next(mailbox);
    if (request == nullptr) break;
    held.unlock();
    serve(current, mailbox, request);
    held.lock();
  }
  mailbox.pumping--;
}

bool openMailbox(Environment& environment) {
  if (environment.waker != nullptr || environment.isClosed) return true;
  napi_env env = environment.env;
  napi_value name;
  if (napi_create_string_utf8(env, "rawffi", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, &environment, onWake,
                                      &environment.waker) != napi_ok) {
    napi_throw_error(env, nullptr, "rawffi: Node-API could not create a thread-safe function");
    return false;
  }
  // A callback that another thread can call does not keep the process alive.
  napi_unref_threadsafe_function(env, environment.waker);
  napi_add_env_cleanup_hook(env, onCleanup, &environment);
  return true;
}

// Under the lock of the mailbox.
void wake(Environment& environment) {
  if (environment.isClosed || environment.isAwake.exchange(true)) return;
  napi_call_threadsafe_function(environment.waker, nullptr, napi_tsfn_nonblocking);
}

void closeMailbox(Environment& environment) {
  if (environment.isClosed) return;
  Mailbox& mailbox = *environment.thread->mailbox;
  std::unique_lock<std::mutex> held(mailbox.lock);
  environment.isClosed = true;
  // When the main thread's JavaScript ends, the process does; there is nothing to report.
  const bool isMain = isMainThread();
  for (Closure* closure : environment.closures) {
    if (isMain) closure->isReported.store(true);
    closure->mailbox.store(nullptr, std::memory_order_release);
  }
  std::deque<Request*> others;
  for (Request* request : mailbox.requests) {
    if (request->closure->environment != &environment) {
      others.push_back(request);
    } else if (request->copy != nullptr) {
      delete request;
    } else {
      request->isDone = true;
      request->answered.notify_one();
    }
  }
  mailbox.requests.swap(others);
  if (!mailbox.requests.empty()) wake(*static_cast<Environment*>(mailbox.requests.front()->closure->environment));
  mailbox.hasRoom.notify_all();
  // C may be working on memory of this environment's JavaScript.
  for (const auto& [number, job] : environment.jobs) {
    if (takeBack(job)) job->isDone = true;
  }
  for (const auto& [number, job] : environment.jobs) {
    mailbox.arrived.wait(held, [job = job] { return job->isDone; });
  }
  mailbox.finished.erase(std::remove_if(mailbox.finished.begin(), mailbox.finished.end(),
                                        [&](const Job* job) { return job->environment == &environment; }),
                         mailbox.finished.end());
  for (const auto& [number, job] : environment.jobs) delete job;
  environment.jobs.clear();
}

}  // namespace rawffi
