/** What goes wrong with fonts. */
import { LibraryError } from "ctypes-js";

/** A font that is broken, that cannot be found, or whose glyph cannot be drawn. */
export class FontException extends Error {
  override readonly name = "FontException";
}

/**
 * What `use` returns, which is the first that asks something of a library.
 *
 * @throws FontException that names the Debian package, when the library is missing.
 */
export function needing<T>(library: string, debian: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    const advice = `install it (on Debian the package is ${debian})`;
    throw new FontException(`text needs the library ${library}, which is missing: ${advice}`, { cause: error });
  }
}
