/**
 * Options, in better-sqlite3's words.
 */
type Options = Readonly<Record<string, unknown>>;

/** `value` as a record of options; nothing is none. */
export function optionsOf(value: unknown): Options {
  const given = value ?? {};
  if (typeof given !== "object") throw new TypeError("Expected second argument to be an options object");
  return given as Options;
}

/** An option that is false unless it is given, and then a boolean. */
export function booleanOption(options: Options, name: string): boolean {
  if (!(name in options)) return false;
  const value = options[name];
  if (typeof value !== "boolean") throw new TypeError(`Expected the "${name}" option to be a boolean`);
  return value;
}
