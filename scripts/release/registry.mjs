/** A registry of our own on loopback, which knows no other: what is installed from it is what we have published. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { root, run, SetupError } from "../setup/step.mjs";

const STARTS_WITHIN = 60_000;

/**
 * Publishes packages, each in a folder of `staged`, as a release does.
 *
 * @param folder Empty; the registry keeps what it has there.
 * @returns The registry's address, and what ends it.
 */
export async function serve(folder, staged, names) {
  mkdirSync(folder, { recursive: true });
  const address = `http://127.0.0.1:${await freePort()}/`;
  const config = join(folder, "config.yaml");
  writeFileSync(config, configOf(folder));
  const program = join(root, "node_modules/verdaccio/bin/verdaccio");
  const child = spawn(process.execPath, [program, "--config", config, "--listen", address], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill();
    await ended;
  };
  try {
    await answers(address, child);
    // npm wants a token, which this registry, being for everybody, does not look at.
    writeFileSync(join(folder, ".npmrc"), `registry=${address}\n${address.slice(5)}:_authToken=none\n`);
    const settings = ["--userconfig", join(folder, ".npmrc"), "--ignore-scripts", "--provenance=false"];
    for (const name of names) run("npm", ["publish", ...settings], { cwd: join(staged, name), env: ownEnvironment() });
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, stop };
}

/** Whoever runs this by npm has set npm variables for this workspace: none is for what happens here. */
export function ownEnvironment(more = {}) {
  const rest = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return { ...Object.fromEntries(rest), ...more };
}

function configOf(folder) {
  return `storage: ${join(folder, "storage")}
auth:
  htpasswd:
    file: ${join(folder, "htpasswd")}
packages:
  "**":
    access: $all
    publish: $all
web:
  enable: false
log: { type: stdout, format: pretty, level: error }
`;
}

/** Another process may take it before the registry does, which then ends. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(address, child) {
  for (const end = Date.now() + STARTS_WITHIN; Date.now() < end; ) {
    if (child.exitCode !== null) throw new SetupError(`verdaccio ended with code ${child.exitCode}`);
    try {
      if ((await fetch(`${address}-/ping`)).ok) return;
    } catch {
      // it does not listen yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new SetupError(`verdaccio does not answer at ${address}`);
}
