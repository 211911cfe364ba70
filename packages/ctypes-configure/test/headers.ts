/**
 * The headers of eight libraries: each module is generated, type-checked, loaded with its layouts asserted, and compared with the measured mode.
 * `npm test` does it (headers.test.ts); `npm run test:headers` also says how long it took.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Checked, check, type Generated, type GenerateOptions, generate } from "ctypes-configure";

export const HEADERS: Readonly<Record<string, GenerateOptions>> = {
  zlib: { headers: ["zlib.h"], libraries: ["z"] },
  sqlite3: { headers: ["sqlite3.h"], libraries: ["sqlite3"] },
  Xlib: { headers: ["X11/Xlib.h"], libraries: ["X11"] },
  gl: { headers: ["GL/gl.h"], libraries: ["GL"] },
  avcodec: { headers: ["libavcodec/avcodec.h"], libraries: ["avcodec", "avutil"] },
  curl: { headers: ["curl/curl.h"], libraries: ["curl"] },
  clang: { headers: ["clang-c/Index.h"], libraries: ["clang-14"], includeDirs: ["/usr/lib/llvm-14/include"] },
  xml: { headers: ["libxml/parser.h"], libraries: ["xml2"], includeDirs: ["/usr/include/libxml2"] },
};

/** False where the header is installed, else the reason to skip. */
export function skipWithoutHeader({ headers, includeDirs = [] }: GenerateOptions): string | false {
  const folders = [...includeDirs, "/usr/include", "/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu"];
  const [header = ""] = headers;
  return folders.some((folder) => existsSync(join(folder, header))) ? false : `${header} is not installed`;
}

export interface Tried extends Generated, Checked {
  readonly name: string;
  readonly milliseconds: number;
}

/** Generates, loads and compares; the modules are left in `folder`. */
export async function tryHeader(name: string, folder: string): Promise<Tried> {
  const start = performance.now();
  const made = generate(HEADERS[name] as GenerateOptions);
  const milliseconds = performance.now() - start;
  const path = join(folder, `${name}.ts`);
  writeFileSync(path, made.text);
  process.env.CTYPES_DEBUG = "1";
  const checked = await check(await import(pathToFileURL(path).href), { cache: false });
  return { name, milliseconds, ...made, ...checked };
}

/** What tsc says of the modules in a folder: "" when nothing. */
export function typeErrors(folder: string): string {
  const root = join(import.meta.dirname, "../../..");
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions: { noEmit: true }, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { encoding: "utf8" }).stdout;
}

/** A folder of the workspace, so that modules in it find its packages. */
export function workshop(): string {
  const build = join(import.meta.dirname, "fixtures/build");
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, "headers-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// -- As a program ----------------------------------------------------------------------------------

if (process.argv[1] === import.meta.filename) {
  const folder = workshop();
  let failures = 0;
  for (const [name, options] of Object.entries(HEADERS)) {
    const reason = skipWithoutHeader(options);
    if (reason !== false) {
      console.log(`${name}: skipped, ${reason}`);
      continue;
    }
    const { milliseconds, compared, differences, declarations } = await tryHeader(name, folder);
    const counts = `${declarations.length} declarations in ${milliseconds.toFixed(0)} ms, ${compared} facts compared`;
    console.log(`${name}: ${counts}, ${differences.length} differences`);
    for (const difference of differences) console.log(`  ${JSON.stringify(difference)}`);
    failures += differences.length;
  }
  const errors = typeErrors(folder);
  console.log(errors === "" ? "tsc: no errors" : errors);
  process.exitCode = failures === 0 && errors === "" ? 0 : 1;
}
