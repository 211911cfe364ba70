/** Imported by every process of `npm run test:stress`: `ctypes-js` is the build with `test/stress/hooks.ts` in it. */
import { register } from "node:module";

const built = new URL("../packages/ctypes/build/stress/", import.meta.url);
const hook = `export async function resolve(specifier, context, next) {
  const entry = /^ctypes-js(?:\\/(\\w+))?$/.exec(specifier);
  if (entry === null) return next(specifier, context);
  return { url: new URL(\`\${entry[1] ?? "index"}.js\`, ${JSON.stringify(built.href)}).href, format: "module", shortCircuit: true };
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
