/**
 * A binding for a header that you name, made on the spot, and a call of one of its functions:
 *
 *     npx tsx examples/binding.ts zlib.h z crc32 0 "hello" 5
 *     npx tsx examples/binding.ts ./mine.h ./libmine.so answer
 *
 * Arguments that are numbers are given as numbers, `null` as NULL, all others as text. Needs libclang and the header;
 * without arguments it is zlib's.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { check, generate } from "ctypes-configure";

const given = process.argv.slice(2);
const [header, library, name, ...words] =
  given.length > 0 ? given : ["zlib.h", "z", "crc32", "0", "the quick brown fox", "19"];
if (header === undefined || library === undefined || name === undefined) {
  console.error("usage: binding.ts <header> <library> <function> [argument…]");
  process.exit(2);
}

// Everything that the header declares, as the text of a module: what `npx ctypes-configure generate` writes.
const { text, declarations, skipped } = generate({ headers: [header], libraries: [library] });
const declared = declarations.find((one) => one.kind === "function" && one.name === name);
if (declared?.kind !== "function") {
  console.error(`${header} declares no function ${name}`);
  process.exit(1);
}
const lines = text.split("\n").length;
console.log(
  `${header}: ${declarations.length} declarations in ${lines} lines of TypeScript, ${skipped.length} skipped`,
);

// In the workspace, so that the module finds ctypes.
const folder = fileURLToPath(new URL("../node_modules/.cache/examples", import.meta.url));
mkdirSync(folder, { recursive: true });
const place = mkdtempSync(join(folder, "binding-"));
const file = join(place, "binding.mts"); // a package below node_modules need not say that it is made of ES modules
writeFileSync(file, text);
try {
  const binding = (await import(pathToFileURL(file).href)) as Record<string, Record<string, unknown>>;

  // The compiler agrees with every size, offset, constant and signature in it.
  const { compared, differences } = await check(binding);
  assert.deepEqual(differences, []);
  console.log(`${compared} facts compared with the C compiler, no differences`);

  const libraries = Object.values(binding).filter((value) => Object.hasOwn(value, name));
  const call = libraries[0]?.[name] as ((...args: unknown[]) => unknown) | undefined;
  if (call === undefined) throw new Error(`${library} has no function ${name}`);
  const result = call(...words.map(valueIn));
  console.log(declared.prototype);
  console.log(`${name}(${words.join(", ")}) =`, result);
} finally {
  rmSync(place, { recursive: true });
}

/**
 * What a word of the command line is to C: text is bytes with a zero after, which any pointer to characters or bytes
 * takes.
 */
function valueIn(word: string): number | Buffer | null {
  if (word === "null") return null;
  return word.trim() !== "" && Number.isFinite(Number(word)) ? Number(word) : Buffer.from(`${word}\0`);
}
