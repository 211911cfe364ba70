/**
 * Publishes all packages to a registry on loopback, and installs them by npm, pnpm, Yarn, Bun and Deno, each in an
 * empty project with an empty cache; then, without the registry, has READMEs' programs print what they say.
 *
 *     npm run long -- installs
 *     npm run long -- installs npm deno
 */
import { CLIENT_NAMES } from "../../scripts/release/clients.mjs";
import { tryClients } from "./installs.ts";

const named = process.argv.slice(2).filter((argument) => CLIENT_NAMES.includes(argument));
await tryClients(named.length > 0 ? named : CLIENT_NAMES, (client, error) => {
  console.log(`${client}: ${error === undefined ? "installed, and both programs run" : (error as Error).message}`);
  if (error !== undefined) process.exitCode = 1;
});
