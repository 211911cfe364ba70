/**
 * Programs that bundlers have made one file of, and single executables: all recipes of docs/guides/bundlers.md, in a
 * project with the packages as they are published. What a recipe has made runs where no `node_modules` is, unless the
 * page says that it needs them.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { transformSync } from "esbuild";
import { ownPlatform, stage } from "../scripts/release/stage.mjs";
import { runtimeOf } from "../scripts/setup/runtimes.mjs";
import { blocksOf, programsOf } from "./docs/markdown.ts";
import { stepsOf, take } from "./docs/steps.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/guides/bundlers.md"), "utf8");
const [program] = programsOf(page);
/** Recipes by the path of what they make; it stands in their last command. */
const recipes = blocksOf(page)
  .filter(({ info }) => info === "sh")
  .map(({ code }) => ({ code, made: /(\S+\/\S+)$/.exec(code.trim())?.[1] as string }));
/** What they make needs the packages where it runs. */
const NEED_PACKAGES = new Set(["rollup/program.mjs", "rollup/whole.mjs", "vite/program.js", "vite-whole/program.js"]);

const noUser = process.getuid === undefined && "this system has no numbers of users";

const project = mkdtempSync(join(tmpdir(), "ctypes-bundlers-"));
after(() => rmSync(project, { recursive: true, force: true }));

describe("what is made by the guide about bundlers", () => {
  before(() => {
    const modules = join(project, "node_modules");
    stage(modules, [ownPlatform()]);
    for (const tool of ["esbuild", "rollup", "@rollup", "vite", "node-loader"])
      symlinkSync(join(root, "node_modules", tool), join(modules, tool), "junction");
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
    writeFileSync(join(project, "program.ts"), program!.code);
    writeFileSync(join(project, "program.js"), transformSync(program!.code, { loader: "ts" }).code);
    for (const step of stepsOf(page)) take(step, project);
    adapt(join(project, "sea.json"));
  });

  test("the page has a recipe for each of them", () => {
    assert.equal(recipes.length, 9);
    for (const path of NEED_PACKAGES)
      assert.ok(
        recipes.some(({ made }) => made === path),
        path,
      );
  });

  for (const { code, made } of recipes) {
    test(`${made} prints what the program prints`, () => {
      mkdirSync(dirname(join(project, made)), { recursive: true });
      assert.equal(lastLine(sh(code, project)), program!.output);
      if (NEED_PACKAGES.has(made)) return;
      const elsewhere = mkdtempSync(join(tmpdir(), "ctypes-bundled-"));
      try {
        cpSync(dirname(join(project, made)), elsewhere, { recursive: true });
        const file = join(elsewhere, basename(made));
        const command = /\.[cm]?js$/.test(file) ? `'${process.execPath}' '${file}'` : `'${file}'`;
        assert.equal(lastLine(sh(command, elsewhere)), program!.output);
      } finally {
        rmSync(elsewhere, { recursive: true, force: true });
      }
    });
  }

  test("a single executable loads nothing from a folder that others can write to", { skip: noUser }, () => {
    const folder = join(project, `rawffi-${process.getuid?.()}`);
    chmodSync(folder, 0o777);
    try {
      const { status, stderr } = spawnSync(join(project, "sea/program"), {
        env: { TMPDIR: project },
        encoding: "utf8",
      });
      assert.equal(status, 1);
      assert.ok(stderr.includes(`rawffi: ${folder} is not this user's own folder: remove it, or set TMPDIR`), stderr);
    } finally {
      chmodSync(folder, 0o700);
    }
  });

  const isRoot = process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0;
  test("nor does one with the rights of another user", { skip: !isRoot && "only root can change its rights" }, () => {
    chmodSync(project, 0o755);
    const args = ["--euid", "65534", join(project, "sea/program")];
    const { status, stderr } = spawnSync("setpriv", args, { env: { TMPDIR: project }, encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /rawffi: a process with the rights of another user loads nothing from the folder/);
  });
});

/** The page's are of one platform and of one Node. */
function adapt(config: string): void {
  const text = readFileSync(config, "utf8").replaceAll("linux-x64-glibc", ownPlatform());
  writeFileSync(config, text.replaceAll("v8-115", `v8-${process.versions.modules}`));
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) as string;
}

function sh(commands: string, cwd: string): string {
  const tools = [join(root, "node_modules/.bin"), dirname(process.execPath), dirname(runtimeOf("bun"))];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: [...tools, process.env.PATH].join(delimiter),
    TMPDIR: project,
    NODE_PATH: "",
  };
  for (const name of Object.keys(env)) if (/^(npm_|NODE_TEST|LD_PRELOAD|NODE_OPTIONS)/.test(name)) delete env[name];
  const script = commands.replaceAll(/^npx /gm, "");
  const { status, stdout, stderr } = spawnSync("sh", ["-ec", script], { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, `${script}\n${stdout}${stderr}`);
  return stdout;
}
