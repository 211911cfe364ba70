/**
 * The forms of rows, each as source that makes a row and as a function that does. Both make objects of one hidden
 * class, so that a program that reads rows of both kinds stays fast.
 *
 * A literal with its names in place is the fastest object there is. A row without a prototype is a copy of a
 * template: V8 makes `{ __proto__: null, … }` a dictionary (180 ns), and `{ ...template, __proto__: null }` an
 * ordinary object (17 ns).
 */

/** An object with or without a prototype, an array, the first value alone. */
export type RowForm = "object" | "bare" | "array" | "first";

/** Source that declares `row`, of values in these variables; `template` is in its sight. */
export function printRow(
  names: readonly string[],
  form: RowForm,
  values: readonly string[],
): { readonly make: string; readonly template?: object } {
  if (form === "first") return { make: `const row = ${values[0] ?? "null"};` };
  if (form === "array") return { make: `const row = [${values.join(", ")}];` };
  if (form === "bare") {
    const assignments = names.map((name, i) => `row[${JSON.stringify(name)}] = ${values[i]};`);
    return {
      make: `const row = { ...template, __proto__: null }; ${assignments.join(" ")}`,
      template: templateOf(names),
    };
  }
  // Each name once: V8 counts them to find the hidden class.
  const members = [...new Map(names.map((name, i) => [name, values[i]]))].map(([name, v]) => `${keyFor(name)}: ${v}`);
  return { make: `const row = { ${members.join(", ")} };` };
}

/** Makes a row of `values`; an array is that array. */
export function rowMaker(names: readonly string[], form: RowForm): (values: unknown[]) => unknown {
  if (form === "first") return (values) => values[0];
  if (form === "array") return (values) => values;
  const template = templateOf(names);
  // What JSON.parse makes is as a literal is.
  const literal = JSON.stringify(Object.fromEntries(names.map((name) => [name, 0])));
  return (values) => {
    const row: Record<string, unknown> = form === "bare" ? { ...template, __proto__: null } : JSON.parse(literal);
    for (let i = 0; i < names.length; i++) row[names[i] as string] = values[i];
    return row;
  };
}

/**
 * An object without a prototype, with these names, whose fields have held values of all kinds: V8 then keeps one
 * map for all copies `{ ...template, __proto__: null }`. Made of a literal they would be dictionaries, too.
 */
export function templateOf(names: readonly string[]): object {
  const template: Record<string, unknown> = {};
  const field = { value: "", writable: true, enumerable: true, configurable: true };
  for (const name of names) Object.defineProperty(template, name, field);
  Object.setPrototypeOf(template, null);
  for (const value of [0, 0.5, "", {}, null]) {
    for (const name of names) template[name] = value;
  }
  return template;
}

// -- Private ---------------------------------------------------------------------------------------

/** As source of a literal, where a plain `__proto__` would be no key. Computed keys take twice the time. */
function keyFor(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
}
