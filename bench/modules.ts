/**
 * `npm run bench:modules`: what large generated modules cost a program and its author, for some headers.
 *
 *     npm run bench:modules                               all of them, the best of nine
 *     npm run bench:modules -- --only gl --rounds 25      one of them, on a busy machine
 *     npm run bench:modules -- --typescript <tsc.js>      another version of TypeScript than the one installed
 *
 * The module is imported as JavaScript. Time is that of the processor, of the whole process; the figures are over those
 * of a process that imports `ctypes` alone, and both are printed.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type GenerateOptions, generate } from "ctypes-configure";
import { transformSync } from "esbuild";

const MODULES: Readonly<Record<string, GenerateOptions>> = {
  gl: {
    headers: ["GL/gl.h", "GL/glx.h", "GL/glu.h", "X11/Xlib.h", "X11/Xutil.h"],
    libraries: ["GL", "X11", "GLU"],
  },
  openssl: { headers: ["openssl/ssl.h", "openssl/evp.h", "openssl/x509.h"], libraries: ["ssl", "crypto"] },
  sqlite3: { headers: ["sqlite3.h"], libraries: ["sqlite3"] },
};

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(MODULES).join() },
    rounds: { type: "string", default: "9" },
    typescript: { type: "string", default: join(root, "node_modules/typescript/bin/tsc") },
  },
});

interface Cost {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** The least of several processes each, in turn. */
function leastCosts(scripts: readonly string[], rounds: number): Cost[] {
  const costs = scripts.map(() => ({ milliseconds: Number.POSITIVE_INFINITY, megabytes: Number.POSITIVE_INFINITY }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, script] of scripts.entries()) {
      const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
      const [time, memory] = stdout.split(" ").map(Number) as [number, number];
      if (!(time > 0)) throw new Error(stderr);
      const cost = costs[i] as { milliseconds: number; megabytes: number };
      cost.milliseconds = Math.min(cost.milliseconds, time);
      cost.megabytes = Math.min(cost.megabytes, memory);
    }
  }
  return costs;
}

const TELL = `const { user, system } = process.cpuUsage();
console.log((user + system) / 1e3, process.memoryUsage().rss / 1e6);\n`;

mkdirSync(join(root, "bench/build"), { recursive: true });
const folder = mkdtempSync(join(root, "bench/build/modules-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "base.mjs"), `import { CDLL } from "ctypes-js";\nexport { CDLL };\n${TELL}`);

for (const name of values.only.split(",")) {
  const options = MODULES[name];
  if (options === undefined) throw new TypeError(`--only: expected ${Object.keys(MODULES).join(", ")}, got ${name}`);
  const start = performance.now();
  const { text, declarations } = generate(options);
  const generating = performance.now() - start;
  writeFileSync(join(folder, `${name}.ts`), text);
  writeFileSync(join(folder, `${name}.mjs`), transformSync(text, { loader: "ts" }).code);
  const library = /export const (\w+) = new CDLL/.exec(text)?.[1];
  const uses = `import { CDLL } from "ctypes-js";\nimport { ${library} } from "./${name}.mjs";\nexport { CDLL, ${library} };\n`;
  writeFileSync(join(folder, `uses-${name}.mjs`), uses + TELL);
  const scripts = [join(folder, "base.mjs"), join(folder, `uses-${name}.mjs`)];
  const [base, used] = leastCosts(scripts, Number(values.rounds)) as [Cost, Cost];
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { noEmit: true },
    files: [`${name}.ts`],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const checkStart = performance.now();
  const checked = spawnSync(process.execPath, [values.typescript, "-p", folder], { encoding: "utf8" });
  const checking = performance.now() - checkStart;
  if (checked.status !== 0) throw new Error(checked.stdout);
  const counts = new Map<string, number>();
  for (const { kind } of declarations) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  console.log(`${name}: ${[...counts].map(([kind, count]) => `${count} × ${kind}`).join(", ")}`);
  console.log(`  generated in ${generating.toFixed(0)} ms, type-checked in ${(checking / 1e3).toFixed(1)} s`);
  const [time, memory] = [used.milliseconds - base.milliseconds, used.megabytes - base.megabytes];
  console.log(
    `  imported in ${time.toFixed(1)} ms and ${memory.toFixed(1)} MB, over ${base.milliseconds.toFixed(1)} ms and ` +
      `${base.megabytes.toFixed(1)} MB of ctypes alone`,
  );
}
