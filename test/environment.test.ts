/** docs/environment.md names every environment variable that the code reads, and no other. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { variablesReadBy } from "./sources/environment.ts";
import { root, trackedFiles } from "./sources/files.ts";

const PAGE = "docs/environment.md";

/** Read by an example and a test that show or try something else. */
const NOT_OURS = ["CTYPES_NO_SUCH_VARIABLE", "NO_SUCH_VARIABLE"];

test("every variable that is read has its row, and every row a variable that is read", () => {
  const sources = trackedFiles(/\.(ts|mts|cts|js|mjs|cjs|c|cc|h|py|lua)$/).filter((file) => !EXAMPLES.includes(file));
  const placesOf = new Map<string, string[]>();
  for (const file of sources) {
    for (const name of variablesReadBy(readFileSync(join(root, file), "utf8")))
      placesOf.set(name, [...(placesOf.get(name) ?? []), file]);
  }
  for (const name of NOT_OURS) placesOf.delete(name);
  assert.ok(placesOf.size > 30, `only ${placesOf.size} variables found: ${[...placesOf.keys()]}`);

  const rows = readFileSync(join(root, PAGE), "utf8").match(/^\| `.*?\|/gm) ?? [];
  const documented = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name as string));
  const missing = [...placesOf].filter(([name]) => !documented.includes(name));
  assert.deepEqual(
    missing.map(([name, places]) => `${name}, read in ${places.join(" and ")}, has no row in ${PAGE}`),
    [],
  );
  assert.deepEqual(
    documented.filter((name) => !placesOf.has(name)),
    [],
    `nothing reads these variables of ${PAGE}`,
  );
});

test("variables are found in every form in which they are read", () => {
  const source = `
    process.env.A1; process.env["B_2"]; process.env?.C; const { D, E: renamed, F = "x", ...rest } = process.env;
    const lists = ["G", "H"].flatMap((variable) => process.env[variable]);
    getenv("I"); environmentVariable("N"); take("O", to); os.getenv("J"); os.environ["K"]; os.environ.get("L"); (globalThis as Env).process?.env?.M;
    other.env.NOT; const { NEITHER } = process.environment; process.env[name]`;
  assert.deepEqual(variablesReadBy(source).sort(), "A1 B_2 C D E F G H I J K L M N O".split(" "));
});

/** They hold made-up sources. */
const EXAMPLES = ["test/environment.test.ts", "test/sources/environment.ts"];
