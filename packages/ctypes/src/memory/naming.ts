/** Names that messages show, also in a program whose bundler has renamed its classes. */

/**
 * Gives classes the names that they have in this record: `nameClasses({ c_int })`. A bundler changes the name of a
 * class, to `_Shape` or, with the names made short, to `e`, and never the key of a record.
 */
export function nameClasses(classes: Readonly<Record<string, { readonly name: string }>>): void {
  for (const [name, made] of Object.entries(classes)) {
    if (made.name !== name) Object.defineProperty(made, "name", { value: name, configurable: true });
  }
}
