/** How a library is opened: the modes of the loader. */
import { rawffi } from "rawffi";

/** Symbols are visible to this library only. */
export const RTLD_LOCAL = rawffi.modes.RTLD_LOCAL;
/** Symbols are visible to libraries loaded later. */
export const RTLD_GLOBAL = rawffi.modes.RTLD_GLOBAL;
/** All symbols are resolved when the library is loaded. */
export const RTLD_NOW = rawffi.modes.RTLD_NOW;
/** Functions are resolved when they are first called. */
export const RTLD_LAZY = rawffi.modes.RTLD_LAZY;
/** The library's own symbols take precedence over those of the executable; 0 where there is no such mode. */
export const RTLD_DEEPBIND = rawffi.modes.RTLD_DEEPBIND;
/** The default of `mode`. */
export const DEFAULT_MODE = RTLD_LOCAL;
