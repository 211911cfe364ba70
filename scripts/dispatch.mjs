/** Runs one of several programs by its name: `npm run long` and `npm run test:on`. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runsTable } from "./commands.mjs";
import { root } from "./setup/step.mjs";

/** Runs the program of `runs` that the command line names, with what follows the name; `kind` says what a name is. */
export function dispatch(command, kind, runs) {
  const [name, ...options] = process.argv.slice(2);
  const run = Object.hasOwn(runs, name ?? "") ? runs[name] : undefined;
  const isHelp = (option) => option === "--help" || option === "-h";

  if (name === undefined || isHelp(name)) {
    const usage = `npm run ${command} -- ${kind.toUpperCase()} [options]`;
    console.log(
      `${usage}\n\n${runsTable(runs)}\n\nnpm run ${command} -- ${kind.toUpperCase()} --help prints the options of a ${kind}.`,
    );
  } else if (run === undefined) {
    console.error(`${command}: there is no ${kind} "${name}"; there are ${Object.keys(runs).join(", ")}`);
    process.exitCode = 2;
  } else if (options.some(isHelp)) {
    console.log(`${name}: ${run.what}\n\n${leadingComment(run.program)}`);
  } else {
    process.exitCode =
      start("scripts/setup.mjs", run.setup) || start(run.program, [...(run.args ?? []), ...options], run.node);
  }
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
