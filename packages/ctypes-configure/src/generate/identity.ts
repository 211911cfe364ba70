/**
 * What tells one declaration from another, however often it is declared.
 */
import type { Cursor } from "ctypes-libclang";

/**
 * The same text for each declaration of one thing. A USR is not enough: unnamed members of one structure share theirs,
 * and two that one macro declares stand in the same place.
 */
export function identityOf(cursor: Cursor): string {
  const { canonical } = cursor;
  return `${canonical.get_usr()} ${canonical.hash}`;
}
