/**
 * The strings of the cases: some of each kind, so that no engine can take the work out of the loop, or remember its
 * result.
 */
export const short = ["hello world", "hallo welt!", "bonjour moi", "buenos dias"];
export const hundred = short.map((word) => word.repeat(10).slice(0, 100));
export const tenThousand = short.map((word) => word.repeat(1000).slice(0, 10_000));
export const nonAscii = ["grüße, Welt", "Привет, мир", "naïve façon", "γειά κόσμε!"];
