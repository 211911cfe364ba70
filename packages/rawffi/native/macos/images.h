// What dyld says about the files that are loaded, for ../library.cc: dyld(3), dladdr(3).
#pragma once

#include <dlfcn.h>
#include <mach-o/dyld.h>
#include <mach-o/loader.h>

#include <cstring>

#include "../fault.h"

namespace rawffi {

struct Range {
  uintptr_t begin;
  uintptr_t end;
};

// dyld knows its handles, and answers others with an error. Its own marks are below 0.
inline bool mayBeHandle(const void* handle) { return handle != nullptr; }

// The executable memory of the file that is loaded at `header`.
inline std::vector<Range> codeAt(const void* header) {
  std::vector<Range> ranges;
  const auto* image = static_cast<const mach_header_64*>(header);
  if (image->magic != MH_MAGIC_64) return ranges;
  const auto* command = reinterpret_cast<const load_command*>(image + 1);
  // Addresses in the file are relative to that of the segment which has the header.
  uintptr_t slide = 0;
  for (uint32_t i = 0; i < image->ncmds; i++) {
    const auto* segment = reinterpret_cast<const segment_command_64*>(command);
    if (command->cmd == LC_SEGMENT_64 && std::strcmp(segment->segname, SEG_TEXT) == 0)
      slide = reinterpret_cast<uintptr_t>(header) - segment->vmaddr;
    if (command->cmd == LC_SEGMENT_64 && (segment->initprot & VM_PROT_EXECUTE) != 0)
      ranges.push_back({segment->vmaddr, segment->vmaddr + segment->vmsize});
    command = reinterpret_cast<const load_command*>(reinterpret_cast<const char*>(command) + command->cmdsize);
  }
  for (Range& range : ranges) range = {range.begin + slide, range.end + slide};
  return ranges;
}

// The code of an open library. dyld has no way from a handle to a file; but a file that is opened again has the same
// handle, except for the lowest bits, which are about the mode.
inline std::vector<Range> codeOf(void* handle) {
  const auto wordOf = [](void* of) { return reinterpret_cast<uintptr_t>(of) & ~uintptr_t{3}; };
  // From the end: what was opened by hand was loaded last.
  for (uint32_t i = _dyld_image_count(); i-- > 0;) {
    const char* name = _dyld_get_image_name(i);
    void* opened = name == nullptr ? nullptr : dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    if (opened == nullptr) continue;
    dlclose(opened);
    if (wordOf(opened) == wordOf(handle)) return codeAt(_dyld_get_image_header(i));
  }
  return {};
}

// The code of the file that a function is in: the executable, or a library. Nothing for a null address.
inline std::vector<Range> codeAround(const void* function) {
  Dl_info found;
  if (function == nullptr || dladdr(function, &found) == 0) return {};
  return codeAt(found.dli_fbase);
}

// The library that a function is in, opened once more; null for a function of the program, or of no library.
inline void* openedAround(const void* function) {
  Dl_info found;
  if (dladdr(function, &found) == 0 || found.dli_fbase == _dyld_get_image_header(0)) return nullptr;
  return dlopen(found.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
}

// This library stays loaded when Node closes it, because C may hold callbacks.
inline void stayLoaded() {
  Dl_info own;
  static const char here = 0;
  if (dladdr(&here, &own) != 0) dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

// In the order in which they were loaded; the program is the first.
inline std::vector<std::string> namesOfImages() {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < _dyld_image_count(); i++) {
    const char* name = _dyld_get_image_name(i);
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

}  // namespace rawffi
