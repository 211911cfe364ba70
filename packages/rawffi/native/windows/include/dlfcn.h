// The few functions of dlfcn.h by which other files ask the program for its symbols; windows/library.cc has them.
#pragma once

#define RTLD_DEFAULT nullptr

struct Dl_info {
  // The file, the address at which it lies, and the exported function at or before the address: null when there is
  // none.
  const char* dli_fname;
  void* dli_fbase;
  const char* dli_sname;
  void* dli_saddr;
};

// The function of that name that a loaded file exports: the program's, then the others' in load order.
extern "C" void* dlsym(void* scope, const char* name);
// The file and the exported function that an address belongs to; 0 when there is none.
extern "C" int dladdr(const void* address, Dl_info* info);
