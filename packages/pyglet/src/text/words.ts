/** Words, as a caret goes over them: letters, digits and underscores. */

/** Where the first word begins at or after a position; the end of the text for none. */
export function nextWord(text: string, position: number): number {
  const pattern = /(?<=[^\p{L}\p{M}\p{N}_])[\p{L}\p{M}\p{N}_]/gu;
  pattern.lastIndex = position;
  return pattern.exec(text)?.index ?? text.length;
}

/** Where the last word begins before a position; 0 for none, and for one at the beginning of the text. */
export function previousWord(text: string, position: number): number {
  return /(?<=[^\p{L}\p{M}\p{N}_])[\p{L}\p{M}\p{N}_]+[^\p{L}\p{M}\p{N}_]*$/u.exec(text.slice(0, position))?.index ?? 0;
}
