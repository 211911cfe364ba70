/** How `build.mjs` compiles and links the addon for systems other than Linux. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const sourceFolder = dirname(fileURLToPath(import.meta.url));

/**
 * Flags of the build for Windows. Node-API is no import: windows/host.cc.
 * A `long double` is a double, as Microsoft's compiler has it.
 */
const WINDOWS_FLAGS = [
  ...["-DNAPI_EXTERN=", "-D_WIN32_WINNT=0x0A00", "-mlong-double-64", "-Wno-cast-function-type", "-Wno-attributes"],
  ...["-I", join(sourceFolder, "windows", "include")],
];
const WINDOWS_LINKING = ["-shared", "-s", "-static", "-Wl,--gc-sections", "-Wl,--exclude-all-symbols"];
const WINDOWS_LIBRARIES = ["-lpsapi"];

/** The oldest version; scripts/setup/zig.mjs says it, too. */
export const MACOS_FLAGS = ["-mmacosx-version-min=11.0"];

/** Node-API is found in the program that loads it, and the C++ library is the system's. */
export const MACOS_LINKING = [
  ...["-shared", "-Wl,-undefined,dynamic_lookup", "-Wl,-dead_strip", "-Wl,-install_name,@rpath/rawffi.node"],
  ...(process.env.LIBCXX ? ["-s", "-nostdlib++"] : ["-Wl,-x"]),
];
const MACOS_LIBRARIES = process.env.LIBCXX ? [join(process.env.LIBCXX, "libc++.1.tbd")] : [];
const ofMacos = { variant: "macos", flags: MACOS_FLAGS, linking: MACOS_LINKING, libraries: MACOS_LIBRARIES };

/** Systems that the addon can be built for on another one, by option. */
export const OTHER_SYSTEMS = {
  "--windows": {
    target: "win32-x64",
    variant: "windows",
    flags: WINDOWS_FLAGS,
    linking: WINDOWS_LINKING,
    libraries: WINDOWS_LIBRARIES,
    compiler: "x86_64-w64-mingw32-g++-posix",
  },
  "--macos-arm64": { target: "darwin-arm64", compiler: null, ...ofMacos },
  "--macos-x64": { target: "darwin-x64", compiler: null, ...ofMacos },
};
