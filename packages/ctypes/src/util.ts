/**
 * `ctypes-js/util`: finding libraries, and what their names say.
 */

export { environmentVariable, workerThreads } from "rawffi";
export { dyld_find, framework_find } from "./libraries/dyld.ts";
export {
  _findLib_gcc,
  _findLib_ld,
  _findSoname_ldconfig,
  _get_soname,
  _is_elf,
  dllist,
  find_library,
  find_msvcrt,
} from "./libraries/find.ts";
export { type DylibInfo, dylib_info, framework_info } from "./libraries/macholib.ts";
