// What the loader says about the files that are loaded, for library.cc: dl_iterate_phdr(3), dlinfo(3). macos/images.h
// has the same of macOS.
#pragma once

#include <dlfcn.h>
#include <link.h>

#include "fault.h"

namespace rawffi {

struct Range {
  uintptr_t begin;
  uintptr_t end;
};

// glibc dereferences a handle, so anything that is recognisably not one is refused. The loader's own marks are
// RTLD_DEFAULT (0) and RTLD_NEXT (-1).
inline bool mayBeHandle(const void* handle) { return handle != nullptr && canRead(handle, sizeof(link_map)); }

// The executable memory of the file that is loaded at `base`.
inline std::vector<Range> codeAt(uintptr_t base) {
  struct Found {
    uintptr_t base;
    std::vector<Range> ranges;
  } found{base, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* library, size_t, void* data) {
        auto* of = static_cast<Found*>(data);
        if (library->dlpi_addr != of->base) return 0;
        for (int i = 0; i < library->dlpi_phnum; i++) {
          const auto& segment = library->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
          const uintptr_t begin = of->base + segment.p_vaddr;
          of->ranges.push_back({begin, begin + segment.p_memsz});
        }
        return 1;
      },
      &found);
  return found.ranges;
}

// The code of an open library.
inline std::vector<Range> codeOf(void* handle) {
  link_map* map = nullptr;
  return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 ? codeAt(map->l_addr) : std::vector<Range>();
}

inline const link_map* mapAround(const void* address) {
  Dl_info found;
  link_map* map = nullptr;
  const bool isThere = dladdr1(address, &found, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) != 0;
  return isThere ? map : nullptr;
}

// The code of the file that a function is in: the executable, or a library. Nothing for a null address.
inline std::vector<Range> codeAround(const void* function) {
  const link_map* map = function == nullptr ? nullptr : mapAround(function);
  return map == nullptr ? std::vector<Range>() : codeAt(map->l_addr);
}

// The library that a function is in, opened once more; null for a function of the program, or of no library.
inline void* openedAround(const void* function) {
  const link_map* map = mapAround(function);
  if (map == nullptr || map->l_name[0] == '\0') return nullptr;
  return dlopen(map->l_name, RTLD_LAZY | RTLD_NOLOAD);
}

// This library stays loaded when Node closes it, because C may hold callbacks: the linker has marked it so.
inline void stayLoaded() {}

// In the order in which they were loaded; the program is "".
inline std::vector<std::string> namesOfImages() {
  std::vector<std::string> names;
  const auto collect = [](dl_phdr_info* library, size_t, void* data) {
    static_cast<std::vector<std::string>*>(data)->emplace_back(library->dlpi_name);
    return 0;
  };
  dl_iterate_phdr(collect, &names);
  return names;
}

}  // namespace rawffi
