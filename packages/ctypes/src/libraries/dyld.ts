/**
 * Where macOS' loader looks for a library: ctypes' `macholib.dyld`. The search works on names and an environment, so it
 * runs on every platform; a file in the system's shared cache, which is in no folder, only macOS knows.
 */
import { statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { environmentVariable, rawffi } from "rawffi";
import { CFUNCTYPE } from "../calls/function.ts";
import { c_bool, c_char_p } from "../types/types.ts";
import { CDLL } from "./cdll.ts";
import { framework_info } from "./macholib.ts";

/** Null for those of the process. */
type Variables = Readonly<Record<string, string | undefined>> | null;

/**
 * The path of the library that macOS' loader would load by this name; null when there is none.
 *
 * The variables `DYLD_LIBRARY_PATH`, `DYLD_FRAMEWORK_PATH`, `DYLD_FALLBACK_LIBRARY_PATH`,
 * `DYLD_FALLBACK_FRAMEWORK_PATH` and `DYLD_IMAGE_SUFFIX` are taken from `env`. A name that begins with
 * `@executable_path/` is looked up in the folder `executable_path`, if that is given.
 */
export function dyld_find(name: string, executable_path: string | null = null, env: Variables = null): string | null {
  const places = [...overrides(name, env), ...besideExecutable(name, executable_path), ...defaults(name, env)];
  return places.flatMap((path) => withSuffix(path, env)).find((path) => isFile(path) || isInCache(path)) ?? null;
}

/** The same for a framework, also by the name of its folder, or without `.framework`. */
export function framework_find(
  name: string,
  executable_path: string | null = null,
  env: Variables = null,
): string | null {
  const found = dyld_find(name, executable_path, env);
  if (found !== null) return found;
  const at = name.lastIndexOf(".framework");
  const folder = at < 0 ? `${name}.framework` : name;
  return dyld_find(join(folder, basename(at < 0 ? name : name.slice(0, at))), executable_path, env);
}

/** What `find_library` tries, in this order. */
export function findByDyld(name: string): string | null {
  for (const file of [`lib${name}.dylib`, `${name}.dylib`, `${name}.framework/${name}`]) {
    const found = dyld_find(file);
    if (found !== null) return found;
  }
  return null;
}

// -- Private ---------------------------------------------------------------------------------------

function variableOf(env: Variables, variable: string): string | undefined {
  return env === null ? environmentVariable(variable) : env[variable];
}

function folders(env: Variables, variable: string): string[] {
  const value = variableOf(env, variable);
  return value ? value.split(":") : [];
}

function overrides(name: string, env: Variables): string[] {
  const framework = framework_info(name);
  const ofFrameworks = framework === null ? [] : folders(env, "DYLD_FRAMEWORK_PATH");
  return [
    ...ofFrameworks.map((folder) => join(folder, framework?.name ?? "")),
    ...folders(env, "DYLD_LIBRARY_PATH").map((folder) => join(folder, basename(name))),
  ];
}

const BESIDE = "@executable_path/";

function besideExecutable(name: string, folder: string | null): string[] {
  return folder !== null && name.startsWith(BESIDE) ? [join(folder, name.slice(BESIDE.length))] : [];
}

function defaults(name: string, env: Variables): string[] {
  const home = variableOf(env, "HOME") ?? homedir();
  const framework = framework_info(name);
  const ofFrameworks = folders(env, "DYLD_FALLBACK_FRAMEWORK_PATH");
  const ofLibraries = folders(env, "DYLD_FALLBACK_LIBRARY_PATH");
  const usualFrameworks = [
    ...[join(home, "Library/Frameworks"), "/Library/Frameworks", "/Network/Library/Frameworks"],
    "/System/Library/Frameworks",
  ];
  const inFrameworks = (list: readonly string[]) =>
    framework === null ? [] : list.map((folder) => join(folder, framework.name));
  const inFolders = (list: readonly string[]) => list.map((folder) => join(folder, basename(name)));
  return [
    name,
    ...inFrameworks(ofFrameworks),
    ...inFolders(ofLibraries),
    ...(ofFrameworks.length > 0 ? [] : inFrameworks(usualFrameworks)),
    ...(ofLibraries.length > 0 ? [] : inFolders([join(home, "lib"), "/usr/local/lib", "/lib", "/usr/lib"])),
  ];
}

/** The variant that `DYLD_IMAGE_SUFFIX` asks for comes first. */
function withSuffix(path: string, env: Variables): string[] {
  const suffix = variableOf(env, "DYLD_IMAGE_SUFFIX");
  if (!suffix) return [path];
  return [path.endsWith(".dylib") ? `${path.slice(0, -6)}${suffix}.dylib` : path + suffix, path];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Since macOS 11 the system's own libraries are in one file, and have no files of their own. */
function isInCache(path: string): boolean {
  if (rawffi.platform.os !== "darwin") return false;
  inCache ??= new CDLL(null, { _dyld_shared_cache_contains_path: CFUNCTYPE(c_bool, c_char_p) })
    ._dyld_shared_cache_contains_path;
  return inCache(path);
}

let inCache: ((path: string) => boolean) | undefined;
