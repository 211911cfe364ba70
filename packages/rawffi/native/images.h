// What the loader says about the files that are loaded, for library.cc: dl_iterate_phdr(3), dlinfo(3). macos/images.h
// has the same of macOS.
#pragma once

#include <dlfcn.h>
#include <link.h>

#include <string>
#include <utility>
#include <vector>

#include "fault.h"

namespace rawffi {

struct Range {
  uintptr_t begin;
  uintptr_t end;
};

// glibc dereferences a handle, so anything that is recognisably not one is refused. The loader's own marks are
// RTLD_DEFAULT (0) and RTLD_NEXT (-1).
inline bool mayBeHandle(const void* handle) { return handle != nullptr && canRead(handle, sizeof(link_map)); }

// A file that is loaded: its path, which is "" for the program (but not with musl), and its executable memory.
struct Image {
  uintptr_t at;
  std::string path;
  std::vector<Range> code;
};

// The file of which the address is a part; without code when there is none. dladdr1(), which musl does not have, would
// look for the nearest symbol as well.
inline Image imageAt(const void* address) {
  Image found{reinterpret_cast<uintptr_t>(address), {}, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* file, size_t, void* data) {
        auto* of = static_cast<Image*>(data);
        bool isThis = false;
        std::vector<Range> code;
        for (int i = 0; i < file->dlpi_phnum; i++) {
          const auto& segment = file->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD) continue;
          const uintptr_t begin = file->dlpi_addr + segment.p_vaddr;
          const uintptr_t end = begin + segment.p_memsz;
          isThis = isThis || (of->at >= begin && of->at < end);
          if ((segment.p_flags & PF_X) != 0) code.push_back({begin, end});
        }
        if (!isThis) return 0;
        of->path = file->dlpi_name;
        of->code = std::move(code);
        return 1;
      },
      &found);
  return found;
}

// The code of an open library.
inline std::vector<Range> codeOf(void* handle) {
  link_map* map = nullptr;
  return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 ? imageAt(map->l_ld).code : std::vector<Range>();
}

// The code of the file that a function is in: the executable, or a library. Nothing for a null address.
inline std::vector<Range> codeAround(const void* function) {
  return function == nullptr ? std::vector<Range>() : imageAt(function).code;
}

// The library that a function is in, opened once more; null for a function of the program, or of no library.
inline void* openedAround(const void* function) {
  const std::string path = imageAt(function).path;
  return path.empty() ? nullptr : dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
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
  if (!names.empty()) names[0].clear();  // it has a name to musl
  return names;
}

}  // namespace rawffi
