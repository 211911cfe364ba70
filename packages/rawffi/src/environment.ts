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
  querySync(wanted: { name: "env"; variable: string }): { readonly state: string };
}

/**
 * A variable of the environment; undefined when it is not set, or may not be read: Deno without `--allow-env` for it,
 * which would ask the user.
 */
export function environmentVariable(name: string): string | undefined {
  const deno = (globalThis as { Deno?: { permissions?: Permissions } }).Deno;
  if (deno?.permissions === undefined) return process.env[name];
  const { state } = deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? process.env[name] : undefined;
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

/** Whether the process has rights of another user: then it must not do what its environment says. */
export function hasOthersRights(): boolean {
  return process.getuid?.() !== process.geteuid?.() || process.getgid?.() !== process.getegid?.();
}
