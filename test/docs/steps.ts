/**
 * What a page has its reader do before a program runs: files to write (```` ```json file=name ````) and commands to run
 * (```` ```sh run ````), in the order of the page.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Block, blocksOf } from "./markdown.ts";

const COMMAND = join(import.meta.dirname, "../../packages/ctypes-configure/bin/ctypes-configure.mjs");

/** The blocks of a page that are steps. */
export function stepsOf(markdown: string): Block[] {
  return blocksOf(markdown).filter(({ info }) => info === "sh run" || fileOf(info) !== undefined);
}

/** Does one in a folder. @throws Error with what the command says, or for a command that is not ours. */
export function take({ info, code, line }: Block, folder: string): void {
  const file = fileOf(info);
  if (file !== undefined) {
    writeFileSync(join(folder, file), `${code}\n`);
    return;
  }
  for (const command of commandsOf(code)) {
    const [, words] = /^npx ctypes-configure (.*)$/s.exec(command) ?? [];
    if (words === undefined) throw new Error(`line ${line}: only npx ctypes-configure is run, not ${command}`);
    const script = `exec '${process.execPath}' '${COMMAND}' ${words}`;
    const { status, stderr, stdout } = spawnSync("sh", ["-c", script], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`line ${line}: ${command}\n${stdout}${stderr}`);
  }
}

// -- Private ---------------------------------------------------------------------------------------

function fileOf(info: string): string | undefined {
  return /^\S+ file=(\S+)$/.exec(info)?.[1];
}

/** Those of a block, each on one line; comments are left out. */
function commandsOf(code: string): string[] {
  const lines = code.replaceAll("\\\n", " ").split("\n");
  return lines.map((line) => line.replace(/(^| +)#.*/, "").trim()).filter((line) => line !== "");
}
