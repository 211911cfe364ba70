/**
 * The binaries of a release, built here, on Debian 11, which is the oldest system that Debian's archive has. It is
 * installed to a folder at the first run (0.5 GB); fixtures are compiled there, by its own compiler. Needs root, for
 * chroot. The binaries stay in packages/rawffi/prebuilds until the next set-up.
 *
 *     npm run test:on -- old-glibc                      tests of rawffi and ctypes, on Node 20, 22, 24 and 26
 *     npm run test:on -- old-glibc --node 20 contract   on this one, only the test files whose path has that word
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeOf, SUPPORTED_NODES } from "../setup/nodes.mjs";
import { modified, root, run, SetupError, whereIs } from "../setup/step.mjs";
import { installDebianPackages } from "../setup/system.mjs";
import { copyWorkspace } from "../setup/workspace.mjs";

const SUITE = "bullseye";
/** What the tests call and run. */
const PACKAGES = ["g++", "gcc", "libc6-dev", "binutils", "libatomic1", "libgc1", "libsqlite3-0", "zlib1g"];
const PARTS = ["packages/rawffi", "packages/ctypes"];
/** The place of the workspace in it. */
const PLACE = "/ctypes";

const { values, positionals } = parseArgs({ options: { node: { type: "string" } }, allowPositionals: true });

try {
  if (process.getuid() !== 0) throw new SetupError("old-glibc: chroot needs root, which this user is not");
  run(process.execPath, [join(root, "scripts/release.mjs")]);
  const system = installedSystem();
  copyWorkspace(join(system, PLACE), { binaries: `linux-${process.arch}-glibc`, linksDependencies: false });
  const versions = values.node?.split(",") ?? SUPPORTED_NODES;
  const words = positionals.length > 0 ? positionals : PARTS;
  const node = (version) => nodeOf(version).replace(root, `${PLACE}/`);
  const compile = 'import("./scripts/setup/build.mjs").then((build) => build.buildFixtures())';
  if (enter(system, [node(versions[0]), "-e", compile]) !== 0) throw new SetupError("old-glibc: no fixtures");
  for (const version of versions) {
    console.log(`\n== Node ${version} on Debian 11 (${run("chroot", [system, "ldd", "--version"]).split("\n")[0]})`);
    if (enter(system, [node(version), "scripts/test.mjs", ...words]) !== 0) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** The folder of the system; installed at the first request, and kept. */
function installedSystem() {
  const folder = join(root, "node_modules/.cache/systems", SUITE);
  if (modified(folder) > 0) return folder;
  if (whereIs("debootstrap") === null) installDebianPackages(["debootstrap"]);
  rmSync(`${folder}.new`, { recursive: true, force: true });
  mkdirSync(`${folder}.new`, { recursive: true });
  console.log(`old-glibc: installing Debian ${SUITE}`);
  run("debootstrap", ["--variant=minbase", `--include=${PACKAGES}`, SUITE, `${folder}.new`]);
  renameSync(`${folder}.new`, folder);
  return folder;
}

/** Runs a command there, in the workspace, and returns its exit code. What is mounted for it goes when it ends. */
function enter(system, command) {
  const mounts = [
    'mount --rbind /dev "$0/dev"',
    'mount -t proc proc "$0/proc"',
    `mount --bind "${join(root, "node_modules")}" "$0${PLACE}/node_modules"`,
  ];
  const inside = `cd ${PLACE} && exec "$@"`;
  const script = `${mounts.join(" && ")} && exec chroot "$0" /bin/sh -c '${inside}' sh "$@"`;
  const env = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", HOME: "/root", LANG: "C.UTF-8" };
  const child = spawnSync("unshare", ["--mount", "sh", "-c", script, system, ...command], { stdio: "inherit", env });
  return child.status ?? 1;
}
