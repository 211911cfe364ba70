/** The process' environment and Node's modules, where a runtime has them and lets us. */

/** What we use of it; not every runtime has it. */
export interface WorkerThreads {
  markAsUncloneable?(object: object): void;
  markAsUntransferable?(object: object): void;
}

/** What we use of it. */
export interface SingleExecutable {
  isSea(): boolean;
  /** @throws Error when there is none of this name. */
  getRawAsset(name: string): ArrayBuffer;
}

interface Permissions {
  querySync(
    wanted:
      | { name: "env"; variable?: string }
      | { name: "run"; command: string }
      | { name: "sys"; kind: "uid" | "gid" },
  ): { readonly state: string };
}

function denoPermissions(): Permissions | undefined {
  return (globalThis as { Deno?: { permissions?: Permissions } }).Deno?.permissions;
}

/**
 * A variable of the environment; undefined when it is not set, or may not be read: Deno without `--allow-env` for it,
 * which would ask the user.
 */
export function environmentVariable(name: string): string | undefined {
  const state = denoPermissions()?.querySync({ name: "env", variable: name }).state ?? "granted";
  return state === "granted" ? process.env[name] : undefined;
}

/** The option that this process lacks to run `program`; null when it may. It does not ask the user. */
export function optionToRun(program: string): string | null {
  const { permission } = process as { permission?: { has(right: string): boolean } };
  if (permission?.has("child") === false) return "--allow-child-process";
  const deno = denoPermissions();
  if (deno === undefined) return null;
  if (deno.querySync({ name: "run", command: program }).state !== "granted") return `--allow-run=${program}`;
  // Deno's node:child_process reads it whole.
  return deno.querySync({ name: "env" }).state === "granted" ? null : "--allow-env";
}

/** `node:worker_threads`, which loads Node's streams and takes longer than we do: so not before it is needed. */
export function workerThreads(): WorkerThreads {
  return (builtinModule("node:worker_threads") ?? require("node:worker_threads")) as WorkerThreads;
}

/** `node:sea`, about the single executable that this program may be; undefined where the runtime makes none. */
export function singleExecutable(): SingleExecutable | undefined {
  return builtinModule("node:sea") as SingleExecutable | undefined;
}

function builtinModule(name: string): unknown {
  return (process as { getBuiltinModule?(name: string): unknown }).getBuiltinModule?.(name);
}

/**
 * Whether the process has rights of another user: then it must not do what its environment says. Yes, too, where that
 * may not be asked: in Deno without `--allow-sys`.
 */
export function hasOthersRights(): boolean {
  const permissions = denoPermissions();
  const refused = (kind: "uid" | "gid") => permissions?.querySync({ name: "sys", kind }).state !== "granted";
  if (permissions !== undefined && (refused("uid") || refused("gid"))) return true;
  return process.getuid?.() !== process.geteuid?.() || process.getgid?.() !== process.getegid?.();
}
