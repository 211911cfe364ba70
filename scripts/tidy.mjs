/**
 * clang-tidy over the C++ of rawffi: `.clang-tidy` has the checks.
 *
 *     npm run long -- tidy                                   all of it, in a minute
 *     npm run long -- tidy packages/rawffi/native/call.cc    these files
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { modified, root, whereIs } from "./setup/step.mjs";

const rawffi = join(root, "packages/rawffi");
const tool = ["clang-tidy-14", "clang-tidy"].find((name) => whereIs(name) !== null);
if (tool === undefined) {
  console.error("tidy: clang-tidy is missing: apt-get install clang-tidy-14");
  process.exit(1);
}

const given = process.argv.slice(2).map((file) => join(process.cwd(), file));
const files = given.length > 0 ? given : ["native", "v8", "glibc"].flatMap((folder) => sourcesIn(join(rawffi, folder)));
const failed = files.filter((file) => !isClean(file));
console.log(`tidy: ${files.length} files, ${failed.length} with findings`);
process.exitCode = failed.length === 0 ? 0 : 1;

function sourcesIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".cc"))
    .map((name) => join(folder, name));
}

function isClean(file) {
  const { status, stdout } = spawnSync(tool, ["--quiet", file, "--", ...flagsOf(file)], { encoding: "utf8" });
  if (status !== 0) console.log(`${relative(root, file)}\n${stdout}`);
  return status === 0;
}

/** The flags with which `native/build.mjs` compiles it. */
function flagsOf(file) {
  const name = basename(dirname(file)) === "native" ? "rawffi" : `rawffi-v8-${process.versions.modules}`;
  const written = join(rawffi, "build/release", name, "flags.txt");
  if (modified(written) === 0) throw new Error(`tidy: ${name} was not built: npm run setup`);
  const [, , flags] = JSON.parse(readFileSync(written, "utf8"));
  return basename(file) === "throws.cc" ? [...flags, "-fexceptions", "-frtti"] : flags;
}
