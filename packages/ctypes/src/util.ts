/**
 * `ctypes/util`: finding libraries.
 */
export { dllist, find_library } from "./libraries/find.ts";
