/** Keeps class names for messages, even in a program whose bundler renames its classes. */

/**
 * Gives classes the names that they have in this record: `nameClasses({ c_int })`. A bundler may rename a class, to
 * `_Shape` or, when it minifies, to `e`, but never the key of a record.
 */
export function nameClasses(classes: Readonly<Record<string, { readonly name: string }>>): void {
  for (const [name, made] of Object.entries(classes)) {
    if (made.name !== name) Object.defineProperty(made, "name", { value: name, configurable: true });
  }
}
