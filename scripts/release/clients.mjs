/** The programs by which people install packages: each installs ours in an empty project, and runs a file of it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programOf } from "../setup/package.mjs";
import { runtimeOf } from "../setup/runtimes.mjs";
import { run, SetupError } from "../setup/step.mjs";
import { ownEnvironment } from "./registry.mjs";

/**
 * - `install`: installs what the project's manifest names, from the registry at `address`
 * - `command`: what runs a file of the project
 */
const CLIENTS = {
  npm: {
    install(project, address) {
      write(project, ".npmrc", `registry=${address}\n`);
      const options = ["--no-audit", "--no-fund", "--cache", join(project, ".cache")];
      return ["npm", "install", ...options];
    },
    command: () => [process.execPath],
  },
  pnpm: {
    install(project, address) {
      write(project, ".npmrc", `registry=${address}\n`);
      return [process.execPath, pnpm(), "install", "--store-dir", join(project, ".store")];
    },
    command: () => [process.execPath],
  },
  yarn: {
    install(project, address) {
      const settings = { npmRegistryServer: address, unsafeHttpWhitelist: ["127.0.0.1"], enableTelemetry: false };
      // It takes no package of the last days, unless it is told to.
      write(project, ".yarnrc.yml", JSON.stringify({ ...settings, enableGlobalCache: false, npmMinimalAgeGate: 0 }));
      write(project, "yarn.lock", "");
      return [process.execPath, yarn(), "install"];
    },
    // Packages stay in archives, and Node is told where.
    command: () => [process.execPath, yarn(), "node"],
  },
  bun: {
    install(project, address) {
      write(project, "bunfig.toml", `[install]\nregistry = "${address}"\ncache = { dir = ".cache" }\n`);
      return [runtimeOf("bun"), "install"];
    },
    command: () => [runtimeOf("bun"), "run"],
  },
  deno: {
    install(project, address) {
      write(project, ".npmrc", `registry=${address}\n`);
      // As Yarn.
      write(project, "deno.json", '{ "nodeModulesDir": "auto", "minimumDependencyAge": "0" }\n');
      return [runtimeOf("deno"), "install"];
    },
    command: () => [runtimeOf("deno"), "run", "--no-prompt", "-A", "--cached-only"],
  },
};

export const CLIENT_NAMES = Object.keys(CLIENTS);

/** Installs packages in an empty folder, by a client; no install script may run. */
export function install(client, project, address, dependencies) {
  mkdirSync(project, { recursive: true });
  write(project, "package.json", JSON.stringify({ name: "empty", private: true, type: "module", dependencies }));
  const [program, ...args] = CLIENTS[client].install(project, address);
  return run(program, args, { cwd: project, env: environmentOf(project) });
}

/** What a file of the project prints. */
export function runIn(client, project, file) {
  const [program, ...args] = CLIENTS[client].command();
  return run(program, [...args, file], { cwd: project, env: environmentOf(project) });
}

/** Nothing that was installed before is to be found. */
function environmentOf(project) {
  return ownEnvironment({ HOME: project, DENO_DIR: join(project, ".deno") });
}

function write(project, name, text) {
  writeFileSync(join(project, name), text);
}

function pnpm() {
  return found("pnpm", programOf("pnpm", "10", "bin/pnpm.cjs", "clients/pnpm"));
}

function yarn() {
  return found("yarn", programOf("@yarnpkg/cli-dist", "4", "bin/yarn.js", "clients/yarn"));
}

function found(name, program) {
  if (program === null) throw new SetupError(`npm has no ${name}`);
  return program;
}
