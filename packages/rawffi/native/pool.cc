// A pool of threads that call C for JavaScript. It is separate from libuv's, so that a long call of C does not delay
// file access.
//
//   pump    the JavaScript thread waits for the call, and serves the callbacks of other threads meanwhile
//   submit  it does not wait: the call is settled in its event loop
//
// A thread is created when there is work and no thread is idle, and then stays.
#include <pthread.h>

#include <algorithm>
#include <cstring>

#include "mailbox.h"

namespace rawffi {

__thread Job* currentJob = nullptr;

namespace {

struct Pool {
  std::mutex lock;
  std::condition_variable hasWork;
  std::deque<Job*> jobs;
  size_t most = 4;
  size_t threads = 0;
  size_t idle = 0;
  // The jobs that have begun, without pumped calls.
  size_t running = 0;
};

// Never destroyed: its threads may still run while the process exits.
Pool& pool() {
  static Pool* const made = new Pool();
  return *made;
}

void finish(Job* job) {
  Environment& environment = *job->environment;
  Mailbox& mailbox = *environment.thread->mailbox;
  const std::lock_guard<std::mutex> guard(mailbox.lock);
  job->isDone = true;
  if (!job->isPumped && !environment.isClosed) {
    mailbox.finished.push_back(job);
    wake(environment);
  } else {
    mailbox.arrived.notify_all();
  }
}

void run(Job* job) {
  currentJob = job->isPumped ? nullptr : job;
  writeErrors(job->errors);
  job->entry(job->frame.get());
  job->errors = readErrors();
  currentJob = nullptr;
  finish(job);
}

// Under the lock: whether there is a job for an idle thread. Pumped calls come first, and are not counted.
bool hasJob(const Pool& own) { return !own.jobs.empty() && (own.jobs.front()->isPumped || own.running < own.most); }

void* work(void*) {
  Pool& own = pool();
  std::unique_lock<std::mutex> held(own.lock);
  for (;;) {
    own.idle++;
    own.hasWork.wait(held, [&] { return hasJob(own) || own.threads > own.most; });
    own.idle--;
    if (!hasJob(own)) break;
    Job* job = own.jobs.front();
    own.jobs.pop_front();
    const bool counts = !job->isPumped;
    own.running += counts;
    held.unlock();
    run(job);
    held.lock();
    own.running -= counts;
  }
  own.threads--;
  return nullptr;
}

// Under the lock.
bool startThread(Pool& own) {
  pthread_t made;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const bool isMade = pthread_create(&made, &attributes, work, nullptr) == 0;
  pthread_attr_destroy(&attributes);
  if (isMade) own.threads++;
  return isMade;
}

// The call that the frame describes, for another thread.
std::unique_ptr<Job> makeJob(Environment& environment, size_t slotCount, bool swapsErrno, bool isPumped) {
  const uint64_t* frame = environment.thread->frame;
  auto job = std::make_unique<Job>();
  const size_t count = slot::ARGUMENTS + slotCount;
  job->environment = &environment;
  job->entry = reinterpret_cast<void (*)(uint64_t*)>(frame[slot::ENTRY]);
  job->swapsErrno = swapsErrno;
  job->errors = swapsErrno ? errorsIn(environment.thread->frame) : 0;
  job->isPumped = isPumped;
  job->frame = std::make_unique<uint64_t[]>(count);
  std::memcpy(job->frame.get(), frame, count * sizeof(uint64_t));
  job->frame[slot::FAULT] = Fault::NONE;
  return job;
}

napi_value noThread(napi_env env) {
  return throwRangeError(env, "rawffi: the system cannot create a thread for a call");
}

}  // namespace

bool post(Job* job) {
  Pool& own = pool();
  const std::lock_guard<std::mutex> guard(own.lock);
  const bool isWanted = own.idle <= own.jobs.size() && (job->isPumped || own.threads < own.most);
  if (isWanted && !startThread(own) && (job->isPumped || own.threads == 0)) return false;
  if (job->isPumped) {
    own.jobs.push_front(job);
  } else {
    own.jobs.push_back(job);
  }
  own.hasWork.notify_one();
  return true;
}

bool takeBack(Job* job) {
  Pool& own = pool();
  const std::lock_guard<std::mutex> guard(own.lock);
  const auto found = std::find(own.jobs.begin(), own.jobs.end(), job);
  if (found == own.jobs.end()) return false;
  own.jobs.erase(found);
  return true;
}

// pump(slotCount, swapsErrno): `enter`, on another thread, while this one serves callbacks
static napi_value pump(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.pump: expected (number, boolean)");
  const size_t slotCount = given.byteLength(0);
  const bool swapsErrno = given.boolean(1);
  if (slotCount > slot::CALLBACKS - slot::ARGUMENTS) given.fail();
  if (given.failed()) return nullptr;
  Environment& environment = *Environment::of(env);
  Thread* current = environment.thread;
  const std::unique_ptr<Job> job = makeJob(environment, slotCount, swapsErrno, true);
  if (!post(job.get())) return noThread(env);
  current->depth++;
  pump(current, *job);
  current->depth--;
  current->frame[slot::RESULT] = job->frame[slot::RESULT];
  current->frame[slot::RESULT + 1] = job->frame[slot::RESULT + 1];
  if (swapsErrno) errorsIn(current->frame) = job->errors;
  if (job->hadNoMemory()) return throwRangeError(env, NO_MEMORY_FOR_CALL);
  return throwPending(env, info);
}

// submit(slotCount, swapsErrno) -> number of the job, with which `settle` is called when it has ended
static napi_value submit(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.submit: expected (number, boolean)");
  const size_t slotCount = given.byteLength(0);
  const bool swapsErrno = given.boolean(1);
  if (slotCount > slot::CALLBACKS - slot::ARGUMENTS) given.fail();
  if (given.failed()) return nullptr;
  Environment& environment = *Environment::of(env);
  if (!openMailbox(environment)) return nullptr;
  std::unique_ptr<Job> job = makeJob(environment, slotCount, swapsErrno, false);
  job->number = ++environment.lastJob;
  environment.jobs[job->number] = job.get();
  if (environment.jobs.size() == 1) napi_ref_threadsafe_function(env, environment.waker);
  napi_value number = nullptr;
  napi_create_uint32(env, job->number, &number);
  if (!post(job.get())) {
    environment.jobs.erase(job->number);
    if (environment.jobs.empty()) napi_unref_threadsafe_function(env, environment.waker);
    return noThread(env);
  }
  static_cast<void>(job.release());  // the pool has it
  return number;
}

// cancel(number) -> whether the job had not begun; it is then discarded
static napi_value cancel(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.cancel: expected (number)");
  const auto number = static_cast<uint32_t>(given.integer(0));
  if (given.failed()) return nullptr;
  Environment& environment = *Environment::of(env);
  const auto found = environment.jobs.find(number);
  napi_value result = nullptr;
  const bool isTaken = found != environment.jobs.end() && takeBack(found->second);
  if (isTaken) {
    delete found->second;
    environment.jobs.erase(found);
    if (environment.jobs.empty()) napi_unref_threadsafe_function(env, environment.waker);
  }
  napi_get_boolean(env, isTaken, &result);
  return result;
}

// onSettled(settle, within), once per environment: `settle` is called with (number, hasThrown, thrown), with the result
// in the frame; `within` is called with the number of a job in which C calls back, and must call serveRequest()
static napi_value onSettled(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.onSettled: expected (function, function)");
  Environment& environment = *Environment::of(env);
  napi_ref* const references[] = {&environment.settle, &environment.within};
  for (size_t i = 0; i < 2; i++) {
    napi_valuetype kind = napi_undefined;
    napi_typeof(env, given.value(i), &kind);
    if (kind != napi_function) given.fail();
  }
  if (given.failed()) return nullptr;
  for (size_t i = 0; i < 2; i++) {
    if (*references[i] != nullptr) napi_delete_reference(env, *references[i]);
    napi_create_reference(env, given.value(i), 1, references[i]);
  }
  return nullptr;
}

// serveRequest()
static napi_value serveRequest(napi_env env, napi_callback_info) {
  serveRequest(*Environment::of(env));
  return nullptr;
}

// threads(count | 0) -> the most threads that the pool may have; a count sets it
static napi_value threads(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.threads: expected (number)");
  const size_t count = given.byteLength(0);
  if (given.failed()) return nullptr;
  Pool& own = pool();
  const std::lock_guard<std::mutex> guard(own.lock);
  if (count > 0) own.most = count;
  own.hasWork.notify_all();
  for (size_t waiting = own.jobs.size(); waiting > 0 && own.threads < own.most && startThread(own); waiting--) continue;
  napi_value result = nullptr;
  napi_create_double(env, static_cast<double>(own.most), &result);
  return result;
}

bool registerPool(napi_env env, napi_value exports) {
  return putFunction(env, exports, "pump", pump) && putFunction(env, exports, "submit", submit) &&
         putFunction(env, exports, "cancel", cancel) && putFunction(env, exports, "onSettled", onSettled) &&
         putFunction(env, exports, "serveRequest", serveRequest) && putFunction(env, exports, "threads", threads);
}

}  // namespace rawffi
