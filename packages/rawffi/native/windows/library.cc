// Libraries: LoadLibraryExW, FreeLibrary, GetProcAddress, EnumProcessModules. The contract is that of dlopen(3): the
// program's handle finds the exported functions of everything that is loaded.
#include <dlfcn.h>
#include <system.h>

#include <algorithm>
#include <cstdio>

#include "../fault.h"
#include "../loader.h"

namespace rawffi {

namespace {

std::wstring wide(const std::string& text) {
  const int length = static_cast<int>(text.size());
  std::wstring made(static_cast<size_t>(MultiByteToWideChar(CP_UTF8, 0, text.data(), length, nullptr, 0)), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), length, &made[0], static_cast<int>(made.size()));
  return made;
}

std::string narrow(const wchar_t* text, int length) {
  std::string made(static_cast<size_t>(WideCharToMultiByte(CP_UTF8, 0, text, length, nullptr, 0, nullptr, nullptr)),
                   '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, length, &made[0], static_cast<int>(made.size()), nullptr, nullptr);
  return made;
}

// The system's sentence about an error, without the end of its line.
std::string sentenceOf(DWORD error) {
  wchar_t text[512];
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, error, 0, text,
                                sizeof text / sizeof *text, nullptr);
  while (length > 0 && (text[length - 1] == L'\r' || text[length - 1] == L'\n' || text[length - 1] == L' ')) length--;
  return length > 0 ? narrow(text, static_cast<int>(length)) : "the system has no text for this error";
}

napi_value throwLoaderError(napi_env env, const std::string& what, DWORD error) {
  const std::string message = what + ": " + sentenceOf(error) + " (Windows error " + std::to_string(error) + ")";
  napi_throw_error(env, "ERR_LOADER", message.c_str());
  return nullptr;
}

napi_value throwNoHandle(napi_env env, const char* verb, const void* handle) {
  char message[80];
  std::snprintf(message, sizeof message, "rawffi.%s: 0x%llx is not the handle of a library", verb,
                reinterpret_cast<unsigned long long>(handle));
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

std::vector<HMODULE> modules() {
  std::vector<HMODULE> found(256);
  for (;;) {
    DWORD byteLength = 0;
    const auto room = static_cast<DWORD>(found.size() * sizeof(HMODULE));
    if (!K32EnumProcessModules(GetCurrentProcess(), found.data(), room, &byteLength)) return {};
    const bool isAll = byteLength <= room;
    found.resize(byteLength / sizeof(HMODULE));
    if (isAll) return found;
  }
}

std::string pathOf(HMODULE module) {
  wchar_t path[MAX_PATH * 4];
  const DWORD length = GetModuleFileNameW(module, path, sizeof path / sizeof *path);
  return narrow(path, static_cast<int>(length));
}

// The loader reads the headers of what it gets as a handle.
bool isModule(const void* handle) {
  const std::vector<HMODULE> all = modules();
  return std::find(all.begin(), all.end(), static_cast<HMODULE>(const_cast<void*>(handle))) != all.end();
}

const IMAGE_NT_HEADERS* headersOf(const void* module) {
  const auto* base = static_cast<const char*>(module);
  return reinterpret_cast<const IMAGE_NT_HEADERS*>(base + reinterpret_cast<const IMAGE_DOS_HEADER*>(base)->e_lfanew);
}

HMODULE moduleOf(const void* address) {
  HMODULE found = nullptr;
  const auto* at = static_cast<const wchar_t*>(address);
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, at, &found);
  return found;
}

// The program's handle stands for all that is loaded, as dlopen(NULL)'s does. The system's own library comes last,
// though it is loaded first: it has functions of C with less to them, such as an _snprintf() without numbers of
// floating point.
void* findSymbol(HMODULE module, const char* name) {
  if (module != GetModuleHandleW(nullptr)) return reinterpret_cast<void*>(GetProcAddress(module, name));
  static HMODULE const system = GetModuleHandleW(L"ntdll.dll");
  for (HMODULE each : modules()) {
    void* found = each == system ? nullptr : reinterpret_cast<void*>(GetProcAddress(each, name));
    if (found != nullptr) return found;
  }
  return reinterpret_cast<void*>(GetProcAddress(system, name));
}

}  // namespace

