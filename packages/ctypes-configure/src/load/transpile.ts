/**
 * What a project has installed that makes JavaScript of TypeScript. The package itself depends on none.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Which one, and its main file. */
export interface Transpiler {
  readonly kind: "esbuild" | "typescript";
  readonly path: string;
}

/** The first that one of these files could import; null where there is none. */
export function findTranspiler(files: readonly string[]): Transpiler | null {
  for (const file of files) {
    const tsx = resolved(file, "tsx");
    const esbuild = resolved(file, "esbuild") ?? (tsx && resolved(tsx, "esbuild"));
    if (esbuild) return { kind: "esbuild", path: esbuild };
    const typescript = resolved(file, "typescript/package.json");
    if (typescript) return { kind: "typescript", path: typescript };
  }
  return null;
}

/** The JavaScript of a file. @throws Error with the transpiler's words. */
export async function transpiled(file: string, { kind, path }: Transpiler): Promise<string> {
  if (kind === "esbuild") {
    const esbuild = (await import(pathToFileURL(path).href)) as Esbuild;
    return esbuild.transformSync(readFileSync(file, "utf8"), { loader: "ts", format: "esm", target: "node20" }).code;
  }
  return withTsc(file, join(dirname(path), "bin/tsc"));
}

// -- Private ---------------------------------------------------------------------------------------

interface Esbuild {
  transformSync(source: string, options: object): { readonly code: string };
}

function resolved(from: string, name: string): string | null {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return null;
  }
}

/** By the command, which all versions have: from 7 on there is no function for it. */
function withTsc(file: string, tsc: string): string {
  const folder = mkdtempSync(join(tmpdir(), "ctypes-configure-"));
  const options = "--noCheck --noResolve --isolatedModules --module esnext --target es2022 --skipLibCheck --outDir";
  try {
    // Types that it does not find are no reason not to write the file.
    execFileSync(process.execPath, [tsc, ...options.split(" "), folder, file], { cwd: folder, stdio: "pipe" });
  } catch (error) {
    const isWritten = readdirSync(folder).length > 0;
    if (!isWritten)
      throw new Error(`${file}: tsc: ${String((error as { stdout?: unknown }).stdout)}`, { cause: error });
  }
  try {
    const [made = ""] = readdirSync(folder);
    return readFileSync(join(folder, made), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
