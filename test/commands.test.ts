/** `npm run help`, `long` and `test:on`: every command has its line, every run and platform its program and help. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS, PLATFORMS, RUNS } from "../scripts/commands.mjs";

const root = join(import.meta.dirname, "..");
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
const runs: Record<string, { program: string; alias?: string }> = RUNS;

function run(program: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(root, "scripts", program), ...args], { encoding: "utf8" });
}

test("npm run help has a line for each script of package.json, and for nothing else", () => {
  const ordinary = Object.values(COMMANDS).flatMap((commands) => Object.keys(commands));
  const aliases = Object.values(runs).flatMap(({ alias }) => alias ?? []);
  assert.deepEqual([...ordinary, ...aliases].sort(), Object.keys(scripts).sort());
  const { status, stdout } = run("help.mjs");
  assert.equal(status, 0);
  for (const name of ordinary) assert.match(stdout, new RegExp(`npm (run )?${name} `));
  for (const name of aliases) assert.ok(stdout.includes(`(npm run ${name})`), name);
});

test("the other name of a long run starts it", () => {
  for (const [name, { alias }] of Object.entries(runs)) {
    if (alias !== undefined) assert.equal(scripts[alias], `node scripts/long.mjs ${name}`);
  }
});

test("a long run and a platform say how they are used", () => {
  const all: [string, string, { program: string }][] = [];
  for (const [name, run] of Object.entries(runs)) all.push(["long.mjs", name, run]);
  for (const [name, run] of Object.entries(PLATFORMS)) all.push(["on.mjs", name, run]);
  for (const [command, name, { program }] of all) {
    assert.ok(existsSync(join(root, program)), program);
    const { status, stdout } = run(command, name, "--help");
    assert.equal(status, 0);
    const [title, , ...lines] = stdout.trim().split("\n");
    assert.match(title as string, new RegExp(`^${name}: `));
    assert.ok(lines.join(" ").length > 100, `${program} begins without a comment that says how it is run`);
  }
});

test("an unknown run is refused, and no name lists them", () => {
  const { status, stderr } = run("long.mjs", "sok");
  assert.deepEqual(
    [status, stderr.trim()],
    [2, `long: there is no run "sok"; there are ${Object.keys(runs).join(", ")}`],
  );
  assert.match(run("on.mjs", "vms").stderr, /^test:on: there is no platform "vms"; there are .*old-glibc/);
  assert.match(run("long.mjs").stdout, /^ {2}soak +millions of calls/m);
});
