/**
 * `ctypes-js/wintypes`: the types under the names that Windows' headers give them.
 */
export * from "./types/windows.ts";
