/** A short slice of `npm run long -- installs`: the packages published to a registry, and installed by npm. */
import { test } from "node:test";
import { tryClients } from "./registry/installs.ts";

test("npm installs what was published, and the programs of the READMEs run without the registry", async () => {
  await tryClients(["npm"], (_, error) => {
    if (error !== undefined) throw error;
  });
});
