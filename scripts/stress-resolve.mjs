/**
 * Imported by every process of `npm run test:stress`: `ctypes-js` is the build with `test/stress/hooks.ts` in it, also
 * for packages that require it.
 */
import Module from "node:module";
import { fileURLToPath } from "node:url";

const built = new URL("../packages/ctypes/build/stress/", import.meta.url);
const hook = `export async function resolve(specifier, context, next) {
  const entry = /^ctypes-js(?:\\/(\\w+))?$/.exec(specifier);
  if (entry === null) return next(specifier, context);
  return { url: new URL(\`\${entry[1] ?? "index"}.mjs\`, ${JSON.stringify(built.href)}).href, format: "module", shortCircuit: true };
}`;
Module.register(`data:text/javascript,${encodeURIComponent(hook)}`);

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const entry = /^ctypes-js(?:\/(\w+))?$/.exec(request);
  if (entry !== null) return fileURLToPath(new URL(`${entry[1] ?? "index"}.js`, built));
  return resolveFilename.call(this, request, ...rest);
};
