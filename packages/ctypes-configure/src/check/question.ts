/**
 * What a check asks of C, and what it makes of the answer.
 */
import type { Entry } from "../measure/entry.ts";

/** What a module and the headers say differently. */
export interface Difference {
  /** The export, or its member. */
  readonly name: string;
  /** "size", "offset", "value", "parameter 2" … */
  readonly what: string;
  readonly module: unknown;
  readonly headers: unknown;
  /** Where the header declares it: `zlib.h:85`; not there where it is not known. */
  readonly place?: string;
}

export interface Question {
  /** The export. */
  readonly name: string;
  readonly entries: readonly Entry[];
  /** C's words that the compiler complains of where the headers do not have them. */
  readonly words: readonly string[];
  /** The same without some members; there is none where it has no members. */
  without?(members: ReadonlySet<string>): Question;
  /** Everything that can be compared, alike or not. */
  compare(factOf: (entry: Entry) => unknown): Difference[];
}

/** A question of one entry. */
export function question(name: string, entry: Entry, compare: (fact: never) => Difference[]): Question {
  return { name, entries: [entry], words: [entry.name], compare: (factOf) => compare(factOf(entry) as never) };
}