// open(path | null, mode) -> handle; the mode is that of LoadLibraryExW
static napi_value open(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.open: expected (string | null, number)");
  const bool isProgram = given.isNull(0);
  const std::string path = isProgram ? std::string() : given.text(0);
  const auto mode = static_cast<DWORD>(given.integer(1));
  if (given.failed()) return nullptr;
  if (isProgram) return fromAddress(env, GetModuleHandleW(nullptr));
  const LoaderCall call(Environment::of(env)->thread);
  // No window that asks for a disk.
  DWORD before = 0;
  SetThreadErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX, &before);
  HMODULE handle = LoadLibraryExW(wide(path).c_str(), nullptr, mode);
  const DWORD error = GetLastError();
  SetThreadErrorMode(before, nullptr);
  if (call.hasThrown()) {
    if (handle != nullptr) FreeLibrary(handle);
    return call.rethrow(env);
  }
  if (handle == nullptr) return throwLoaderError(env, path, error);
  return fromAddress(env, handle);
}

// close(handle)
static napi_value close(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.close: expected (number)");
  void* handle = given.address(0);
  if (given.failed()) return nullptr;
  if (!isModule(handle)) return throwNoHandle(env, "close", handle);
  if (handle == GetModuleHandleW(nullptr)) return nullptr;
  const LoaderCall call(Environment::of(env)->thread);
  letLibrariesGo();
  const bool isClosed = FreeLibrary(static_cast<HMODULE>(handle)) != 0;
  const DWORD error = GetLastError();
  if (call.hasThrown()) return call.rethrow(env);
  return isClosed ? nullptr : throwLoaderError(env, "FreeLibrary", error);
}

// symbol(handle, name) -> address; "#5" is the export with that number
static napi_value symbol(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.symbol: expected (number, string)");
  void* handle = given.address(0);
  const std::string name = given.text(1);
  if (given.failed()) return nullptr;
  if (!isModule(handle)) return throwNoHandle(env, "symbol", handle);
  const LoaderCall call(Environment::of(env)->thread);
  const bool isNumber = name.size() > 1 && name[0] == '#' && name.find_first_not_of("0123456789", 1) == name.npos;
  const unsigned long number = isNumber ? std::strtoul(name.c_str() + 1, nullptr, 10) : 0;
  const char* wanted = number > 0 && number < 65536 ? reinterpret_cast<const char*>(number) : name.c_str();
  void* address = findSymbol(static_cast<HMODULE>(handle), wanted);
  const DWORD error = GetLastError();
  if (call.hasThrown()) return call.rethrow(env);
  if (address == nullptr) {
    const std::string message = pathOf(static_cast<HMODULE>(handle)) + ": undefined symbol: " + name +
                                " (Windows error " + std::to_string(error) + ")";
    napi_throw_error(env, "ERR_LOADER", message.c_str());
    return nullptr;
  }
  nameFunction(address, name);
  return fromAddress(env, address);
}

void* openLibraryOf(const void* function) {
  HMODULE found = nullptr;
  const auto* at = static_cast<const wchar_t*>(function);
  if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, at, &found)) return nullptr;
  return found;
}

void closeLibrary(void* library) { FreeLibrary(static_cast<HMODULE>(library)); }

// -- What is running -------------------------------------------------------------------------------

// runsJavaScript(address) -> whether it is a function by which C can run JavaScript: one of Node-API, or libuv's loop
static napi_value runsJavaScript(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.runsJavaScript: expected (number)");
  const void* address = given.address(0);
  if (given.failed()) return nullptr;
  static const void* const runtime = moduleOf(dlsym(RTLD_DEFAULT, "napi_call_function"));
  bool runs = false;
  Dl_info found;
  if (runtime != nullptr && moduleOf(address) == runtime && dladdr(address, &found) != 0 &&
      found.dli_sname != nullptr) {
    const std::string name = found.dli_sname;
    for (const char* prefix : {"uv_run", "napi_", "node_api_", "?"}) runs = runs || name.rfind(prefix, 0) == 0;
  }
  napi_value made = nullptr;
  napi_get_boolean(env, runs, &made);
  return made;
}

