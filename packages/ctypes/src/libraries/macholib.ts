/**
 * Parses the names of macOS libraries: ctypes' `macholib`. It works on text only, so it runs on every platform.
 *
 *     /usr/lib/libz.1.dylib                    location / shortname . version
 *     /Library/Foo.framework/Versions/A/Foo    location / shortname.framework/Versions/version/shortname
 */

/** The parts of a library's name; null for a part that is missing. */
export interface DylibInfo {
  /** The folder; empty for a bare name. */
  readonly location: string;
  /** All of the name after the folder. */
  readonly name: string;
  readonly shortname: string;
  readonly version: string | null;
  /** A variant such as `debug`. */
  readonly suffix: string | null;
}

/**
 * Parses the name of a dynamic library; null when it is not one.
 *
 *     dylib_info("lib/Foo.A_debug.dylib")?.version;   // "A"
 */
export function dylib_info(filename: string): DylibInfo | null {
  return infoOf(DYLIB.exec(filename));
}

/**
 * Parses the name of a framework's library; null when it is not one, also for the framework's folder alone.
 *
 *     framework_info("lib/Foo.framework/Versions/A/Foo")?.version;   // "A"
 */
export function framework_info(filename: string): DylibInfo | null {
  return infoOf(FRAMEWORK.exec(filename));
}

// -- Private ---------------------------------------------------------------------------------------

const LOCATION = "(?:(?<location>.*)/)?";
const SUFFIX = "(?:_(?<suffix>[^._/]+))?";
// The shortest possible shortname: what may be a suffix is one, unless a version follows it.
const DYLIB = new RegExp(`^${LOCATION}(?<name>(?<shortname>\\w+?)(?:\\.(?<version>[^._/]+))?${SUFFIX}\\.dylib)$`);
const FRAMEWORK = new RegExp(
  `^${LOCATION}(?<name>(?<shortname>\\w+)\\.framework/(?:Versions/(?<version>[^/]+)/)?\\k<shortname>${SUFFIX})$`,
);

function infoOf(match: RegExpExecArray | null): DylibInfo | null {
  if (match?.groups === undefined) return null;
  const { location = "", name = "", shortname = "", version = null, suffix = null } = match.groups;
  return { location, name, shortname, version, suffix };
}
