/**
 * `npm run bench`: ctypes and its peers on the same C library, in the same run.
 *
 *     npm run bench                                    everything that is installed, on the Node that runs this
 *     npm run bench -- --only add,strlen --rounds 3    the cases whose names have one of these words
 *     npm run bench -- --node 20,26                    on these versions of Node, from npm
 *     npm run bench -- --install                       installs what can be had of the peers first
 *     npm run bench -- --check                         the same, and compares with requirements.ts; fails when one is missed
 *     npm run bench -- --json                          the figures for programs
 *     npm run bench -- --chart                         writes the chart and the table of the documentation
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { arch, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeOf } from "../scripts/setup/nodes.mjs";
import { installPeers } from "../scripts/setup/peers.mjs";
import { root, run, step } from "../scripts/setup/step.mjs";
import { CASES } from "./cases.ts";
import { check } from "./check.ts";
import { CONTENDERS, type Place } from "./contenders.ts";
import { writeDocumentation } from "./documentation.ts";
import { type Figures, measure } from "./measuring.ts";
import { isRequired } from "./requirements.ts";
import { printTables } from "./table.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    only: { type: "string" },
    node: { type: "string", default: "current" },
    install: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    chart: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError(`--rounds: expected a count, got ${values.rounds}`);
const words = values.only?.split(",");
const isAsked = (name: string) => words === undefined || words.some((word) => name.includes(word));

if (values.install || values.check) step("peers of the benchmark", installPeers);
const build = buildAll();
const places = values.node.split(",").map(placeOf);
const figures = measure({
  places,
  rounds,
  wants: ({ name: contender }, name) => isAsked(name) && (!values.check || isRequired(contender, name)),
  progress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  },
});
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

for (const fault of figures.faults) console.error(`bench: ${fault}`);
if (values.json) console.log(JSON.stringify(toJson(figures)));
else if (!values.check) for (const place of places) printTables(figures, place, versionOf(place), rounds);
if (values.chart) writeDocumentation(figures, places, places.map(versionOf));
if (values.check) {
  const missed = check(figures, places, isAsked);
  console.log(missed.length === 0 ? "\nall held" : `\nmissed:\n${missed.map((text) => `  ${text}\n`).join("")}`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

// -- Private ---------------------------------------------------------------------------------------

/** The Node of that version, with a V8 part of ctypes for it, also of the build for tests. */
function placeOf(version: string): Place {
  const node = nodeOf(version);
  for (const options of [[], ["--caged"]]) run(node, [join(root, "packages/rawffi/native/build.mjs"), ...options]);
  const major = Number(run(node, ["-p", "parseInt(process.versions.node)"]));
  return { node, major, build };
}

function versionOf({ node }: Place): string {
  return run(node, ["--version"]).trim();
}

function toJson(figures: Figures): unknown {
  const nodes = places.map((place) => {
    const cases = Object.keys(CASES).map((name) => {
      const each = CONTENDERS.map(({ name: contender }) => [contender, figures.of(contender, place.major, name)]);
      return [name, Object.fromEntries(each)];
    });
    const missing = Object.fromEntries(figures.missing.get(place.major) ?? []);
    return { node: versionOf(place), cases: Object.fromEntries(cases), missing };
  });
  return { processor: cpus()[0]?.model, arch: arch(), rounds, nodes };
}

/** Compiles the library and all contenders; gives the folder. */
function buildAll(): string {
  const folder = join(import.meta.dirname, "build");
  const contenders = join(import.meta.dirname, "contenders");
  mkdirSync(folder, { recursive: true });
  const library = join(folder, "bench.so");
  const gcc = (...args: string[]) => execFileSync("gcc", ["-O2", ...args], { stdio: ["ignore", "inherit", "inherit"] });
  const beside = [library, "-Wl,-rpath,$ORIGIN"];
  gcc("-shared", "-fPIC", "-o", library, join(import.meta.dirname, "library.c"));
  gcc("-fno-plt", "-o", join(folder, "c"), join(contenders, "c.c"), ...beside);
  const headers = join(root, "node_modules/node-api-headers/include");
  gcc("-shared", "-fPIC", `-I${headers}`, "-o", join(folder, "addon.node"), join(contenders, "addon.c"), ...beside);

  const scripts = readdirSync(contenders).filter((name) => name.endsWith(".ts"));
  const kind = ["--bundle", "--format=esm", "--platform=node", "--target=node20", "--packages=external"];
  run(process.execPath, [
    join(root, "node_modules/esbuild/bin/esbuild"),
    ...scripts.map((name) => join(contenders, name)),
    ...kind,
    `--outdir=${folder}`,
    "--out-extension:.js=.mjs",
    "--log-level=warning",
  ]);
  return folder;
}