// isRunning(handle) -> whether this thread is going to return into the library's code, that is, has a return address
// into it on the stack. May return a false positive, for a word that only looks like one; never a false negative.
static napi_value isRunning(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.isRunning: expected (number)");
  void* handle = given.address(0);
  if (given.failed()) return nullptr;
  bool runs = false;
  if (isModule(handle)) {
    const auto* headers = headersOf(handle);
    const auto base = reinterpret_cast<uintptr_t>(handle);
    const auto* section = IMAGE_FIRST_SECTION(headers);
    const auto* end = reinterpret_cast<const uintptr_t*>(thread->stackEnd);
    for (int i = 0; i < headers->FileHeader.NumberOfSections; i++, section++) {
      if ((section->Characteristics & IMAGE_SCN_MEM_EXECUTE) == 0) continue;
      const uintptr_t begin = base + section->VirtualAddress;
      const auto* at = static_cast<const uintptr_t*>(__builtin_frame_address(0));
      for (; at < end && !runs; at++) runs = *at - begin < section->Misc.VirtualSize;
    }
  }
  napi_value made = nullptr;
  napi_get_boolean(env, runs, &made);
  return made;
}

// loaded() -> string[]
static napi_value loaded(napi_env env, napi_callback_info) {
  napi_value list;
  if (napi_create_array(env, &list) != napi_ok) return nullptr;
  HMODULE program = GetModuleHandleW(nullptr);
  uint32_t count = 0;
  for (HMODULE module : modules()) {
    const std::string name = module == program ? std::string() : pathOf(module);
    napi_value text;
    if (napi_create_string_utf8(env, name.data(), name.size(), &text) != napi_ok) return nullptr;
    napi_set_element(env, list, count++, text);
  }
  return list;
}

bool registerLibrary(napi_env env, napi_value exports) {
  // There are no such modes; with 0 LoadLibraryExW searches as it does by default.
  for (const char* name : {"RTLD_LAZY", "RTLD_NOW", "RTLD_LOCAL", "RTLD_GLOBAL", "RTLD_DEEPBIND"}) {
    if (!putNumber(env, exports, name, 0)) return false;
  }
  return putFunction(env, exports, "open", open) && putFunction(env, exports, "close", close) &&
         putFunction(env, exports, "symbol", symbol) && putFunction(env, exports, "loaded", loaded) &&
         putFunction(env, exports, "isRunning", isRunning) &&
         putFunction(env, exports, "runsJavaScript", runsJavaScript);
}

}  // namespace rawffi

// -- For other files, by the names of POSIX --------------------------------------------------------

extern "C" void* dlsym(void*, const char* name) { return rawffi::findSymbol(GetModuleHandleW(nullptr), name); }

// Reads the table of exported names of the file, which is not sorted by address.
extern "C" int dladdr(const void* address, Dl_info* info) {
  const HMODULE module = rawffi::moduleOf(address);
  *info = {};
  if (module == nullptr) return 0;
  const auto* base = reinterpret_cast<const char*>(module);
  info->dli_fname = "";
  info->dli_fbase = module;
  const auto& entry = rawffi::headersOf(module)->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
  if (entry.Size == 0) return 1;
  const auto& exported = *reinterpret_cast<const IMAGE_EXPORT_DIRECTORY*>(base + entry.VirtualAddress);
  const auto* names = reinterpret_cast<const DWORD*>(base + exported.AddressOfNames);
  const auto* numbers = reinterpret_cast<const WORD*>(base + exported.AddressOfNameOrdinals);
  const auto* functions = reinterpret_cast<const DWORD*>(base + exported.AddressOfFunctions);
  for (DWORD i = 0; i < exported.NumberOfNames; i++) {
    const char* at = base + functions[numbers[i]];
    if (at > address || (info->dli_saddr != nullptr && at <= info->dli_saddr)) continue;
    info->dli_sname = base + names[i];
    info->dli_saddr = const_cast<char*>(at);
  }
  return 1;
}
