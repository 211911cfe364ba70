/** Loads a file with the ending of TypeScript as the JavaScript that it is by now. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export async function load(address, context, next) {
  if (!/^file:.*\.ts(\?|$)/.test(address)) return next(address, context);
  const source = await readFile(fileURLToPath(address), "utf8");
  return { format: "module", source, shortCircuit: true };
}
