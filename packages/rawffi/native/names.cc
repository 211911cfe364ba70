// The names of C functions, for messages about faults in them, and the line that is printed.
//
// The name costs calls nothing: the frame has the address that is being called, and names are recorded where symbols
// are looked up.
#include <dlfcn.h>
#include <unistd.h>

#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "fault.h"

namespace rawffi {

namespace {

struct Name {
  const void* address;
  // The last name that the function was found by. Never freed: the handler may be reading it.
  std::atomic<const char*> text;
  Name* next;
};

std::mutex namesLock;
std::unordered_map<const void*, Name*>* namesByAddress = nullptr;
// The same as a list, because the handler must not take the lock.
std::atomic<Name*> names{nullptr};

}  // namespace

void nameFunction(const void* address, const std::string& name) {
  const std::lock_guard<std::mutex> lock(namesLock);
  if (namesByAddress == nullptr) namesByAddress = new std::unordered_map<const void*, Name*>();
  Name*& known = (*namesByAddress)[address];
  if (known != nullptr && name == known->text.load()) return;
  // Never freed, since a signal handler may read them at any time; there are only as many as there are names.
  static auto* texts = new std::unordered_set<std::string>();
  const char* text = texts->insert(name).first->c_str();
  if (known != nullptr) {
    known->text.store(text);
    return;
  }
  known = new Name{address, {text}, names.load()};
  names.store(known);
}

const char* nameOfTarget(const Thread* thread) {
  const auto* target = reinterpret_cast<const void*>(thread->frame[slot::TARGET]);
  for (const Name* name = names.load(); name != nullptr; name = name->next) {
    if (name->address == target) return name->text.load();
  }
  // For a function that was not looked up by name: the loader's symbol, if it is at exactly this address.
  Dl_info info;
  if (dladdr(target, &info) != 0 && info.dli_saddr == target && info.dli_sname != nullptr) return info.dli_sname;
  return "";
}

bool isInCall(const Thread* current) {
  return current->depth > 0 || isInLeafCall(current->frame) || current->frame[slot::OUTER_STACK] != 0;
}

void Line::print() const {
  if (write(STDERR_FILENO, text_, length_) < 0) return;
}

Line& addFunction(Line& line, const Thread* current) {
  const char* name = nameOfTarget(current);
  if (*name != '\0') return line.add(") inside foreign function '").add(name).add("'\n");
  return line.add(") inside the foreign function at 0x").add(current->frame[slot::TARGET], 16).add("\n");
}

const char* nameOfSignal(int number) {
  switch (number) {
    case SIGSEGV: return "SIGSEGV";
#ifdef SIGBUS
    case SIGBUS: return "SIGBUS";
#endif
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    default: return "SIGABRT";
  }
}

}  // namespace rawffi
