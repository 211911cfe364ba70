/**
 * One entry for the long runs.
 *
 *     npm run long -- --help              what there is
 *     npm run long -- soak --help         the options of one of them
 *     npm run long -- soak --share 0.01   sets up what it needs, and runs it
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RUNS, runsTable } from "./commands.mjs";
import { root } from "./setup/step.mjs";

const [name, ...options] = process.argv.slice(2);
const run = Object.hasOwn(RUNS, name ?? "") ? RUNS[name] : undefined;
const isHelp = (option) => option === "--help" || option === "-h";

if (name === undefined || isHelp(name)) {
  console.log(
    `npm run long -- NAME [options]\n\n${runsTable()}\n\nnpm run long -- NAME --help prints the options of a run.`,
  );
} else if (run === undefined) {
  console.error(`long: there is no run "${name}"; there are ${Object.keys(RUNS).join(", ")}`);
  process.exitCode = 2;
} else if (options.some(isHelp)) {
  console.log(`${name}: ${run.what}\n\n${leadingComment(run.program)}`);
} else {
  process.exitCode =
    start("scripts/setup.mjs", run.setup) || start(run.program, [...(run.args ?? []), ...options], run.node);
}

/** The exit code of a program that runs to its end in this terminal. */
function start(program, args = [], nodeOptions = []) {
  const loader = program.endsWith(".ts") ? ["--import", "tsx"] : [];
  const child = spawnSync(process.execPath, [...nodeOptions, ...loader, program, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  return child.status ?? 1;
}

/** Every program begins with a comment that says how to run it. */
function leadingComment(program) {
  const [, comment = ""] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(root, program), "utf8")) ?? [];
  return comment.replace(/^\s*\* ?/gm, "").trim();
}
