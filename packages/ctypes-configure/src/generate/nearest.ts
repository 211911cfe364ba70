/**
 * The word that a user may have meant.
 */

/** The one of these words that takes the fewest changed letters, if they are few; null where none is close. */
export function nearest(word: string, words: readonly string[]): string | null {
  const most = word.length < 4 ? 1 : 2;
  const ranked = words.map((one) => ({ one, distance: distanceOf(word, one) })).sort((a, b) => a.distance - b.distance);
  const [first] = ranked;
  return first !== undefined && first.distance <= most ? first.one : null;
}

// -- Private ---------------------------------------------------------------------------------------

/** How many letters have to be added, left out or replaced. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const [above = 0, left = 0, aside = 0] = [row[j + 1], next[j], row[j]];
      next.push(Math.min(above + 1, left + 1, aside + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) as number;
}
