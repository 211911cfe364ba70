/**
 * mingw's compilers for tests in Wine, which ask for them by relay.c: runs on Linux, until it is ended.
 *
 *     node scripts/on/windows/compiler/serve.mjs SYSTEM FOLDER    in the folder, whose path is as this process sees it
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { argumentsFor, COMPILERS } from "./mingw.mjs";

const [system, folder] = process.argv.slice(2);

/** Where Wine's drives are. */
const DRIVES = { Z: system, C: join(system, "root/.wine/drive_c") };

for (;;) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".request"))) answer(join(folder, name));
  await setTimeout(10);
}

function answer(request) {
  const [program, cwd, ...given] = readFileSync(request, "utf8").split("\0").slice(0, -1).map(here);
  const file = (kind) => request.replace(/request$/, kind);
  rmSync(request);
  const end = (status, out, err) => {
    writeFileSync(file("out"), out);
    writeFileSync(file("err"), err);
    writeFileSync(file("ending"), `${status}`);
    renameSync(file("ending"), file("status"));
  };
  const child = spawn(COMPILERS[program], argumentsFor(given), { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const printed = { stdout: "", stderr: "" };
  for (const name of Object.keys(printed))
    child[name].setEncoding("utf8").on("data", (text) => (printed[name] += text));
  child.on("error", (error) => end(1, "", `${error.message}\n`));
  child.on("close", (status) => end(status ?? 1, printed.stdout, printed.stderr));
}

/** A path of Wine's, or an option with one, as this process sees it. */
function here(argument) {
  const [whole, before, drive, path] = /^(-[IoL]|)([A-Za-z]):[\\/](.*)$/.exec(argument) ?? [];
  return whole === undefined ? argument : before + join(DRIVES[drive.toUpperCase()], path.replaceAll("\\", "/"));
}
