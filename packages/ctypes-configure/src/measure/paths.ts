/**
 * Relative paths in options: those of a user are as seen from the current folder, those that a module keeps are as seen
 * from the module.
 */
import { statSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Whatever of these options has paths. */
export interface WithPaths {
  readonly headers?: readonly string[];
  readonly includeDirs?: readonly string[];
  readonly libraryDirs?: readonly string[];
  readonly libraries?: readonly string[];
  readonly imports?: Readonly<Record<string, string>>;
}

/** The options with each relative path as `to` has it; names that an include folder or the linker knows are none. */
export function withPaths<T extends WithPaths>(options: T, to: (path: string) => string): T {
  const { headers, includeDirs, libraryDirs, libraries, imports } = options;
  const of = (isPath: (one: string) => boolean) => (one: string) => (isPath(one) && !isAbsolute(one) ? to(one) : one);
  const all = of(() => true);
  const header = of(isHeaderFile);
  const module = of(isFile);
  return {
    ...options,
    ...(headers && { headers: headers.map(header) }),
    ...(includeDirs && { includeDirs: includeDirs.map(all) }),
    ...(libraryDirs && { libraryDirs: libraryDirs.map(all) }),
    ...(libraries && { libraries: libraries.map(of((one) => one.includes("/"))) }),
    ...(imports && {
      imports: Object.fromEntries(Object.entries(imports).map(([one, file]) => [header(one), module(file)])),
    }),
  };
}

/** Options as a module keeps them; without a module they stay as they are. */
export function asSeenFrom<T extends WithPaths>(module: string | undefined, options: T): T {
  return module === undefined ? options : withPaths(options, (path) => pathFrom(module, path));
}

/** The options that a module keeps, from any folder; where it was loaded from no file, they stay as they are. */
export function asKeptBy<T extends WithPaths>(url: string | undefined, options: T): T {
  if (url === undefined || !url.startsWith("file:")) return options;
  const folder = dirname(fileURLToPath(url));
  const isRelative = (path: string) => /^\.{1,2}\//.test(path);
  return withPaths(options, (path) => (isRelative(path) ? resolve(folder, path) : path));
}

/** Whether options as a module keeps them have a path that counts from there. */
export function hasRelativePath(options: WithPaths): boolean {
  let has = false;
  withPaths(options, (path) => {
    has ||= /^\.{1,2}\//.test(path);
    return path;
  });
  return has;
}

/** A path of the current folder as seen from a module: `./h/a.h`, `../lib/libown.so`. */
export function pathFrom(module: string, path: string): string {
  const found = relative(dirname(resolve(module)), resolve(path))
    .split(sep)
    .join("/");
  // What is on another drive has no such path.
  return isAbsolute(found) || /^\.{1,2}(\/|$)/.test(found) ? found : `./${found}`;
}

/** Whether a header is a file as seen from the current folder, and not one that an include folder has. */
export function isHeaderFile(header: string): boolean {
  return /^\.{0,2}\//.test(header) || isFile(header);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
