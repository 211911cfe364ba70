/**
 * All packages published to a registry of our own, and installed from it by the programs that people use; afterwards,
 * without the registry, the first programs of two READMEs print what they say.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { install, runIn } from "../../scripts/release/clients.mjs";
import { serve } from "../../scripts/release/registry.mjs";
import { ownPlatform, stage } from "../../scripts/release/stage.mjs";
import { programsOf } from "../docs/markdown.ts";

const root = join(import.meta.dirname, "../..");

/** The program of a README, and what it prints. */
const PROGRAMS = { "example.mjs": "README.md", "sqlite.mjs": "packages/ctypes-sqlite/README.md" };

/** What a client has to install: what depends on nothing else of ours but rawffi, and what depends on that. */
const DEPENDENCIES = { "ctypes-js": "*", "ctypes-sqlite": "*" };

/** Calls `report` for each client, with what went wrong. */
export async function tryClients(clients: readonly string[], report: (client: string, error: unknown) => void) {
  const folder = mkdtempSync(join(tmpdir(), "ctypes-registry-"));
  try {
    const staged = join(folder, "staged");
    const registry = await serve(join(folder, "registry"), staged, stage(staged, [ownPlatform()]));
    const failed = new Map<string, unknown>();
    try {
      for (const client of clients) {
        try {
          install(client, join(folder, client), registry.address, DEPENDENCIES);
        } catch (error) {
          failed.set(client, error);
        }
      }
    } finally {
      await registry.stop();
    }
    for (const client of clients) {
      try {
        if (failed.has(client)) throw failed.get(client);
        runPrograms(client, join(folder, client));
        report(client, undefined);
      } catch (error) {
        report(client, error);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runPrograms(client: string, project: string): void {
  for (const [file, page] of Object.entries(PROGRAMS)) {
    const [program] = programsOf(readFileSync(join(root, page), "utf8"));
    assert.ok(program?.output, `${page} has no program with an output`);
    writeFileSync(join(project, file), transformSync(program.code, { loader: "ts" }).code);
    assert.equal(runIn(client, project, file).trim(), program.output.trim(), `${client}: ${page}`);
  }
  assert.deepEqual(binariesIn(project), [], `${client} has run a compiler`);
}

/** Binaries that are not in the package that was published. */
function binariesIn(project: string): string[] {
  const paths = readdirSync(project, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".node"));
  return paths.filter((path) => !path.includes(`rawffi-${ownPlatform()}`) && !path.includes("/.cache/"));
}
