/** Shrinks a failing program to as few lines as possible. */

/** The fewest of `lines` for which `fails` still holds: whole chunks are left out first, then single lines. */
export async function shrink(
  lines: readonly string[],
  fails: (lines: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let left = lines;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < left.length; ) {
      const without = [...left.slice(0, start), ...left.slice(start + size)];
      if (without.length < left.length && (await fails(without))) left = without;
      else start += size;
    }
  }
  return left;
}
